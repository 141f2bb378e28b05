"""Campaigns and messages on the desk: written, looked at, approved by somebody else, taken back, tried on the team."""

import re
from collections.abc import AsyncIterator

import pytest

from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio import act, make_campaign, make_message

MESSAGE = re.compile(r"/desk/campaigns/messages/([0-9a-f-]{36})")


@pytest.fixture
async def rina(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


@pytest.fixture
async def budi(house: House) -> AsyncIterator[Browser]:
    """A second campaigner's browser."""
    me = await house.add_staff("Budi", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


async def test_a_message_goes_its_way(rina: Browser, budi: Browser) -> None:
    """Written, sent for approval, sent back with a reason that its author reads, mended, approved by the other, paused and resumed."""
    campaign = await make_campaign(rina)
    message = await make_message(rina, campaign)
    shown = await rina.open(message)
    assert "Nothing is missing." in words_of(shown)
    await act(rina, message, "submit")
    refused = await act(rina, message, "approve")
    assert refused.status_code == 409
    assert "You wrote it, so somebody else approves it" in words_of(refused)
    assert (await act(budi, message, "send_back")).status_code == 422
    back = await act(budi, message, "send_back", reason="Say where it is.")
    assert "Say where it is." in words_of(await rina.open(message))
    assert "Draft" in words_of(back)
    await act(rina, message, "submit")
    assert "Say where it is." not in words_of(await rina.open(message))
    assert "Approved." in words_of(await act(budi, message, "approve"))
    assert "Paused" in words_of(await act(budi, message, "pause"))
    shown = await act(rina, message, "resume")
    told = words_of(shown)
    for line in ("Rina made it", "Budi sent it back", "Budi approved it", "Rina let it go on"):
        assert line in told
    listed = await rina.open(campaign)
    assert "Live" in words_of(listed)


async def test_the_wizard_leads_to_a_message_that_waits(rina: Browser, house: House) -> None:
    """Five steps, stopped in the middle and gone on with; a step that is not right yet keeps what was typed when one goes back."""
    await rina.open("/desk/campaigns/start")
    assert (await rina.send("/desk/campaigns/start", title="")).status_code == 422
    answer = await rina.send("/desk/campaigns/start", title="First of mine")
    second = answer.headers["location"]
    assert second.endswith("/start/2")
    shown = await rina.open(second)
    assert "What are people to do?" in words_of(shown)
    shown = await rina.open(f"{second}?goal=quiz")
    words = {
        "goal": "quiz", "a-target0": "quiz:warning_signs", "a-id-text": "Ayo main!",
        "a-id-title0": "Main", "a-en-text": "", "a-en-title0": "Play",
    }  # fmt: skip
    assert (await rina.send(second, **words)).status_code == 422
    back = await rina.send(second, **words, do="back")
    assert back.headers["location"].endswith("/start/1")
    assert "Ayo main!" in (await rina.open(second)).text
    answer = await rina.send(second, **{**words, "a-en-text": "Let us play!"})
    third = answer.headers["location"]
    listed = await rina.open("/desk/campaigns")
    assert "Go on where you were" in listed.text
    gone_on = await rina.open(second.removesuffix("/2"))
    assert gone_on.headers["location"] == third
    await rina.open(third)
    assert (await rina.send(third, who="cities")).status_code == 422
    answer = await rina.send(third, who="cities", city="kupang")
    fourth = answer.headers["location"]
    await rina.open(fourth)
    assert (await rina.send(fourth, when="day", on="2020-01-01", time="10:00")).status_code == 422
    tomorrow = f"{house.clock.now():%Y}-12-31"
    assert (await rina.send(fourth, when="day", on=tomorrow, time="23:00")).status_code == 422
    answer = await rina.send(fourth, when="now")
    fifth = answer.headers["location"]
    shown = await rina.open(fifth)
    assert "Let us play!" in shown.text
    assert "city: Kupang" in words_of(shown)
    assert (await rina.send(fifth, do="test")).status_code == 409
    answer = await rina.send(fifth, do="submit")
    shown = await rina.open(answer.headers["location"])
    assert "Waits for approval" in words_of(shown)
    assert (await rina.open(fifth)).status_code == 404
