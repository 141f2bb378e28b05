"""Sends one message of a broadcast at the pace of its account, and says what became of it.

Nothing is written here, no connection to the database is held while a platform takes its time, and nothing is tried twice: what did not
leave goes back to the run, where it is decided anew whether it may.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemplateRefused,
    Unanswered,
    WindowClosed,
)
from bot.channels.pace import Pace
from bot.channels.port import Channel
from bot.faults import fault_point
from bot.messages import Address
from bot.store.outbox import Letter

log = structlog.get_logger(__name__)

HOLD_S = 3.0
"""Taken longer ago than this, a message goes back: it is looked at anew whether its person may be written to."""
AGAIN_S = 15.0
"""After this it is tried again when the platform was away."""
MISCONFIGURED_S = 60.0
BLOCKED = "blocked"
"""Why a message failed whose person has shut the bot out, or left the platform."""


@dataclass(frozen=True)
class Parcel:
    """A message of a broadcast on its way, held by this process."""

    run_id: UUID
    address: Address
    letter: Letter = field(repr=False)
    taken_at: float = 0.0
    """On the loop's clock."""
    zone: str = "UTC"
    """By whose clock its person lives."""
    kind: str = ""
    """Which words it says: all of a kind say the same."""
    doubted: bool = False
    """It was sent once before, and what became of that cannot be known."""


@dataclass(frozen=True)
class Outcome:
    """What became of a message: it left as `platform_id`; or it `failed` for good; or it waits again; or it is in doubt."""

    parcel: Parcel
    sent: bool = False
    platform_id: str | None = None
    failed: str | None = None
    """The code of the reason."""
    in_doubt: bool = False
    """The platform has not answered, and has to be asked."""
    wait_s: float | None = None
    """Seconds until it may be tried again; it certainly did not leave."""
    why: str | None = None
    """For one that waits again: what is to be remembered of it."""
    stops: str | None = None
    """The code of a reason why no other of its run would leave, either."""


@dataclass
class Bulk:
    """Sends for one process."""

    channels: Mapping[str, Channel]
    per_second: float | None
    """For each account; None: as fast as it goes."""
    _paces: dict[tuple[str, str], Pace] = field(default_factory=dict)

    async def send(self, parcel: Parcel, may_go: Callable[[Parcel], bool]) -> Outcome:
        """Send a message once its turn has come, if it may still go then."""
        pace = self.pace(parcel.address)
        await pace.turn()
        late = asyncio.get_running_loop().time() - parcel.taken_at > HOLD_S
        if late or not may_go(parcel):
            return Outcome(parcel, wait_s=0)
        try:
            fault_point("before_bulk_send")
            channel = self.channels[parcel.address.channel]
            platform_id = await channel.send(parcel.address, parcel.letter)
            fault_point("after_bulk_send")
        except SendError as error:
            log.info("bulk_not_sent", error=error.code, message=parcel.letter.id)
            return self._not_sent(pace, parcel, error)
        return Outcome(parcel, sent=True, platform_id=platform_id)

    def pace(self, address: Address) -> Pace:
        """Return the pace of the account that an address belongs to."""
        account = (address.channel, address.account)
        found = self._paces.get(account)
        if found is None:
            found = self._paces[account] = Pace(self.per_second)
        return found

    def _not_sent(self, pace: Pace, parcel: Parcel, error: SendError) -> Outcome:
        match error:
            case RateLimited(retry_after_s=wait_s):
                pace.slow_down(parcel.address.value, wait_s)
                return Outcome(parcel, wait_s=wait_s)
            case Misconfigured():
                pace.hold(MISCONFIGURED_S)
                return Outcome(parcel, wait_s=MISCONFIGURED_S)
            case TemplateRefused():
                return Outcome(parcel, wait_s=MISCONFIGURED_S, stops=error.code)
            case Unanswered():
                return Outcome(parcel, in_doubt=True)
            case ContactStopped():
                return Outcome(parcel, failed=BLOCKED)
            case Rejected() | WindowClosed():
                return Outcome(parcel, failed=error.code)
            case _:
                return Outcome(parcel, wait_s=AGAIN_S)
