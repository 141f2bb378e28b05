"""Whom a message is for, without a script: parts are added and taken out, counted, kept under a name, and saved."""

from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from bot.campaigns.audience import EVERYBODY, read_rule, write_rule
from bot.campaigns.segments import Segments
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio_house import Studio, make_studio

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


def at(number: object) -> str:
    """Return where the page of a message is."""
    return f"/desk/campaigns/messages/{number}/whom"


async def send(
    browser: Browser, path: str, do: str, *fields: tuple[str, str], **headers: str
) -> httpx.Response:
    """Send the form with a button of it, with names that keyword arguments cannot have."""
    assert browser.page is not None
    version = browser.page.text.split('name="version" value="')[1].split('"')[0]
    csrf = browser.page.text.split('name="csrf" value="')[1].split('"')[0]
    data: dict[str, list[str]] = {}
    for name, value in (("csrf", csrf), ("version", version), ("do", do), *fields):
        data.setdefault(name, []).append(value)
    browser.page = await browser.client.post(path, data=data, headers=headers)
    return browser.page


async def test_a_rule_is_put_together_and_saved(studio: Studio, rina: Browser) -> None:
    """A condition is added, chosen and saved; the page says it back as a sentence, with how many it is about."""
    made = await studio.write()
    await studio.people(6, city="kupang")
    await studio.people(7, city="medan")
    page = await rina.open(at(made))
    assert "13 people" in words_of(page)
    assert "Everybody who agreed to hear of campaigns." in words_of(page)
    page = await send(rina, at(made), "add:0", ("k.0", "all"), ("new.0", "city"))
    assert page.status_code == 200
    assert 'name="v.0.0" value="kupang"' in page.text
    assert "One part is not finished yet" in words_of(page)
    chosen = [("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "kupang"), ("v.0.0", "maumere")]
    page = await send(rina, at(made), "count", *chosen)
    assert "6 people" in words_of(page)
    assert "they live in Kupang or Maumere." in words_of(page)
    page = await send(rina, at(made), "save", *chosen)
    assert page.headers["location"] == f"{at(made)}?done=saved"
    kept = (await studio.get(made)).draft.audience
    assert write_rule(kept) == {"all": [{"field": "city", "in": ["kupang", "maumere"]}]}
    assert "It is saved." in words_of(await rina.open(page.headers["location"]))


async def test_groups_lie_within_each_other(studio: Studio, rina: Browser) -> None:
    """A group is added to a group, gets a condition, and is taken out with it."""
    made = await studio.write(audience=KUPANG)
    await rina.open(at(made))
    begin = [("bare", "1"), ("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "kupang")]
    page = await send(rina, at(made), "add:0", *begin, ("new.0", "none"))
    assert 'id="part-0.1"' in page.text
    inside = [*begin, ("k.0.1", "none"), ("new.0.1", "last_seen")]
    page = await send(rina, at(made), "add:0.1", *inside)
    assert 'name="d.0.1.0"' in page.text
    whole = [*inside, ("k.0.1.0", "last_seen"), ("o.0.1.0", "within"), ("d.0.1.0", "30")]
    page = await send(rina, at(made), "save", *whole)
    kept = write_rule((await studio.get(made)).draft.audience)
    seen = {"field": "last_seen", "op": "within", "days": 30}
    assert kept == {"all": [write_rule(KUPANG), {"none": [seen]}]}
    await rina.open(at(made))
    page = await send(rina, at(made), "drop:0.1", *whole)
    assert 'id="part-0.1"' not in page.text


async def test_what_is_not_finished_is_told_at_its_place(studio: Studio, rina: Browser) -> None:
    """A condition without a choice is not saved; what else was put together is still there."""
    made = await studio.write()
    await rina.open(at(made))
    fields = [("k.0", "any"), ("k.0.0", "city"), ("k.0.1", "interest"), ("v.0.1", "events")]
    page = await send(rina, at(made), "save", *fields)
    assert page.status_code == 422
    assert 'id="problem-0.0"' in page.text
    assert 'value="events" checked' in page.text
    assert (await studio.get(made)).draft.audience == EVERYBODY


async def test_somebody_was_faster(studio: Studio, rina: Browser) -> None:
    """What was put together stays and is not saved, also when the form was sent back and forth meanwhile; a second time it counts."""
    made = await studio.write()
    await rina.open(at(made))
    seen = await studio.get(made)
    await studio.house.services.studio.broadcasts.edit(
        made, seen.draft, by=studio.second.id, version=seen.version
    )
    fields = [("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "kupang")]
    await send(rina, at(made), "count", *fields)
    page = await send(rina, at(made), "save", *fields)
    assert page.status_code == 409
    assert "Somebody changed this message meanwhile." in words_of(page)
    assert 'value="kupang" checked' in page.text
    page = await send(rina, at(made), "save", *fields)
    assert page.status_code == 303
    assert (await studio.get(made)).draft.audience == read_rule({"all": [write_rule(KUPANG)]})


async def test_what_was_approved_is_a_draft_again_and_the_page_says_so(
    studio: Studio, rina: Browser
) -> None:
    """Before it is saved the page tells that the approval is lost, and after it that it has to be sent again."""
    made = await studio.write()
    await studio.approve(made)
    assert "has to be approved anew" in words_of(await rina.open(at(made)))
    fields = [("k.0", "all"), ("k.0.0", "channel"), ("v.0.0", "telegram")]
    page = await send(rina, at(made), "save", *fields)
    assert page.headers["location"].endswith("done=saved_again")
    assert (await studio.get(made)).state == "draft"


async def test_what_is_over_can_be_looked_at_only(studio: Studio, rina: Browser) -> None:
    """Where nothing can be changed any more there is no button, and a form that is sent all the same is refused in a sentence."""
    made = await studio.write()
    await studio.approve(made)
    page = await rina.open(at(made))
    async with studio.house.db.transaction() as conn:
        await conn.exec_driver_sql("UPDATE broadcasts SET state = 'done'")
    fields = [("k.0", "all"), ("k.0.0", "channel"), ("v.0.0", "telegram")]
    page = await send(rina, at(made), "save", *fields)
    assert page.status_code == 409
    assert "cannot be changed now" in words_of(page)
    assert 'value="save"' not in page.text


async def test_few_are_not_told_apart_on_any_channel(studio: Studio, rina: Browser) -> None:
    """Three people on one channel cannot be told by taking the others from the whole; of four in all only that they are few is said."""
    made = await studio.write()
    await studio.people(9, channel="telegram")
    await studio.people(6, channel="webchat")
    await studio.people(3, channel="whatsapp")
    shown = words_of(await rina.open(at(made)))
    assert "18 people" in shown
    assert "Telegram 9" in shown
    assert "Web chat not told, too few" in shown
    assert "WhatsApp not told, too few" in shown
    fields = [("k.0", "all"), ("k.0.0", "channel"), ("v.0.0", "whatsapp")]
    shown = words_of(await send(rina, at(made), "count", *fields))
    assert "fewer than 5 people" in shown
    assert (
        "Where they write" not in shown.partition("Always left out")[0].partition("Who gets it")[2]
    )


async def test_an_audience_is_kept_and_taken(studio: Studio, rina: Browser) -> None:
    """Under a name that no other has; taken into another message it is in the form, and saved only when somebody says so."""
    made, other = await studio.write(audience=KUPANG), await studio.write("Another")
    await rina.open(at(made))
    fields = [("k.0", "all"), ("k.0.0", "city"), ("v.0.0", "kupang")]
    page = await send(rina, at(made), "keep", *fields, ("segment_name", " "))
    assert page.status_code == 422
    assert "Give it a name" in words_of(page)
    page = await send(rina, at(made), "keep", *fields, ("segment_name", "Kupang"))
    assert "kept under this name" in words_of(page)
    page = await send(rina, at(made), "keep", *fields, ("segment_name", "Kupang"))
    assert page.status_code == 422
    assert "one of this name already" in words_of(page)
    [segment] = await Segments(studio.house.services.studio.db, studio.house.clock).all()
    await rina.open(at(other))
    page = await send(rina, at(other), "use", ("k.0", "all"), ("segment", f"{segment.id}"))
    assert 'value="kupang" checked' in page.text
    assert (await studio.get(other)).draft.audience == EVERYBODY
    for wanted, said in (("", "Choose one"), (f"{uuid4()}", "was put away meanwhile")):
        page = await send(rina, at(other), "use", ("k.0", "all"), ("segment", wanted))
        assert page.status_code == 422
        assert said in words_of(page)


async def test_only_the_parts_are_sent_to_an_open_page(studio: Studio, rina: Browser) -> None:
    """A script gets the form alone, and the count alone; what was chosen and is not there any more stays chosen."""
    made = await studio.write(audience=read_rule({"field": "link", "in": ["gone", "k7m2"]}))
    page = await rina.open(at(made))
    assert "k7m2 · Kupang · july" in words_of(page)
    assert 'value="gone" checked' in page.text
    part = await send(
        rina, at(made), "add:0", ("k.0", "all"), ("new.0", "zone"), **{"HX-Request": "true"}
    )
    assert "<html" not in part.text
    assert "WIB (Jakarta)" in part.text
    await rina.open(at(made))
    part = await send(
        rina, f"{at(made)}/parts/reach", "", ("k.0", "all"), **{"HX-Request": "true"}
    )
    assert part.text.count('id="reach"') == 1
    assert 'id="rule"' not in part.text


async def test_nobody_else_finds_it(house: House, studio: Studio, desk: Browser) -> None:
    """Whoever makes no campaigns finds nothing there."""
    made = await studio.write()
    assert (await desk.open(at(made))).status_code == 404
    assert (await desk.open("/desk/campaigns/segments")).status_code == 404
    assert (await desk.open("/desk/campaigns/calendar")).status_code == 404
