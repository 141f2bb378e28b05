"""Rota and board in a real browser, on a laptop and on a phone: by keyboard, live, with a sound only where it was asked for."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, ViewportSize, expect
from sqlalchemy import text

from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.house import House
from tests.integration.desk.test_board import promise
from tests.integration.desk.test_browser import page, pytestmark
from tests.integration.desk.test_reports import a_month_ago

__all__ = ["page", "pytestmark"]

SIZES = {
    "laptop": ViewportSize(width=1280, height=720),
    "phone": ViewportSize(width=390, height=844),
}
WEEK = "/desk/rota?week=2027-03-15"
SHOTS: Path | None = None
"""Set by hand to keep pictures of the pages."""


@pytest.fixture
async def board_page(page: Page, house: House) -> Page:
    """Somebody who oversees."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'supervisor'"))
    return page


async def fits(page: Page, name: str) -> None:
    """Make sure that nothing is wider than the screen; keep a picture where pictures are wanted."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, name
    if SHOTS is not None:
        await page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@pytest.mark.parametrize("size", SIZES)
async def test_a_week_is_planned_by_keyboard(board_page: Page, size: str) -> None:
    """From the day's own link to the form, two days at once, and undo, without a mouse."""
    page = board_page
    await page.set_viewport_size(SIZES[size])
    await page.goto(WEEK)
    await page.get_by_role("link", name=re.compile("Add.*Monday")).press("Enter")
    await page.wait_for_url(re.compile("day="))
    await expect(page.get_by_label("Monday", exact=True)).to_be_checked()
    await page.get_by_label("Tuesday", exact=True).press("Space")
    await page.get_by_label("From").fill("20:00")
    await page.get_by_label("To", exact=True).fill("04:00")
    await page.get_by_label("To", exact=True).press("Enter")
    await expect(page.get_by_role("status").filter(has_text="in the rota")).to_be_visible()
    await expect(page.locator(".rota-shift")).to_have_count(2)
    monday = page.get_by_role("region", name=re.compile("Monday"))
    await expect(monday).to_contain_text("20:00–04:00 +1")
    await fits(page, f"rota-{size}")
    await page.get_by_role("button", name="Undo").press("Enter")
    await expect(page.locator(".rota-shift")).to_have_count(0)


@pytest.mark.parametrize("size", SIZES)
async def test_the_board_is_live_and_rings_only_when_asked(
    board_page: Page, house: House, size: str
) -> None:
    """A person appears by themselves; a broken promise makes a sound only after the sound was switched on."""
    page = board_page
    await page.set_viewport_size(SIZES[size])
    await page.goto("/desk/board")
    rung = "document.documentElement.dataset.rung"
    first = await house.add_case(risk=Risk(RiskLevel.HIGH, ()))
    await promise(house, first, timedelta(seconds=-1))
    await house.person_writes(first, "are you there")
    await expect(page.locator(".figure").first).to_have_text("1waiting")
    await expect(page.locator(".figure").last).to_have_text("1promises broken now")
    assert await page.evaluate(rung) is None
    await page.get_by_role("button", name="Sound for alarms").click()
    await expect(page.locator("html")).to_have_attribute("data-rung", "1")
    second = await house.add_case(risk=Risk(RiskLevel.HIGH, ()))
    await promise(house, second, timedelta(seconds=-1))
    await house.person_writes(second, "are you there")
    await expect(page.locator(".figure").last).to_have_text("2promises broken now")
    await expect(page.locator("html")).to_have_attribute("data-rung", "2")
    await fits(page, f"board-{size}")
    await page.emulate_media(color_scheme="dark")
    await fits(page, f"board-{size}-dark")


@pytest.mark.parametrize("size", SIZES)
async def test_reports_and_forecast_fit_the_screen(
    board_page: Page, house: House, size: str
) -> None:
    """The charts have their table beside them; the forecast is asked by keyboard; nothing is cut off, in the dark neither."""
    page = board_page
    for people, locale in ((7, "id"), (6, "en"), (2, "prs")):
        await a_month_ago(house, people, locale)
    await page.set_viewport_size(SIZES[size])
    await page.goto("/desk/reports")
    chart = page.get_by_role("img", name=re.compile("By language"))
    await expect(chart).to_be_visible()
    await expect(page.get_by_role("rowheader", name="Dari")).to_be_visible()
    await fits(page, f"reports-{size}")
    await page.emulate_media(color_scheme="dark")
    await page.goto("/desk/rota/forecast")
    await page.get_by_label("Jakarta time").press("Enter")
    await expect(page.get_by_text("Nothing can be said")).to_be_visible()
    await fits(page, f"forecast-{size}")
