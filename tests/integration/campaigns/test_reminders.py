"""What people are told of their events unasked: when it is due, once, and never to whoever is to be left in peace."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from bot.channels.testing import FakeChannel
from bot.faults import FIRST_POINTS
from bot.jobs.tasks.events import events as chore
from bot.store.tables import AddressRow, CampaignRatingRow, OutboxRow, ProfileRow
from bot.understanding.model import Risk, RiskLevel
from tests.integration.campaigns import reminder_writer
from tests.integration.campaigns.test_out_of_reach import contact_of
from tests.support.events import JAKARTA, SHOW, add_event, change, come, do, marks
from tests.support.world import Person, TestHouse

Do = Callable[[TestHouse, Person], Coroutine[Any, Any, None]]


def at(house: TestHouse, days: int, hour: int, minute: int = 0) -> None:
    """Move the clock to a time in Jakarta, so many days after 22 November 2026."""
    there = datetime(2026, 11, 22, hour, minute, tzinfo=ZoneInfo(JAKARTA))
    house.clock.at = there + timedelta(days=days)


async def hears(house: TestHouse, person: Person) -> list[str]:
    """Let the chore look twice; return what somebody is told."""
    before = len(person.inbox())
    for _ in range(2):
        await chore(house.db, house.conversations, house.clock, home=JAKARTA)
    return [message.text for message in person.inbox()[before:]]


async def test_the_day_before_two_hours_before_and_after(house: TestHouse) -> None:
    """At six in the evening, two hours before and an hour after, once each; the thank-you asks how it was, and that is counted."""
    await add_event(house, starts_at=datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA)))
    person = await come(house)
    heard = []
    for days, hour, minute in (
        (2, 17, 59), (2, 18, 0), (2, 20, 0), (3, 11, 59), (3, 12, 0), (3, 13, 0), (3, 17, 30), (3, 18, 0),
    ):  # fmt: skip
        at(house, days, hour, minute)
        heard.append(len(await hears(house, person)))
    assert heard == [0, 1, 0, 0, 1, 0, 0, 1]
    assert await marks(house) == ["moved:0", "day:0", "hours:0", "thanks"]
    await person.press(f"{SHOW}.rate-camp")
    await person.press("campaigns.rate.some")
    async with house.db.transaction() as conn:
        assert list(await conn.scalars(select(CampaignRatingRow.rating))) == ["some"]


async def test_it_goes_by_the_persons_own_clock(house: TestHouse) -> None:
    """Whoever lives two hours further east is told at six of their own evening, and reads both times."""
    await add_event(house, starts_at=datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA)))
    person = await come(house)
    contact = await contact_of(house, person)
    async with house.db.transaction() as conn:
        await conn.execute(insert(ProfileRow).values(contact_id=contact, zone="Asia/Jayapura"))
    at(house, 2, 15, 59)
    assert await hears(house, person) == []
    at(house, 2, 16)
    [told] = await hears(house, person)
    assert "16:00 WIT" in told
    assert "14:00 WIB" in told


async def test_nobody_is_woken(house: TestHouse) -> None:
    """Of an event at nine the reminder of two hours before comes at eight; of one at half past eight, not at all."""
    for slug, hour, minute, told in (("early", 9, 0, 1), ("earlier", 8, 30, 0)):
        starts = datetime(2026, 11, 26, hour, minute, tzinfo=ZoneInfo(JAKARTA))
        house.clock.at = datetime(2026, 11, 22, 9, tzinfo=ZoneInfo(JAKARTA))
        await add_event(house, slug, starts_at=starts)
        person = await come(house, slug)
        at(house, 3, 19)
        assert len(await hears(house, person)) == 1
        at(house, 4, 7, 59)
        assert await hears(house, person) == []
        at(house, 4, 8, 0)
        assert len(await hears(house, person)) == told


async def test_a_change_is_told_once_and_reminders_go_by_it(house: TestHouse) -> None:
    """A new time or place is told to whoever had signed up, once for each change; who signs up later knows it."""
    first = datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA))
    event = await add_event(house, starts_at=first)
    person = await come(house)
    at(house, 2, 18)
    assert len(await hears(house, person)) == 1
    await change(
        house, event, starts_at=first + timedelta(days=2), ends_at=first + timedelta(days=3)
    )
    at(house, 2, 22)
    assert await hears(house, person) == []
    at(house, 3, 8)
    [told] = await hears(house, person)
    assert "Something has changed" in told
    assert "27 November" in told
    later = await come(house)
    at(house, 3, 10)
    assert await hears(house, later) == []
    at(house, 4, 18)
    assert len(await hears(house, person)) == 1
    await change(house, event, places=40)
    assert await hears(house, person) == []


async def test_a_cancelled_event_is_told_once_and_nothing_after_it(house: TestHouse) -> None:
    """Everybody who has a place or waits is told; no reminder and no thank-you follows."""
    starts = datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA))
    event = await add_event(house, starts_at=starts, places=1)
    people = [await come(house), await come(house)]
    await do(house, event, "cancel")
    house.clock.pass_(minutes=20)
    for person in people:
        [told] = [
            text
            for text in (message.text for message in person.inbox())
            if "does not take place" in text
        ] or await hears(house, person)
        assert "does not take place" in told
    for days, hour in ((2, 18), (3, 12), (3, 19)):
        at(house, days, hour)
        assert [await hears(house, person) for person in people] == [[], []]


async def waits_for_a_person(house: TestHouse, person: Person) -> None:
    """They ask for a counsellor."""
    await person.press("consent.ask")
    await person.press("consent.ask.talk")


async def tells_of_danger(house: TestHouse, person: Person) -> None:
    """They tell of danger."""
    risk = Risk(RiskLevel.HIGH, ("confinement",), "self")
    house.nlu.tell("bos kunci pintu", "disclose", risk=risk)
    await person.write("bos kunci pintu")


async def stops(house: TestHouse, person: Person) -> None:
    """They want no messages any more."""
    await person.press("privacy.show.stop")


async def blocks(house: TestHouse, person: Person) -> None:
    """They have shut the bot out."""
    async with house.db.transaction() as conn:
        await conn.execute(update(AddressRow).values(blocked_at=house.clock.now()))


@pytest.mark.parametrize("happens", [waits_for_a_person, tells_of_danger, stops, blocks])
async def test_who_is_to_be_left_in_peace_hears_nothing(house: TestHouse, happens: Do) -> None:
    """With a case, after danger, after a stop or a block nothing is told, and nothing is marked as told."""
    await add_event(house, starts_at=datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA)))
    person = await come(house)
    await happens(house, person)
    at(house, 2, 18)
    assert await hears(house, person) == []
    assert not {"day:0"} & set(await marks(house))


async def test_who_is_in_the_middle_of_it_is_not_interrupted(house: TestHouse) -> None:
    """Whoever has just written hears it a quarter of an hour later; what waited for them goes on waiting."""
    await add_event(house, starts_at=datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA)))
    person = await come(house)
    at(house, 2, 17, 55)
    await person.press("passphrase.ask")
    at(house, 2, 18)
    assert await hears(house, person) == []
    at(house, 2, 18, 11)
    assert len(await hears(house, person)) == 1
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    assert house.conversations.state_of(party).at == "passphrase.ask"


async def write_in_a_process(dsn: str, fault: str = "") -> int:
    """Run the chore in another process, at the evening before; return how it ended."""
    environment = {**os.environ, "SUAR_FAULT": fault} if fault else dict(os.environ)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", reminder_writer.__name__, dsn, env=environment
    )
    return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("point", FIRST_POINTS)
async def test_a_death_in_between_neither_doubles_nor_loses(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Killed just before or just after the commit, what is told is marked if and only if it is in the outbox, and it is there once."""
    await add_event(house, starts_at=datetime(2026, 11, 25, 14, tzinfo=ZoneInfo(JAKARTA)))
    await come(house)
    at(house, 2, 18)

    async def written() -> int:
        async with house.db.transaction() as conn:
            rows = await conn.scalars(select(OutboxRow.status))
            return sum(status != "sent" for status in rows)

    died = await write_in_a_process(dsn, f"{point}:1")
    assert died == -signal.SIGKILL
    assert await written() == ("day:0" in await marks(house)) == point.startswith("after")
    assert await write_in_a_process(dsn) == 0
    assert (await marks(house)).count("day:0") == 1
    async with house.db.transaction() as conn:
        rows = await conn.scalars(select(OutboxRow.id).where(OutboxRow.author == "bot"))
        total = len(rows.all())
    assert total == len(house.channel.sent) + 1
    assert isinstance(house.channel, FakeChannel)
