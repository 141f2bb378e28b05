"""Unusual traffic on the desk: the same danger told by many is an alarm and never spam; other words can be slowed down for a while."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.async_api import Page, expect
from sqlalchemy import func, select, text, update

from bot.errors import Conflict, NotFound
from bot.hotline import unusual
from bot.hotline.staff import Role, Staff, get_by_email
from bot.jobs.tasks.purge import purge
from bot.messages import Address, Incoming, IncomingKind
from bot.store.tables import InboxRow, OutboxRow, PaceRow, TrafficMarkRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import PASSWORD, House
from tests.support.desk_page import open_chromium, sign_in

TRAFFIC = "/desk/traffic"
DANGER = "They locked all of us on the ship and beat us, help us"
SPAM = "Earn money at home every day, no experience needed at all"
LINK = "look here https://spam.example/win?id={}"


async def says(house: House, words: str, *, who: str = "", channel: str = "webchat") -> Address:
    """Let somebody write; return where they are reached."""
    address = Address(channel, "suar", who or uuid4().hex)
    event = Incoming(address, uuid4().hex, IncomingKind.TEXT, words, "en")
    await house.talks.conversations.receive(event)
    return address


async def crowd(house: House, words: str, people: int = 12, **more: str) -> None:
    """Let so many people write the same, each a little differently."""
    for number in range(people):
        await says(house, f"Hi {number}! {words.format(number)}", **more)


async def seen(house: House, supervisor: Staff) -> unusual.Unusual:
    """Return what a supervisor sees."""
    async with house.db.transaction() as conn:
        return await unusual.look(conn, supervisor, now=house.clock.now())


async def rule(house: House, supervisor: Staff, shape: str, verdict: str) -> None:
    """Decide about a group."""
    async with house.db.transaction() as conn:
        await unusual.rule(
            conn, supervisor, shape, verdict,
            ruling_id=house.clock.new_id(), now=house.clock.now(),
        )  # fmt: skip


async def count_waiting(house: House) -> int:
    """Return how many events wait to be answered together."""
    async with house.db.transaction() as conn:
        waits = select(func.count()).where(InboxRow.waits, InboxRow.processed_at.is_(None))
        return await conn.scalar(waits) or 0


@pytest.fixture
async def supervisor(house: House) -> Staff:
    """Somebody who oversees."""
    return await house.add_staff("Rani", Role.SUPERVISOR)


async def test_nothing_unusual_is_said_so(supervisor_desk: Browser) -> None:
    """The page of a quiet day says that there is nothing."""
    page = words_of(await supervisor_desk.open(TRAFFIC))
    assert "Nothing unusual." in page
    assert "Nobody, as far as we can see" in page


async def test_only_who_oversees_sees_it(desk: Browser, house: House, counsellor: Staff) -> None:
    """For a counsellor there is no such page, no banner of it, and nothing to decide."""
    await crowd(house, DANGER, 4)
    assert (await desk.open(TRAFFIC)).status_code == 404
    assert "same danger" not in (await desk.part("/desk/parts/health")).text
    with pytest.raises(NotFound):
        await seen(house, counsellor)
    with pytest.raises(NotFound):
        await rule(house, counsellor, "00", "seen")


async def test_a_shipload_in_danger_is_an_alarm_and_never_spam(
    supervisor_desk: Browser, house: House
) -> None:
    """People who copy each other's call for help are each answered at once; supervisors hear of it on every page and can only look after it."""
    for number in range(25):
        await says(house, f"Name {number}. {DANGER}", channel=("webchat", "telegram")[number % 2])
    assert await count_waiting(house) == 0
    async with house.db.transaction() as conn:
        answered = select(func.count(func.distinct(OutboxRow.conversation_id)))
        assert await conn.scalar(answered) == 25
    banner = words_of(await supervisor_desk.part("/desk/parts/health"))
    assert "Many people tell the same danger. People: 25." in banner
    shown = await supervisor_desk.open(TRAFFIC)
    assert "People: 25" in words_of(shown)
    assert "Slow down" not in words_of(shown)
    assert "Harmless" not in words_of(shown)
    assert "ship" not in words_of(shown), "no word that was written is shown"
    shape = re.findall(r'name="shape" value="(\w+)"', shown.text)[0]
    for verdict in ("slow", "harmless"):
        answer = await supervisor_desk.send(f"{TRAFFIC}/rule", shape=shape, verdict=verdict)
        assert answer.headers["location"].endswith("done=danger")
    await supervisor_desk.send(f"{TRAFFIC}/rule", shape=shape, verdict="seen")
    assert "same danger" not in words_of(await supervisor_desk.part("/desk/parts/health"))
    await crowd(house, DANGER, 3)
    assert "People: 28." in words_of(await supervisor_desk.part("/desk/parts/health"))


