"""The desk's side of a rest from an abusive talk: by form, by keyboard, and without a fault that axe finds."""

import pytest
from playwright.async_api import Page, expect

from bot.hotline.staff import Staff
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page
from tests.support.accessibility import faults_of

__all__ = ["page"]


async def test_a_rest_is_begun_and_undone(desk: Browser, house: House) -> None:
    """The page says until when the talk rests and what then; what comes meanwhile is not on it before she goes on."""
    case_id = await house.add_case("hello", locale="en")
    await desk.take_next()
    path = f"/desk/cases/{case_id}"
    answer = await desk.send(f"{path}/pause", then="queue")
    assert answer.headers["location"].startswith(path)
    await house.person_writes(case_id, "you are useless")
    shown = words_of(await desk.open(path))
    assert "This talk rests until" in shown
    assert "Afterwards the person goes back to the queue" in shown
    assert "you are useless" not in shown
    assert "Abusive…" not in shown
    await desk.send(f"{path}/pause/end")
    shown = words_of(await desk.open(path))
    assert "This talk rests until" not in shown
    assert "you are useless" in shown
    assert "The talk goes on again" in shown


async def test_in_danger_the_button_says_why_not(desk: Browser, house: House) -> None:
    """With somebody in danger now there is nothing to press, the reason stands beside it, and a forged form changes nothing."""
    now = Risk(RiskLevel.IMMEDIATE, ("physical_violence",), "self")
    case_id = await house.add_case("help", locale="en", risk=now)
    await desk.take_next()
    path = f"/desk/cases/{case_id}"
    shown = await desk.open(path)
    assert "Not now: the person is in danger." in words_of(shown)
    assert 'data-opens="rest-from"' not in shown.text
    answer = await desk.send(f"{path}/pause", then="mine")
    assert "pause_immediate" in answer.headers["location"]
    assert "This talk rests until" not in words_of(await desk.open(path))


async def test_only_who_may_reply_can(
    desk: Browser, other_desk: Browser, house: House, counsellor: Staff
) -> None:
    """For a colleague the talk is not there, neither to let it rest nor to go on."""
    case_id = await house.add_case("hello", locale="en")
    await desk.take_next()
    await other_desk.open("/desk/")
    assert (await other_desk.send(f"/desk/cases/{case_id}/pause", then="mine")).status_code == 404
    await desk.send(f"/desk/cases/{case_id}/pause", then="mine")
    assert (await other_desk.send(f"/desk/cases/{case_id}/pause/end")).status_code == 404
    assert "This talk rests until" in words_of(await desk.open(f"/desk/cases/{case_id}"))


@pytest.mark.browser
@pytest.mark.slow
async def test_by_keyboard_and_without_a_grave_fault(page: Page, house: House) -> None:
    """Button, choice and the way back are reached by keys alone; axe finds nothing serious in the dialog or on the resting page."""
    case_id = await house.add_case("hello", locale="en")
    await page.goto("/desk/")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(page.locator("#reply-text")).to_be_focused()
    await page.locator("#rest-from-open").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("dialog#rest-from")).to_be_visible()
    assert await faults_of(page) == []
    await page.locator("#rest-from input[value=mine]").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#pause")).to_contain_text("back to the queue")
    assert await faults_of(page) == []
    await page.locator("#pause-end").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#pause")).to_have_count(0)
