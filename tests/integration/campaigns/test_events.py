"""Signing up for events, down to the database: a place for whoever is told so, nobody booked over, and nothing left behind."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from bot.hotline import consent
from bot.jobs.tasks.events import events as chore
from bot.jobs.tasks.purge import purge
from bot.store import belongings
from bot.store.engine import Database
from bot.store.tables import CampaignRatingRow, ConsentRow, EventSignupRow
from tests.integration.campaigns.test_out_of_reach import contact_of
from tests.support.events import JAKARTA, SHOW, add_event, change, come, do, signups
from tests.support.world import Person, TestHouse


def said(person: Person) -> str:
    """Return the last message, as a person reads it."""
    return person.inbox()[-1].text


def buttons(person: Person) -> list[str]:
    """Return the ids under the last message."""
    return [button.id for button in person.inbox()[-1].buttons]


async def agrees(house: TestHouse, person: Person) -> bool:
    """Tell whether the consent to come to events holds."""
    contact = await contact_of(house, person)
    query = select(func.count()).where(
        ConsentRow.contact_id == contact,
        ConsentRow.scope == consent.EVENT,
        ConsentRow.granted,
        ConsentRow.withdrawn_at.is_(None),
    )
    async with house.db.transaction() as conn:
        return bool(await conn.scalar(query))


async def test_a_link_leads_to_its_event_and_one_press_signs_up(house: TestHouse) -> None:
    """What, when and where is shown; after the yes there is a row, a line in the ledger, and a list of one's own."""
    await add_event(house, places=30)
    person = house.person()
    await person.start("c_e-camp")
    assert "Youth Camp" in said(person)
    assert "09:00 WIB" in said(person)
    assert await signups(house) == []
    await person.press(f"{SHOW}.come-camp")
    assert await signups(house) == ["coming"]
    assert await agrees(house, person)
    await person.press("events.mine")
    assert f"{SHOW}.show-camp" in buttons(person)
    await person.press(f"{SHOW}.drop-camp")
    assert await signups(house) == []
    assert not await agrees(house, person)


async def test_an_old_press_shows_the_words_first(house: TestHouse) -> None:
    """Whoever presses "I'm coming" away from the event reads what is kept before anything is."""
    await add_event(house)
    person = house.person()
    await person.start("c_e-camp")
    await person.press("menu.main")
    await person.press(f"{SHOW}.come-camp")
    assert await signups(house) == []
    await person.press(f"{SHOW}.come-camp")
    assert await signups(house) == ["coming"]


async def test_a_full_event_has_a_waiting_list_that_moves_up(house: TestHouse) -> None:
    """Who waits is told so honestly, gets the place of whoever cancels in the same moment, and hears of it by day."""
    await add_event(house, places=1)
    first = await come(house)
    house.clock.pass_(minutes=1)
    second, third = await come(house), await come(house)
    assert await signups(house) == ["coming", "waiting", "waiting"]
    assert "before you wait: 0" in said(second)
    await first.press(f"{SHOW}.drop-camp")
    assert sorted(await signups(house)) == ["coming", "waiting"]
    house.clock.pass_(hours=1)
    for _ in range(2):
        await chore(house.db, house.conversations, house.clock, home=JAKARTA)
    heard = ["place has become free" in said(each) for each in (second, third)]
    assert heard.count(True) == 1


async def test_more_places_move_people_up(house: TestHouse) -> None:
    """When the desk gives an event more places, those who wait get them."""
    event = await add_event(house, places=1)
    for _ in range(3):
        await come(house)
    await change(house, event, places=2)
    assert sorted(await signups(house)) == ["coming", "coming", "waiting"]
    await change(house, event, places=None)
    assert await signups(house) == ["coming"] * 3


@pytest.mark.parametrize("seed", range(4))
async def test_however_many_come_at_once_nobody_is_booked_over(
    house: TestHouse, seed: int
) -> None:
    """Thirty people sign up and cancel at the same time: never more than the places, none empty while somebody waits, and what
    each was told is so."""
    chance, places = Random(seed), 7
    event = await add_event(house, places=places)
    people = [house.person() for _ in range(30)]
    await asyncio.gather(*(person.start("c_e-camp") for person in people))

    async def live(person: Person, wavers: bool) -> None:
        await asyncio.sleep(chance.random() / 50)
        await person.press(f"{SHOW}.come-camp")
        if wavers:
            await person.press(f"{SHOW}.drop-camp")

    await asyncio.gather(*(live(person, chance.random() < 0.3) for person in people))
    async with house.db.transaction() as conn:
        query = select(EventSignupRow.contact_id, EventSignupRow.state, EventSignupRow.promoted_at)
        rows = (await conn.execute(query.where(EventSignupRow.event_id == event))).all()
    states = [row.state for row in rows]
    assert states.count("coming") == min(places, len(rows))
    by_contact = {await contact_of(house, person): person for person in people}
    for row in rows:
        was_told_a_place = "You have a place" in said(by_contact[row.contact_id])
        assert was_told_a_place == (row.state == "coming" and row.promoted_at is None)


async def test_who_is_erased_or_says_stop_leaves_the_place_to_others(house: TestHouse) -> None:
    """Both delete the row at once; whoever waits moves up at the next look."""
    await add_event(house, places=2)
    erased, stops, waits = [await come(house) for _ in range(3)]
    async with house.db.transaction() as conn:
        await belongings.erase(conn, await contact_of(house, erased), house.clock.now())
    await stops.press("privacy.show.stop")
    assert not await agrees(house, stops)
    assert await signups(house) == ["waiting"]
    await chore(house.db, house.conversations, house.clock, home=JAKARTA)
    assert await signups(house) == ["coming"]
    assert await agrees(house, waits)


async def test_nothing_is_left_two_weeks_after(house: TestHouse) -> None:
    """Who came is forgotten fourteen days after the end."""
    await add_event(house)
    await come(house)
    for days, left in ((16, 1), (2, 0)):
        house.clock.pass_(seconds=timedelta(days=days).total_seconds())
        await purge(house.db, house.clock, keep_words=timedelta(hours=24))
        assert len(await signups(house)) == left


@pytest.mark.parametrize("state", ["closed", "cancelled"])
async def test_nobody_signs_up_for_what_is_not_open(house: TestHouse, state: str) -> None:
    """An event that is closed or cancelled says so, also to whoever still has its words on the screen."""
    event = await add_event(house)
    person = house.person()
    await person.start("c_e-camp")
    await do(house, event, {"closed": "close", "cancelled": "cancel"}[state])
    await person.press(f"{SHOW}.come-camp")
    assert await signups(house) == []
    assert f"{SHOW}.come-camp" not in buttons(person)


async def test_what_somebody_says_of_it_is_only_counted(
    house: TestHouse, campaigners: Database
) -> None:
    """After a link, a quiz or an event one press counts for the campaign on that day; a second counts nothing."""
    await add_event(house)
    person = await come(house)
    await person.press("campaigns.rate")
    for _ in range(2):
        await person.press("campaigns.rate.good")
    async with campaigners.transaction() as conn:
        rows = await conn.execute(select(CampaignRatingRow.rating, CampaignRatingRow.count))
        assert [tuple(row) for row in rows] == [("good", 1)]
