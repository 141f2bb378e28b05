"""Quizzes in a real browser: what is not saved yet is said, the preview follows what is typed, and questions are dragged."""

from playwright.async_api import Page, expect
from sqlalchemy import text

from tests.integration.desk.house import House
from tests.integration.desk.test_browser import page, pytestmark
from tests.integration.desk.test_quizzes_studio import LIST, SHIPPED

__all__ = ["page", "pytestmark"]


async def test_a_question_is_written_and_dragged(page: Page, house: House) -> None:
    """By keyboard and by hand: open the draft, change a question, see it, save it, drag it to the top."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'campaigner'"))
    await page.goto(SHIPPED)
    await page.get_by_role("button", name="Edit", exact=True).press("Enter")
    await page.wait_for_url(f"**{LIST}/edits/*")
    draft = page.url
    await page.locator("[data-question] a").nth(2).press("Enter")
    await expect(page.locator("#preview .words").first).to_contain_text("Your group chat")
    await expect(page.locator("[data-unsaved]")).to_be_hidden()
    await page.fill("#text", "Which can you check?")
    await expect(page.locator("[data-unsaved]")).to_be_visible()
    await expect(page.locator("#preview .words").first).to_contain_text("Which can you check?")
    await page.select_option("#tongue", "id")
    await expect(page.locator("#preview .words").first).to_contain_text("Grup chat")
    await page.get_by_role("button", name="Save", exact=True).press("Enter")
    await page.wait_for_url("**said=draft_saved*")
    await page.goto(draft)
    grip = page.locator("[data-question] .grip")
    await grip.nth(2).hover()
    await page.mouse.down()
    await page.locator("[data-question]").first.hover()
    await page.mouse.up()
    await expect(page.locator("[data-question]").first).to_contain_text("Which can you check?")


async def test_nothing_is_thrown_away_by_a_slip(page: Page, house: House) -> None:
    """Taking a question out asks first; a no leaves it where it is."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'campaigner'"))
    await page.goto(SHIPPED)
    await page.get_by_role("button", name="Edit", exact=True).press("Enter")
    await page.wait_for_url(f"**{LIST}/edits/*")
    count = await page.locator("[data-question]").count()
    page.once("dialog", lambda dialog: dialog.dismiss())
    await page.get_by_role("button", name="Take question 1 out").click()
    await expect(page.locator("[data-question]")).to_have_count(count)
    page.once("dialog", lambda dialog: dialog.accept())
    await page.get_by_role("button", name="Take question 1 out").click()
    await expect(page.locator("[data-question]")).to_have_count(count - 1)
