"""The chat on a line that takes 300 ms there and back, loses three packets of ten and keeps breaking off: all arrives, once, in order."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from bot.gateway.webchat.page import ChatPage
from bot.hotline import access
from bot.messages import CaseId
from tests.support.bad_line import BadLine, bad_line_to
from tests.support.chat_page import web_process
from tests.support.chromium import FLAGS
from tests.support.world import TestHouse

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE_MS = 120_000
WORDS = [f"this is line {number}" for number in range(12)]
BREAKS = {2: 0.0, 5: 0.2, 9: 0.4, 11: 0.6}
"""After which lines the connection breaks off, and how many seconds after: on the way there, in the house, on the way back."""
REPLIES = [f"I read you {number}" for number in range(6)]


@pytest_asyncio.fixture
async def line(house: TestHouse) -> AsyncIterator[BadLine]:
    """A bad line to a running web process."""
    page = ChatPage(house.content, "en", "https://example.org/", "http://127.0.0.1")
    served = web_process(house, stamp=page.stamp, more=page.routes())
    async with served as url, bad_line_to(url.removesuffix("/chat/ws")) as line:
        yield line


@pytest_asyncio.fixture
async def page(line: BadLine) -> AsyncIterator[Page]:
    """The chat on a phone at the end of that line, open and connected."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        context = await chromium.new_context(viewport={"width": 360, "height": 740}, locale="en")
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        await _open(page, f"http://127.0.0.1:{line.port}/?locale=en")
        yield page
        await chromium.close()


async def _open(page: Page, address: str) -> None:
    """Open the page as a person does: again, where the line broke before it was there."""
    connected = page.locator("#state[data-state=connected]")
    for _ in range(20):
        try:
            await page.goto(address)
            await page.wait_for_selector("html.live", timeout=20_000)
        except Exception:  # whatever the browser calls a line that broke
            continue
        await expect(connected).to_be_visible(timeout=PATIENCE_MS)
        return
    raise AssertionError("the page never came")


async def say(page: Page, text: str) -> None:
    """Write something, whatever the line is doing."""
    await page.fill("textarea", text)
    await page.keyboard.press("Enter")


async def test_every_line_arrives_once_and_in_order(
    house: TestHouse, page: Page, line: BadLine
) -> None:
    """Twelve lines of a person to a counsellor and six back, while the line loses packets and breaks off again and again."""
    counsellor = await house.staff()
    await say(page, "they locked me in and took my passport")
    await page.get_by_role("button", name="Talk to a person").last.click()
    await page.locator("[data-button='consent.ask.share']").last.click()
    await expect(page.locator(".mark[data-state=sent]")).to_have_count(3, timeout=PATIENCE_MS)
    case_id = None
    while case_id is None:
        case_id = await house.talks.claim_next(counsellor)
        await asyncio.sleep(0.2)
    for number, text in enumerate(WORDS):
        await say(page, text)
        if number in BREAKS:
            await asyncio.sleep(BREAKS[number])
            await line.break_off()
        if number % 2:
            reply = REPLIES[number // 2]
            await house.talks.reply(counsellor, case_id, reply, token=str(number))
    sent = page.locator(".mark[data-state=sent]")
    await expect(sent).to_have_count(3 + len(WORDS), timeout=PATIENCE_MS)
    answers = page.locator(".message.staff .text")
    await expect(answers).to_have_count(len(REPLIES), timeout=PATIENCE_MS)
    assert await answers.all_text_contents() == REPLIES
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, counsellor, CaseId(case_id))
    written = [each.text for each in seen.lines if each.author == "person" and not each.shared]
    assert [text for text in written if text in WORDS] == WORDS
    assert line.lost > 20
    assert line.broken >= len(BREAKS)
