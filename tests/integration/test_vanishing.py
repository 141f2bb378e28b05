"""Sensitive messages are taken off the person's screen after the time they chose, and at once when they are erased."""

from collections import deque
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from bot.channels.bulk import Bulk
from bot.channels.capabilities import Capabilities
from bot.channels.errors import ContactStopped, RateLimited, TemporarilyDown
from bot.jobs.tasks.purge import purge
from bot.jobs.vanisher import Vanisher
from bot.store import vanishing
from bot.store.tables import LastDeletionRow, OutboxRow
from tests.support.search import find_in_database
from tests.support.world import Person, TestHouse

DANGER = "my boss keeps my passport and the door is locked"
HOUR, DAY = 3_600, 86_400


def vanisher_of(house: TestHouse) -> Vanisher:
    """Return what takes messages away."""
    return Vanisher(house.db, house.people, Bulk(house.delivery.channels, None), house.clock)


async def told(house: TestHouse, after: str = "hour") -> Person:
    """Return somebody who wants sensitive messages gone after a while, and has been sent one."""
    person = house.person()
    await person.press(f"watched.vanish.{after}")
    await person.write(DANGER)
    return person


def gone(house: TestHouse, person: Person) -> list[str]:
    """Return the texts that were taken away."""
    numbers = [int(n) for address, n in house.channel.deleted if address == person.address]
    return [house.channel.sent[n - 1][1].message.text for n in numbers]


async def test_a_sensitive_message_goes_when_its_time_has_come(house: TestHouse) -> None:
    """Not a second before; what is not sensitive stays, and nothing is asked of the channel twice."""
    person, vanisher = await told(house), vanisher_of(house)
    house.clock.pass_(seconds=HOUR - 1)
    assert await vanisher.look() == 0
    house.clock.pass_(seconds=1)
    await vanisher.look()
    [support] = gone(house, person)
    assert "I believe you" in support
    house.clock.pass_(seconds=HOUR)
    assert await vanisher.look() == 0


@pytest.mark.parametrize("choice", ["never", None])
async def test_whoever_has_not_asked_for_it_keeps_everything(
    house: TestHouse, choice: str | None
) -> None:
    """By itself nothing vanishes, and who has changed their mind keeps what comes then."""
    person = house.person()
    if choice is not None:
        await person.press("watched.vanish.hour")
        await person.press(f"watched.vanish.{choice}")
    await person.write(DANGER)
    house.clock.pass_(days=1)
    assert await vanisher_of(house).look() == 0


async def test_a_channel_that_cannot_says_so(house: TestHouse) -> None:
    """There no choice is offered, and an old button promises nothing."""
    house.channel.capabilities = replace(house.channel.capabilities, deletes=False)
    person = house.person()
    [said] = await person.press("watched.vanish")
    assert said.text.startswith("In this app I cannot delete my messages.")
    assert [button.id for button in said.buttons] == ["menu.main"]
    [again] = await person.press("watched.vanish.hour")
    assert again.text == said.text
    await person.write(DANGER)
    house.clock.pass_(days=1)
    assert await vanisher_of(house).look() == 0


async def test_the_channel_s_wish_to_wait_is_obeyed(house: TestHouse) -> None:
    """After 429 it is tried when Telegram said, after an outage soon, and it goes in the end."""
    person, vanisher = await told(house), vanisher_of(house)
    house.clock.pass_(seconds=HOUR)
    house.channel.failures = deque([RateLimited(90)])
    await vanisher.look()
    house.clock.pass_(seconds=80)
    assert await vanisher.look() == 0
    house.clock.pass_(seconds=10)
    house.channel.failures = deque([TemporarilyDown()])
    await vanisher.look()
    house.clock.pass_(seconds=60)
    await vanisher.look()
    assert len(gone(house, person)) == 1


