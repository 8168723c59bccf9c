"""A borrower's own copy of their conversation: made when it is fetched, from the record, outside any turn."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from markupsafe import Markup

from bot.channels.backend import Document
from bot.locale import Localizer
from bot.record import copies
from bot.record.checkpoint import key_id
from bot.record.copies import Copy
from bot.record.disclosure import open_to
from bot.record.events import Event
from bot.web.templating import Pages


class OwnRecords:
    """Writes copies in the borrower's language and seals them with the key that signs checkpoints."""

    def __init__(self, localizer: Callable[[str], Localizer], key: bytes) -> None:
        self._localizer = localizer
        self._pages = Pages(localizer)
        self._key = Ed25519PrivateKey.from_private_bytes(key)

    @property
    def public_key(self) -> Ed25519PublicKey:
        return self._key.public_key()

    def write(
        self, events: Sequence[Event], borrower_id: str, *, lender: str, locale: str, zone: str, at: datetime
    ) -> Document:
        """The copy of one conversation, all of whose `events` are given, for the borrower who asks for it."""
        copy = Copy(events[0].conversation_id, at, events, open_to(events, borrower_id))
        clock = ZoneInfo(zone)
        when = _moments(self._localizer(locale), clock)
        who = self._pages.words("own_record_words.html", locale)
        articles = {
            event.seq: copies.article(event, markup, _name(event, who, lender), when(event.at))
            for event, markup in copy.shown(who["deleted"])
        }
        page = self._pages.render(
            "own_record.html",
            locale,
            lender=lender,
            zone=zone,
            first=when(events[0].at),
            last=when(events[-1].at),
            made=when(at),
            key=key_id(self.public_key),
            articles=[Markup(line) for line in articles.values()],  # noqa: S704 - each part of a line is escaped
        )
        page = f"{page.rstrip()}\n{copies.record_line(copy, articles)}"
        name = f"conversation-{at.astimezone(clock).date().isoformat()}.html"
        return Document(name, "text/html", copies.sealed(page, copy, self._key))


def _name(event: Event, words: dict[str, str], lender: str) -> str:
    if event.kind == "agent":
        return str((event.body or {}).get("name") or words["agent"].replace("{lender}", lender))
    return words[event.kind]


def _moments(localizer: Localizer, zone: ZoneInfo) -> Callable[[datetime], str]:
    def moment(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{localizer.date(local.date())} {localizer.time(local.time())}"

    return moment
