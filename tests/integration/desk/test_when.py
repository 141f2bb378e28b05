"""When a message goes out, without a script: typed, shown, refused in a sentence, saved."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.campaigns.schedule import At, Drip, Local, Now, Recurring
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio_house import Studio, make_studio

LATER = date(2027, 7, 30)


@pytest.fixture
async def studio(house: House) -> Studio:
    """A campaign with two campaigners, on a day before the one that the tests speak of."""
    house.clock.ahead = datetime(2027, 7, 1, 3, tzinfo=UTC) - house.clock.real.now()
    return await make_studio(house)


@pytest.fixture
async def rina(house: House, studio: Studio) -> AsyncIterator[Browser]:
    """The writer's browser."""
    async with open_browser(house) as browser:
        await browser.sign_in(studio.writer.email)
        yield browser


def at(number: object) -> str:
    """Return where the page of a message is."""
    return f"/desk/campaigns/messages/{number}/when"


async def version_of(studio: Studio, number: object) -> str:
    """Return the version of a message."""
    return f"{(await studio.get(number)).version}"  # type: ignore[arg-type]


async def test_each_way_is_saved(studio: Studio, rina: Browser) -> None:
    """At a moment, by each person's own clock, again and again, after joining: what is typed is what is kept."""
    made = await studio.write()
    ways = [
        (
            {"kind": "at", "at_day": "2027-07-30", "at_time": "09:30", "at_zone": "Asia/Makassar"},
            At(at=datetime(2027, 7, 30, 1, 30, tzinfo=UTC), zone="Asia/Makassar"),
        ),
        (
            {"kind": "local", "local_day": "2027-07-30", "local_time": "09:00"},
            Local(on=LATER, time=time(9)),
        ),
        (
            {
                "kind": "recurring", "rhythm": "month", "month_days": "last",
                "recurring_time": "10:00", "recurring_zone": "own", "until": "2027-12-31",
            },
            Recurring(days=("last",), time=time(10), until=date(2027, 12, 31)),
        ),
        ({"kind": "drip", "drip_days": "3", "drip_time": "10:00"}, Drip(days=3, time=time(10))),
        ({"kind": "now"}, Now()),
    ]  # fmt: skip
    for typed, schedule in ways:
        await rina.open(at(made))
        page = await rina.send(
            at(made), do="save", version=await version_of(studio, made), **typed
        )
        assert page.status_code == 303, words_of(page)
        assert (await studio.get(made)).draft.schedule == schedule
        assert f'name="kind" value="{schedule.kind}" checked' in (await rina.open(at(made))).text


