"""What comes in from a person and what goes out to one, the same for every channel.

A channel turns its platform's events into `Incoming` and `Outgoing` into its platform's calls; everything
between the two channels of a message speaks only these types.
"""

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, NewType, Self
from uuid import UUID

ContactId = NewType("ContactId", UUID)
ConversationId = NewType("ConversationId", UUID)
CaseId = NewType("CaseId", UUID)
StaffId = NewType("StaffId", UUID)
MessageId = NewType("MessageId", UUID)

MAX_TEXT_CHARS = 10_000
"""A longer message is cut here before it is stored; the person is told."""

MAX_FILE_BYTES = 8 * 1024 * 1024
"""A larger file is neither downloaded nor read to its end; the person, or whoever sends it, is told."""
MAX_FILE_MB = MAX_FILE_BYTES // 2**20
FILES_TAKEN = frozenset({"photo", "voice", "document"})
"""The kinds of files of a platform among which there may be one for a counsellor; their bytes decide."""

FURTHER = "further:"
"""What the id of a row begins with that shows more choices than a list holds; behind it stands the id of the next choice."""

MAX_BUTTON_ID_BYTES = 64
MARK = "~"
"""Stands between the id of a button and the mark of whoever it was shown to, where several people use one phone."""
MARK_BYTES = 5
"""How much longer a mark makes an id."""
OLD_BUTTON = "unclear.old_button"
"""Where a button leads that was shown to somebody else."""
"""Telegram's limit for callback data, the narrowest of the channels."""


class IncomingKind(StrEnum):
    """What the person did."""

    TEXT = "text"
    EDITED = "edited"
    """They have changed the words of an earlier message."""
    BUTTON = "button"
    START = "start"
    UNREADABLE = "unreadable"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True)
class Address:
    """Where a person can be reached: one bot account on one channel, and the person's id there."""

    channel: str
    account: str
    value: str = field(repr=False)


@dataclass(frozen=True)
class OfferedFile:
    """A file that a platform keeps for us: nothing of it has been fetched, and its name is not taken over."""

    kind: str
    """As the platform calls it: ``photo``, ``voice``, ``video``…"""
    ref: str = field(repr=False)
    """By which the platform gives it out."""
    size: int | None = None
    """Bytes, as far as the platform tells."""

    @property
    def is_small(self) -> bool:
        """Tell whether nothing speaks against fetching it for its size."""
        return self.size is None or self.size <= MAX_FILE_BYTES


