"""Saved audiences: how many they are about, who uses them, new names, copies, and putting away."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from bot.campaigns.audience import read_rule
from bot.campaigns.segments import Segments, version_of
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio_house import Studio, make_studio
from tests.integration.desk.test_whom import send

LIST = "/desk/campaigns/segments"
KUPANG = read_rule({"field": "city", "in": ["kupang"]})


@pytest.fixture
async def studio(house: House) -> Studio:
    """A campaign with two campaigners."""
    return await make_studio(house)


@pytest.fixture
async def rina(house: House, studio: Studio) -> AsyncIterator[Browser]:
    """The writer's browser."""
    async with open_browser(house) as browser:
        await browser.sign_in(studio.writer.email)
        yield browser


async def keep(studio: Studio, name: str = "Kupang") -> UUID:
    """Keep an audience; return its id."""
    segments = Segments(studio.house.services.studio.db, studio.house.clock)
    return await segments.save(name, KUPANG, by=studio.writer.id)


async def test_the_list_tells_whom_how_many_and_where(studio: Studio, rina: Browser) -> None:
    """Each with its sentence, its size and the messages that are for exactly these people."""
    assert "No audience is saved yet." in words_of(await rina.open(LIST))
    await keep(studio)
    await studio.people(6, city="kupang")
    assert "No message is for exactly these people now." in words_of(await rina.open(LIST))
    await studio.write("In Kupang", audience=KUPANG)
    shown = words_of(await rina.open(LIST))
    assert "6 people" in shown
    assert "they live in Kupang." in shown
    assert "For exactly these people: In Kupang" in shown


async def test_a_name_is_changed_and_copied(studio: Studio, rina: Browser) -> None:
    """Another name, a copy under one; a name that is taken or empty is refused, and what was typed stays."""
    made = await keep(studio)
    await keep(studio, "Taken")
    await rina.open(LIST)
    page = await rina.send(f"{LIST}/{made}/rename", name="Timor", seen="Kupang")
    assert page.headers["location"] == f"{LIST}?done=renamed"
    page = await rina.send(f"{LIST}/{made}/rename", name="Other", seen="Kupang")
    assert page.status_code == 409
    assert "Somebody renamed it" in words_of(page)
    for act in ("rename", "copy"):
        page = await rina.send(f"{LIST}/{made}/{act}", name="Taken", seen="Timor")
        assert page.status_code == 422
        assert 'value="Taken" aria-invalid' in page.text
        page = await rina.send(f"{LIST}/{made}/{act}", name=" ", seen="Timor")
        assert "Give it a name" in words_of(page)
    page = await rina.send(f"{LIST}/{made}/copy", name="Timor again", seen="Timor")
    assert page.headers["location"] == f"{LIST}?done=copied"
    assert "Timor again" in words_of(await rina.open(LIST))


async def test_it_is_put_away_and_brought_back(studio: Studio, rina: Browser) -> None:
    """Away, its name is free; it comes back under it, unless somebody took the name."""
    made = await keep(studio)
    await rina.open(LIST)
    await rina.send(f"{LIST}/{made}/archive")
    assert "No audience is saved yet." in words_of(await rina.open(LIST))
    away = await rina.open(f"{LIST}?archived")
    assert "Kupang" in words_of(away)
    assert f"{made}</h2>" not in away.text
    again = await keep(studio)
    page = await rina.send(f"{LIST}/{made}/restore")
    assert page.status_code == 422
    assert "one of this name already" in words_of(page)
    await rina.send(f"{LIST}/{again}/archive")
    page = await rina.send(f"{LIST}/{made}/restore")
    assert page.headers["location"] == f"{LIST}?done=restored"
    assert "they live in Kupang" in words_of(await rina.open(LIST))
    assert (await rina.send(f"{LIST}/{made}/restore")).status_code == 404
    assert (await rina.send(f"{LIST}/{UUID(int=7)}/rename", name="x", seen="y")).status_code == 404


async def test_whom_it_is_for_is_changed(studio: Studio, rina: Browser) -> None:
    """Its own page has the form that messages have; what is saved counts for the next message, and no message changes."""
    made = await keep(studio)
    written = await studio.write("In Kupang", audience=KUPANG)
    page = await rina.open(f"{LIST}/{made}")
    assert "For exactly these people: In Kupang" in words_of(page)
    fields = [("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "medan")]
    page = await send(rina, f"{LIST}/{made}", "add:0", *fields, ("new.0", "last_seen"))
    assert 'name="d.0.1"' in page.text
    page = await send(rina, f"{LIST}/{made}", "save", *fields, ("k.0.1", "last_seen"))
    assert page.status_code == 422
    assert 'id="problem-0.1"' in page.text
    page = await send(rina, f"{LIST}/{made}", "save", *fields)
    assert page.headers["location"] == f"{LIST}?done=changed"
    assert "they live in Medan." in words_of(await rina.open(LIST))
    assert (await studio.get(written)).draft.audience == KUPANG


async def test_two_who_change_one_audience(studio: Studio, rina: Browser) -> None:
    """Who comes second is told, keeps what they put together, and may save it then; one that was put away is gone."""
    made = await keep(studio)
    await rina.open(f"{LIST}/{made}")
    everyone = read_rule({"all": []})
    segments = Segments(studio.house.services.studio.db, studio.house.clock)
    await segments.change(made, everyone, seen=version_of(KUPANG))
    fields = [("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "medan")]
    page = await send(rina, f"{LIST}/{made}", "save", *fields)
    assert page.status_code == 409
    assert "Somebody changed this audience" in words_of(page)
    assert 'value="medan" checked' in page.text
    assert (await send(rina, f"{LIST}/{made}", "save", *fields)).status_code == 303
    await segments.archive(made)
    assert (await rina.open(f"{LIST}/{made}")).status_code == 404
