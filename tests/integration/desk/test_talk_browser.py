"""The talk in a real browser: undo, drafts on two machines, and what waits, all by keyboard."""

import asyncio
from datetime import timedelta

from playwright.async_api import Page, Route, expect
from sqlalchemy import text

from bot.conversation.holding import UNDO
from bot.hotline import consent
from bot.hotline.safe_hours import WINDOWS, opens_at
from bot.messages import CaseId
from tests.integration.desk.house import PASSWORD, House
from tests.integration.desk.test_browser import fits, page, pytestmark
from tests.support.wire import wire_to

__all__ = ["page", "pytestmark"]


async def begin(page: Page, house: House, *shared: str) -> CaseId:
    """Put a person into the queue and open the talk with them."""
    case_id = await house.add_case(*shared, locale="en")
    await page.goto("/desk/")
    await page.keyboard.press("n")
    await page.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(page.locator("#reply-text")).to_be_focused()
    return case_id


async def second_page(
    page: Page, house: House, path: str, email: str, *, width: int = 390, base: str = ""
) -> Page:
    """Open the desk on another machine; `base` is where it finds the desk, if elsewhere."""
    assert page.context.browser is not None
    base = base or page.url.split("/desk/")[0]
    context = await page.context.browser.new_context(
        base_url=base, viewport={"width": width, "height": 800}, locale="en-GB"
    )
    other = await context.new_page()
    await other.goto("/desk/sign-in")
    await other.fill("#email", email)
    await other.fill("#password", PASSWORD)
    await other.click("button[type=submit]")
    await other.fill("#code", house.codes[email].pop())
    await other.click("button[type=submit]")
    await other.wait_for_url("**/desk/")
    await other.goto(path)
    return other


