"""The recorder in a real browser with a microphone of its own: recorded, heard, sent, published, and played."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect
from sqlalchemy import text

from bot.hotline.staff import Role, Staff
from bot.sound import take_recording
from tests.integration.desk.house import PASSWORD, House
from tests.integration.desk.test_browser import CHROMIUM, QUIET, fits
from tests.support.accessibility import faults_of

PLACE = "/desk/voices/id/welcome.hello.text"
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

pytestmark = [pytest.mark.browser]


@asynccontextmanager
async def desk_page(house: House, staff: Staff, address: str, *flags: str) -> AsyncIterator[Page]:
    """Open the desk in Chromium, signed in; anything on the console fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, *flags]
        )
        page = await chromium.new_page(base_url=address, locale="en-GB")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        await page.goto("/desk/sign-in")
        await page.fill("#email", staff.email)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        if house.codes.get(staff.email):
            await page.fill("#code", house.codes[staff.email].pop())
            await page.click("button[type=submit]")
        await page.wait_for_url("**/desk/**")
        yield page
        await chromium.close()
    assert complaints == []


async def test_recorded_sent_and_played(house: House, address: str) -> None:
    """By keyboard: what the microphone gave is heard in the page, goes with the form, and plays after it was published."""
    writer = await house.add_staff("Tari", Role.CAMPAIGNER)
    second = await house.add_staff("Rani", Role.SUPERVISOR)
    async with desk_page(house, writer, address, *MICROPHONE) as page:
        await page.goto(PLACE)
        start = page.get_by_role("button", name="Start recording")
        await start.focus()
        await page.keyboard.press("Enter")
        stop = page.get_by_role("button", name="Stop", exact=True)
        await expect(stop).to_be_focused()
        await expect(page.locator("#record-time")).to_have_text("0:01")
        await page.keyboard.press("Enter")
        await expect(page.locator("#record-said")).to_contain_text("Listen to it")
        await expect(start).to_be_focused()
        await expect(page.locator("#record-heard")).to_be_visible()
        await page.get_by_label("The speaker agrees").check()
        assert await faults_of(page) == []
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await fits(page)
        await page.get_by_role("button", name="Send for review").click()
        await expect(page.locator(".said")).to_be_visible()
    async with house.db.transaction() as conn:
        sound = (await conn.execute(text("SELECT sound FROM voices"))).scalar_one()
    assert take_recording(sound).kind == "ogg"
    async with desk_page(house, second, address) as page:
        await page.goto(PLACE)
        await page.get_by_role("button", name="Publish").click()
        player = page.get_by_label("The published recording")
        await player.evaluate("each => { each.muted = true; return each.play(); }")
        await expect(player).to_have_js_property("error", None)
        assert await player.evaluate("each => each.duration > 0.5")


async def test_without_a_microphone(house: House, address: str) -> None:
    """It is said, and a file can be chosen."""
    writer = await house.add_staff("Tari", Role.CAMPAIGNER)
    async with desk_page(house, writer, address) as page:
        await page.goto(PLACE)
        await page.get_by_role("button", name="Start recording").click()
        await expect(page.locator("#record-said")).to_contain_text("choose a file")
        await expect(page.get_by_label("Or choose a file")).to_be_visible()
