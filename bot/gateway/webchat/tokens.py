"""The tokens of the web chat's sessions: made here, and known again before anything is kept for them."""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.store.crypto import Lookup

FRESH_FOR = timedelta(hours=1)
_MARK_BYTES = 12


@dataclass(frozen=True)
class Tokens:
    """Makes tokens that say when they were made, and that they are ours.

    On a bad line a page comes back with its token while what it sent is still being stored. Were it given another one
    then, its words would be kept twice, as those of two people.
    """

    lookup: Lookup
    clock: Clock

    def make(self) -> str:
        """Return a token never given before: chance, the second it was made in, and our mark over both."""
        body = f"{self.clock.token()}.{int(self.clock.now().timestamp()):x}"
        return f"{body}.{self._mark(body)}"

    def made_at(self, token: str) -> datetime | None:
        """Return when a token was made; None for one that we did not make, or an hour ago and more."""
        body, _, mark = token.rpartition(".")
        if not hmac.compare_digest(mark.encode(), self._mark(body).encode()):
            return None
        made = datetime.fromtimestamp(int(body.rpartition(".")[2], 16), UTC)
        return made if self.clock.now() - made < FRESH_FOR else None

    def _mark(self, body: str) -> str:
        return self.lookup.of("web session", body)[:_MARK_BYTES].hex()
