"""How fast one account of a channel may be written from to many: below what its platform allows, and slower when it says so."""

import asyncio
from dataclasses import dataclass, field

CREDIT_S = 2.0
"""So much of a delay is made up for, little by little."""
HASTE = 1.25
"""So much faster than its pace an account writes while it makes up for a delay; all at once would look like a flood."""
FOR_ALL_WITHIN_S = 2.0
"""When the platform slows two chats down within this time, it means all of them."""


@dataclass
class Pace:
    """Gives turns, `per_second` of them; None gives them at once."""

    per_second: float | None
    _next: float | None = None
    _not_before: float = 0.0
    _held_until: float = 0.0
    _slowed: tuple[str, float] = ("", -FOR_ALL_WITHIN_S)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def turn(self) -> None:
        """Return when the next message may leave."""
        time = asyncio.get_running_loop().time
        if self.per_second is None and time() >= self._held_until:
            return
        async with self._lock:
            await self._until_free()
            if self.per_second is not None:
                now, gap = time(), 1 / self.per_second
                due = now if self._next is None else max(self._next, now - CREDIT_S)
                self._next = due + gap
                self._not_before = now + gap / HASTE

    async def _until_free(self) -> None:
        time = asyncio.get_running_loop().time
        # It may be held anew while we sleep.
        while (wait_s := max(self._held_until, self._next or 0.0, self._not_before) - time()) > 0:  # noqa: ASYNC110  # nobody tells us earlier
            await asyncio.sleep(wait_s)

    def slow_down(self, chat: str, for_s: float) -> None:
        """Note that the platform has told us to wait with `chat`; as soon as it says so of a second one, wait with all."""
        now = asyncio.get_running_loop().time()
        before, at = self._slowed
        self._slowed = (chat, now)
        if before != chat and now - at <= FOR_ALL_WITHIN_S:
            self.hold(for_s)

    def hold(self, for_s: float) -> None:
        """Give no turn for so long."""
        until = asyncio.get_running_loop().time() + for_s
        self._held_until = max(self._held_until, until)
