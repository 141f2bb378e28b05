"""What the house itself knows of a person on WhatsApp: when they last wrote, whether they may have another message now, and what has arrived.

Meta lets a business write freely for 24 hours after a person's last word, and to one person 45 messages at once but for long no more than one in
six seconds. The second is counted in the database, because any process may write to a person.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy import select, text

from bot.clock import Clock
from bot.messages import Address
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.tables import AddressRow, ConversationRow, OutboxRow
from bot.store.window import is_open

BURST = 45
EVERY = timedelta(seconds=6)
# When a person's debt will be paid: each message puts it off by six seconds, and it may lie 45 messages ahead.
_TAKE_TURN = text(
    """
    INSERT INTO throttles (key, count, window_ends_at) VALUES (:key, 1, :now + :every)
    ON CONFLICT (key) DO UPDATE
        SET window_ends_at = greatest(throttles.window_ends_at, :now) + :every
        WHERE throttles.window_ends_at + :every <= :now + :every * :burst
    RETURNING window_ends_at
    """
)
_DEBT = text("SELECT window_ends_at FROM throttles WHERE key = :key")


@dataclass(frozen=True)
class Standing:
    """How a person can be written to now."""

    locale: str | None = None
    is_open: bool = True
    """They wrote within the last 24 hours, or nobody knows when."""
    wait_s: float = 0.0
    """Until another message may leave; 0: now, and it is counted already."""


class Ground(Protocol):
    """Knows people on WhatsApp."""

    async def ask(self, address: Address, *, approved: bool = False) -> Standing:
        """Return how somebody can be written to.

        Args:
            address: Whom.
            approved: There are words for them that may leave while the window is shut.

        Raises:
            StoreUnavailable: The database is away.
        """

    async def find_arrived(self, uid: UUID) -> str | None:
        """Return the platform's id of a message of ours, if Meta has told one.

        Raises:
            StoreUnavailable: The database is away.
        """


@dataclass(frozen=True)
class StoredGround(Ground):
    """Knows them by the database."""

    db: Database
    people: People
    clock: Clock
    burst: int = BURST
    every: timedelta = EVERY

    async def ask(self, address: Address, *, approved: bool = False) -> Standing:
        """See `Ground.ask`."""
        now = self.clock.now()
        async with self.db.transaction(durable=False) as conn:
            row = (
                await conn.execute(
                    select(ConversationRow.locale, ConversationRow.last_in_at)
                    .join(AddressRow, AddressRow.id == ConversationRow.address_id)
                    .where(AddressRow.lookup == self.people.lookup_of(address))
                )
            ).one_or_none()
            locale, heard_at = (row.locale, row.last_in_at) if row else (None, None)
            is_shut = not is_open(heard_at, now)
            if is_shut and not approved:
                return Standing(locale, is_open=False)
            key = self.people.lookup.of("whatsapp-pace", address.account, address.value)
            given = {"key": key, "now": now, "every": self.every, "burst": self.burst}
            if await conn.scalar(_TAKE_TURN, given) is not None:
                return Standing(locale, is_open=not is_shut)
            debt: datetime = await conn.scalar(_DEBT, {"key": key})
        wait_s = (debt + self.every - now - self.every * self.burst).total_seconds()
        return Standing(locale, is_open=not is_shut, wait_s=wait_s)

    async def find_arrived(self, uid: UUID) -> str | None:
        """See `Ground.find_arrived`; it is noted when a status of the message comes in."""
        async with self.db.transaction(durable=False) as conn:
            found: str | None = await conn.scalar(
                select(OutboxRow.platform_id).where(OutboxRow.uid == uid)
            )
            return found
