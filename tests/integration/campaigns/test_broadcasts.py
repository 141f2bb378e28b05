"""A broadcast's way: written, approved by a second person, fired once, planned for everybody whom it is for."""

import asyncio
import os
import signal
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update

from bot.campaigns.audience import read_rule
from bot.campaigns.broadcast import NotNow, read_content
from bot.campaigns.firing import fire_due, fire_test, look
from bot.campaigns.planning import plan_run
from bot.campaigns.quiet import is_quiet
from bot.campaigns.runs import LAST_ID
from bot.campaigns.schedule import At, Drip, Local, Recurring
from bot.campaigns.store_broadcasts import NotReady, SecondPerson
from bot.content.load import Content
from bot.errors import Conflict
from bot.faults import BROADCAST_POINTS
from bot.store import tables
from bot.store.engine import Database
from bot.store.tables import BroadcastRecipientRow, BroadcastRow, BroadcastRunRow
from tests.support.audience import (
    AT_NINE,
    NOON,
    Desk,
    Somebody,
    add_member,
    add_people,
    make_desk,
    words,
)
from tests.support.clock import FixedClock

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def desk(db: Database, campaigners: Database, clock: FixedClock, content: Content) -> Desk:
    """Two campaigners, at noon of 30 July in Jakarta."""
    clock.at = NOON
    return await make_desk(db, campaigners, clock, content)


async def fire(desk: Desk, clock: FixedClock) -> None:
    """Let one scheduler look."""
    await look(desk.broadcasts.db, clock=clock, ground=desk.ground)


async def planned(db: Database) -> dict[UUID, BroadcastRecipientRow]:
    """Return who was planned, in whichever run."""
    async with db.transaction() as conn:
        rows = (await conn.execute(select(BroadcastRecipientRow))).all()
    return {row.contact_id: row for row in rows}


async def all_runs(db: Database) -> list[BroadcastRunRow]:
    """Return the runs, the oldest first."""
    async with db.transaction() as conn:
        found = await conn.execute(select(BroadcastRunRow).order_by(BroadcastRunRow.due_at))
        return list(found.all())


