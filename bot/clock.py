"""Time, new ids and chance: the three things a test wants to fix."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid4


class Clock(Protocol):
    """Where the code gets time, ids and chance from."""

    def now(self) -> datetime:
        """Return the aware current time in UTC."""

    def new_id(self) -> UUID:
        """Return an id never given before."""

    def token(self, n_bytes: int = 32) -> str:
        """Return an unguessable URL-safe text carrying `n_bytes` of chance."""

    def choice(self, options: Sequence[str]) -> str:
        """Return one of `options`, unguessably."""


@dataclass(frozen=True)
class SystemClock:
    """The machine's own clock and its cryptographic source of chance."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> UUID:
        return uuid4()

    def token(self, n_bytes: int = 32) -> str:
        return secrets.token_urlsafe(n_bytes)

    def choice(self, options: Sequence[str]) -> str:
        return secrets.choice(options)
