"""What people do about campaigns, down to the database: nothing without their yes, and nothing after their no."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select

from bot.campaigns import segments
from bot.campaigns.people import PEOPLE
from bot.store import tables
from bot.store.engine import Database
from bot.store.tables import (
    CampaignLinkRow,
    CampaignMemberRow,
    CampaignRow,
    ConsentRow,
    ContactRow,
    LinkCountRow,
    ProfileRow,
)
from bot.understanding.model import NO_RISK, Guess, Parse
from tests.support.audience import add_campaign
from tests.support.search import find_in_database
from tests.support.world import Person, TestHouse

NEWS = "campaigns.news"


async def add_link(house: TestHouse, code: str, target: str = "join", **values: Any) -> UUID:
    """Add a campaign with a link."""
    async with house.db.transaction() as conn:
        campaign = await add_campaign(conn, code)
        await conn.execute(
            CampaignRow.__table__.update().values(state=values.pop("state", "live"))
        )
        await conn.execute(
            insert(CampaignLinkRow).values(
                code=code, campaign_id=campaign, target=target, **values
            )
        )
    return campaign


async def profiles(house: TestHouse) -> list[tuple[Any, ...]]:
    """Return what campaigns know of people."""
    columns = (
        ProfileRow.city, ProfileRow.zone, ProfileRow.zone_confirmed, ProfileRow.age_band,
        ProfileRow.interests,
    )  # fmt: skip
    async with house.db.transaction() as conn:
        return [tuple(row) for row in await conn.execute(select(*columns))]


async def seen(campaigners: Database) -> int:
    """Return how many people campaign code sees."""
    async with campaigners.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(PEOPLE)) or 0


async def members(house: TestHouse) -> list[tuple[UUID, str | None]]:
    """Return who is of which campaign, by which link."""
    query = select(CampaignMemberRow.campaign_id, CampaignMemberRow.code)
    async with house.db.transaction() as conn:
        return [tuple(row) for row in await conn.execute(query)]


async def counts(house: TestHouse) -> dict[str, int]:
    """Return how often each link was opened."""
    async with house.db.transaction() as conn:
        rows = await conn.execute(select(LinkCountRow.code, LinkCountRow.opened))
        return {row.code: row.opened for row in rows}


async def ledger(house: TestHouse) -> list[tuple[bool, bool]]:
    """Return the lines about news: granted, and withdrawn."""
    query = select(ConsentRow.granted, ConsentRow.withdrawn_at).where(ConsentRow.scope == "news")
    async with house.db.transaction() as conn:
        rows = await conn.execute(query.order_by(ConsentRow.id))
        return [(row.granted, row.withdrawn_at is not None) for row in rows]


async def join(person: Person) -> None:
    """Say yes, tell a little, and confirm the clock."""
    await person.press(NEWS)
    await person.press(f"{NEWS}.yes")
    await person.press("campaigns.age.a18_24")
    await person.write("Nusa Tenggara Timur")
    await person.press("campaigns.interests.events")
    await person.press("campaigns.interests.done")
    await person.press("campaigns.zone.yes")


async def test_who_says_yes_is_seen_with_what_they_told(
    house: TestHouse, campaigners: Database
) -> None:
    """By a link: counted, joined to its campaign, kept with city, clock, age band and interests."""
    campaign = await add_link(house, "k7m2")
    person = house.person()
    said = await person.start("c_k7m2")
    assert said[-1].buttons[0].id == f"{NEWS}.yes"
    assert (await counts(house), await profiles(house)) == ({"k7m2": 1}, [])
    await join(person)
    assert await profiles(house) == [("kupang", "Asia/Makassar", True, "a18_24", ["events"])]
    assert await members(house) == [(campaign, "k7m2")]
    assert await ledger(house) == [(True, False)]
    assert await seen(campaigners) == 1
    assert await find_in_database(house.db, ("nusa tenggara",)) == []


@pytest.mark.parametrize("way", ["no", "stop", "/stop", "privacy", "intent", "erase"])
async def test_every_way_out_deletes_what_they_told(
    house: TestHouse, campaigners: Database, way: str
) -> None:
    """By the button, by a word in any language, by the command, by "My privacy", by being forgotten."""
    await add_link(house, "k7m2")
    person = house.person()
    await person.start("c_k7m2")
    await join(person)
    house.nlu.table["leave me alone"] = Parse((Guess("stop_messages", 0.9),), NO_RISK)
    if way == "no":
        await person.press(f"{NEWS}.no")
    elif way == "privacy":
        await person.press("privacy.show.stop")
    elif way == "erase":
        await person.press("erase.ask")
        await person.press("erase.ask.yes")
    else:
        await person.write({"stop": "Unsubscribe!", "intent": "leave me alone"}.get(way, way))
    assert (await profiles(house), await members(house)) == ([], [])
    assert await seen(campaigners) == 0


async def test_who_said_stop_and_then_yes_is_written_to_again(
    house: TestHouse, campaigners: Database
) -> None:
    """A yes asks for these messages, so the stop of before does not hold them back."""
    person = house.person()
    await join(person)
    await person.write("stop")
    await join(person)
    async with house.db.transaction() as conn:
        assert list(await conn.scalars(select(ContactRow.stopped_at))) == [None]
    assert await seen(campaigners) == 1
    assert await ledger(house) == [(True, True), (True, False)]


async def test_of_somebody_under_18_no_city_is_kept(house: TestHouse) -> None:
    """Also where they told their city first and their age afterwards, or press an old button."""
    person = house.person()
    await join(person)
    await person.press(NEWS)
    await person.press(f"{NEWS}.change")
    await person.press("campaigns.age.u18")
    [(city, zone, *_)] = await profiles(house)
    assert (city, zone) == (None, "Asia/Makassar")
    await person.press("campaigns.city.medan")
    [(city, zone, *_)] = await profiles(house)
    assert (city, zone) == (None, "Asia/Jakarta")


async def test_a_button_from_before_keeps_nothing_after_the_no(house: TestHouse) -> None:
    """Whatever is pressed in old messages, nothing comes back without a new yes."""
    person = house.person()
    await join(person)
    await person.press(f"{NEWS}.no")
    for button in (
        "campaigns.age.a35",
        "campaigns.city.medan",
        "campaigns.zone.wit",
        f"{NEWS}.keep",
    ):
        await person.press(button)
    assert await profiles(house) == []
    assert await ledger(house) == [(True, True), (False, False)]


@pytest.mark.parametrize("state", ["closed", "draft", "none"])
async def test_a_link_that_is_not_open_is_none(house: TestHouse, state: str) -> None:
    """A closed link, one of a campaign that is not live, or one that there never was: the welcome, and nothing is counted."""
    if state != "none":
        closed_at = house.clock.now() if state == "closed" else None
        live = "draft" if state == "draft" else "live"
        await add_link(house, "k7m2", state=live, closed_at=closed_at)
    person = house.person()
    await person.start("c_k7m2")
    assert await counts(house) == {}
    await join(person)
    assert await members(house) == []


async def test_a_link_is_counted_each_time_and_for_nobody(house: TestHouse) -> None:
    """Three openings are three; no row says whose they were."""
    await add_link(house, "k7m2", "quiz:warning_signs")
    for _ in range(3):
        said = await house.person().start("c_k7m2")
        assert said[-1].buttons[0].id.startswith("quiz.")
    assert await counts(house) == {"k7m2": 3}
    assert set(LinkCountRow.__table__.columns.keys()) == {"code", "day", "opened", "finished"}


async def test_an_invitation_makes_one_tester(house: TestHouse, campaigners: Database) -> None:
    """The first who comes by it is a tester, under the label that the team gave; then it is used up, and later it ends."""
    invitations = segments.Testers(campaigners, house.clock)
    code = await invitations.invite("Ayu", by=None)
    for _ in range(2):
        await house.person().start(f"t_{code}")
    assert [tester.label for tester in await invitations.all()] == ["Ayu"]
    assert await invitations.invitations() == []
    late = await invitations.invite("Budi", by=None)
    house.clock.at += timedelta(days=8)
    await house.person().start(f"t_{late}")
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(tables.TesterRow)) == 1
