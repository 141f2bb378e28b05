"""Events on the desk: made, changed, opened and cancelled; shown in numbers from five on; a calendar file for everybody."""

import re
from collections.abc import AsyncIterator
from unittest.mock import patch
from uuid import UUID

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import insert, select, text, update
from starlette.applications import Starlette

from bot.campaigns import campaigns
from bot.campaigns.reminders import KINDS
from bot.desk.web.pages import Pages
from bot.desk.web.studio import event_form
from bot.errors import StoreUnavailable
from bot.gateway.calendar import EventCalendar
from bot.hotline.permissions import Role
from bot.store.engine import Database
from bot.store.tables import CampaignLinkRow, CampaignRow, EventRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

EVENTS = "/desk/campaigns/events"
FIELDS = {
    "slug": "youth-camp", "starts": "2031-07-30T09:00", "ends": "2031-07-30T12:00",
    "zone": "Asia/Makassar", "city": "kupang", "places": "40",
    "title.id": "Kemah Pemuda", "short.id": "Kemah", "place.id": "Taman Kota", "about.id": "Makan siang ada.",
    "title.en": "Youth Camp", "short.en": "Camp", "place.en": "City Park", "about.en": "Lunch is there.",
}  # fmt: skip


async def add_campaign(house: House, state: str = "live") -> UUID:
    """Add a campaign."""
    made = house.clock.new_id()
    async with house.db.transaction() as conn:
        values = {"id": made, "slug": f"world-day-{state}", "title": "World Day", "state": state}
        await conn.execute(insert(CampaignRow).values(**values))
    return made


@pytest.fixture
async def studio(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


async def make(house: House, studio: Browser, **fields: str) -> str:
    """Make an event by the form; return its path."""
    async with house.services.studio.db.transaction() as conn:
        there = await campaigns.all_of(conn)
    campaign = there[0].id if there else await add_campaign(house)
    await studio.open(f"{EVENTS}/new")
    answer = await studio.send(f"{EVENTS}/new", **{**FIELDS, "campaign": str(campaign), **fields})
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"]


async def version_of(house: House) -> str:
    """Return the version of the only event."""
    async with house.db.transaction() as conn:
        return str(await conn.scalar(select(EventRow.version)))


async def test_an_event_is_made_with_its_link(house: House, studio: Browser) -> None:
    """Words in two languages, a time by its own clock, and a link of the campaign that leads to it."""
    path = await make(house, studio)
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(EventRow))).one()
        link = (await conn.execute(select(CampaignLinkRow))).one()
    assert row.starts_at.isoformat() == "2031-07-30T01:00:00+00:00"
    assert (row.places, row.city, sorted(row.words), row.state) == (
        40,
        "kupang",
        ["en", "id"],
        "draft",
    )
    assert (link.code, link.target, link.city) == ("e-youth-camp", "event:youth-camp", "kupang")
    page = words_of(await studio.open(path))
    assert "09:00 WITA" in page
    assert "?start=c_e-youth-camp" in page
    listed = words_of(await studio.open(EVENTS))
    assert "Youth Camp" in listed
    assert (await studio.open(f"{path}/qr.svg")).headers["content-type"] == "image/svg+xml"
    assert (await studio.open(f"{path}/qr.png")).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("starts", "2020-01-01T09:00", "This time is over"),
        ("starts", "tomorrow", "Choose a day and a time"),
        ("starts", "2031-07-30T09:00+07:00", "Choose a day and a time"),
        ("ends", "2031-07-30T08:00", "The end must come after"),
        ("zone", "Mars/Base", "Choose a clock"),
        ("city", "atlantis", "Choose a city"),
        ("places", "0", "Write a number"),
        ("places", "-3", "Write a number"),
        ("slug", "Camp!", "Use small letters"),
        ("title.id", "", "Write something here"),
        ("short.en", "x" * 21, "too long"),
        ("campaign", "nonsense", "Choose a campaign"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(
    house: House, studio: Browser, field: str, typed: str, says: str
) -> None:
    """Nothing is kept, the field is marked with how to mend it, and everything that was typed is there still."""
    campaign = await add_campaign(house)
    await studio.open(f"{EVENTS}/new")
    sent = {**FIELDS, "campaign": str(campaign), field: typed}
    answer = await studio.send(f"{EVENTS}/new", **sent)
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert 'aria-invalid="true"' in answer.text
    assert "Lunch is there." in answer.text
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(EventRow.id)) is None


async def test_loud_words_and_a_taken_name_are_refused(house: House, studio: Browser) -> None:
    """A title must not give anybody away on a locked screen; two events have two addresses."""
    await make(house, studio)
    loud = house.content.loud_words["en"][0]
    campaign = str(await add_campaign(house, "draft"))
    for change, says in (({"title.en": f"About {loud}"}, "locked screen"), ({}, "already")):
        answer = await studio.send(f"{EVENTS}/new", **{**FIELDS, "campaign": campaign, **change})
        assert answer.status_code == 422
        assert says in words_of(answer)


async def test_an_address_is_made_of_the_title(house: House, studio: Browser) -> None:
    """Left empty, it is the title without what an address cannot have."""
    await make(house, studio, **{"slug": "", "title.id": "Kémah, Pemuda 2031!"})
    async with house.db.transaction() as conn:
        slugs = set(await conn.scalars(select(EventRow.slug)))
    assert slugs <= {"kemah-pemuda-2031", "youth-camp"}


