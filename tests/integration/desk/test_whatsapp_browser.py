"""WhatsApp's 24 hours on a counsellor's page, in Chromium: shut, asked, answered, without a reload."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.hotline.staff import Role
from bot.messages import Address, Incoming, IncomingKind
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page, pytestmark
from tests.integration.desk.test_talk_browser import second_page
from tests.integration.desk.whatsapp_house import OnWhatsApp, on_whatsapp
from tests.support.accessibility import faults_of

__all__ = ["page", "pytestmark"]

PICTURES = Path(os.environ["SUAR_PICTURES"]) if "SUAR_PICTURES" in os.environ else None
LOOKS = {"wide": (1280, 900), "phone": (360, 740)}


@pytest.fixture
async def whatsapp(house: House) -> AsyncIterator[OnWhatsApp]:
    """A desk with WhatsApp."""
    async with on_whatsapp(house) as made:
        yield made


@pytest.fixture
async def address(whatsapp: OnWhatsApp, address: str) -> str:
    """The desk on a real port, made after WhatsApp was set up."""
    assert whatsapp
    return address


async def test_from_shut_to_their_word(whatsapp: OnWhatsApp, page: Page) -> None:
    """The page says why nothing leaves, keeps what is written, asks by one press, and lets it go when the person has written."""
    house = whatsapp.house
    await whatsapp.approve()
    case_id = await whatsapp.add_case(silent=timedelta(hours=25))
    await page.goto("/desk/")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(page.locator("#window")).to_contain_text("WhatsApp takes no reply now")
    await page.keyboard.type("here is what I found")
    await page.keyboard.press("Control+Enter")
    line = page.locator(".line-staff", has_text="here is what I found")
    await expect(line).to_contain_text("Waits until the person writes or says yes")
    await look_at(page, "shut")
    assert await faults_of(page) == []
    await page.click("#go-on")
    await expect(page.locator("#window")).to_contain_text("It can be asked once in 24 hours")
    await expect(page.locator("#go-on")).to_have_count(0)
    await expect(page.locator(".line-staff").last).to_contain_text("Boleh kita lanjut di sini?")
    await look_at(page, "asked")
    who = Address("whatsapp", "suar", "person-1")
    said = Incoming(who, "e1", IncomingKind.BUTTON, "go_on.ask.not_now")
    await house.talks.conversations.receive(said)
    await expect(page.locator("#window")).to_contain_text("The person has said: not now")
    await expect(line).to_contain_text("Waits until the person writes")
    await look_at(page, "not_now")
    said = Incoming(who, "e2", IncomingKind.TEXT, "now I can")
    await house.talks.conversations.receive(said)
    await expect(page.locator(".line-person").last).to_contain_text("now I can")
    await expect(page.locator("#window")).to_have_count(0)
    await expect(line).to_contain_text("Waiting to be sent")


async def test_submitting_shows_how_far_it_is(whatsapp: OnWhatsApp, page: Page) -> None:
    """One press asks Meta; the page looks by itself until there is an answer, and needs no reload."""
    staff = await whatsapp.house.add_staff("Rani", Role.SUPERVISOR)
    other = await second_page(page, whatsapp.house, "/desk/whatsapp", staff.email, width=1280)
    await expect(other.locator(".template")).to_have_count(4)
    await other.click("#submit-templates")
    await expect(other.locator("#template-progress")).to_have_text("WhatsApp is being asked…")
    await expect(other.locator(".template-state").first).to_have_text("Is being submitted")
    await whatsapp.templates.sync()
    await expect(other.locator(".template-state").first).to_have_text("WhatsApp is reading it")
    await expect(other.locator("#sync-templates")).to_be_enabled()
    assert await faults_of(other) == []
    await look_at(other, "templates")
    await other.emulate_media(color_scheme="dark")
    await look_at(other, "templates_dark")
    await other.context.close()


async def look_at(page: Page, name: str) -> None:
    """Make sure that nothing is wider than its screen; keep a picture where some are wanted."""
    for look, (width, height) in LOOKS.items():
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if PICTURES:
            await page.screenshot(
                path=PICTURES / f"{name}_{look}.png", full_page=True, caret="initial"
            )
    await page.set_viewport_size({"width": 1280, "height": 720})
