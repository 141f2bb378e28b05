"""What decides whether somebody may be told of their event now; only the code that tells them asks, under their conversation's lock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.campaigning import EVENT
from bot.store.contacts import Party


@dataclass(frozen=True)
class Row:
    """What is known of somebody at this moment."""

    stopped: bool
    held: bool
    """A case of theirs is open, or was closed a short while ago."""
    agrees: bool
    """The consent `event` holds."""
    busy: bool
    """A message to them has not left yet."""
    last_in_at: datetime | None
    """When they last wrote or pressed something."""


async def look(conn: AsyncConnection, party: Party) -> Row:
    """Look somebody up."""
    known = {"contact": party.contact_id, "conversation": party.conversation_id, "scope": EVENT}
    return Row(**(await conn.execute(_LOOK, known)).one()._mapping)


async def zones_of(conn: AsyncConnection, people: Collection[UUID]) -> Mapping[UUID, str]:
    """Return by which zones people live, of those who have told."""
    rows = await conn.execute(_ZONES, {"people": list(people)})
    return {row.contact_id: row.zone for row in rows}


_LOOK = text(
    """
    SELECT t.stopped_at IS NOT NULL AS stopped, campaign_held(t.id) AS held,
        EXISTS (SELECT FROM consents WHERE contact_id = t.id AND scope = :scope
            AND granted AND withdrawn_at IS NULL) AS agrees,
        EXISTS (SELECT FROM outbox WHERE conversation_id = v.id
            AND status IN ('queued', 'sending')) AS busy,
        v.last_in_at
    FROM contacts t, conversations v WHERE t.id = :contact AND v.id = :conversation
    """
)
_ZONES = text(
    "SELECT contact_id, zone FROM profiles WHERE zone IS NOT NULL AND contact_id = ANY(:people)"
)
