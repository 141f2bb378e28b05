"""What the contract suite asks of a channel's platform: people who act there, and their screens."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

from bot.channels.port import Channel, Pictures
from bot.messages import MAX_TEXT_CHARS, Address, Incoming, IncomingKind, Media, OfferedFile
from bot.messages import Picture as Drawn
from tests.support.files import picture
from tests.support.world import TestHouse

Ability = Literal[
    "links", "files", "captions", "pictures", "blocking", "pushing", "slowing", "doubt", "typing",
    "old_options", "knocking", "quoting",
]  # fmt: skip
"""What not every platform can.

- links: somebody comes in by a link that says where to
- files, captions: a person sends a photo to the bot, and words under it
- pictures: a message of ours shows a picture; elsewhere its description stands in the words
- blocking: a person shuts the bot out, and the platform says so
- pushing: messages are sent, and one may be refused because the person is gone; elsewhere they are collected
- slowing: the platform may refuse a message for now
- doubt: a message that was never answered can be found again
- typing: a person sees that somebody is writing, by `Channel.show_typing`
- old_options: an option of an earlier message can still be chosen
- knocking: anybody can send the gateway what no platform would
- quoting: an answer points to the very message of the person that it answers
"""
ABILITIES: tuple[Ability, ...] = get_args(Ability)
ALT = "a hand that holds a passport"


@dataclass(frozen=True)
class Choice:
    """One option on a screen."""

    id: str
    title: str


@dataclass(frozen=True)
class Seen:
    """One message on a screen."""

    text: str
    choices: tuple[Choice, ...] = ()
    has_picture: bool = False
    quotes: str = ""
    """The platform's id of the person's message that it points to."""


class NotPossible(Exception):
    """Nobody can do this on the platform."""


@dataclass
class Visitor(ABC):
    """One person on one platform. What they do returns what they see because of it."""

    house: TestHouse
    address: Address
    longest: int = MAX_TEXT_CHARS * 2
    """How many characters one message of theirs can have."""
    _beside: "count[int]" = field(default_factory=lambda: count(1))

    @abstractmethod
    async def write(self, text: str) -> list[Seen]:
        """Write a text."""

    @abstractmethod
    async def press(self, choice: str) -> list[Seen]:
        """Choose an option by its id.

        Raises:
            NotPossible: There is none, and has never been one.
        """

    @abstractmethod
    async def new(self, expect: int = 0) -> list[Seen]:
        """Look at what has come since the last look; wait where the platform collects, until there are `expect` messages."""

    @abstractmethod
    async def again(self) -> list[Seen]:
        """Let the platform deliver the person's last act once more."""

    @abstractmethod
    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """Write two texts that the platform delivers the other way round."""

    async def start(self, payload: str) -> list[Seen]:
        """Come in by a link."""
        raise NotPossible

    async def send_file(self, kind: str, caption: str = "") -> list[Seen]:
        """Send a ``photo`` or a ``voice``."""
        raise NotPossible

    def last_id(self) -> str:
        """Return the platform's id of what was written last."""
        raise NotPossible

    async def block(self) -> None:
        """Shut the bot out."""
        raise NotPossible

    async def unblock(self) -> list[Seen]:
        """Let it in again."""
        raise NotPossible

    async def beside(self, kind: IncomingKind, text: str = "", expect: int = 0) -> list[Seen]:
        """Let something happen that nobody can do here: as if the platform could."""
        file = OfferedFile(text, "ref") if kind is IncomingKind.UNREADABLE else None
        event = f"{self.address.value}-beside-{next(self._beside)}"
        incoming = Incoming(self.address, event, kind, text, None, file)
        await self.house.conversations.receive(incoming)
        return await self.new(expect)


@dataclass
class Platform(ABC):
    """One channel with everything around it."""

    house: TestHouse
    channel: Channel
    lacks: Mapping[Ability, str]
    """What it cannot, and why: the table in docs/channels.md says the same."""
    _numbers: "count[int]" = field(default_factory=lambda: count(7_001))

    @abstractmethod
    async def visitor(self) -> Visitor:
        """Return somebody new, who has done nothing yet."""

    async def knock(self) -> list[int]:
        """Send the gateway what no platform would; return the statuses of its answers."""
        raise NotPossible

    async def slow_down(self, seconds: int) -> None:
        """Let the platform refuse the next message for so long."""
        raise NotPossible

    async def refuse(self, visitor: Visitor) -> None:
        """Let the platform say of the next message that the person has shut us out."""
        raise NotPossible

    async def hide_answer(self) -> None:
        """Let the next message arrive, without the platform ever saying so."""
        raise NotPossible

    async def settle(self) -> None:  # noqa: B027  # most tell nothing by themselves
        """Let the platform tell what became of messages, where it does so by itself."""

    async def typing_shown(self, visitor: Visitor) -> bool:
        """Tell whether the person has been shown that somebody is writing."""
        raise NotPossible


class OnePicture(Pictures):
    """Draws the same picture for everything."""

    async def make(self, media: Media) -> Drawn | None:
        """See `Pictures.make`."""
        return Drawn(picture(size=(16, 16)), 16, 16, "image/jpeg")

    def path_of(self, media: Media) -> str:
        """See `Pictures.path_of`."""
        return f"/chat/picture/{media.kind}"