@dataclass(frozen=True)
class Incoming:
    """One event from a person.

    `event_id` is unique for its channel and account: an event that a platform delivers again carries the same.
    `text` is the text typed, or what it was changed to, the id of the button pressed, the payload of a deep link, or the kind of a
    message that cannot be read (``photo``, ``voice``, ``sticker``…), as `kind` says.
    """

    address: Address
    event_id: str
    kind: IncomingKind
    text: str = field(default="", repr=False)
    client_language: str | None = None
    file: OfferedFile | None = None
    """What was sent along with the words, or instead of any."""
    message_id: str | None = field(default=None, repr=False)
    """The platform's own number of a text, where texts can be changed afterwards; the same for the change."""
    place: str = field(default="", repr=False)
    """Of a place that was shared: its latitude and longitude. It goes to a counsellor or nowhere."""
    platform_id: str | None = field(default=None, repr=False)
    """The platform's own id of the message, by which an answer can point to it; None where nothing can."""

    @property
    def has_words(self) -> bool:
        """Tell whether somebody has typed something that is to be understood."""
        return self.kind in {IncomingKind.TEXT, IncomingKind.EDITED}

    def unmarked(self, mark: str | None) -> Self:
        """Return a press as that of the button itself where it was shown to whoever has this mark; else as that of none."""
        if self.kind is not IncomingKind.BUTTON:
            return self
        button, _, shown_to = self.text.partition(MARK)
        return replace(self, text=button if shown_to == (mark or "") else OLD_BUTTON)

    def to_json(self) -> dict[str, Any]:
        """Return the parts that are stored; the address is stored apart, encrypted."""
        data: dict[str, Any] = {
            "kind": self.kind.value,
            "text": self.text,
            "lang": self.client_language,
        }
        if self.file is not None:
            data["file"] = asdict(self.file)
        if self.message_id is not None:
            data["message"] = self.message_id
        if self.place:
            data["place"] = self.place
        if self.platform_id is not None:
            data["platform"] = self.platform_id
        return data

    @classmethod
    def from_json(cls, address: Address, event_id: str, data: dict[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        file = OfferedFile(**data["file"]) if "file" in data else None
        kind = IncomingKind(data["kind"])
        return cls(
            address,
            event_id,
            kind,
            data["text"],
            data.get("lang"),
            file,
            data.get("message"),
            data.get("place", ""),
            data.get("platform"),
        )


@dataclass(frozen=True)
class Button:
    """One choice under a message: `id` of at most 64 bytes, `title` as the person reads it."""

    id: str
    title: str


MADE_HERE = frozenset({"quiz", "card", "certificate", "picture", "menu"})
"""Kinds of media that the server draws, or has kept, and fetches when they are sent; `bot/pictures/making.py` reads their addresses."""


VOICE = "voice"
"""The kind of a medium that is a recording: its address is its number, its text what it speaks."""


@dataclass(frozen=True)
class Media:
    """A picture (or other medium) that goes along: its address or file, and its text for those who cannot see it."""

    kind: str
    url: str = field(repr=False)
    """Of one that the server draws: what to draw, and `@` with the language, as in ``quiz:warning_signs/dm_offer@id``."""
    alt: str = ""

    @property
    def is_made_here(self) -> bool:
        """Tell whether the server draws it."""
        return self.kind in MADE_HERE

    def spoken_in(self, locale: str) -> Self:
        """Return it in the language of its message, where it has none yet."""
        if not self.is_made_here or "@" in self.url:
            return self
        return replace(self, url=f"{self.url}@{locale}")


@dataclass(frozen=True)
class Picture:
    """A picture that the server has drawn, or that staff have uploaded: its bytes, and its size in dots."""

    data: bytes = field(repr=False)
    width: int
    height: int
    mime: str = "image/png"


@dataclass(frozen=True)
class SentFile:
    """A file of a counsellor that a message is: which one, and `picture`, `voice` or `pdf`. Its bytes lie sealed elsewhere."""

    id: str
    kind: str


@dataclass(frozen=True)
class Template:
    """Words that a platform has approved beforehand, by which a message may be said where free words may not."""

    name: str
    language: str
    """As the platform names it."""
    values: tuple[str, ...] = field(default=(), repr=False)
    """What stands in its gaps, in order."""
    buttons: tuple[str, ...] = ()
    """What a press of each of its buttons means."""
    picture: str = ""
    """What stands above its words, as in `Media.url`; empty: nothing."""


@dataclass(frozen=True)
class Outgoing:
    """One message to a person, in words already translated."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    sensitive: bool = False
    file: SentFile | None = None
    template: Template | None = None
    """The same words as a platform has approved them."""

    @property
    def voice(self) -> Media | None:
        """The recording that this message is, without words of its own; None for any other."""
        return next((media for media in self.media if media.kind == VOICE), None)

    first: int = 0
    """How many choices were shown before these, where they are the next page of a list."""
    quote: int | None = None
    """The line of the person's that a counsellor answers with it."""

    def spoken_in(self, locale: str) -> Self:
        """Return it with its media in the language of its words."""
        if not self.media:
            return self
        return replace(self, media=tuple(media.spoken_in(locale) for media in self.media))

    def marked(self, mark: str | None) -> Self:
        """Return it with buttons that say to whom they were shown; see `Incoming.unmarked`."""
        if mark is None:
            return self
        buttons = tuple(replace(each, id=f"{each.id}{MARK}{mark}") for each in self.buttons)
        template = self.template
        if template is not None:
            payloads = tuple(f"{each}{MARK}{mark}" for each in template.buttons)
            template = replace(template, buttons=payloads)
        return replace(self, buttons=buttons, template=template)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready form that `from_json` reads back."""
        data: dict[str, Any] = {
            "text": self.text,
            "buttons": [{"id": b.id, "title": b.title} for b in self.buttons],
            "media": [{"kind": m.kind, "url": m.url, "alt": m.alt} for m in self.media],
            "sensitive": self.sensitive,
        }
        if self.file is not None:
            data["file"] = asdict(self.file)
        if self.template is not None:
            data["template"] = asdict(self.template)
        if self.first:
            data["first"] = self.first
        if self.quote is not None:
            data["quote"] = self.quote
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        return cls(
            text=data["text"],
            buttons=tuple(Button(**b) for b in data.get("buttons", ())),
            media=tuple(Media(**m) for m in data.get("media", ())),
            sensitive=data.get("sensitive", False),
            file=SentFile(**data["file"]) if "file" in data else None,
            template=_template(data["template"]) if "template" in data else None,
            first=data.get("first", 0),
            quote=data.get("quote"),
        )


def _template(data: dict[str, Any]) -> Template:
    lists = {name: tuple(data.get(name, ())) for name in ("values", "buttons")}
    return Template(**{**data, **lists})


def place_of(latitude: object, longitude: object) -> str:
    """Return a place as `Incoming` has it, to about a metre; empty where it is none on earth."""
    if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
        return ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return ""
    return f"{latitude:.5f}, {longitude:.5f}"


def clean_text(text: str) -> str:
    """Return `text` as it can be stored and shown: no NUL, no lone surrogates, at most `MAX_TEXT_CHARS`."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return whole[:MAX_TEXT_CHARS]
