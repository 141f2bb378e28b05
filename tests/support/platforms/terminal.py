"""The terminal: what is typed there, and what stands on it."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bot.channels.terminal import Terminal
from bot.commands.chat import Talk, shown
from bot.messages import Incoming, IncomingKind, Outgoing
from tests.support.platforms.platform import Ability, Choice, Platform, Seen, Visitor
from tests.support.world import TestHouse

_OPTION = re.compile(r"  \[(\d+)\] (.*)")
_PICTURE = "  | "
ELLIPSIS = "\u2026"
"""Stands above further options, and for no words."""


@dataclass
class OnTerminal(Platform):
    """Everything that `suar chat` needs of a house."""

    async def visitor(self) -> "TerminalVisitor":
        """See `Platform.visitor`."""
        house = self.house
        inside: Any = SimpleNamespace(
            clock=house.clock,
            db=house.db,
            people=house.people,
            conversations=house.conversations,
            terminal=self.channel,
            holder=SimpleNamespace(number=house.delivery.holder),
        )
        talk = Talk(inside, None)
        return TerminalVisitor(house, talk.address, talk=talk)


@dataclass
class TerminalVisitor(Visitor):
    """Somebody who sits there."""

    talk: Talk = field(kw_only=True)
    _last: Callable[[], Awaitable[list[Outgoing]]] | None = None

    async def write(self, text: str) -> list[Seen]:
        """See `Visitor.write`: as words, also where they are the number of an option, which the turn itself understands."""
        return self._seen(await self.talk.do(IncomingKind.TEXT, text))

    async def start(self, payload: str) -> list[Seen]:
        """See `Visitor.start`: only the first start, which no link leads to."""
        return self._seen(await self.talk.do(IncomingKind.START, payload))

    async def press(self, choice: str) -> list[Seen]:
        """See `Visitor.press`: its number is typed; one that is gone is chosen as a script does."""
        numbers = [button.id for button in self.talk.offered]
        if choice in numbers:
            return self._seen(await self.talk.typed(str(numbers.index(choice) + 1)))
        return self._seen(await self.talk.do(IncomingKind.BUTTON, choice))

    async def again(self) -> list[Seen]:
        """See `Visitor.again`: no platform stands between, so the event itself comes again."""
        self.talk._count -= 1
        return self._seen(await self.talk.do(IncomingKind.TEXT, "again"))

    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """See `Visitor.write_backwards`: two events of which the later is numbered first."""
        for number, text in ((92, second), (91, first)):
            incoming = Incoming(
                self.address, f"{self.address.value}:{number}", IncomingKind.TEXT, text
            )
            await self.house.conversations.receive(incoming)
        return await self.new()

    async def new(self, expect: int = 0) -> list[Seen]:  # what waits is taken at once
        """See `Visitor.new`."""
        return self._seen(await self.talk.look())

    def _seen(self, said: list[Outgoing]) -> list[Seen]:
        """Read the screen: the words, and the numbers before what can be chosen."""
        words, choices, has_picture = [], [], False
        for line in shown(said).splitlines():
            if option := _OPTION.fullmatch(line):
                choices.append(Choice(self.talk.offered[int(option[1]) - 1].id, option[2]))
            elif line.startswith(_PICTURE):
                has_picture = True
            elif line != ELLIPSIS:
                words.append(line)
        text = "\n".join(words).strip("\n")
        return [Seen(text, tuple(choices), has_picture)] if said else []


@asynccontextmanager
async def on_terminal(house: TestHouse) -> AsyncIterator[Platform]:
    """`suar chat`."""
    lacks: dict[Ability, str] = {
        "links": "it begins with an empty start, and no link leads to it",
        "files": "nothing but words can be typed",
        "captions": "nothing but words can be typed",
        "pictures": "their descriptions are written out",
        "blocking": "who ends the program is simply gone",
        "pushing": "the program collects",
        "slowing": "the program collects",
        "doubt": "the program collects",
        "quoting": "nobody answers there but the bot",
        "typing": "whoever tries it out waits for the words",
        "old_options": "a number means the latest options",
        "knocking": "it has no gateway",
    }
    yield OnTerminal(house, Terminal(), lacks)