async def test_same_words_can_be_slowed_and_it_ends(house: House, supervisor: Staff) -> None:
    """For an hour whoever sends them waits for a short pause, with the way to a person; it is undone at once, and over by itself."""
    await crowd(house, SPAM)
    [group] = (await seen(house, supervisor)).groups
    assert (group.kind, group.people, group.times, group.danger) == ("text", 12, 12, False)
    await rule(house, supervisor, group.shape, "slow")
    await says(house, SPAM)
    assert await count_waiting(house) == 1
    await says(house, f"{SPAM}. My husband beats me and locks me in")
    assert await count_waiting(house) == 1, "danger passes"
    house.clock.ahead = unusual.traffic.SLOW_FOR
    await says(house, SPAM)
    assert await count_waiting(house) == 1


async def test_a_slowed_group_is_free_as_soon_as_anybody_tells_danger_in_it(
    house: House, supervisor: Staff
) -> None:
    """Words that were slowed down are slowed for nobody any more once somebody was in danger who used them."""
    await crowd(house, SPAM)
    [group] = (await seen(house, supervisor)).groups
    await rule(house, supervisor, group.shape, "slow")
    async with house.db.transaction() as conn:
        await conn.execute(update(TrafficMarkRow).values(danger=True))
    await says(house, SPAM)
    assert await count_waiting(house) == 0
    with pytest.raises(Conflict):
        await rule(house, supervisor, group.shape, "slow")


async def test_harmless_words_are_left_alone_for_good(
    supervisor_desk: Browser, house: House
) -> None:
    """What is noted as harmless is shown no more, also on another day, until it is undone."""
    await crowd(house, LINK)
    shown = await supervisor_desk.open(TRAFFIC)
    assert "The same link" in words_of(shown)
    shape = re.findall(r'name="shape" value="(\w+)"', shown.text)[0]
    await supervisor_desk.send(f"{TRAFFIC}/rule", shape=shape, verdict="harmless")
    house.clock.ahead = unusual.traffic.KEEP * 2
    await crowd(house, LINK)
    await supervisor_desk.sign_in("rani@example.org")
    shown = await supervisor_desk.open(TRAFFIC)
    assert "Nothing unusual." in words_of(shown)
    [undo] = re.findall(rf'action="({TRAFFIC}/rulings/[0-9a-f-]+/undo)"', shown.text)
    assert (await supervisor_desk.send(undo)).headers["location"].endswith("done=undone")
    assert (await supervisor_desk.send(undo)).headers["location"].endswith("done=gone")
    assert "People: 12" in words_of(await supervisor_desk.open(TRAFFIC))


async def test_the_open_page_hears_only_of_what_is_new(
    supervisor_desk: Browser, house: House
) -> None:
    """What the page shows already is answered with nothing."""
    shown = await supervisor_desk.open(TRAFFIC)
    [version] = re.findall(r'name="seen" value="(\w+)"', shown.text)
    part = f"/desk/parts/traffic?seen={version}"
    assert (await supervisor_desk.part(part)).status_code == 204
    await crowd(house, DANGER, 3)
    assert "People: 3" in (await supervisor_desk.part(part)).text


async def test_a_group_that_is_gone_is_said_so(supervisor_desk: Browser) -> None:
    """Who decides about what is over by now reads that nothing was changed."""
    await supervisor_desk.open(TRAFFIC)
    for fields in ({"shape": "00", "verdict": "slow"}, {"shape": "x", "verdict": "x"}, {}):
        answer = await supervisor_desk.send(f"{TRAFFIC}/rule", **fields)
        assert answer.headers["location"].endswith("done=gone")


async def test_marks_hold_no_words_and_are_gone_after_a_day(house: House) -> None:
    """Nothing of what was written, nor of who wrote, can be read in the tables; and after a day there is nothing left."""
    address = await says(house, SPAM)
    other = await says(house, LINK.format(1), who=address.value)
    assert other == address
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(TrafficMarkRow))).all()
        everything = repr(rows) + repr((await conn.execute(select(PaceRow))).all())
    assert len({row.who for row in rows}) == 2, "two groups cannot be compared by who is in them"
    assert "money" not in everything
    assert address.value not in everything
    house.clock.ahead = unusual.traffic.KEEP * 2
    await purge(house.db, house.clock, keep_words=unusual.traffic.KEEP)
    async with house.db.transaction() as conn:
        for table in (TrafficMarkRow, PaceRow):
            assert await conn.scalar(select(func.count()).select_from(table)) == 0