async def test_a_broadcast_goes_to_whom_it_is_for(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Approved, it is planned at once for those of its audience who agree and can be reached, in the language that they read."""
    there = {
        "id": Somebody("id", "kupang"),
        "en": Somebody("en", "kupang"),
        "ms": Somebody("ms", "kupang"),
        "ar": Somebody("ar", "kupang"),
        "elsewhere": Somebody("id", "medan"),
        "stopped": Somebody("id", "kupang", stopped=True),
        "blocked": Somebody("id", "kupang", blocked=True),
        "no": Somebody("id", "kupang", agrees=False),
    }
    await add_people(db, list(there.values()))
    made = await desk.write(audience=read_rule({"field": "city", "in": ["kupang"]}))
    await fire(desk, clock)
    assert await planned(db) == {}
    await desk.approve(made)
    await fire(desk, clock)
    got = await planned(db)
    names = {somebody.id: name for name, somebody in there.items()}
    # Whoever reads Malay reads Indonesian; nobody is taken to read English.
    assert {names[id_]: row.locale for id_, row in got.items()} == {
        "id": "id", "en": "en", "ms": "id",
    }  # fmt: skip
    assert {(row.state, row.variant, row.due_at) for row in got.values()} == {
        ("waiting", "a", NOON)
    }
    [run] = await all_runs(db)
    assert (run.state, run.planned, run.planned_to, run.due_at) == ("running", 3, LAST_ID, NOON)
    clock.pass_(hours=1)
    await fire(desk, clock)
    assert len(await all_runs(db)) == 1


async def test_a_fallback_reaches_those_without_their_language(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """With a fallback nobody is left out for their language, also whoever has told none."""
    people = [Somebody("ar"), Somebody(None), Somebody("id")]
    await add_people(db, people)
    await desk.approve(await desk.write(words("id", "en", fallback="en")))
    await fire(desk, clock)
    got = await planned(db)
    assert [got[each.id].locale for each in people] == ["en", "en", "id"]


async def test_nine_oclock_is_everybodys_own(db: Database, desk: Desk, clock: FixedClock) -> None:
    """ "31 July, 09:00" is planned when it is nine in the east, and due at nine by everybody's own clock."""
    zones = (
        None,
        "Asia/Makassar",
        "Asia/Jayapura",
        "Asia/Riyadh",
        "Europe/Berlin",
        "Mars/Olympus",
    )
    people = [Somebody(zone=zone) for zone in zones]
    await add_people(db, people)
    await desk.approve(await desk.write(schedule=Local(on=date(2026, 7, 31), time=AT_NINE)))
    seen = await desk.broadcasts.all()
    assert seen[0].next_at is not None
    await fire(desk, clock)
    assert await all_runs(db) == []
    clock.at = seen[0].next_at
    await fire(desk, clock)
    got = await planned(db)
    due = [got[each.id].due_at.astimezone(UTC).strftime("%d %H") for each in people]
    assert due == ["31 02", "31 01", "31 00", "31 06", "31 07", "31 02"]


async def test_nobody_is_planned_for_the_night(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Sent now, at noon in Jakarta, it waits for the morning of those for whom it is night."""
    people = [Somebody(zone=zone) for zone in sorted(desk.ground.zones)]
    await add_people(db, people)
    await desk.approve(await desk.write())
    await fire(desk, clock)
    got = await planned(db)
    assert len(got) == len(people)
    moved = 0
    for each in people:
        due = got[each.id].due_at
        assert each.zone is not None
        assert NOON <= due <= NOON + DAY
        assert not is_quiet(due, each.zone)
        moved += due > NOON
    assert moved > 5


async def test_a_drip_comes_once_to_everybody(db: Database, desk: Desk, clock: FixedClock) -> None:
    """Three days after they joined, at nine by their own clock, each member gets it once, however long it runs."""
    people = [Somebody(zone=zone) for zone in ("Asia/Jakarta", "Asia/Jayapura", "Europe/Berlin")]
    late, outside = Somebody(), Somebody()
    await add_people(db, [*people, late, outside])
    async with db.transaction() as conn:
        for number, each in enumerate(people):
            joined = NOON + number * 12 * HOUR
            await add_member(conn, desk.campaign_id, each, joined_at=joined)
        await add_member(conn, desk.campaign_id, late, joined_at=NOON - 9 * DAY)
    await desk.approve(await desk.write(schedule=Drip(days=3, time=AT_NINE)))
    for _ in range(24 * 6):
        clock.pass_(hours=1)
        await fire(desk, clock)
    got = await planned(db)
    assert set(got) == {each.id for each in people}
    for each, day in zip(people, (2, 3, 3), strict=True):
        assert each.zone is not None
        due = got[each.id].due_at.astimezone(ZoneInfo(each.zone))
        assert (due.day, due.hour) == (day, 9)
    async with db.transaction() as conn:
        rows = await conn.scalar(select(func.count()).select_from(BroadcastRecipientRow))
    assert rows == 3


async def test_variants_are_shared_out_and_stay(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Of a thousand people about a third get the first variant, and each of them the same one in every run of the broadcast."""
    await add_people(db, [Somebody() for _ in range(1000)])
    said = {"id": {"text": "Halo"}}
    content = read_content(
        {
            "variants": [
                {"id": "a", "share": 33, "words": said},
                {"id": "b", "share": 67, "words": said},
            ]
        }
    )
    schedule = Recurring(weekdays=("fri", "sat"), time=AT_NINE)
    await desk.approve(await desk.write(content, schedule=schedule))
    for _ in range(2):
        clock.pass_(days=1)
        await fire(desk, clock)
    async with db.transaction() as conn:
        rows = (await conn.execute(select(BroadcastRecipientRow))).all()
    assert len(rows) == 2000
    chosen = {(row.contact_id, row.variant) for row in rows}
    assert len(chosen) == 1000
    assert 270 < Counter(variant for _, variant in chosen)["a"] < 390


async def test_the_team_sees_it_first(db: Database, desk: Desk, clock: FixedClock) -> None:
    """A draft goes to the testers alone, without approval and whatever its audience, and leaves it a draft."""
    tester, other = Somebody("en", "medan"), Somebody("id", "kupang")
    gone = Somebody("id", agrees=False)
    await add_people(db, [tester, other, gone])
    async with db.transaction() as conn:
        for each in (tester, gone):
            await conn.execute(
                tables.TesterRow.__table__.insert().values(contact_id=each.id, label="x")
            )
    made = await desk.write(audience=read_rule({"field": "city", "in": ["kupang"]}))
    run = await fire_test(desk.broadcasts.db, made, clock=clock, ground=desk.ground)
    assert set(await planned(db)) == {tester.id}
    [row] = await all_runs(db)
    assert (row.id, row.test, row.state) == (run, True, "running")
    assert (await desk.broadcasts.get(made)).state == "draft"
    # Changing it takes back what has not gone out yet.
    seen = await desk.broadcasts.get(made)
    await desk.broadcasts.edit(made, seen.draft, by=desk.writer, version=seen.version)
    assert [each.state for each in await all_runs(db)] == ["cancelled"]


async def test_a_second_person_approves(desk: Desk) -> None:
    """Whoever wrote it cannot approve it; who changed it last counts as who wrote it, and it is a draft again."""
    made = await desk.write(schedule=At(at=NOON + DAY))
    await desk.act(made, "submit")
    with pytest.raises(SecondPerson):
        await desk.act(made, "approve", by=desk.writer)
    await desk.act(made, "approve", by=desk.second)
    seen = await desk.broadcasts.get(made)
    assert (seen.state, seen.approved_by, seen.next_at) == ("scheduled", desk.second, NOON + DAY)
    await desk.broadcasts.edit(made, seen.draft, by=desk.second, version=seen.version)
    seen = await desk.broadcasts.get(made)
    assert (seen.state, seen.approved_by, seen.next_at) == ("draft", None, None)
    await desk.act(made, "submit")
    with pytest.raises(SecondPerson):
        await desk.act(made, "approve", by=desk.second)
    await desk.act(made, "approve", by=desk.writer)


async def test_who_saw_an_older_version_changes_nothing(desk: Desk) -> None:
    """Two people at the same broadcast: the second is told, and does not write over the first."""
    made = await desk.write()
    seen = await desk.broadcasts.get(made)
    await desk.broadcasts.edit(made, seen.draft, by=desk.second, version=seen.version)
    with pytest.raises(Conflict):
        await desk.broadcasts.edit(made, seen.draft, by=desk.writer, version=seen.version)
    with pytest.raises(Conflict):
        await desk.broadcasts.act(made, "submit", by=desk.writer, version=seen.version)


async def test_what_is_wrong_is_not_submitted(desk: Desk) -> None:
    """A loud word, a button that leads nowhere, a moment that is over, an expiry before the start: each is named."""
    said = {
        "id": {"text": "Korban bicara", "buttons": [{"title": "Main", "target": "quiz:none"}]},
        "en": {"text": "Hi", "buttons": [{"title": "Go", "target": "https://other.example/"}]},
    }
    content = read_content({"variants": [{"words": said}]})
    made = await desk.write(content, schedule=At(at=NOON - HOUR))
    with pytest.raises(NotReady) as refused:
        await desk.act(made, "submit")
    assert {(each.code, each.where) for each in refused.value.findings} == {
        ("loud_word", "a.id.text"),
        ("unknown_quiz", "a.id.buttons.0"),
        ("unknown_https", "a.en.buttons.0"),
        ("in_the_past", "schedule"),
    }
    made = await desk.write(schedule=At(at=NOON + HOUR), not_after=NOON + HOUR)
    with pytest.raises(NotReady, match="expires_before_it_starts"):
        await desk.act(made, "submit")
    # What was right when it was submitted may be over when it is approved.
    late = await desk.write(schedule=At(at=NOON + HOUR))
    await desk.act(late, "submit")
    assert isinstance(desk.broadcasts.clock, FixedClock)
    desk.broadcasts.clock.pass_(hours=2)
    with pytest.raises(NotReady, match="in_the_past"):
        await desk.act(late, "approve", by=desk.second)


async def test_pausing_holds_its_runs_and_resuming_goes_on(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Paused half planned, it goes on where it was: everybody once; while it is under way its words cannot change."""
    await add_people(db, [Somebody() for _ in range(10)])
    made = await desk.write()
    await desk.approve(made)
    await fire_due(desk.broadcasts.db, clock.now(), clock=clock, ground=desk.ground)
    [run] = await all_runs(db)
    await desk.act(made, "pause")
    await plan_run(desk.broadcasts.db, run.id, ground=desk.ground)
    assert await planned(db) == {}
    seen = await desk.broadcasts.get(made)
    other = replace(seen.draft, schedule=At(at=NOON + DAY))
    with pytest.raises(NotNow):
        await desk.broadcasts.edit(made, other, by=desk.writer, version=seen.version)
    await desk.act(made, "resume")
    seen = await desk.broadcasts.get(made)
    with pytest.raises(NotNow):
        await desk.broadcasts.edit(made, seen.draft, by=desk.writer, version=seen.version)
    assert [each.state for each in await all_runs(db)] == ["planning"]
    await fire(desk, clock)
    assert len(await planned(db)) == 10
    await desk.act(made, "pause")
    await desk.act(made, "resume")
    assert [each.state for each in await all_runs(db)] == ["running"]
    await desk.act(made, "cancel")
    assert [each.state for each in await all_runs(db)] == ["cancelled"]
    with pytest.raises(NotNow):
        await desk.act(made, "resume")


async def test_two_schedulers_fire_once(db: Database, desk: Desk, clock: FixedClock) -> None:
    """Ten at the same moment: one run, and everybody in it once."""
    await add_people(db, [Somebody() for _ in range(50)])
    await desk.approve(await desk.write())
    await asyncio.gather(*(fire(desk, clock) for _ in range(10)))
    [run] = await all_runs(db)
    assert (run.state, run.planned) == ("running", 50)
    assert len(await planned(db)) == 50


async def test_a_run_planned_in_parts_has_everybody_once(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """Part by part, with two planners at it: each person once, and the number is right."""
    await add_people(db, [Somebody() for _ in range(200)])
    await desk.approve(await desk.write())
    await fire_due(desk.broadcasts.db, clock.now(), clock=clock, ground=desk.ground)
    [run] = await all_runs(db)
    await asyncio.gather(
        *(plan_run(desk.broadcasts.db, run.id, ground=desk.ground, chunk=7) for _ in range(2))
    )
    [run] = await all_runs(db)
    assert (run.state, run.planned) == ("running", 200)
    assert len(await planned(db)) == 200


async def test_a_missed_time_is_made_up_for_once_or_not_at_all(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """After five days' outage a daily broadcast fires once; one whose only moment is long over, or expired, does not fire."""
    await add_people(db, [Somebody()])
    every_day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    daily = await desk.write(schedule=Recurring(weekdays=every_day, time=AT_NINE))
    gone = await desk.write(schedule=At(at=NOON + HOUR))
    short = await desk.write(schedule=At(at=NOON + 5 * DAY - HOUR), not_after=NOON + 5 * DAY)
    for made in (daily, gone, short):
        await desk.approve(made)
    clock.pass_(days=5, minutes=1)
    await fire(desk, clock)
    assert [each.broadcast_id for each in await all_runs(db)] == [daily]
    states = {each.id: each.state for each in await desk.broadcasts.all()}
    assert states == {daily: "scheduled", gone: "expired", short: "expired"}
    clock.pass_(hours=1)
    await fire(desk, clock)
    assert len(await all_runs(db)) == 1
    clock.pass_(days=1)
    await fire(desk, clock)
    assert len(await all_runs(db)) == 2


async def test_a_clock_that_jumps_fires_nothing_twice(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """The machine's clock goes a week ahead and back again, and on: each day at nine has one run at most."""
    every_day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    await desk.approve(await desk.write(schedule=Recurring(weekdays=every_day, time=AT_NINE)))
    for hours in (24, 24 * 7, -24 * 7, 12, 24, -48, 24 * 9, 24):
        clock.pass_(hours=hours)
        await fire(desk, clock)
    moments = [each.due_at for each in await all_runs(db)]
    assert len(set(moments)) == len(moments)
    days = {moment.date() for moment in moments}
    assert len(days) == len(moments)


async def test_a_broadcast_ends_when_its_last_run_has(
    db: Database, desk: Desk, clock: FixedClock
) -> None:
    """It is done once nothing more is to fire and no run is under way; one for nobody is done at once."""
    made = await desk.write()
    await desk.approve(made)
    await fire(desk, clock)
    assert (await desk.broadcasts.get(made)).state == "done"
    await add_people(db, [Somebody()])
    other = await desk.write()
    await desk.approve(other)
    await fire(desk, clock)
    assert (await desk.broadcasts.get(other)).state == "scheduled"
    async with db.transaction() as conn:
        await conn.execute(update(BroadcastRunRow).values(state="done", ended_at=clock.now()))
    await fire(desk, clock)
    assert (await desk.broadcasts.get(other)).state == "done"


LOOK = """
import asyncio, sys
from datetime import datetime
from bot.campaigns.firing import look
from bot.campaigns.broadcast import Ground
from bot.clock import SystemClock
from bot.store.campaigning import ROLE
from bot.store.engine import Database

class Clock(SystemClock):
    def now(self):
        return datetime.fromisoformat(sys.argv[2])

async def main():
    db = Database.at(sys.argv[1], pool_size=2, role=ROLE)
    await look(db, clock=Clock(), ground=Ground("Asia/Jakarta", frozenset({"Asia/Jakarta"})))

asyncio.run(main())
"""


@pytest.mark.parametrize("point", BROADCAST_POINTS)
async def test_a_killed_scheduler_fires_once(
    db: Database, desk: Desk, clock: FixedClock, point: str
) -> None:
    """Killed before or after any commit, the next scheduler finds what is left: one run, everybody once."""
    await add_people(db, [Somebody() for _ in range(30)])
    await desk.approve(await desk.write())
    for fault, code in ((point, -signal.SIGKILL), ("", 0)):
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", LOOK, db.dsn, clock.now().isoformat(),
            env={**os.environ, "SUAR_FAULT": fault},
        )  # fmt: skip
        assert await killed.wait() == code
    [run] = await all_runs(db)
    assert (run.state, run.planned) == ("running", 30)
    assert len(await planned(db)) == 30


async def test_the_version_is_the_authors(db: Database, desk: Desk, clock: FixedClock) -> None:
    """Firing does not change the version: whoever looks at the page meanwhile can still pause it."""
    await add_people(db, [Somebody()])
    made = await desk.write(schedule=Recurring(weekdays=("fri",), time=time(9)))
    await desk.approve(made)
    before = await desk.broadcasts.get(made)
    clock.pass_(days=1)
    await fire(desk, clock)
    after = await desk.broadcasts.get(made)
    assert after.version == before.version
    assert after.next_at is not None
    assert before.next_at is not None
    assert after.next_at > before.next_at
    await desk.broadcasts.act(made, "pause", by=desk.writer, version=before.version)
    async with db.transaction() as conn:
        assert await conn.scalar(select(BroadcastRow.state)) == "paused"
