"""“Next person”: who is at the desk is matched with who waits, and the claim is made, in one transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline import guests, pauses, transfers, waiting
from bot.hotline.cases import add_event
from bot.hotline.matching import Counsellor, Given, Matched, Skill, match
from bot.hotline.staff import Staff, list_on_desk, rest
from bot.hotline.weight import IN_A_ROW, WEIGHT
from bot.store import outbox
from bot.store.contacts import People, set_owner
from bot.store.tables import CaseEventRow, CaseRow, ConversationRow, StaffRow
from bot.understanding.model import RiskLevel

SHIFT = timedelta(hours=12)
"""What was heavy longer ago than this is slept over."""


async def claim_next(
    conn: AsyncConnection, people: People, staff: Staff, *, now: datetime
) -> Given | None:
    """Give the next person who fits to `staff`; two counsellors who ask at once get two different people."""
    # Her own row first: who presses twice at once is not given more than she carries. Others may still refer to it.
    await conn.execute(
        select(StaffRow.id).where(StaffRow.id == staff.id).with_for_update(key_share=True)
    )
    for given in (await look(conn, people, staff, now=now)).given:
        if await _claim(conn, given, staff, now=now):
            await rest(conn, staff.id, None)
            return given
    return None


async def look(conn: AsyncConnection, people: People, staff: Staff, *, now: datetime) -> Matched:
    """Tell whom `staff` would be given now, and why not others."""
    there = {each.id: each for each in await list_on_desk(conn, now)}
    there[staff.id] = staff
    loads = await _loads(conn, there)
    last = await _last_weights(conn, there, now)
    at_desk = [
        _counsellor(each, loads.get(each.id, 0), last.get(each.id, ()), now)
        for each in there.values()
    ]
    [who] = (each for each in at_desk if each.id == staff.id)
    others = [each for each in at_desk if each.id != staff.id]
    given_up = await pauses.given_up_by(conn, staff.id, since=now - SHIFT)
    # Whom she rested from and gave back is for somebody else, as long as there is anybody.
    offered = [
        each
        for each in await waiting.read(conn, people)
        if each.place.case_id not in given_up
        or not any(other.is_free_for(each.place.level) for other in others)
    ]
    return match(offered, who, others, now)


def _counsellor(staff: Staff, load: int, last: tuple[int, ...], now: datetime) -> Counsellor:
    known = set(Skill)
    return Counsellor(
        id=staff.id,
        languages=frozenset(staff.languages),
        gender=staff.gender,
        skills=frozenset(known & staff.skills),
        confirmed=frozenset(known & staff.confirmed),
        limit=staff.carries,
        load=load,
        last=last,
        rests=staff.rests_until is not None and staff.rests_until > now,
    )


async def _loads(conn: AsyncConnection, staff_ids: Iterable[UUID]) -> dict[UUID, int]:
    rows = await conn.execute(
        select(CaseRow.claimed_by, CaseRow.level, func.count())
        .where(CaseRow.state == "claimed", CaseRow.claimed_by.in_(list(staff_ids)))
        .group_by(CaseRow.claimed_by, CaseRow.level)
    )
    loads: dict[UUID, int] = {}
    for staff_id, level, count in rows:
        assert staff_id is not None  # as the condition says
        loads[staff_id] = loads.get(staff_id, 0) + count * WEIGHT[RiskLevel.of(level)]
    return loads


async def _last_weights(
    conn: AsyncConnection, staff_ids: Iterable[UUID], now: datetime
) -> dict[UUID, tuple[int, ...]]:
    rows = await conn.execute(
        select(CaseEventRow.staff_id, CaseEventRow.data["weight"].as_integer())
        .where(
            CaseEventRow.kind == "case_claimed",
            CaseEventRow.staff_id.in_(list(staff_ids)),
            CaseEventRow.at > now - SHIFT,
        )
        .order_by(CaseEventRow.id.desc())
    )
    last: dict[UUID, tuple[int, ...]] = {}
    for staff_id, weight in rows:
        last[staff_id] = (*last.get(staff_id, ()), weight or 0)[:IN_A_ROW]
    return last


async def _claim(conn: AsyncConnection, given: Given, staff: Staff, *, now: datetime) -> bool:
    place = given.waiting.place
    # The conversation is locked before the case, as a turn does, so that the two never wait for each other. A turn or
    # another claim under way is waited for: skipping the person who is just writing would break the order.
    locked = await conn.scalar(
        select(ConversationRow.id)
        .join(CaseRow, CaseRow.conversation_id == ConversationRow.id)
        .where(CaseRow.id == place.case_id, CaseRow.state == "waiting")
        .with_for_update(of=ConversationRow)
    )
    if locked is None:
        return False
    values = {"state": "claimed", "claimed_by": staff.id, "claimed_at": now}
    fresh = dict.fromkeys(("reminded_at", "returned_at", "alarmed_at"))
    taken = await conn.scalar(
        update(CaseRow)
        .where(CaseRow.id == place.case_id, CaseRow.state == "waiting")
        .values(**values, **fresh)
        .returning(CaseRow.conversation_id)
    )
    if taken is None:
        return False
    # Whoever was in it with the one before, or was offered it, is not in it with the next.
    await guests.end_all(conn, place.case_id, now=now)
    await transfers.end(conn, place.case_id, now=now)
    epoch = await set_owner(conn, taken, "staff", staff.id)
    await outbox.carry_over(conn, taken, epoch)
    weight = WEIGHT[place.level]
    await add_event(
        conn,
        place.case_id,
        "case_claimed",
        staff_id=staff.id,
        at=now,
        weight=weight,
        fit=given.fit.label,
    )
    return True