async def test_one_person_alone_is_no_crowd(house: House, supervisor: Staff) -> None:
    """Who repeats themselves twenty times is one person."""
    for _ in range(20):
        await says(house, SPAM, who="one")
        await says(house, DANGER, who="two")
    found = await seen(house, supervisor)
    assert (found.groups, found.alarms) == ((), ())


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([DANGER, SPAM, LINK]), min_size=8, max_size=30))
async def test_no_mixture_makes_danger_a_thing_to_be_slowed(
    house: House, supervisor: Staff, written: list[str]
) -> None:
    """Whatever comes beside it: what is told of danger stands among the alarms alone, and never waits."""
    async with house.db.transaction() as conn:
        await conn.execute(text("DELETE FROM traffic_marks; DELETE FROM traffic_rulings"))
    for number, words in enumerate(written):
        await says(house, words.format(number))
        found = await seen(house, supervisor)
        for group in found.groups:
            if group.ruling is None:
                await rule(house, supervisor, group.shape, "slow")
    found = await seen(house, supervisor)
    told = written.count(DANGER)
    assert [group.people for group in found.alarms] == (
        [told] if told >= unusual.SAME_DANGER else []
    )
    assert not any(group.danger for group in found.groups)


@pytest.mark.browser
async def test_a_supervisor_decides_by_hand(house: House, address: str) -> None:
    """The banner leads to the page, a press decides, another takes it back."""
    async with open_chromium(address) as page:
        await _decide_by_hand(page, house)


async def _decide_by_hand(page: Page, house: House) -> None:
    await house.add_staff("Rani", Role.SUPERVISOR)
    await crowd(house, DANGER, 3)
    await crowd(house, SPAM)
    await sign_in(page, "rani@example.org", PASSWORD, house.codes["rani@example.org"].pop())
    await page.get_by_role("link", name="Look at unusual traffic").click()
    await page.get_by_role("button", name="I look after it").click()
    await expect(page.get_by_text("Somebody looks after it.")).to_be_visible()
    await page.get_by_role("button", name="Slow down for an hour").click()
    await expect(page.get_by_text("Slowed down until:")).to_be_visible()
    await page.get_by_role("button", name="Undo").last.click()
    await expect(page.get_by_role("button", name="Slow down for an hour")).to_be_visible()


async def keeps_time(
    house: House, who: str, *, every_s: float = 7, words: str = "beep"
) -> Address:
    """Let somebody write thirteen times, as regularly as a machine."""
    for number in range(13):
        address = await says(house, f"{words} {number}", who=who)
        house.clock.ahead += timedelta(seconds=every_s)
    return address


async def test_a_machine_is_seen_slowed_and_let_go(house: House, supervisor_desk: Browser) -> None:
    """One writer that keeps time is listed by kind and count alone; slowed, it waits with its answer and is not cut off; undone, it does not."""
    async with house.db.transaction() as conn:
        supervisor, _ = await get_by_email(conn, "rani@example.org")
    house.clock.stop()
    await keeps_time(house, "metronome")
    [group] = (await seen(house, supervisor)).groups
    assert (group.kind, group.people, group.danger) == ("cadence", 1, False)
    page = words_of(await supervisor_desk.open(TRAFFIC))
    assert "Write as regularly as a machine" in page
    assert "beep" not in page
    await rule(house, supervisor, group.shape, "slow")
    await says(house, "beep again", who="metronome")
    assert await count_waiting(house) == 1
    await says(house, "beep too", who="somebody else")
    assert await count_waiting(house) == 1
    async with house.db.transaction() as conn:
        [ruling] = [group.ruling for group in (await seen(house, supervisor)).groups]
        assert ruling is not None
        await unusual.undo(conn, supervisor, ruling.id, now=house.clock.now())
    house.clock.ahead += timedelta(seconds=7)
    await says(house, "beep still", who="metronome")
    assert await count_waiting(house) == 0, "answered, with what waited before"
    house.clock.ahead += timedelta(seconds=7)
    await says(house, "i am going to kill myself tonight", who="metronome")
    assert (await seen(house, supervisor)).groups == (), "who tells of danger is no machine"


async def test_neither_a_case_nor_danger_is_called_a_machine(
    house: House, supervisor: Staff
) -> None:
    """Somebody who has told of danger, or for whom a person is there, is not marked however evenly they write."""
    house.clock.stop()
    await keeps_time(house, "afraid", words="they will kill me")
    assert [group.kind for group in (await seen(house, supervisor)).groups] == []
