"""The bodies of the web chat's API. Their descriptions are its documentation: a client is written from them."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.channels.backend import Chat
from bot.channels.web_session import shown
from bot.conversations.wakeups import TYPING
from bot.dialogue.messages import InputKind

Responses = dict[int | str, dict[str, Any]]  # of a route, by status, as OpenAPI describes them

TEXT_MOST = 4000
FILE_MOST = 10 * 1024 * 1024
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")


class Body(BaseModel):
    """Base of every body that is sent to the API: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class NewSession(Body):
    speaker: str = Field(
        description="Public id of the lender or agency to talk to.",
        max_length=40,
        examples=["harbour"],
    )
    locale: str | None = Field(
        None,
        description="BCP 47 tag of a language. Default: Accept-Language.",
        max_length=35,
        examples=["zh-Hant"],
    )


class SessionOut(BaseModel):
    token: str = Field(
        description="Send it as `Authorization: Bearer <token>`. It is shown once and opens this chat to whoever "
        "holds it; keep it where other sites can't read it. It never expires, but being verified does."
    )
    speaker: str
    locale: str = Field(description="The language that the chat begins in: en, zh_Hans or zh_Hant.")


class NewLink(Body):
    link: str = Field(description="The last part of the one-time link's address.", min_length=16, max_length=200)
    locale: str | None = Field(None, description="As in a new session.", max_length=35)


class NewMessage(Body):
    """Exactly one of `start`, `text`, `choice` and `deletes`. An edit is kept beside what it changes."""

    id: UUID = Field(
        description="A UUID that you make. Send the same id again when you don't know whether a message arrived: "
        "it is stored once."
    )
    text: str | None = Field(None, description="What the borrower typed.", min_length=1, max_length=TEXT_MOST)
    choice: str | None = Field(
        None, description="The id of a button that was pressed.", pattern=r"^\d{1,9}-\d{1,3}$", examples=["7-2"]
    )
    start: Literal[True] | None = Field(None, description="Open a new chat: the bot greets.")
    edits: UUID | None = Field(
        None, description="With `text`: the id of an earlier message of yours whose new words these are."
    )
    deletes: UUID | None = Field(None, description="The id of an earlier message of yours that you take back.")
    locale: str | None = Field(
        None, description="The language of your page. Default: Accept-Language.", max_length=35
    )

    @model_validator(mode="after")
    def _one(self) -> "NewMessage":
        if sum(part is not None for part in (self.text, self.choice, self.start, self.deletes)) != 1:
            raise ValueError("send exactly one of text, choice, start and deletes")
        if self.edits is not None and self.text is None:
            raise ValueError("an edit needs its new text")
        if self.text is not None and not self.text.strip():
            raise ValueError("the text is empty")
        return self

    @property
    def kind(self) -> InputKind:
        if self.start or self.deletes:
            return "start" if self.start else "deleted"
        if self.edits:
            return "edited"
        return "text" if self.text is not None else "button"

    @property
    def message(self) -> str | None:
        """The id by which a text can be edited later, or of what is edited or deleted now."""
        named = self.edits or self.deletes or (self.id if self.text is not None else None)
        return str(named) if named else None


class Accepted(BaseModel):
    """The message is stored; its answer comes by the stream or the list of messages."""

    id: str
    duplicate: bool = Field(description="True: this id had been stored before; nothing was done again.")


class ButtonOut(BaseModel):
    id: str
    title: str


class FileOut(BaseModel):
    name: str
    media_type: str
    size: int = Field(description="In bytes.")


class MessageOut(BaseModel):
    seq: int = Field(description="Grows within the chat, with gaps. The cursor for `after`.")
    at: datetime
    from_: Literal["user", "bot", "agent", "notice"] = Field(
        alias="from", description="user: the borrower; agent: a person at the lender; notice: a neutral line."
    )
    text: str = Field("", description="Plain text. A card, if there is one, says the same.")
    id: str | None = Field(None, description="user: the id that you sent it with.")
    choice: str | None = Field(None, description="user: the button that was pressed; `text` is its title.")
    file: FileOut | None = None
    buttons: list[ButtonOut] = Field([], description="Offered only until the next message of the borrower.")
    card: dict[str, Any] | None = Field(
        None,
        description='Structured data that may be drawn instead of the text. `type` says what it is; "plans" has '
        '`plans`, a list of offers; "record" offers the file of GET /record. Draw the text for a type that you '
        "don't know.",
    )
    response: str | None = Field(None, description="bot: the name of the sentence.")
    locale: str | None = Field(None, description="The language of `text`.")
    edits: int | None = Field(
        None,
        description="user: the `seq` of the message that `text` changes, or that was taken back if it is empty.",
    )
    notice: str | None = Field(None, description="notice without text: joined, returned or resolved.")
    name: str | None = Field(None, description="agent: who writes, if they give a name.")
    erased: bool = Field(False, description="True: it was deleted on request; there is nothing to show.")


class Messages(BaseModel):
    messages: list[MessageOut]
    after: int = Field(description="The cursor to go on from.")
    busy: bool = Field(description="True: an input still waits for its answer (show a typing indicator).")
    with_person: bool = Field(description="True: a person has the chat; the bot is silent.")
    typing: float = Field(0, description="For so many seconds show that the person is writing.")

    @classmethod
    def of(cls, chat: Chat, after: int) -> "Messages":
        """The chat as the API shows it, with the cursor moved past what is not shown too."""
        bodies = [shown(message) for message in chat.messages]
        messages = [MessageOut.model_validate(body) for body in bodies if body is not None]
        cursor = max([after, chat.cursor, *(message.seq for message in chat.messages)])
        return cls(
            messages=messages,
            after=cursor,
            busy=chat.busy,
            with_person=chat.with_person,
            typing=TYPING if chat.typing else 0,
        )


class About(BaseModel):
    speaker: str
    names: dict[str, str] = Field(description="The lender's name by language.")
    languages: list[str]
    verify_page: str | None = Field(description="Where to check a code from this chat: the lender's own site.")
    colour: str = Field(description="The lender's colour as #rrggbb. Check its contrast before you use it.")
    text_most: int = Field(default=TEXT_MOST, description="Longest text, in characters.")
    file_most: int = Field(default=FILE_MOST, description="Largest file, in bytes.")
    media_types: list[str] = Field(default=list(MEDIA_TYPES), description="Kinds of file that are taken.")


class Problem(BaseModel):
    code: str = Field(description="Stable; decide by this.")
    message: str = Field(description="A sentence for a person, in English.")


class ProblemOut(BaseModel):
    error: Problem
