"""A file from the desk to the person's web chat, both in a real browser: chosen, sent, announced, shown on a tap, hidden again."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from playwright.async_api import FilePayload, Page, expect
from sqlalchemy import select

from bot.channels.webchat import NAME, WebChat
from bot.conversation.holding import UNDO
from bot.gateway.webchat.files import ChatFiles
from bot.gateway.webchat.page import ChatPage
from bot.gateway.webchat.socket import ChatSocket
from bot.messages import MAX_FILE_BYTES
from bot.store.tables import CaseRow
from tests.integration.desk.house import House
from tests.integration.desk.test_browser import _is_wrong, fits, page, pytestmark, tab_to
from tests.integration.desk.test_sent_files import TEN_MB
from tests.integration.desk.test_talk_browser import begin
from tests.support.files import PDF, picture, voice

__all__ = ["page", "pytestmark"]

FORM = FilePayload(
    name="Rina Wulandari.png", mimeType="image/png", buffer=picture("PNG", (300, 200))
)


@pytest.fixture
async def chat(page: Page, house: House, address: str) -> AsyncIterator[Page]:
    """The web chat on a person's phone, served beside the desk; they have asked for a person."""
    talk = house.talks.conversations
    channel = WebChat()
    talk.delivery.channels = {NAME: channel}
    house.app.router.routes[:0] = [
        *ChatPage(house.content, "en", "https://example.org/", address).routes(),
        *ChatSocket(channel, talk, house.ear, talk.delivery.holder).routes(),
        *ChatFiles(talk).routes(),
    ]
    assert page.context.browser is not None
    context = await page.context.browser.new_context(
        base_url=address, viewport={"width": 360, "height": 740}, locale="en-GB"
    )
    phone = await context.new_page()
    complaints: list[str] = []
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    phone.on("console", lambda m: complaints.append(m.text) if _is_wrong(m) else None)
    await phone.goto("/")
    await phone.fill("#text", "/human")
    await phone.keyboard.press("Enter")
    await phone.locator('[data-button="consent.ask.talk"]').last.click()
    await expect(phone.locator("#attach")).to_be_visible()
    yield phone
    await context.close()
    assert complaints == []


async def take(page: Page) -> None:
    """Open the talk with whoever waits."""
    await page.goto("/desk/")
    await page.keyboard.press("n")
    await page.wait_for_url("**/desk/cases/*")


async def send(page: Page, file: FilePayload) -> None:
    """Choose a file with the keyboard and send it."""
    # The box takes the focus when the page is ready.
    await expect(page.locator("#reply-text")).to_be_focused()
    async with page.expect_file_chooser() as opened:
        await page.get_by_role("button", name="Attach a file").press("Enter")
    await (await opened.value).set_files(file)
    await page.get_by_role("button", name="Send", exact=True).click()


async def test_from_the_desk_to_the_phone(page: Page, chat: Page, house: House) -> None:
    """The person sees a quiet line, and the picture once they tap; hidden, it is gone; the desk sees it delivered, then seen."""
    await take(page)
    await page.fill("#reply-text", "sign here")
    await send(page, FORM)
    await expect(page.locator("#attach-chosen")).to_be_hidden()
    await expect(page.locator(".line-staff .send")).to_contain_text("Goes out in a moment")
    house.clock.ahead += UNDO
    await house.talks.holding.let_go(await conversation(house))
    line = chat.locator(".message.staff .file")
    await expect(line).to_contain_text("A file is here. Show it?")
    await expect(chat.locator(".message.staff")).to_contain_text("sign here")
    await expect(chat.locator(".message img")).to_have_count(0)
    await expect(page.locator(".line-staff .send")).to_contain_text("Delivered")
    show = chat.get_by_role("button", name="Show it")
    await show.focus()
    await chat.keyboard.press("Enter")
    shown = chat.get_by_role("img", name="Picture from the counsellor")
    await expect(shown).to_have_js_property("naturalWidth", 300)
    assert (await shown.get_attribute("src") or "").startswith("blob:")
    assert await fits(chat)
    await expect(page.locator(".line-staff .send")).to_contain_text("Seen")
    await chat.get_by_role("button", name="Hide it").click()
    await expect(chat.locator(".message img")).to_have_count(0)
    await show.click()
    await expect(shown).to_be_visible()
    await chat.reload()
    await expect(line).to_contain_text("A file is here. Show it?")
    await expect(chat.locator(".message img")).to_have_count(0)
    assert "Rina" not in await chat.content()


async def conversation(house: House) -> UUID:
    """Return the one conversation that somebody has taken."""
    claimed = select(CaseRow.conversation_id).where(CaseRow.state == "claimed")
    async with house.db.transaction() as conn:
        found = await conn.scalar(claimed)
    assert found is not None
    return found


