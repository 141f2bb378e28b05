"""Whether who writes from a phone number is who wrote from it before: telephone companies give a number to somebody else after some months.

A user id that WhatsApp makes for our business alone belongs to one person. A number does not: it may be somebody else's by now, and a phone may be in
somebody else's hands. Nothing of before is shown on the word of a number alone where that could harm; the four words bring a person back.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.whatsapp_updates import NAME, is_user_id
from bot.conversation.state import State
from bot.messages import Address
from bot.store.contacts import Party, People
from bot.store.moving import move, retire
from bot.store.tables import CaseRow, ConversationRow
from bot.understanding.model import RiskLevel

YOUNG = timedelta(days=60)
"""A number that was given up rests for about this long before somebody else gets it; WhatsApp gives up its accounts only later."""


async def who_writes(
    conn: AsyncConnection,
    people: People,
    party: Party | None,
    address: Address,
    *,
    known_as: Address | None = None,
) -> Party:
    """Return whose event this is: somebody who is known, or a stranger.

    Whoever was known by the number alone, and cannot be taken to be the one who writes now, is never written to there again.

    Args:
        conn: The transaction in which the event is kept.
        people: Finds and makes them.
        party: Who is known at `address`.
        address: Where the event comes from.
        known_as: Their number, where the platform tells it beside the user id.
    """
    now = people.clock.now()
    if party is not None:
        if not _is_number(address) or await _is_young(conn, party, now):
            return party
        await retire(conn, people, party, at=now)
    elif known_as is not None:
        before = await people.find(conn, known_as, lock=True)
        if before is not None:
            if await _is_surely_the_same(conn, before, now):
                moved = await move(conn, people, known_as, address)
                return moved or await people.find_or_make(conn, address)
            await retire(conn, people, before, at=now)
    return await people.find_or_make(conn, address)


def _is_number(address: Address) -> bool:
    return address.channel == NAME and not is_user_id(address.value)


async def _is_young(conn: AsyncConnection, party: Party, now: datetime) -> bool:
    """Tell whether they wrote not long ago."""
    row: Any = ConversationRow
    query = select(func.coalesce(row.last_in_at, row.created_at))
    last = await conn.scalar(query.where(row.id == party.conversation_id))
    return last is None or now - last < YOUNG


async def _is_surely_the_same(conn: AsyncConnection, before: Party, now: datetime) -> bool:
    """Tell whether who was known by a number may be taken for who now writes from it with a user id: not where that could show a danger."""
    if not await _is_young(conn, before, now):
        return False
    risk = State.from_json(before.state).risk.level if before.state else RiskLevel.NONE
    if risk is not RiskLevel.NONE:
        return False
    cases = select(exists().where(CaseRow.contact_id == before.contact_id))
    return not await conn.scalar(cases)
