"""The second step, what is hidden, and the audit log in a real browser: on a phone, by keyboard, and no word to the console."""

import re
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from tests.integration.desk.house import PASSWORD, House
from tests.support.second_step import code_on

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]
PHONE = {"width": 360, "height": 740}

pytestmark = [pytest.mark.browser]


@pytest.fixture
async def phone(address: str) -> AsyncIterator[Page]:
    """Chromium at the width of a phone, nobody signed in; anything on the console fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await chromium.new_page(base_url=address, locale="en-GB", viewport=PHONE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if _is_wrong(m) else None)
        yield page
        await chromium.close()
    assert complaints == []


def _is_wrong(message: ConsoleMessage) -> bool:
    """Chromium notes every answer that is not a 200, and a wrong code is one."""
    return message.type == "error" and "422" not in message.text


async def _by_password(page: Page, staff: Staff) -> None:
    await page.goto("/desk/sign-in")
    await page.fill("#email", staff.email)
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")


async def _is_as_wide_as_the_phone(page: Page) -> bool:
    return await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_second_step_is_set_up_at_the_first_sign_in(phone: Page, house: House) -> None:
    """Password, picture, a wrong code, the right one, ten recovery codes, and the page that was wanted; all of it fits on a phone."""
    newcomer = await house.add_staff("Wulan", second_step=False)
    await _by_password(phone, newcomer)
    await expect(phone.locator(".qr path").first).to_be_visible()
    assert await _is_as_wide_as_the_phone(phone)
    await phone.fill("#code", "000000")
    await phone.keyboard.press("Enter")
    await expect(phone.locator("#problem")).to_contain_text("This code is not right.")
    await phone.click("summary")
    await expect(phone.locator(".secret")).to_be_visible()
    await phone.fill("#code", code_on(await phone.content(), at=house.clock.now().timestamp()))
    await phone.keyboard.press("Enter")
    await expect(phone.locator(".recovery li")).to_have_count(10)
    assert await _is_as_wide_as_the_phone(phone)
    await phone.click("a:has-text('I have kept them')")
    await phone.wait_for_url("**/desk/")
    await phone.goto("/desk/settings")
    await expect(phone.locator(".browsers")).to_contain_text("this one")
    assert await _is_as_wide_as_the_phone(phone)


async def test_what_is_hidden_is_shown_by_keyboard(
    phone: Page, house: House, counsellor: Staff
) -> None:
    """The lock, a reason and the button are reached with the tab key and pressed with the keys that browsers give them."""
    await house.add_case("my boss is at 0812-3456-7890")
    await _by_password(phone, counsellor)
    await expect(phone.locator("#code")).to_be_focused()
    await phone.keyboard.type(house.codes[counsellor.email].pop())
    await phone.keyboard.press("Enter")
    await phone.wait_for_url("**/desk/")
    await phone.click("#next")
    await expect(phone.locator(".shared .gap")).to_have_text("number")
    await expect(phone.locator("#reply-text")).to_be_focused()
    await phone.click(".facts-fold > summary")
    await phone.locator(".unmask summary").focus()
    for key in ("Enter", "Tab", "Space", "Tab", "Enter"):
        await phone.keyboard.press(key)
    await phone.wait_for_url(re.compile("said=unmasked"))
    await expect(phone.locator(".shared")).to_contain_text("0812-3456-7890")
    await expect(phone.locator(".unmask")).to_have_count(0)
    assert ("case_unmasked", "danger") in await house.audited()


async def test_an_auditor_reads_the_log_on_a_phone(phone: Page, house: House) -> None:
    """The table scrolls inside its own box, and the filter stays as it was set."""
    auditor = await house.add_staff("Tari", Role.AUDITOR)
    await _by_password(phone, auditor)
    await phone.wait_for_url("**/desk/")
    await phone.click("a.btn[href='/desk/audit']")
    await expect(phone.locator(".audit tbody tr")).to_have_count(1)
    await expect(phone.locator(".audit")).to_contain_text("Signed in")
    assert await _is_as_wide_as_the_phone(phone)
    await phone.select_option("#kind", "case_read")
    await phone.click("form[action='/desk/audit'] button")
    await expect(phone.locator(".empty-title")).to_have_text("No line fits.")
    await expect(phone.locator("#kind")).to_have_value("case_read")
