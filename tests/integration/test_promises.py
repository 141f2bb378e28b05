"""What people who wait are told of the time with the real database: presence, rota, measured waits, and the promise."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import func, select, text

from bot.content.load import Content
from bot.hotline import promised, shifts
from bot.hotline.hours import ZONES
from bot.hotline.order import PROMISE
from bot.hotline.staff import Role, Staff, rest
from bot.store import sessions
from bot.store.crypto import hash_token
from bot.store.engine import Database
from bot.store.tables import PromiseRow
from bot.understanding.model import RiskLevel
from tests.support.clock import FixedClock
from tests.support.world import Person, TestHouse, make_house


@pytest.fixture
async def house(db: Database, clock: FixedClock, content: Content) -> AsyncIterator[TestHouse]:
    """The whole bot with an empty queue."""
    async with make_house(db, clock, content) as made:
        yield made


async def be_there(house: TestHouse, staff: Staff) -> None:
    """Let somebody have the desk open."""
    async with house.db.transaction() as conn:
        token = await sessions.open_session(conn, staff.id, clock=house.clock)
        await sessions.be_on_desk(conn, hash_token(token), now=house.clock.now())


async def plan(house: TestHouse, staff: Staff, hours: int) -> datetime:
    """Put somebody on duty for eight hours from so many hours from now; return when that begins."""
    by = await house.staff(Role.SUPERVISOR)
    begins = (house.clock.now() + timedelta(hours=hours)).astimezone(ZONES["WIB"])
    start, end = (time(each.hour) for each in (begins, begins + timedelta(hours=8)))
    async with house.db.transaction() as conn:
        await shifts.add(
            conn, by, staff.id, [begins.date()], start, end, zone="WIB", languages=(),
            clock=house.clock,
        )  # fmt: skip
    return datetime.combine(begins.date(), start, ZONES["WIB"]).astimezone(UTC)


async def asks(house: TestHouse) -> tuple[Person, str]:
    """Let somebody ask for a person; return them and all that they then read."""
    person = house.person()
    await person.write("my boss keeps my passport")
    before = len(person.inbox())
    await person.ask_for_a_person()
    return person, "\n".join(message.text for message in person.inbox()[before:])


async def only_promise(house: TestHouse) -> PromiseRow:
    """Return the one promise there is."""
    async with house.db.transaction() as conn:
        return (await conn.execute(select(PromiseRow))).one()  # type: ignore[return-value]


async def test_when_nobody_is_on_duty_the_plan_is_told_and_kept(house: TestHouse) -> None:
    """The person reads from when on somebody is there; the promise counts from then and is kept by the first words."""
    who = await house.staff()
    begins = await plan(house, who, 9)
    _, read = await asks(house)
    assert f"{begins.astimezone(ZONES['WIB']):%H:%M}" in read
    assert "112" in read
    promise = await only_promise(house)
    assert promise.due_at == begins + PROMISE[RiskLevel.of(promise.level)]
    assert (promise.told, promise.covered, promise.answered_at) == ("time", False, None)
    case_id = await house.talks.claim_next(who)
    assert case_id is not None
    assert (await only_promise(house)).answered_at is None
    await house.talks.reply(who, case_id, "I am here", token="1")
    assert (await only_promise(house)).answered_at == house.clock.now()


async def test_without_a_rota_nothing_is_promised_and_the_place_is_kept(house: TestHouse) -> None:
    """Nobody there and no plan: the words that say so, and a row that still shows whoever is late."""
    _, read = await asks(house)
    assert "nobody is at the desk" in read.lower() or "tidak ada" in read.lower()
    promise = await only_promise(house)
    assert promise.told == "nothing"
    assert promise.due_at > promise.made_at


async def test_whoever_speaks_the_language_counts_and_a_breather_does_not(
    house: TestHouse,
) -> None:
    """A counsellor at the desk speaks for her languages; while she takes a breather nobody is there for them."""
    who = await house.staff()
    await be_there(house, who)
    async with house.db.transaction() as conn:
        now = house.clock.now()
        seen = await promised.outlook(conn, "en", RiskLevel.HIGH, now=now)
        assert (seen.there, seen.speaks, seen.told) == (True, True, "unsure")
        seen = await promised.outlook(conn, "prs", RiskLevel.HIGH, now=now)
        assert (seen.there, seen.speaks, seen.told) == (True, False, "nothing")
        await rest(conn, who.id, now + timedelta(minutes=10))
        seen = await promised.outlook(conn, "en", RiskLevel.HIGH, now=now)
        assert (seen.there, seen.speaks) == (True, False)


async def test_measured_waits_are_told_as_a_range(house: TestHouse) -> None:
    """After thirty waits of about twelve minutes the next person reads a round range above them."""
    who = await house.staff()
    await be_there(house, who)
    for _ in range(2):
        await asks(house)
    async with house.db.transaction() as conn:
        await conn.execute(
            text(
                "UPDATE promises SET level = 'high', language = 'en', covered = true, "
                "answered_at = made_at + interval '12 minutes'"
            )
        )
        # One person's row many times over: only the times are looked at.
        waits = await promised.recent_waits(
            conn, "en", RiskLevel.HIGH, now=house.clock.now() + timedelta(hours=1)
        )
    assert [(wait.span, wait.ended) for wait in waits] == [(timedelta(minutes=12), True)] * 2


async def test_more_danger_brings_the_promise_forward(house: TestHouse) -> None:
    """Who tells of danger now while waiting is promised two minutes, and never more than before."""
    person, _ = await asks(house)
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE promises SET due_at = due_at + interval '1 day'"))
        case_id = await conn.scalar(select(PromiseRow.case_id))
        assert case_id is not None
        now = house.clock.now()
        await promised.hasten(conn, case_id, RiskLevel.IMMEDIATE, now=now)
    assert (await only_promise(house)).due_at == now + PROMISE[RiskLevel.IMMEDIATE]
    async with house.db.transaction() as conn:
        await promised.hasten(conn, case_id, RiskLevel.NONE, now=now)
    assert (await only_promise(house)).due_at == now + PROMISE[RiskLevel.IMMEDIATE]
    assert person


async def test_a_promise_is_forgotten_with_the_person(house: TestHouse) -> None:
    """Erasing leaves no row of it."""
    person, _ = await asks(house)
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(PromiseRow)) == 0


async def test_who_comes_back_to_a_closed_case_is_promised_anew(house: TestHouse) -> None:
    """The new wait counts from now, with no answer yet; a case that goes on keeps the promise it has."""
    await asks(house)
    async with house.db.transaction() as conn:
        case_id = await conn.scalar(select(PromiseRow.case_id))
        assert case_id is not None
        await promised.note_answer(conn, case_id, now=house.clock.now())
        later = house.clock.now() + timedelta(days=3)
        await promised.renew(conn, case_id, now=later)
    assert (await only_promise(house)).answered_at is not None
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE cases SET waiting_since = :at").bindparams(at=later))
        await promised.renew(conn, case_id, now=later)
    promise = await only_promise(house)
    assert promise.answered_at is None
    assert promise.made_at == later
    assert promise.due_at > later