async def test_sound_and_papers_on_the_phone(page: Page, chat: Page, house: House) -> None:
    """A recording gets its player and a PDF a link that says what saving means; both only once they are asked for."""
    await take(page)
    for name, data in (("a.ogg", voice()), ("b.pdf", PDF)):
        await send(page, FilePayload(name=name, mimeType="application/octet-stream", buffer=data))
        await expect(page.locator("#attach-chosen")).to_be_hidden()
        house.clock.ahead += UNDO
        await house.talks.holding.let_go(await conversation(house))
    files = chat.locator(".message.staff .file")
    await expect(files).to_have_count(2)
    for place in (0, 1):
        await files.nth(place).get_by_role("button").click()
    await expect(
        chat.locator("audio[aria-label='Voice message from the counsellor']")
    ).to_be_visible()
    await expect(files.nth(1)).to_contain_text("Saved, it stays on this device")
    async with chat.expect_download() as started:
        await chat.get_by_role("link", name="Save the PDF").click()
    saved = await started.value
    assert saved.suggested_filename == "document.pdf"
    assert (await saved.path()).read_bytes() == PDF
    assert await fits(chat)


async def test_a_file_that_is_gone_is_said(page: Page, chat: Page, house: House) -> None:
    """Where it cannot be shown, the page says so, and it can be asked for again."""
    await take(page)
    await send(page, FORM)
    await expect(page.locator("#attach-chosen")).to_be_hidden()
    house.clock.ahead += UNDO
    await house.talks.holding.let_go(await conversation(house))
    show = chat.get_by_role("button", name="Show it")
    await expect(show).to_be_visible()
    await chat.route("**/chat/files/*", lambda route: route.fulfill(status=404))
    await show.click()
    await expect(chat.locator(".shown-file")).to_contain_text("cannot be shown right now")
    await chat.unroute("**/chat/files/*")
    await show.click()
    await expect(chat.get_by_role("img")).to_be_visible()


async def test_the_chosen_file_is_named_and_can_be_taken_out(page: Page, house: House) -> None:
    """By keyboard alone: chosen, named, taken out; what is too large is refused at once; on a phone nothing sticks out."""
    # Choosers are caught from here on; told in the moment of the press, a busy browser hears of it after the press.
    page.on("filechooser", lambda _: None)
    await begin(page, house, "hello")
    await tab_to(page, "Attach a file")
    async with page.expect_file_chooser() as opened:
        await page.keyboard.press("Enter")
    await (await opened.value).set_files(FORM)
    await expect(page.locator("#attach-chosen")).to_contain_text("Rina Wulandari.png")
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await fits(page)
    out = page.get_by_role("button", name="Take the file out")
    await out.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Attach a file")).to_be_focused()
    large = {**FORM, "buffer": bytes(MAX_FILE_BYTES + 1)}
    await page.locator("#reply-file").set_input_files(large)
    await expect(page.locator("#file-too-large")).to_contain_text("at most 8 MB")
    await expect(page.locator("#attach-chosen")).to_be_hidden()
    assert await page.evaluate("document.getElementById('reply-file').files.length") == 0


async def test_a_draft_never_carries_the_file(page: Page, house: House) -> None:
    """What is typed while a file is chosen is kept by itself: the file leaves once, with the press."""
    await begin(page, house, "hello")
    bodies: list[str] = []
    page.on("request", lambda r: bodies.append(r.post_data or "") if "/draft" in r.url else None)
    await page.locator("#reply-file").set_input_files(FORM)
    async with page.expect_response("**/draft"):
        await page.locator("#reply-text").press_sequentially("look")
    assert bodies
    assert not any("file" in body or "PNG" in body for body in bodies)


@pytest.mark.parametrize("size", [TEN_MB, 200])
async def test_without_script(page: Page, house: House, size: int) -> None:
    """The browser's own field sends the file; 10 MB end on a page of the desk that says what to do, not on a cut line."""
    case_id = await begin(page, house, "hello")
    assert page.context.browser is not None
    context = await page.context.browser.new_context(
        base_url=page.url.split("/desk/")[0], java_script_enabled=False, locale="en-GB"
    )
    await context.add_cookies(await page.context.cookies())  # type: ignore[arg-type]
    plain = await context.new_page()
    await plain.goto(f"/desk/cases/{case_id}")
    file = FORM if size < MAX_FILE_BYTES else {**FORM, "buffer": bytes(size)}
    await plain.get_by_label("Attach a file").set_input_files(file)
    await plain.get_by_role("button", name="Send", exact=True).click()
    if size > MAX_FILE_BYTES:
        await expect(plain.locator("h1")).to_have_text("This file is too large")
        await expect(plain.locator("main")).to_contain_text("Make it smaller")
        await plain.get_by_role("link", name="Back to the conversation").click()
    await plain.wait_for_url(f"**/desk/cases/{case_id}")
    await expect(plain.locator(".line-staff .file-picture")).to_have_count(
        int(size < MAX_FILE_BYTES)
    )
    await context.close()