async def test_open_close_cancel_and_who_was_slower(house: House, studio: Browser) -> None:
    """Each is one press that names the version that was seen; an old page is told, and changes nothing."""
    path = await make(house, studio)
    old = await version_of(house)
    await studio.open(path)
    for what, state in (("open", "open"), ("close", "closed"), ("open", "open")):
        await studio.send(f"{path}/act", act=what, version=await version_of(house))
        async with house.db.transaction() as conn:
            assert await conn.scalar(select(EventRow.state)) == state
    late = await studio.send(f"{path}/act", act="cancel", version=old)
    assert late.status_code == 409
    assert "Somebody else has changed this event" in words_of(late)
    assert (await studio.send(f"{path}/act", act="dance", version=old)).status_code == 404
    await studio.send(f"{path}/act", act="cancel", version=await version_of(house))
    page = await studio.open(path)
    assert "Cancelled" in words_of(page)
    assert f'action="{path}/act"' not in page.text


async def test_a_change_keeps_what_was_typed_when_somebody_was_faster(
    house: House, studio: Browser
) -> None:
    """The form comes back with the newest version, so that a second press puts it in place."""
    path = await make(house, studio)
    await studio.open(f"{path}/edit")
    sent = {**FIELDS, "places": "55"}
    answer = await studio.send(f"{path}/edit", **sent, version="99")
    assert answer.status_code == 409
    assert 'value="55"' in answer.text
    [version] = re.findall(r'name="version" value="(\d+)"', answer.text)
    assert (await studio.send(f"{path}/edit", **sent, version=version)).status_code == 303
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(EventRow.places)) == 55


async def test_only_a_new_time_or_place_counts_as_a_move(house: House, studio: Browser) -> None:
    """Other words of an open event change in silence; of a draft, everything does."""
    path = await make(house, studio)

    async def save(**fields: str) -> int:
        version = await version_of(house)
        sent = {**FIELDS, **fields}
        assert (await studio.send(f"{path}/edit", **sent, version=version)).status_code == 303
        async with house.db.transaction() as conn:
            return await conn.scalar(select(EventRow.moves)) or 0

    assert await save(starts="2031-07-30T08:00") == 0
    await studio.send(f"{path}/act", act="open", version=await version_of(house))
    assert await save(starts="2031-07-30T08:00", **{"about.id": "Bawa botol."}) == 0
    assert await save(**{"place.en": "Old Town Hall"}) == 1
    assert await save(**{"place.en": "Old Town Hall"}, zone="Asia/Jakarta") == 2


async def test_small_numbers_are_hidden(house: House, studio: Browser) -> None:
    """Four people are "fewer than 5", five are five, and no name or id of theirs stands on the page."""
    path = await make(house, studio)
    for number in range(5):
        case_id = await house.add_case(f"hello {number}", locale="en")
        async with house.db.transaction() as conn:
            party = await house.party_of(conn, case_id)
            values = {"c": party.contact_id, "v": party.conversation_id}
            await conn.execute(
                text("INSERT INTO event_signups (event_id, contact_id, conversation_id, state) SELECT id, :c, :v, 'coming' FROM events"),
                values,
            )  # fmt: skip
        page = await studio.open(path)
        shown = "5" if number == 4 else "fewer than 5"
        assert f"<dt>Coming</dt><dd>{shown}</dd>" in page.text
        assert str(party.contact_id) not in page.text


async def test_the_calendar_file_is_there_once_it_is_open(house: House, studio: Browser) -> None:
    """Public, in the language asked for, of no person; nothing of a draft, of another name, or of a campaign that is being made."""
    path = await make(house, studio)
    db, words = house.services.studio.db, house.content.words
    app = Starlette(routes=EventCalendar(db, words, "https://suar.example").routes())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://suar") as client:
        assert (await client.get("/e/youth-camp.ics")).status_code == 404
        await studio.open(path)
        await studio.send(f"{path}/act", act="open", version=await version_of(house))
        for lang, title in (("id", "Kemah Pemuda"), ("en", "Youth Camp"), ("jv", "Kemah Pemuda")):
            answer = await client.get(f"/e/youth-camp.ics?lang={lang}")
            [event] = Calendar.from_ical(answer.content).walk("VEVENT")
            assert str(event["summary"]) == title
            assert event["dtstart"].params["TZID"] == "Asia/Makassar"
        assert answer.headers["content-type"].startswith("text/calendar")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        for wrong in ("nothing", "..%2f", "a" * 300):
            assert (await client.get(f"/e/{wrong}.ics")).status_code == 404
        async with house.db.transaction() as conn:
            await conn.execute(update(CampaignRow).values(state="draft"))
        assert (await client.get("/e/youth-camp.ics")).status_code == 404
        with patch.object(Database, "transaction", side_effect=StoreUnavailable):
            assert (await client.get("/e/youth-camp.ics")).status_code == 503


async def test_nobody_else_comes_in(house: House) -> None:
    """A counsellor finds no such page."""
    me = await house.add_staff("Dewi")
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        assert (await browser.open(EVENTS)).status_code == 404


def test_every_code_has_words(house: House) -> None:
    """States, fields, problems and notes are all named."""
    pages = Pages(house.content.words)
    tables = {
        "EVENT_STATES": ["draft", "open", "closed", "cancelled"],
        "EVENT_FIELDS": list(event_form.LIMITS),
        "NOTE_NAMES": list(KINDS),
        "EVENT_PROBLEMS": ["missing", "no_words", "long", "loud", "time", "past", "order", "zone", "city", "places", "slug", "taken", "campaign", "changed"],
    }  # fmt: skip
    for name, keys in tables.items():
        assert set(pages.listed("studio/words_events.html", name, "en")) == set(keys)
