"""The calendar without a script: what stands on which day, and a message that is moved and moved back."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert

from bot.campaigns.audience import read_rule
from bot.campaigns.schedule import At, Drip, Local, Recurring
from bot.desk.web.studio.calendar import span_of
from bot.store.tables import BroadcastRunRow, EventRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio_house import Studio, make_studio

CALENDAR = "/desk/campaigns/calendar"
FRIDAY = date(2027, 7, 30)
DAY = timedelta(days=1)
NINE = time(9)


@pytest.fixture
async def studio(house: House) -> Studio:
    """A campaign with two campaigners, on the first of July 2027 at ten in Jakarta."""
    house.clock.ahead = datetime(2027, 7, 1, 3, tzinfo=UTC) - house.clock.real.now()
    return await make_studio(house)


@pytest.fixture
async def rina(house: House, studio: Studio) -> AsyncIterator[Browser]:
    """The writer's browser."""
    async with open_browser(house) as browser:
        await browser.sign_in(studio.writer.email)
        yield browser


def on(page: str, day: date) -> str:
    """Return what stands on a day of the calendar."""
    return page.partition(f'id="day-{day}"')[2].partition('<li class="cal-cell')[0]


def place(number: object) -> str:
    """Return where the form is that moves a message."""
    return f"/desk/campaigns/messages/{number}/move"


async def test_everything_stands_on_its_day(studio: Studio, rina: Browser) -> None:
    """Moments, days by each person's own clock, what recurs, what has fired, events; with their states as words."""
    at = At(at=datetime(2027, 7, 30, 2, tzinfo=UTC), zone="Asia/Jakarta")
    await studio.write("A moment", schedule=at)
    approved = await studio.write("Own clock", schedule=Local(on=FRIDAY, time=NINE))
    await studio.approve(approved)
    await studio.write("Weekly", schedule=Recurring(weekdays=("mon",), time=NINE))
    await studio.write("Welcome", schedule=Drip(days=1, time=NINE))
    await studio.write("At once")
    gone = await studio.write("Gone", schedule=Local(on=date(2027, 6, 30), time=NINE))
    async with studio.house.db.transaction() as conn:
        fired = datetime(2027, 6, 30, 0, tzinfo=UTC)
        run = {"id": uuid4(), "broadcast_id": gone, "due_at": fired, "state": "done"}
        await conn.execute(insert(BroadcastRunRow).values(**run))
        await conn.exec_driver_sql("UPDATE broadcasts SET state = 'done' WHERE name = 'Gone'")
        words = {"en": {"title": "Talkshow"}, "id": {"title": "Gelar wicara"}}
        event = {
            "id": uuid4(), "campaign_id": studio.campaign_id, "slug": "talk", "words": words,
            "zone": "Asia/Jayapura", "starts_at": datetime(2027, 7, 29, 16, tzinfo=UTC),
            "ends_at": datetime(2027, 7, 29, 18, tzinfo=UTC), "state": "open",
        }  # fmt: skip
        await conn.execute(insert(EventRow).values(**event))
    page = (await rina.open(f"{CALENDAR}?day={FRIDAY}")).text
    day = on(page, FRIDAY)
    assert "09:00 WIB" in day
    assert "09:00, own clock" in day
    assert "Draft" in day
    assert "Approved" in day
    assert "Talkshow" in day
    assert "01:00 WIT" in day
    mondays = [date(2027, 7, 5) + number * 7 * DAY for number in range(4)]
    assert [each for each in mondays if "Weekly" in on(page, each)] == mondays
    assert page.count(">Weekly</a>") == 4
    assert "Went out" in on(page, date(2027, 6, 30))
    assert "Nothing" in on(page, date(2027, 7, 28))
    shown = words_of(rina.page)  # type: ignore[arg-type]
    assert "Welcome · to each person some days after they joined" in shown
    assert "At once · as soon as it is approved" in shown


async def test_a_message_is_moved_and_moved_back(studio: Studio, rina: Browser) -> None:
    """A draft goes to another day at the same time, and back while nobody has changed it."""
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    await rina.open(place(made))
    page = await rina.send(place(made), to="2027-08-02", version="1")
    assert page.status_code == 303
    assert page.headers["location"].endswith("#day-2027-08-02")
    assert (await studio.get(made)).draft.schedule == Local(on=date(2027, 8, 2), time=NINE)
    assert (await studio.get(made)).state == "draft"
    shown = await rina.open(page.headers["location"])
    assert "was on Friday, July 30, 2027 before" in words_of(shown)
    page = await rina.send(place(made), to=f"{FRIDAY}", version="2", undo="1")
    assert "done=undone" in page.headers["location"]
    assert (await studio.get(made)).draft.schedule == Local(on=FRIDAY, time=NINE)
    assert "before." not in words_of(await rina.open(shown.request.url.raw_path.decode()))


