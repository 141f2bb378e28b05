"""Editing an answer in a real browser: preview while typing, a second person, and people get it."""

import asyncio

from playwright.async_api import Page, Route, expect
from sqlalchemy import text

from bot.hotline.staff import Role
from tests.integration.desk.house import PASSWORD, House
from tests.integration.desk.test_browser import page, pytestmark

__all__ = ["page", "pytestmark"]


async def test_from_a_slip_to_the_published_answer(page: Page, house: House) -> None:
    """By keyboard: find the answer, see counter and preview while typing, send; a second person publishes on a phone."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'campaigner'"))
    await page.goto("/desk/")
    await page.get_by_role("link", name="Answers").first.press("Enter")
    await page.get_by_label("Words in any language").fill("penyelundupan smuggling")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="What is human trafficking?").first.press("Enter")
    await expect(page.get_by_role("heading", name="Indonesian")).to_be_visible()
    await page.get_by_role("link", name="Edit: English").press("Enter")
    await page.fill("#title", "A title far too long for it")
    await expect(page.locator("#title-count")).to_have_text("27 / 20")
    await expect(page.locator("#preview")).to_contain_text("This is too long.")
    await page.fill("#title", "Trade in people")
    await page.fill("#text", "People are <b>traded</b> here.")
    shown = page.locator("#preview .preview-whatsapp .words").first
    await expect(shown).to_have_text("People are <b>traded</b> here.")
    await page.get_by_role("button", name="Send for review").press("Enter")
    await page.wait_for_url("**/desk/edits/*?said=sent_to_review")
    await expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    edit = page.url.partition("?")[0]
    await _second_person(page, house, edit)
    assert house.live.content.answers["what_is_trafficking"].title == "Trade in people"


async def test_what_is_typed_before_the_scripts_come(page: Page, house: House) -> None:
    """On a slow line a person types before the page's scripts have come: counter and preview still follow."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'campaigner'"))
    typed = asyncio.Event()

    async def late(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/htmx.min.js*", late)
    await page.goto("/desk/answers/what_is_trafficking/edit", wait_until="commit")
    await page.fill("#title", "A title far too long for it")
    typed.set()
    await expect(page.locator("#title-count")).to_have_text("27 / 20")
    await expect(page.locator("#preview")).to_contain_text("This is too long.")


async def _second_person(page: Page, house: House, edit: str) -> None:
    second = await house.add_staff("Rani", Role.SUPERVISOR)
    assert page.context.browser is not None
    context = await page.context.browser.new_context(viewport={"width": 390, "height": 800})
    phone = await context.new_page()
    await phone.goto(page.url.split("/desk/")[0] + "/desk/sign-in?lang=en")
    await phone.fill("#email", second.email)
    await phone.fill("#password", PASSWORD)
    await phone.click("button[type=submit]")
    await phone.fill("#code", house.codes[second.email].pop())
    await phone.click("button[type=submit]")
    await phone.wait_for_url("**/desk/")
    await phone.goto(edit)
    await expect(phone.locator(".changes ins").first).to_contain_text("Trade in people")
    assert await phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await phone.get_by_role("button", name="Publish").press("Enter")
    await phone.wait_for_url("**?said=published")
    await expect(phone.get_by_role("button", name="Undo")).to_be_visible()
    await context.close()