async def test_what_cannot_be_taken_back_is_let_be(house: TestHouse) -> None:
    """Too old for Telegram, or its person has shut the bot out: it is not tried for ever."""
    vanisher = vanisher_of(house)
    old, away = await told(house), await told(house)
    house.clock.pass_(seconds=HOUR)
    house.channel.failures = deque([ContactStopped(), ContactStopped()])
    assert await vanisher.look() == 2
    house.clock.pass_(days=3)
    assert await vanisher.look() == 0
    late = await told(house)
    house.clock.pass_(days=2)
    await vanisher.look()
    assert [gone(house, each) for each in (old, away, late)] == [[], [], []]
    async with house.db.transaction() as conn:
        rows = (await conn.scalars(select(OutboxRow.vanish_s))).all()
    assert set(rows) == {None}


async def test_a_crash_only_makes_it_later(house: TestHouse) -> None:
    """Whoever had claimed it is gone: after half a minute somebody else does it."""
    person, vanisher = await told(house), vanisher_of(house)
    house.clock.pass_(seconds=HOUR)
    async with house.db.transaction() as conn:
        [due] = await vanishing.claim(conn, house.people, now=house.clock.now(), limit=5)
    assert due.address == person.address
    assert await vanisher.look() == 0
    house.clock.pass_(seconds=30)
    await vanisher.look()
    assert len(gone(house, person)) == 1


async def test_the_purge_leaves_what_is_still_to_go(house: TestHouse) -> None:
    """With a day chosen, the message is known until it has been taken away; then it is forgotten like any other."""
    person, vanisher = await told(house, "day"), vanisher_of(house)
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET created_at = sent_at"))
    house.clock.pass_(seconds=DAY + 60)
    keep = timedelta(hours=24)
    await purge(house.db, house.clock, keep_words=keep)
    await vanisher.look()
    assert len(gone(house, person)) == 1
    await purge(house.db, house.clock, keep_words=keep)
    async with house.db.transaction() as conn:
        assert (await conn.scalars(select(OutboxRow.id))).all() == []


async def test_erasing_takes_away_at_once_what_can_be(house: TestHouse) -> None:
    """Whether or not they had chosen a time, sensitive messages go; what is needed for that lies sealed, and then nowhere."""
    person = house.person()
    await person.write(DANGER)
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    async with house.db.transaction() as conn:
        assert len((await conn.execute(select(LastDeletionRow))).all()) == 1
    found = await find_in_database(house.db, [person.value])
    assert [place for place in found if not place.startswith("inbox.event_id")] == []
    await vanisher_of(house).look()
    [support] = gone(house, person)
    assert "I believe you" in support
    async with house.db.transaction() as conn:
        assert (await conn.execute(select(LastDeletionRow))).all() == []


async def test_erasing_does_not_ask_for_what_is_too_old(house: TestHouse) -> None:
    """Two days later Telegram takes nothing back, and an order that could not be carried out by then is dropped."""
    first, second = await told(house, "never"), house.person()
    house.clock.pass_(hours=47)
    await first.press("erase.ask.yes")
    await second.press("menu.main")
    house.channel.failures = deque([TemporarilyDown()])
    await vanisher_of(house).look()
    house.clock.pass_(hours=2)
    assert await vanisher_of(house).look() == 0
    async with house.db.transaction() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM last_deletions")) == 0


async def test_the_web_page_is_told_until_when(house: TestHouse) -> None:
    """What the page may not show for ever carries its time, and the database does not wait for anybody to delete it."""
    pulled = Capabilities(4_000, 12, 60, pulled=True, deletes=True)
    house.channel.capabilities = pulled
    person = await told(house)
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(OutboxRow.sensitive, OutboxRow.vanish_s))).all()
        await conn.execute(
            text("UPDATE outbox SET status = 'sent', sent_at = created_at, platform_id = '1'")
        )
    assert (True, HOUR) in [tuple(row) for row in rows]
    house.clock.pass_(days=1)
    await vanisher_of(house).look()
    assert gone(house, person) == []
