"""Files from the web chat: taken while a counsellor will look at them, and cut off where they are too large."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.conversation.files import read_bounded
from bot.errors import NotTaken
from bot.hotline import access
from bot.messages import MAX_FILE_BYTES, CaseId
from bot.store.tables import AttachmentRow, InboxRow, TranscriptRow
from tests.support.chat_page import ChatPage, open_page, web_process
from tests.support.files import PDF, picture
from tests.support.world import TestHouse

TEN_MB = 10 * 1024 * 1024


@pytest_asyncio.fixture
async def url(house: TestHouse) -> AsyncIterator[str]:
    """Where the chat's socket of a running web process is."""
    async with web_process(house) as address:
        yield address


async def post(
    url: str, session: str | None, data: bytes | AsyncIterator[bytes], number: str = "1"
) -> httpx.Response:
    """Send a file as the page does."""
    address = url.replace("ws://", "http://").replace("/chat/ws", "/chat/files")
    headers = {"X-Chat-Session": session or "", "X-Chat-Id": number}
    async with httpx.AsyncClient() as client:
        return await client.post(address, content=data, headers=headers)


async def ask(page: ChatPage) -> list[dict[str, Any]]:
    """Ask for a counsellor; return the frames of the yes."""
    await page.press("consent.ask")
    return await page.press("consent.ask.talk")


async def counts(house: TestHouse) -> list[int]:
    """Return how many rows tell of files, lines and events."""
    async with house.db.transaction() as conn:
        return [
            await conn.scalar(select(func.count()).select_from(table)) or 0
            for table in (AttachmentRow, TranscriptRow, InboxRow)
        ]


async def test_a_file_becomes_a_line_once(house: TestHouse, url: str) -> None:
    """A page that waits sends a picture; sent again after a lost answer, it is still one line."""
    counsellor = await house.staff()
    async with open_page(url) as page:
        await ask(page)
        for _ in range(2):
            answer = await post(url, page.session, picture())
            assert (answer.status_code, answer.json()) == (200, {"kind": "picture"})
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, counsellor, CaseId(case_id))
    [line] = [line for line in seen.lines if line.file]
    assert line.file
    assert (line.author, line.text, line.file.kind) == ("person", "", "picture")


async def test_the_page_is_told_when_files_may_be_sent(house: TestHouse, url: str) -> None:
    """From the yes on, also on a page that comes back, and no more once the talk has ended."""
    counsellor = await house.staff()
    async with open_page(url) as page:
        assert {"type": "files", "open": True} not in page.missed
        assert {"type": "files", "open": True} in await ask(page)
        session = page.session
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    async with open_page(url, session) as page:
        assert {"type": "files", "open": True} in page.missed
        await house.talks.close(counsellor, case_id, "helped")
        assert await page.next("files") == {"type": "files", "open": False}


async def test_outside_a_talk_nothing_is_read(house: TestHouse, url: str) -> None:
    """A stranger, a made-up session and somebody who talks with the bot alone are refused before a byte is looked at."""
    async with open_page(url) as page:
        await page.text("hello")
        before = await counts(house)
        for session in (page.session, "nobody", "", "x" * 200):
            answer = await post(url, session, picture())
            assert (answer.status_code, answer.json()) == (409, {"why": "not_now"})
    assert await counts(house) == before


async def pieces(size: int) -> AsyncIterator[bytes]:
    """Yield so many bytes without saying before how many they are."""
    for _ in range(size // 65_536):
        yield bytes(65_536)


async def test_ten_megabytes_are_refused_and_change_nothing(
    house: TestHouse, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Announced or not, what is too large is refused with its reason, noted in the log, and leaves no trace."""
    async with open_page(url) as page:
        await ask(page)
        before = await counts(house)
        for data in (bytes(TEN_MB), pieces(TEN_MB)):
            answer = await post(url, page.session, data)
            assert (answer.status_code, answer.json()) == (413, {"why": "too_large"})
        assert await counts(house) == before
    assert capsys.readouterr().out.count("why=too_large") == 2


async def test_what_is_too_large_is_not_read_to_its_end() -> None:
    """Reading stops with the first piece beyond the limit."""
    read = 0

    async def counted() -> AsyncIterator[bytes]:
        nonlocal read
        async for piece in pieces(TEN_MB):
            read += len(piece)
            yield piece

    with pytest.raises(NotTaken):
        await read_bounded(counted())
    assert MAX_FILE_BYTES < read <= MAX_FILE_BYTES + 65_536


@pytest.mark.parametrize(
    ("data", "status", "why"),
    [(b"MZ\x90\x00", 415, "not_taken"), (picture()[:99], 422, "broken"), (b"", 415, "not_taken")],
)
async def test_another_type_is_refused(
    house: TestHouse, url: str, data: bytes, status: int, why: str
) -> None:
    """The bytes decide, and the page is told why."""
    async with open_page(url) as page:
        await ask(page)
        before = await counts(house)
        answer = await post(url, page.session, data)
        assert (answer.status_code, answer.json()) == (status, {"why": why})
    assert await counts(house) == before


async def test_a_pdf_with_another_number_is_another_line(house: TestHouse, url: str) -> None:
    """Two files are two lines."""
    async with open_page(url) as page:
        await ask(page)
        for number in ("1", "2"):
            assert (await post(url, page.session, PDF, number)).json() == {"kind": "pdf"}
    assert (await counts(house))[0] == 2