async def test_undo_brings_the_words_back_into_the_box(page: Page, house: House) -> None:
    """Ctrl+Z in the empty box takes back what was just sent; u does so outside of it; after the moment there is nothing to undo."""
    await begin(page, house)
    house.clock.stop()  # the moment is as long as a busy machine needs
    await page.keyboard.type("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".line-staff")).to_contain_text("Goes out in a moment")
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.keyboard.press("Control+z")
    await expect(page.locator(".line-staff")).to_have_count(0)
    await expect(page.locator("#reply-text")).to_have_value("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await expect(page.locator("#reply-text")).to_have_value("")
    await page.keyboard.press("Escape")
    await page.keyboard.press("u")
    await expect(page.locator("#reply-text")).to_have_value("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    house.clock.ahead += UNDO
    await expect(page.locator(".line-staff")).to_contain_text("Waiting to be sent")
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET status = 'dead', error = 'rejected'"))
    await expect(page.locator(".send-trouble")).to_contain_text("Write it shorter")


async def test_what_is_taken_back_before_its_sending_is_answered_can_be_sent_again(
    page: Page, house: House
) -> None:
    """The line is on the page before the answer to its sending: taken back then, its words are in the box and go out at the next press."""
    await begin(page, house)
    house.clock.stop()
    answered = asyncio.Event()

    async def slow(route: Route) -> None:
        answer = await route.fetch()
        await answered.wait()
        await route.fulfill(response=answer)

    await page.route("**/reply", slow)
    await page.keyboard.type("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.keyboard.press("Escape")
    async with page.expect_response("**/take-back"):
        await page.keyboard.press("u")
    await expect(page.locator(".line-staff")).to_have_count(0)
    answered.set()
    await expect(page.locator("#reply-text")).to_be_focused()
    await expect(page.locator("#reply-text")).to_have_value("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await expect(page.locator("#reply-text")).to_have_value("")


async def test_a_press_counts_while_the_page_fetches_news(page: Page, house: House) -> None:
    """Undo pressed while news of the talk are under way counts, and its words are there also when the news come after it."""
    case_id = await begin(page, house)
    await page.keyboard.type("too fast")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        news = await route.fetch()
        asked.set()
        await answered.wait()
        await route.fulfill(response=news)

    await page.route("**/parts/conversation*", slow)
    await house.person_writes(case_id, "wait")
    await asked.wait()
    async with page.expect_response("**/take-back"):
        await page.keyboard.press("Control+z")
    answered.set()
    await expect(page.locator("#reply-text")).to_have_value("too fast")
    await expect(page.locator(".line-staff")).to_have_count(0)
    await expect(page.locator(".line-person .words")).to_have_text(["wait"])


async def test_a_lost_connection_loses_and_doubles_nothing(
    page: Page, house: House, address: str
) -> None:
    """A page that was cut off says so, and afterwards shows what was written meanwhile: all of it, once, in its order."""
    case_id = await begin(page, house)
    async with wire_to(address) as wire:
        # The page of the fixture allows no word on the console, and a browser complains there of a lost connection.
        other = await second_page(
            page,
            house,
            f"/desk/cases/{case_id}",
            "dewi@example.org",
            base=f"http://127.0.0.1:{wire.port}",
        )
        words = other.locator(".line-person .words")
        for written in ("one", "two"):
            await house.person_writes(case_id, written)
            await expect(words.last).to_have_text(written)
        await wire.cut()
        await expect(other.locator("#offline")).to_be_visible()
        for written in ("three", "four", "five"):
            await house.person_writes(case_id, written)
        await expect(page.locator(".line-person .words").last).to_have_text("five")
        await expect(words).to_have_text(["one", "two"])
        await wire.mend()
        await expect(words).to_have_text(["one", "two", "three", "four", "five"])
        await expect(other.locator("#heard")).to_contain_text("five")
        await expect(other.locator("#offline")).to_be_hidden()
        await house.person_writes(case_id, "six")
        await expect(words).to_have_text(["one", "two", "three", "four", "five", "six"])
        await other.context.close()


async def test_what_is_open_in_the_talk_stays_open_while_the_person_writes(
    page: Page, house: House
) -> None:
    """New words come below; what the counsellor is about to mark above does not close under their hand."""
    case_id = await begin(page, house)
    for written in ("one", "two"):
        await house.person_writes(case_id, written)
        await expect(page.locator(".line-person").last).to_contain_text(written)
    mark = page.locator(".line-person details").first
    await mark.locator("summary").press("Enter")
    await house.person_writes(case_id, "three")
    await expect(page.locator(".line-person .words")).to_have_text(["one", "two", "three"])
    await expect(mark).to_have_attribute("open", "")
    await expect(page.locator("#heard")).to_contain_text("three")
    await mark.get_by_role("button").first.press("Enter")
    await expect(page.locator(".line-mark.is-marked")).to_have_count(1)
    await expect(page.locator(".line-person .words")).to_have_text(["one", "two", "three"])


async def test_a_draft_is_there_on_another_machine(page: Page, house: House) -> None:
    """What was begun stands in the box on a phone too, where nothing is wider than the window; once sent it is nowhere."""
    case_id = await begin(page, house)
    async with page.expect_response("**/draft"):
        await page.keyboard.type("half a sentence")
    phone = await second_page(page, house, f"/desk/cases/{case_id}", "dewi@example.org")
    await expect(phone.locator("#reply-text")).to_have_value("half a sentence")
    assert await fits(phone)
    await phone.get_by_role("button", name="Send", exact=True).press("Enter")
    await expect(phone.locator(".line-staff")).to_contain_text("half a sentence")
    await phone.reload()
    await expect(phone.locator("#reply-text")).to_have_value("")
    await phone.context.close()


async def test_a_line_waits_for_the_safe_hours(page: Page, house: House) -> None:
    """With safe hours a second button sends when it is safe: the line is shown with its time and can be taken back."""
    case_id = await begin(page, house)
    now = house.clock.now()
    safe = next(hours for hours in WINDOWS if opens_at(hours, now) > now + timedelta(minutes=5))
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.record(
            conn,
            party,
            consent.CONTACT_LATER,
            granted=True,
            text_version="v1",
            locale="id",
            at=now,
            case_id=case_id,
            detail=safe,
        )
    await page.reload()
    await page.keyboard.type("the address")
    await page.get_by_role("button", name="Send when it is safe").press("Enter")
    line = page.locator(".line-staff")
    await expect(line).to_contain_text("Waits for a safe hour")
    await expect(line.locator(".send time")).to_be_visible()
    await page.get_by_role("button", name="Take back").press("Enter")
    await expect(line).to_have_count(0)
    await expect(page.locator("#reply-text")).to_have_value("the address")


async def test_a_ready_reply_by_keyboard(page: Page, house: House) -> None:
    """The stroke opens the list, typing narrows it, Enter puts the words into the box to be changed; Escape leaves a stroke."""
    await begin(page, house)
    await page.keyboard.press("/")
    find = page.get_by_role("combobox")
    await expect(find).to_be_focused()
    await expect(page.get_by_role("option").first).to_be_visible()
    await page.keyboard.type("believe")
    await expect(page.get_by_role("option")).to_have_count(1)
    await expect(find).to_have_attribute("aria-activedescendant", "ready-believe")
    await page.keyboard.press("Enter")
    box = page.locator("#reply-text")
    await expect(box).to_be_focused()
    await expect(box).to_have_value(
        "Thank you for telling me. I believe you. What happened is not your fault."
    )
    await page.keyboard.type(" Yes/no?")
    await expect(page.locator("#ready")).to_be_hidden()
    await box.fill("")
    await page.keyboard.press("/")
    await expect(find).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[aria-selected=true]")).to_have_attribute("id", "ready-safe_now")
    await page.keyboard.press("Escape")
    await expect(box).to_have_value("/")
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.get_by_role("button", name="Ready replies").click()
    await expect(find).to_be_focused()
    assert await fits(page)


async def test_a_colleague_is_asked_and_takes_over(page: Page, house: House) -> None:
    """By keyboard and on two machines: a note, a question to look, and a hand-over; each appears on the other's screen by itself."""
    await house.add_staff("Budi")
    other = await second_page(page, house, "/desk/", "budi@example.org", width=1280)
    await expect(other.locator(".there")).to_contain_text("At the desk now")
    case_id = await begin(page, house, "my boss has my passport")
    await page.reload()
    await page.keyboard.press("Escape")
    await page.keyboard.press("t")
    await expect(page.locator("#note-text")).to_be_focused()
    await page.keyboard.type("<b>bold</b> is text")
    await page.get_by_role("button", name="Keep the note").press("Enter")
    await expect(page.locator(".note-text")).to_have_text("<b>bold</b> is text")
    await expect(page.locator("#note-text")).to_have_value("")
    await page.get_by_text("Ask a colleague to look with you").press("Enter")
    await page.get_by_role("button", name="Ask", exact=True).press("Enter")
    await expect(page.locator("#team")).to_contain_text("Budi · is asked")
    await other.get_by_role("button", name="Look with them").press("Enter")
    await other.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(other.locator(".shared")).to_contain_text("my boss has my passport")
    await expect(other.locator("#reply-form")).to_have_count(0)
    await expect(page.locator("#team")).to_contain_text("Budi · looks on")
    await page.get_by_text("Hand over to a colleague").press("Enter")
    await page.get_by_role("button", name="Offer it").press("Enter")
    await expect(page.locator("#team")).to_contain_text("Offered to Budi")
    await other.goto("/desk/")
    await other.get_by_role("button", name="Take over").press("Enter")
    await other.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(other.locator(".line-staff")).to_contain_text("Budi")
    await expect(page.locator("#talk")).to_contain_text("not here any more")
    await other.set_viewport_size({"width": 360, "height": 740})
    assert await fits(other)
    await other.context.close()


async def test_what_was_told_is_covered_until_the_answer_is_right(
    page: Page, house: House
) -> None:
    """A question is agreed on the page; after the safe word what was told before is gone from the page until it is judged."""
    case_id = await begin(page, house, "he locks the door")
    await page.get_by_role("button", name="Check question…").press("Enter")
    await page.fill("#check-question", "Which fruit?")
    await page.fill("#check-answer", "green mango")
    await page.get_by_role("button", name="Keep it").press("Enter")
    await expect(page.locator(".said")).to_contain_text("Saved.")
    await house.person_uses_safe_word(case_id, watched=True)
    await expect(page.locator(".check")).to_contain_text("Is it them?")
    assert "he locks the door" not in await page.content()
    await page.get_by_role("button", name="Ask the question").press("Enter")
    await expect(page.locator(".line-staff")).to_contain_text("Which fruit?")
    await page.get_by_role("button", name="Right: it is them").press("Enter")
    await expect(page.locator(".shared")).to_contain_text("he locks the door")
    await expect(page.locator(".check")).to_have_count(0)
