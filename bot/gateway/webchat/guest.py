"""What a new session sends is held until the door lets it in; a text that may tell of danger opens it at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.gateway.webchat.door import Door, Guest
from bot.understanding.lexicon import Lexicon
from bot.understanding.model import RiskLevel
from bot.understanding.spelling import spell

MAX_HELD = 20
Frame = dict[str, Any]


@dataclass
class Entry:
    """The way in of one socket: everything passes in the order it came, sooner or later."""

    door: Door
    lexicon: Lexicon
    push: Callable[[Frame], Awaitable[None]]
    take: Callable[[Frame], Awaitable[None]]
    """Has an event played, once it may come in."""
    guest: Guest | None = None
    """None: let in."""
    waited_s: float = 0.0
    _held: list[Frame] = field(default_factory=list)
    _cut: bool = False
    _waiting: "asyncio.Task[None] | None" = None
    _in_order: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def event(self, frame: Frame) -> None:
        """Play an event of the page, or hold it while the door is closed."""
        if self.guest is None:
            async with self._in_order:
                await self.take(frame)
        elif self._may_tell_of_danger(frame):
            self._held.append(
                frame
            )  # However much is held already: this comes in now, and its answer goes out.
            await self.let_in()
        else:
            await self._knock(frame)

    def proof(self, nonce: str) -> None:
        """Take the page's work; what is none changes nothing, as the door opens by waiting as well."""
        if self.guest is not None and self.guest.bits and self.guest.has_worked(nonce):
            self.guest.proven = True

    def welcome(self) -> None:
        """Let somebody in whose session is known."""
        if self.guest is not None:
            self.door.gone(self.guest)
            self.guest = None

    async def let_in(self) -> None:
        """Play what was held, in order, and hold nothing more."""
        async with self._in_order:
            guest, self.guest = self.guest, None
            if guest is None:
                return
            self.door.gone(guest)
            if guest.bits:
                await self.push({"type": "proof", "salt": "", "bits": 0})
            held, self._held = self._held, []
            for frame in held:
                await self.take(frame)
        if self._cut:
            # The page has kept the rest. It comes again, now with a session that is known, and sends it in order.
            guest.turn_away()

    def leave(self) -> None:
        """The page is gone, or begins anew."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        self.welcome()
        self._held, self._cut = [], False

    async def _knock(self, frame: Frame) -> None:
        assert self.guest is not None
        self._hold(frame)
        if self._waiting is not None:
            return
        bits = self.door.ask(self.guest, self.waited_s)
        if not bits:
            await self.let_in()
            return
        self._waiting = asyncio.create_task(self._wait(self.guest))
        await self.push({"type": "proof", "salt": self.guest.salt, "bits": bits})

    async def _wait(self, guest: Guest) -> None:
        await guest.turn.wait()
        try:
            await self.let_in()
        except RuntimeError:
            guest.turn_away()  # The socket has closed meanwhile; what was held, the page sends again.

    def _hold(self, frame: Frame) -> None:
        if len(self._held) < MAX_HELD:
            self._held.append(frame)
        else:
            self._cut = True

    def _may_tell_of_danger(self, frame: Frame) -> bool:
        if frame["type"] != "text":
            return False
        return self.lexicon.read(spell(frame["content"])).level > RiskLevel.NONE
