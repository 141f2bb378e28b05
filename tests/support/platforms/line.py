"""The example channel of docs/channels.md: a folder, and somebody who leaves files there and reads those that come."""

import json
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bot.errors import StoreUnavailable
from bot.messages import Address
from tests.support.line.channel import CLOSED, NAME, Line
from tests.support.line.gateway import ACCOUNT, LineGateway
from tests.support.platforms.platform import (
    ALT,
    Ability,
    Choice,
    NotPossible,
    Platform,
    Seen,
    Visitor,
)
from tests.support.world import TestHouse

_OPTION = re.compile(r"(\d+)\. (.*)")
JUNK = (b"", b"?", b"[]", b'{"from": 7}', b'{"from": "../up", "text": "hi"}', b"\xff\xfe")


@dataclass
class OnLine(Platform):
    """The folder, and who looks into it."""

    gateway: LineGateway = field(kw_only=True)
    names: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def folder(self) -> Path:
        """Where messages lie."""
        return self.gateway.channel.folder

    async def visitor(self) -> "LineVisitor":
        """See `Platform.visitor`."""
        return LineVisitor(
            self.house, Address(NAME, ACCOUNT, f"p{next(self._numbers)}"), platform=self
        )

    def leave(self, data: bytes, name: str | None = None) -> str:
        """Leave a file for the gateway; return its name."""
        name = name or f"{next(self.names):06}"
        (self.folder / "in" / f"{name}.json").write_bytes(data)
        return name

    async def knock(self) -> list[int]:
        """See `Platform.knock`; what is none of ours is put away."""
        for each in JUNK:
            self.leave(each)
        await self.gateway.take_all()
        return [500 for _ in (self.folder / "in").iterdir()]

    async def refuse(self, visitor: Visitor) -> None:
        """See `Platform.refuse`."""
        (self.folder / "out" / visitor.address.value / CLOSED).touch()


@dataclass
class LineVisitor(Visitor):
    """Somebody with a telephone that knows letters."""

    platform: OnLine = field(kw_only=True)
    _read: set[str] = field(default_factory=set)
    _last: tuple[str, bytes] = ("", b"")

    async def write(self, text: str) -> list[Seen]:
        """See `Visitor.write`."""
        return await self._leave({"text": text})

    async def press(self, choice: str) -> list[Seen]:
        """See `Visitor.press`: its number is typed."""
        ids = [button for button, _ in await self._offered()]
        if choice not in ids:
            raise NotPossible
        return await self.write(str(ids.index(choice) + 1))

    async def again(self) -> list[Seen]:
        """See `Visitor.again`."""
        name, data = self._last
        self.platform.leave(data, name)
        return await self._delivered()

    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """See `Visitor.write_backwards`."""
        names = [f"{next(self.platform.names):06}" for _ in range(2)]
        for name, text in zip(reversed(names), (first, second), strict=True):
            self.platform.leave(self._data({"text": text}), name)
        return await self._delivered()

    async def block(self) -> None:
        """See `Visitor.block`."""
        await self._leave({"stopped": True})
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / CLOSED).touch()

    async def unblock(self) -> list[Seen]:
        """See `Visitor.unblock`."""
        (self._folder / CLOSED).unlink(missing_ok=True)
        return await self._leave({"stopped": False})

    async def new(self, expect: int = 0) -> list[Seen]:  # what was sent is there
        """See `Visitor.new`."""
        found = [
            each for each in self._files() if each.name not in self._read and each.name != CLOSED
        ]
        self._read |= {each.name for each in found}
        return [await self._seen(each.read_text(encoding="utf-8")) for each in found]

    @property
    def _folder(self) -> Path:
        return self.platform.folder / "out" / self.address.value

    def _files(self) -> list[Path]:
        return sorted(self._folder.iterdir()) if self._folder.exists() else []

    def _data(self, data: dict[str, object]) -> bytes:
        return json.dumps({"from": self.address.value, **data}).encode()

    async def _leave(self, did: dict[str, object]) -> list[Seen]:
        data = self._data(did)
        self._last = (self.platform.leave(data), data)
        return await self._delivered()

    async def _delivered(self) -> list[Seen]:
        await self.platform.gateway.take_all()
        return await self.new()

    async def _offered(self) -> Sequence[tuple[str, str]]:
        """Return what can be chosen now (id, title): a person reads only the titles."""
        try:
            async with self.house.db.transaction() as conn:
                party = await self.house.people.find(conn, self.address)
        except StoreUnavailable:
            return ()
        return self.house.conversations.state_of(party).offered if party else ()

    async def _seen(self, words: str) -> Seen:
        """Read one message: the numbers at its end are what can be chosen."""
        offered = await self._offered()
        lines = words.splitlines()
        choices: list[Choice] = []
        while lines and (option := _OPTION.fullmatch(lines[-1])):
            at = int(option[1]) - 1
            if at >= len(offered) or offered[at][1] != option[2]:
                break
            choices.insert(0, Choice(offered[at][0], option[2]))
            lines.pop()
        return Seen("\n".join(lines).rstrip("\n"), tuple(choices), ALT in lines)


@asynccontextmanager
async def on_line(house: TestHouse) -> AsyncIterator[Platform]:
    """Suar on a line."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "in").mkdir()
        channel = Line(folder)
        lacks: dict[Ability, str] = {
            "links": "there are none",
            "files": "there are none",
            "captions": "there are none",
            "pictures": "their descriptions are written out",
            "slowing": "a folder takes everything at once",
            "typing": "it cannot be shown",
            "quoting": "a message is words alone",
            "old_options": "a number means the latest options",
            "doubt": "a file is there or not: nothing hides the answer",
        }
        gateway = LineGateway(channel, house.conversations)
        yield OnLine(house, channel, lacks, gateway=gateway)
