"""A clock for tests."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4


@dataclass
class FixedClock:
    """Stands still until it is moved; ids are new, choices are the same each run."""

    at: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
    _turns: "itertools.count[int]" = field(default_factory=itertools.count)

    def now(self) -> datetime:
        """Return the time it stands at."""
        return self.at

    def new_id(self) -> UUID:
        """Return a new id."""
        return uuid4()

    def token(self, n_bytes: int = 32) -> str:
        """Return a token never given before."""
        return f"token-{uuid4().hex}-{n_bytes}"

    def choice(self, options: Sequence[str]) -> str:
        """Return one of the options; the same each run, and without a period, so that no two references meet."""
        return random.Random(next(self._turns)).choice(options)

    def pass_(self, **span: float) -> None:
        """Let time pass: ``clock.pass_(minutes=5)``."""
        self.at += timedelta(**span)
