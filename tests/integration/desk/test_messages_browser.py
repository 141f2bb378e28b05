"""Campaigns in Chromium: a first one with nothing but the keyboard, and a message while it goes out."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Dialog, Page, expect
from sqlalchemy import select, update

from bot.hotline.staff import Role
from bot.store.tables import BroadcastRecipientRow, BroadcastRow, BroadcastRunRow
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import PASSWORD, House
from tests.integration.desk.studio import make_campaign, make_message, put_run
from tests.support.desk_page import open_chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SECOND = 1_000


@pytest.fixture
async def page(house: House, address: str) -> AsyncIterator[Page]:
    """A campaigner's desk in Chromium, signed in."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_chromium(address) as page:
        await page.goto("/desk/sign-in")
        await page.fill("#email", me.email)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.wait_for_url("**/desk/")
        yield page


async def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says some words, or is called so."""
    for _ in range(120):
        await page.keyboard.press("Tab")
        said = await page.evaluate(
            "() => { const el = document.activeElement;"
            " const label = el.labels?.[0]?.textContent ?? '';"
            " return `${label} ${el.textContent} ${el.getAttribute('aria-label') ?? ''}`; }"
        )
        if words in said:
            return
    raise AssertionError(f"the keyboard never comes to {words!r}")


async def press(page: Page, words: str, key: str = "Enter") -> None:
    """Go to something by Tab, and press it."""
    await tab_to(page, words)
    await page.keyboard.press(key)


async def test_a_first_campaign_by_keyboard(page: Page) -> None:
    """From the list to a message that waits for a colleague, without a mouse; on the way back and forth nothing is lost."""
    await page.goto("/desk/campaigns")
    await press(page, "Make your first campaign")
    await expect(page.locator("#title")).to_be_focused()
    await page.keyboard.type("Holidays at home")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/start/2")
    await press(page, "Play a quiz")
    await page.wait_for_url("**goal=quiz")
    await tab_to(page, "What stands on the button")
    await page.keyboard.press("Control+a")
    await page.keyboard.type("Ayo main")
    await press(page, "Save and go on")
    await page.wait_for_url("**/start/3")
    await press(page, "Back")
    await page.wait_for_url("**/start/2")
    assert await page.input_value("#a-id-title0") == "Ayo main"
    await press(page, "Save and go on")
    await page.wait_for_url("**/start/3")
    await press(page, "Kupang", "Space")
    await expect(page.locator('[name="who"][value="cities"]')).to_be_checked()
    await press(page, "Save and go on")
    await page.wait_for_url("**/start/4")
    await press(page, "Save and go on")
    await page.wait_for_url("**/start/5")
    await expect(page.locator("main")).to_contain_text("Kupang")
    await press(page, "Ask a colleague to approve it")
    await page.wait_for_url("**/messages/**")
    await expect(page.locator("main")).to_contain_text("Waits for approval")


async def test_a_message_counts_on_and_can_be_held(house: House, page: Page) -> None:
    """While it goes out its numbers move by themselves; the button to pause it stops the run within a second."""
    async with open_browser(house) as desk:
        budi = await house.add_staff("Budi", Role.CAMPAIGNER)
        await desk.sign_in(budi.email)
        message = await make_message(desk, await make_campaign(desk))
    run = await put_run(house, message, waiting=40)
    async with house.db.transaction() as conn:
        await conn.execute(update(BroadcastRow).values(state="scheduled"))
    await page.goto(message)
    await expect(page.locator("#progress")).to_contain_text("0 of 40 people are through")
    async with house.db.transaction() as conn:
        await conn.execute(update(BroadcastRecipientRow).values(state="sent"))
    await expect(page.locator("#progress")).to_contain_text("40 of 40", timeout=4 * SECOND)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator("main")).to_contain_text("nothing more leaves", timeout=SECOND)
    async with house.db.transaction() as conn:
        state = await conn.scalar(select(BroadcastRunRow.state).where(BroadcastRunRow.id == run))
    assert state == "paused"


async def test_the_preview_moves_while_one_types(house: House, page: Page) -> None:
    """Each channel shows what is typed after a moment; leaving with words that are not saved is asked about."""
    async with open_browser(house) as desk:
        budi = await house.add_staff("Budi", Role.CAMPAIGNER)
        await desk.sign_in(budi.email)
        message = await make_message(desk, await make_campaign(desk))
    await page.goto(message)
    await page.fill("#a-en-text", "Something quite new")
    shown = page.locator(".preview-telegram")
    await expect(shown).to_contain_text("Something quite new", timeout=3 * SECOND)
    await page.select_option("#preview-choice", "a-id")
    await expect(shown).to_contain_text("Hari ini", timeout=3 * SECOND)
    await expect(page.locator("#a-id-address0")).to_be_hidden()
    await page.select_option("#a-id-target0", "web")
    await expect(page.locator("#a-id-address0")).to_be_visible()
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    page.on("dialog", stay)
    await page.goto("/desk/campaigns")
    assert asked == ["beforeunload"]
