"""The desk in a real browser: live lists, both sides of a talk, keys, drafts, and no word to the console."""

import asyncio
import shutil
import zipfile
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect
from sqlalchemy import text

from bot.desk.web.events import HEARTBEAT_S
from bot.hotline.staff import Staff
from bot.store import belongings
from tests.integration.desk.house import PASSWORD, House

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-quic", "--disable-background-networking"]

pytestmark = [pytest.mark.browser]


@pytest.fixture
async def page(house: House, counsellor: Staff, address: str) -> AsyncIterator[Page]:
    """The queue in Chromium, signed in; anything on the console fails the test."""
    complaints: list[str] = []
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await chromium.new_page(base_url=address, locale="en-GB")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if _is_wrong(m) else None)
        await page.goto("/desk/sign-in")
        await page.fill("#email", counsellor.email)
        await page.fill("#password", PASSWORD)
        await page.click("button[type=submit]")
        await page.fill("#code", house.codes[counsellor.email].pop())
        await page.click("button[type=submit]")
        await page.wait_for_url("**/desk/")
        await expect(page.locator(".there")).to_contain_text("At the desk now: 1")
        yield page
        await chromium.close()
    assert complaints == []


def _is_wrong(message: ConsoleMessage) -> bool:
    """Chromium notes every 404, and a conversation that is gone is one."""
    return message.type == "error" and "404" not in message.text


async def test_new_person_appears_by_notice(page: Page, house: House) -> None:
    """A new case comes to the open queue, and to the title, long before the page would look by itself."""
    for _ in range(3):
        await house.add_case()
        reference = f"S-{1000 + house._count}"
        await page.locator(".reference", has_text=reference).wait_for(timeout=HEARTBEAT_S * 500)
    await expect(page).to_have_title("(3) Queue · Suar")


async def test_talk_from_next_person_to_closing(page: Page, house: House) -> None:
    """By keyboard: take the next person, answer, read their words live, and close with an outcome."""
    case_id = await house.add_case("they took my passport")
    await expect(page.locator(".person")).to_have_count(1)
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(page.locator(".shared")).to_contain_text("they took my passport")
    await expect(page.locator("#reply-text")).to_be_focused()
    await page.keyboard.type("Halo, saya Dewi")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line-staff")).to_contain_text("Goes out in a moment")
    await expect(page.locator("#reply-text")).to_have_value("")
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET status = 'sent'"))
    await expect(page.locator(".line-staff .send")).to_have_text("Sent")
    await house.person_writes(case_id, "<i>halo</i> kak")
    await expect(page.locator(".line-person").last).to_contain_text("<i>halo</i> kak")
    await expect(page.locator("#heard")).to_contain_text("halo")
    await page.click("[data-opens=close]")
    await page.check("input[value=referred]")
    await page.click("dialog#close .dialog-foot button")
    await page.wait_for_url("**/desk/?said=closed_heavy")


async def test_draft_survives_and_double_sending_does_not(page: Page, house: House) -> None:
    """What was begun is there after a reload; two quick sends write once."""
    case_id = await house.add_case()
    await take_next(page)
    await page.fill("#reply-text", "half a sentence")
    await page.reload()
    await expect(page.locator("#reply-text")).to_have_value("half a sentence")
    await page.keyboard.press("Control+Enter")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line-staff")).to_have_count(1)
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.reload()
    await expect(page.locator("#reply-text")).to_have_value("")
    await expect(page.locator(".line-staff")).to_have_count(1)
    assert case_id


async def test_erasing_empties_the_open_page(page: Page, house: House) -> None:
    """When the person erases everything, the open page loses their words and the reply box."""
    case_id = await house.add_case("they took my passport")
    await take_next(page)
    await asyncio.sleep(0.5)
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await belongings.erase(conn, party.contact_id, house.clock.now())
        await conn.execute(
            text("SELECT pg_notify('suar_desk', :told)"), {"told": f'{{"case": "{case_id}"}}'}
        )
    await expect(page.locator("#talk")).to_contain_text("not here any more")
    await expect(page.locator("#reply-form")).to_have_count(0)
    assert "passport" not in await page.content()


async def test_keys_rest_while_somebody_writes(page: Page, house: House) -> None:
    """In the reply box n and ? are letters; outside, ? opens the help and g q leads to the queue."""
    await house.add_case()
    await take_next(page)
    await page.locator("#reply-text").press_sequentially("nq?g")
    await expect(page.locator("#reply-text")).to_have_value("nq?g")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#keys")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("q")
    await page.wait_for_url("**/desk/")