async def test_an_end_is_saved_by_the_clock_of_the_house(studio: Studio, rina: Browser) -> None:
    """After it nobody gets the message; one that lies before the beginning is refused at its place."""
    made = await studio.write()
    await rina.open(at(made))
    typed = {
        "kind": "local",
        "local_day": "2027-07-30",
        "local_time": "09:00",
        "end_time": "20:00",
    }
    version = await version_of(studio, made)
    page = await rina.send(at(made), do="save", version=version, end_day="2027-07-29", **typed)
    assert page.status_code == 422
    assert 'id="problem-end_day"' in page.text
    assert 'value="2027-07-29"' in page.text
    page = await rina.send(at(made), do="save", version=version, end_day="2027-07-31", **typed)
    assert (await studio.get(made)).draft.not_after == datetime(2027, 7, 31, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ({"kind": "at", "at_day": "2027-02-30"}, "at_day", "There is no such day."),
        ({"kind": "at", "at_day": "2027-06-30", "at_time": "09:00"}, "at_day", "has passed already"),
        (
            {"kind": "at", "at_day": "2028-03-26", "at_time": "01:30", "at_zone": "Europe/London"},
            "at_time", "because the clocks are put forward",
        ),
        ({"kind": "local", "local_day": "2027-07-30", "local_time": "22:00"}, "local_time", "quiet hours"),
        ({"kind": "recurring", "rhythm": "weekdays"}, "weekdays", "at least one day"),
        ({"kind": "drip", "drip_days": "many"}, "drip_days", "from 1 to 365"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_told_at_its_field(
    studio: Studio, rina: Browser, typed: dict[str, str], place: str, said: str
) -> None:
    """A day or a time that does not exist, the past, a night, nothing chosen: a sentence at the field, and what was typed stays."""
    made = await studio.write()
    await rina.open(at(made))
    whole = {"at_zone": "Asia/Jakarta", "at_time": "09:00", **typed}
    page = await rina.send(at(made), do="save", version="1", **whole)
    assert page.status_code == 422
    assert f'id="problem-{place}"' in page.text
    assert said in words_of(page)
    assert all(f'value="{value}"' in page.text for value in typed.values())
    assert (await studio.get(made)).draft.schedule == Now()


async def test_it_shows_the_next_five_times(studio: Studio, rina: Browser) -> None:
    """In words, by the three clocks of the country, with how many people live by how many clocks, and for whom it is night."""
    await studio.people(6, zone="Asia/Jakarta")
    await studio.people(5, zone="America/New_York")
    made = await studio.write()
    await rina.open(at(made))
    typed = {
        "kind": "recurring", "rhythm": "weekdays", "weekdays": "fri", "recurring_time": "09:00",
        "recurring_zone": "Asia/Jakarta",
    }  # fmt: skip
    page = await rina.send(at(made), do="look", version="1", **typed)
    shown = words_of(page)
    for day in (2, 9, 16, 23, 30):
        assert f"Friday, July {day}, 2027" in shown
    assert "09:00 WIB · 10:00 WITA · 11:00 WIT" in shown
    assert "11 people, by 2 clocks" in shown
    assert "By one clock it is night then: 5 people get it in the morning." in shown
    part = await rina.send(f"{at(made)}/parts/firings", htmx=True, **{**typed, "weekdays": ""})
    assert "Choose at least one day." in words_of(part)
    assert "<html" not in part.text


async def test_a_moment_in_the_quiet_hours_is_explained(studio: Studio, rina: Browser) -> None:
    """At half past nine in the evening nobody gets it before eight."""
    made = await studio.write()
    await rina.open(at(made))
    typed = {"kind": "at", "at_day": "2027-07-30", "at_time": "21:30", "at_zone": "Asia/Jakarta"}
    shown = words_of(await rina.send(at(made), do="look", version="1", **typed))
    assert "This lies in the quiet hours, from 21:00 to 08:00." in shown


async def test_somebody_was_faster(studio: Studio, rina: Browser) -> None:
    """What was typed stays and is not saved; what the other changed is not lost when it is saved after all."""
    made = await studio.write()
    await rina.open(at(made))
    seen = await studio.get(made)
    await studio.house.services.studio.broadcasts.edit(
        made, seen.draft, by=studio.second.id, version=seen.version
    )
    typed = {"kind": "local", "local_day": "2027-07-30", "local_time": "09:00"}
    page = await rina.send(at(made), do="save", version="1", **typed)
    assert page.status_code == 409
    assert 'value="2027-07-30"' in page.text
    assert 'name="version" value="2"' in page.text
    page = await rina.send(at(made), do="save", version="2", **typed)
    assert page.headers["location"] == f"{at(made)}?done=saved"


async def test_saving_what_is_there_changes_nothing(studio: Studio, rina: Browser) -> None:
    """A form that is sent back as it came leaves an approval as it is."""
    at_nine = At(
        at=datetime(2027, 7, 30, 2, tzinfo=UTC) + timedelta(seconds=5), zone="Asia/Jakarta"
    )
    made = await studio.write(schedule=at_nine)
    await studio.approve(made)
    page = await rina.open(at(made))
    assert "has to be approved anew" in words_of(page)
    typed = {
        "kind": "at",
        "at_day": "2027-07-30",
        "at_time": "09:00:05",
        "at_zone": "Asia/Jakarta",
    }
    page = await rina.send(
        at(made), do="save", version="3", at_was=at_nine.at.isoformat(), **typed
    )
    assert page.headers["location"].endswith("done=saved")
    assert (await studio.get(made)).state == "scheduled"
