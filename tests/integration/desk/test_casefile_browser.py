"""The case file in a real browser: by keyboard, on a phone, in both themes, without a word to the console."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from bot.hotline.staff import Staff
from tests.integration.desk.house import PASSWORD, House

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
SHOTS = os.environ.get("SUAR_TEST_SHOTS")
"""A folder to keep pictures in, for whoever wants to look."""

pytestmark = [pytest.mark.browser]


@pytest.fixture
async def page(house: House, counsellor: Staff, address: str) -> AsyncIterator[Page]:
    """A conversation in Chromium, signed in; anything on the console fails the test."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    await house.add_case("my boss keeps my passport", locale="en")
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await chromium.new_page(base_url=address, locale="en-GB")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        await page.goto("/desk/sign-in")
        await page.fill("#email", counsellor.email)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.fill("#code", house.codes[counsellor.email].pop())
        await page.click("button[type=submit]")
        await page.click("form[action='/desk/next'] button")
        await page.wait_for_url("**/desk/cases/*")
        yield page
        await chromium.close()
    assert complaints == []


async def test_the_file_is_one_press_away_and_fits_a_phone(page: Page) -> None:
    """From the conversation one link leads to the file; written by keyboard it is kept, and nothing runs off a phone's screen."""
    await page.get_by_role("link", name="File and referrals").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("File of S-")
    await expect(page.get_by_role("img", name="How much danger was known")).to_be_visible()
    await page.get_by_role("textbox", name="Summary").focus()
    await page.keyboard.type("Wants to go home.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    for width, theme in ((1280, "light"), (1280, "dark"), (390, "light")):
        await page.set_viewport_size({"width": width, "height": 720})
        await page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        if SHOTS:
            shot = Path(SHOTS) / f"file-{width}-{theme}.png"
            await page.screenshot(path=shot, full_page=True)