async def test_colours_are_remembered(page: Page) -> None:
    """The toggle turns the desk dark, and the next page is dark from the start."""
    await page.click("[data-theme-next]")
    await page.goto("/desk/help")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


async def test_from_the_mark_to_the_export(page: Page, house: House) -> None:
    """By keyboard: mark a message in the talk, blacken a word, say what it means, save, and export the row."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'supervisor'"))
    case_id = await house.add_case("paspor ditahan bos di toko mawar, hp 081234567890")
    await take_next(page)
    await page.locator(".line-mark summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator(".line-mark.is-marked")).to_contain_text(
        "kept only if the person agrees"
    )
    await expect(page.get_by_role("button", name="Undo")).to_be_focused()
    await house.person_answers(case_id, learn=True)
    await page.goto("/desk/review")
    await page.click(".misread")
    await page.get_by_role("checkbox", name="mawar").press("Space")
    await page.select_option("#intent", "disclose")
    await page.check("#risk-none")
    await expect(page.get_by_text("Papers or phone taken away")).to_be_hidden()
    await page.check("#risk-high")
    await page.check("input[value=document_confiscation]")
    await page.check("input[name=subject][value=self]")
    await page.select_option("#language", "id")
    await page.check("input[name=confirmed]")
    await page.get_by_role("button", name="Save").press("Enter")
    await page.wait_for_url("**/desk/review?said=reviewed")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Export").click()
    with zipfile.ZipFile(await (await coming.value).path()) as archive:
        row = archive.read("id/reviewed.yml").decode()
    assert "paspor ditahan bos di toko [private], hp [number]" in row
    await page.goto("/desk/review?state=exported")
    await expect(page.locator(".misread")).to_contain_text("disclose")


async def test_a_check_of_the_directory_by_keyboard(page: Page, house: House) -> None:
    """Find an entry, record that it works, read it in the history, and take it back, without a mouse; nothing is wider than a phone."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'supervisor'"))
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto("/desk/directory")
    await expect(page.locator("#due-title")).to_contain_text("104")
    assert await fits(page)
    await page.locator("#q").focus()
    await page.keyboard.type("sapa")
    await page.keyboard.press("Enter")
    entry = page.locator("#all-title").locator("xpath=ancestor::section").locator("a.person")
    await expect(entry.first).to_contain_text("SAPA 129")
    await entry.first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("SAPA 129")
    assert await fits(page)
    for label in ("A call", "All is right", "Yes", "Yes"):
        await tab_to(page, label)
        await page.keyboard.press("Space")
    await tab_to(page, "Keep the check")
    await page.keyboard.press("Enter")
    await expect(page.locator(".said")).to_contain_text("The check is kept.")
    await expect(page.locator(".service-light")).to_contain_text("Shown to people")
    await expect(page.locator(".service-light time")).not_to_contain_text(":")
    await tab_to(page, "Take this check back")
    await page.keyboard.press("Enter")
    await expect(page.locator(".service-light")).to_contain_text("Dark: never checked")
    await expect(page.locator(".history")).to_contain_text("Taken back:")


async def test_a_call_in_vain_is_asked_no_more(page: Page, house: House) -> None:
    """When nobody answered, the questions about the answer are gone, in both colours."""
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE staff SET role = 'admin'"))
    await page.goto("/desk/directory/kpai")
    await expect(page.locator(".of-answer")).to_be_visible()
    await page.check("input[value=no_answer]")
    await expect(page.locator(".of-answer")).to_be_hidden()
    await page.check("input[value=call]")
    await page.click("text=Keep the check")
    await expect(page.locator(".history")).to_contain_text("Nobody answered")


async def take_next(page: Page) -> None:
    """Open the talk with whoever waits, and wait until it is ready: then the reply box has the focus."""
    await page.goto("/desk/")
    await page.click("#next")
    await expect(page.locator("#reply-text")).to_be_focused()


async def tab_to(page: Page, label: str) -> None:
    """Go on with Tab until what has the focus is called `label`, and says so to a screen reader."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        name = await page.evaluate(
            "() => { const on = document.activeElement;"
            " return (on.labels && on.labels.length ? on.labels[0] : on).innerText || '' }"
        )
        if name.strip().startswith(label):
            return
    raise AssertionError(f"{label!r} is not reached by Tab")


async def fits(page: Page) -> bool:
    """Tell whether nothing on the page is wider than the window."""
    return bool(await page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))
