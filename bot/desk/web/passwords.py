"""Passwords: argon2id, in a thread, and never two dozen at once."""

import asyncio
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_PASSWORD_CHARS = 12
MAX_PASSWORD_CHARS = 1024
AT_ONCE = 2
"""Each takes 64 MiB and a core for a while; a crowd at the door must not take the machine down."""


@dataclass(frozen=True)
class Passwords:
    """Hashes and checks passwords with the library's own, current settings."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _nobody: list[str] = field(default_factory=list, repr=False)

    async def hash(self, password: str) -> str:
        """Return the hash to keep of `password`."""
        async with self._places:
            return await asyncio.to_thread(self.hasher.hash, _normal(password))

    async def check(self, password: str, password_hash: str | None) -> bool:
        """Tell whether `password` is right; takes as long when there is no hash to compare."""
        compared = password_hash if password_hash is not None else await self._hash_of_nobody()
        async with self._places:
            right = await asyncio.to_thread(self._verify, compared, _normal(password))
        return right and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether a hash was made with settings older than today's."""
        return self.hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _hash_of_nobody(self) -> str:
        if not self._nobody:
            self._nobody.append(await self.hash("nobody"))
        return self._nobody[0]


def is_long_enough(password: str) -> bool:
    """Tell whether `password` may be chosen."""
    return MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS


def _normal(password: str) -> str:
    # Two keyboards may write one letter in two ways.
    return unicodedata.normalize("NFC", password[:MAX_PASSWORD_CHARS])
