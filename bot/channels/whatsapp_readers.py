"""In which language people on WhatsApp were written to last: for the moment in which the database cannot be asked.

Meta does not tell which language an app is in, as Telegram and a browser do. In memory only, without numbers: of each person a hash under a
key that ends with the process.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.messages import Address

MAX_PEOPLE = 10_000
KEPT_S = 24 * 3600.0
"""As long as WhatsApp lets us answer freely."""


@dataclass
class Readers:
    """What one process remembers; the people who were written to least lately are forgotten first."""

    now_s: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _read: dict[bytes, tuple[str, float]] = field(default_factory=dict, repr=False)

    def note(self, address: Address, locale: str | None) -> None:
        """Remember in which language somebody is written to; None, as of somebody who is erased: remember nothing of them."""
        who = self._who(address)
        self._read.pop(who, None)
        if locale is None:
            return
        self._read[who] = (locale, self.now_s())
        if len(self._read) > MAX_PEOPLE:
            del self._read[next(iter(self._read))]

    def locale_of(self, address: Address) -> str | None:
        """Return in which language somebody was written to within a day; None: this process does not know."""
        locale, at = self._read.get(self._who(address), (None, 0.0))
        return locale if self.now_s() - at < KEPT_S else None

    def _who(self, address: Address) -> bytes:
        told = f"{address.account}:{address.value}".encode("utf-8", "replace")
        return hashlib.blake2b(told, key=self._key, digest_size=16).digest()