async def test_what_was_approved_waits_again(studio: Studio, rina: Browser) -> None:
    """The form says so beforehand; afterwards it waits for somebody other than who moved it."""
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    await studio.approve(made)
    assert "waits for approval again" in words_of(await rina.open(place(made)))
    page = await rina.send(place(made), to="2027-07-29", version="3")
    assert "done=moved_again" in page.headers["location"]
    assert (await studio.get(made)).state == "waiting"
    assert "waits for approval again" in words_of(await rina.open(page.headers["location"]))


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("2027-06-30", "has passed already"),
        ("2027-02-30", "There is no such day."),
        ("1999-01-01", "There is no such day."),
        ("", "Choose a day."),
        ("2027-08-20", "That is after its end"),
    ],
)
async def test_where_it_cannot_go_the_page_says_why(
    studio: Studio, rina: Browser, to: str, said: str
) -> None:
    """The past, a day that does not exist, none at all, one after its end: a sentence, and what was typed stays."""
    end = datetime(2027, 8, 10, tzinfo=UTC)
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE), not_after=end)
    await rina.open(place(made))
    page = await rina.send(place(made), to=to, version="1")
    assert page.status_code == 422
    assert said in words_of(page)
    assert f'name="to" type="date" value="{to or FRIDAY}"' in page.text
    assert (await studio.get(made)).version == 1


async def test_what_recurs_is_not_moved(studio: Studio, rina: Browser) -> None:
    """It says why, and leads to its times."""
    made = await studio.write(schedule=Recurring(weekdays=("mon",), time=NINE))
    page = await rina.open(place(made))
    assert "all of them follow from its times" in words_of(page)
    assert f'href="/desk/campaigns/messages/{made}/when"' in page.text
    page = await rina.send(place(made), to="2027-08-02", version="1")
    assert page.status_code == 422


async def test_somebody_was_faster(studio: Studio, rina: Browser) -> None:
    """A move from an old page is refused with a sentence, and so is an undo."""
    made = await studio.write(schedule=Local(on=FRIDAY, time=NINE))
    seen = await studio.get(made)
    broadcasts = studio.house.services.studio.broadcasts
    await broadcasts.edit(made, seen.draft, by=studio.second.id, version=seen.version)
    await rina.open(place(made))
    page = await rina.send(place(made), to="2027-08-02", version="1", undo="1")
    assert page.status_code == 409
    assert "It was not moved." in words_of(page)
    assert 'value="2027-08-02"' in page.text


async def test_two_messages_too_close_are_told_from_five_people_on(
    studio: Studio, rina: Browser
) -> None:
    """On the second's day, with how many would be left out of it: those who are meant by both, by clocks that bring them close."""
    kupang = read_rule({"field": "city", "in": ["kupang"]})
    await studio.people(6, city="kupang")
    await studio.people(9, city="medan")
    await studio.people(3, city="jakarta")
    await studio.write("First", schedule=Local(on=FRIDAY, time=time(20)))
    await studio.write("Second", audience=kupang, schedule=Local(on=FRIDAY + DAY, time=NINE))
    few = read_rule({"field": "city", "in": ["jakarta"]})
    await studio.write("Third", audience=few, schedule=Local(on=FRIDAY + DAY, time=NINE))
    await studio.write("Far", schedule=Local(on=FRIDAY + 2 * DAY, time=time(10)))
    page = (await rina.open(f"{CALENDAR}?day={FRIDAY}")).text
    day = on(page, FRIDAY + DAY)
    assert "6 people are meant by “First” and by “Second” within 20 hours" in day
    assert "Third” within" not in page
    assert "Too close" not in on(page, FRIDAY)
    assert "Too close" not in on(page, FRIDAY + 2 * DAY)


async def test_a_week_can_be_shown_and_nonsense_is_this_month(
    studio: Studio, rina: Browser
) -> None:
    """Seven days, that of today marked; an address that makes no sense shows today's month."""
    page = await rina.open(f"{CALENDAR}?view=week&day={FRIDAY}")
    assert page.text.count('class="cal-cell') == 7
    page = await rina.open(f"{CALENDAR}?view=year&day=never&moved=x&back=1&version=z")
    assert 'aria-current="date"' in page.text
    assert "July 2027" in words_of(page)
    for edge in ("2000-01-01", "2100-12-31"):
        for view in ("week", "month"):
            assert (await rina.open(f"{CALENDAR}?view={view}&day={edge}")).status_code == 200


@pytest.mark.parametrize("first", range(7))
def test_weeks_are_whole(first: int) -> None:
    """Whatever day a week begins with, every month is shown in whole weeks that hold all of it and no week more."""
    for number in range(400):
        day = date(2026, 1, 1) + number * DAY
        span = span_of("month", day, first)
        assert span.first.weekday() == first
        assert all(len(week) == 7 for week in span.weeks)
        assert span.first <= day.replace(day=1)
        assert span.last >= (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY
        assert len(span.weeks) <= 6
        week = span_of("week", day, first)
        assert week.first <= day <= week.last
        assert len(week.weeks) == 1
