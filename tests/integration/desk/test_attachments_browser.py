"""Pictures and hard words in a real browser: blurred until somebody wants them, by keyboard too, on this page only."""

from playwright.async_api import Page, expect

from tests.integration.desk.house import House
from tests.integration.desk.test_attachments import TOLD, send_file
from tests.integration.desk.test_browser import fits, page, pytestmark
from tests.integration.desk.test_talk_browser import begin
from tests.support.files import picture, voice

__all__ = ["page", "pytestmark"]


async def opened(house: House) -> int:
    """Return how often a file was opened."""
    return [kind for kind, _ in await house.audited()].count("file_read")


async def test_a_picture_is_shown_and_hidden(page: Page, house: House) -> None:
    """Enter shows it, Enter hides it; it is fetched only then, stays shown when news come, and is blurred on a fresh page."""
    case_id = await begin(page, house, "hello")
    await send_file(house, case_id, picture(size=(300, 200)))
    shown = page.locator(".file-picture")
    button = page.get_by_role("button", name="Show picture")
    await expect(shown).to_have_attribute("alt", "A picture, blurred")
    await expect(button).to_have_attribute("aria-pressed", "false")
    assert await opened(house) == 0
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(button).to_have_attribute("aria-pressed", "true")
    await expect(shown).to_have_attribute("alt", "The picture that the person sent")
    await expect(shown).to_have_css("filter", "none")
    await expect(shown).to_have_js_property("naturalWidth", 300)
    await expect(shown).to_have_js_property("complete", True)
    assert await opened(house) == 1
    await house.person_writes(case_id, "did you see it?")
    await expect(page.locator(".line-person").last).to_contain_text("did you see it?")
    await expect(shown).to_have_css("filter", "none")
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(shown).to_have_js_property("naturalWidth", 16)
    await page.keyboard.press("Enter")
    await page.reload()
    await expect(button).to_have_attribute("aria-pressed", "false")
    await expect(shown).to_have_js_property("naturalWidth", 16)


async def test_hard_words_are_out_of_sight_and_out_of_what_is_read(
    page: Page, house: House
) -> None:
    """A line marked as hard to read is blurred and silent, until the button beside it is pressed; it is the same for a colleague."""
    case_id = await begin(page, house, "hello")
    await house.person_writes(case_id, TOLD)
    mark = page.locator(".line-person[data-line]").get_by_role(
        "button", name="Hard to read", exact=True
    )
    await mark.focus()
    await page.keyboard.press("Enter")
    words = page.locator("[data-veiled]")
    await expect(words).to_have_attribute("aria-hidden", "true")
    await expect(words).not_to_have_css("filter", "none")
    await expect(mark).to_have_attribute("aria-pressed", "true")
    show = page.get_by_role("button", name="Show what is hard to read")
    await show.focus()
    await page.keyboard.press("Enter")
    await expect(show).to_have_attribute("aria-pressed", "true")
    assert await words.get_attribute("aria-hidden") is None
    await expect(words).to_have_css("filter", "none")
    await page.reload()
    await expect(words).to_have_attribute("aria-hidden", "true")
    await mark.click()
    await expect(words).to_have_count(0)


async def test_files_fit_a_phone(page: Page, house: House) -> None:
    """On a phone nothing of a picture, a recording or its buttons sticks out."""
    case_id = await begin(page, house, "hello")
    for data in (picture(size=(2000, 300)), voice()):
        await send_file(house, case_id, data)
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.get_by_role("button", name="Show picture").click()
    await expect(page.locator(".file-picture.is-shown")).to_have_js_property("complete", True)
    assert await fits(page)
