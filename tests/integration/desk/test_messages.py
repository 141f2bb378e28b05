"""Campaigns and messages on the desk: written, looked at, approved by somebody else, taken back, tried on the team."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

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


async def make_campaign(browser: Browser, title: str = "July for all", **about: str) -> str:
    """Make a campaign; return its address."""
    await browser.open("/desk/campaigns/new")
    answer = await browser.send("/desk/campaigns/new", title=title, **about)
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].partition("?")[0]


FIELDS: dict[str, Any] = {
    "name": "The day itself",
    "variant": "a",
    "locale": ["id", "en"],
    "a-id-text": "Hari ini 30 Juli.",
    "a-id-title0": "Main kuisnya",
    "a-id-target0": "quiz:warning_signs",
    "a-en-text": "Today is 30 July.",
    "a-en-title0": "Play the quiz",
    "a-en-target0": "same",
    "fallback": "id",
}


async def post(
    browser: Browser, path: str, fields: dict[str, Any], **files: Any
) -> httpx.Response:
    """Send a form with fields that may come more than once."""
    assert browser.page is not None
    csrf = re.findall(r'name="csrf" value="([^"]*)"', browser.page.text)[0]
    version = re.findall(r'name="version" value="(\d+)"', browser.page.text)
    data = {"csrf": csrf, **({"version": version[0]} if version else {}), **fields}
    return await browser.client.post(path, data=data, files=files or None)


async def make_message(browser: Browser, campaign: str, **other: Any) -> str:
    """Write a message; return its address."""
    new = f"{campaign}/messages/new"
    await browser.open(new)
    answer = await post(browser, new, {**FIELDS, **other})
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].partition("?")[0]


async def act(browser: Browser, message: str, name: str, **more: str) -> httpx.Response:
    """Open a message and press one of its buttons; return what comes after it."""
    await browser.open(message)
    answer = await post(browser, f"{message}/act", {"act": name, **more})
    if answer.status_code == 303:
        answer = await browser.open(answer.headers["location"])
    return answer


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
    assert "Let us play!" in shown.text and "city: Kupang" in words_of(shown)
    assert (await rina.send(fifth, do="test")).status_code == 409
    answer = await rina.send(fifth, do="submit")
    shown = await rina.open(answer.headers["location"])
    assert "Waits for approval" in words_of(shown)
    assert (await rina.open(fifth)).status_code == 404
