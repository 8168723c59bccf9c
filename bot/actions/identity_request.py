"""How the wish to know who writes reads in the chat: neutral, with the button that begins the check."""

from bot.conversations.trace import bot_event
from bot.dialogue.messages import Utterance
from bot.dialogue.responses import Responses
from bot.record.events import NewEvent


class IdentityRequestInWords:
    """Implements the desk's IdentityWords."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def __call__(self, name: str, locale: str) -> NewEvent:
        # The card is as of an offer: such a message's buttons stay while a person is in the chat.
        utterance = Utterance("utter_identity_wanted", {"name": name}, card={"type": "offer"})
        return bot_event(self._responses.render(utterance, locale), utterance)
