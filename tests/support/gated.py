"""A fake channel with a gate: what is handed over waits in flight until it is let through."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.channels.testing import FakeChannel
from bot.messages import Address
from bot.store.outbox import Letter


@dataclass
class GatedChannel(FakeChannel):
    """Keeps the order in which letters were handed over, also of those that did not arrive."""

    handed: list[tuple[Address, Letter]] = field(default_factory=list)
    on_handed: Callable[[Address, Letter], None] = lambda _address, _letter: None
    _open: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._open.set()

    async def send(self, address: Address, letter: Letter) -> str | None:
        """Take the letter, wait at the gate, then send it (or fail) as the fake does."""
        self.handed.append((address, letter))
        self.on_handed(address, letter)
        if not self._open.is_set():
            self._busy.set()
            await self._open.wait()
        return await super().send(address, letter)

    def shut(self) -> None:
        """Keep what is handed over from now on in flight."""
        self._busy.clear()
        self._open.clear()

    def open(self) -> None:
        """Let everything through, from now on too."""
        self._open.set()

    async def in_flight(self) -> None:
        """Wait until a letter stands at the shut gate."""
        await asyncio.wait_for(self._busy.wait(), 10)
