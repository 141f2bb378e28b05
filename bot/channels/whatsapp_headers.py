"""Pictures above templates: each is uploaded once by a process, and sent to everybody by Meta's number of it, until Meta lets go of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

HEADER = "picture"
"""The kind of medium that staff upload for campaigns."""
MOST = 100


@dataclass
class Headers:
    """What Meta has of one account's pictures, by their addresses (`Media.url`)."""

    lasts: timedelta
    """So long Meta keeps one."""
    now_s: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[str, float]] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    def find(self, url: str) -> str | None:
        """Return Meta's number of a picture that it still has."""
        image, at = self._known.get(url, (None, 0.0))
        return image if self.now_s() - at < self.lasts.total_seconds() else None

    def forget(self, url: str, image: str) -> None:
        """Forget a number that Meta does not know; not a newer one."""
        if self._known.get(url, (None, 0.0))[0] == image:
            del self._known[url]

    async def get(self, url: str, upload: Callable[[str], Awaitable[str]]) -> str:
        """Return Meta's number of a picture; many who ask at once upload it once.

        Raises:
            SendError: It could not be uploaded.
        """
        async with self._locks.setdefault(url, asyncio.Lock()):
            known = self.find(url)
            if known is not None:
                return known
            image = await upload(url)
            self._known[url] = (image, self.now_s())
        if len(self._known) > MOST:
            oldest = next(iter(self._known))
            self._known.pop(oldest)
            self._locks.pop(oldest, None)
        return image
