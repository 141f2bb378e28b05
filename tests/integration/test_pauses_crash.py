"""A process dies while a talk is paused, or while words of danger end that: nothing is lost, and nobody waits for a dead process."""

import asyncio
import os
import signal
import sys

import pytest
from sqlalchemy import func, select

from bot.conversation.pausing import Pausing
from bot.faults import PAUSE_POINTS
from bot.hotline import pauses
from bot.messages import Incoming, IncomingKind
from bot.store.tables import AuditRow, CasePauseRow, CaseRow, OutboxRow
from tests.integration import pause_taker, phone_changer
from tests.integration.test_pauses import HURT, talk, texts, view
from tests.support.world import TestHouse

TURN_POINTS = ("after_inbox", "after_understanding", "before_turn_commit", "after_turn_commit")


async def run(module: str, fault: str, *arguments: str) -> int:
    """Let another process do something and die at a point; return how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, env={**os.environ, "SUAR_FAULT": f"{fault}:1"}
    )
    return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("point", PAUSE_POINTS)
async def test_a_death_while_pausing_leaves_all_of_it_or_nothing(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Killed before the commit there is no pause, and nobody was told; after it the talk rests, is noted once, and the person reads it once."""
    person, counsellor, case_id = await talk(house)
    died = await run(pause_taker.__name__, point, dsn, counsellor.email, str(case_id))
    assert died == -signal.SIGKILL
    before = point.startswith("before")
    async with house.db.transaction() as conn:
        assert await pauses.holds(conn, case_id, now=house.clock.now()) is not before
        assert await conn.scalar(select(func.count()).select_from(CasePauseRow)) == (not before)
        noted = select(func.count()).where(AuditRow.kind == "talk_paused")
        assert await conn.scalar(noted) == (not before)
    if before:
        await Pausing(house.talks).begin(counsellor, case_id, gives_back=True)
    await house.recovery.look()
    assert ["rests" in each.text for each in person.inbox()].count(True) == 1
    async with house.db.transaction() as conn:
        assert set(await conn.scalars(select(OutboxRow.status))) == {"sent"}
    await person.write("you are useless")
    assert texts(await view(house, counsellor, case_id)) == []


@pytest.mark.slow
@pytest.mark.parametrize("point", TURN_POINTS)
async def test_a_death_in_words_of_danger_does_not_cut_them_off(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Wherever the process dies that took them in, they are in the case once, the pause is over, and who was given up is in the queue."""
    person, counsellor, case_id = await talk(house)
    await Pausing(house.talks).begin(counsellor, case_id, gives_back=True)
    await person.write("you are useless")
    danger = Incoming(person.address, "danger", IncomingKind.TEXT, HURT, "en")
    arguments = (person.value, danger.event_id, danger.kind.value, danger.text)
    assert await run(phone_changer.__name__, point, dsn, *arguments) == -signal.SIGKILL
    await house.recovery.look()
    # The platform delivers again what it was not told was taken; that has no second effect.
    await house.conversations.receive(danger)
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
    assert (row.state, row.returned_at is not None) == ("waiting", True)
    other = await house.staff()
    assert await house.talks.claim_next(other) == case_id
    assert texts(await view(house, other, case_id)) == ["you are useless", HURT]
