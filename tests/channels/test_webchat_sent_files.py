"""A counsellor's file in the web chat: announced in the socket, given out to its one session when the person asks."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from bot.conversation.holding import UNDO
from bot.hotline import access, cases
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.scan import scan
from tests.channels.test_webchat_files import ask
from tests.integration.test_kept_back import pass_moment
from tests.integration.test_sent_files import send
from tests.support.chat_page import open_page, web_process
from tests.support.files import PDF, picture, voice
from tests.support.world import TestHouse


@pytest_asyncio.fixture
async def url(house: TestHouse) -> AsyncIterator[str]:
    """Where the chat's socket of a running web process is."""
    async with web_process(house) as address:
        yield address


async def get(url: str, session: str | None, number: str) -> httpx.Response:
    """Fetch a file as the page does."""
    address = url.replace("ws://", "http://").replace("/chat/ws", f"/chat/files/{number}")
    async with httpx.AsyncClient() as client:
        return await client.get(address, headers={"X-Chat-Session": session} if session else {})


async def state_of(house: TestHouse, staff: Staff, case_id: UUID) -> tuple[str | None, bool, bool]:
    """Return how far the last file has come, as the desk sees it."""
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, staff, case_id)
    line = [line for line in view.lines if line.file][-1]
    return line.status, line.delivered, line.read


@pytest.mark.parametrize(
    ("data", "content_type", "name"),
    [
        (picture("PNG"), "image/jpeg", "picture.jpg"),
        (voice(), "audio/ogg", "voice.ogg"),
        (PDF, "application/pdf", "document.pdf"),
    ],
    ids=["picture", "voice", "pdf"],
)
async def test_it_is_announced_delivered_and_read_when_asked_for(
    house: TestHouse, url: str, data: bytes, content_type: str, name: str
) -> None:
    """The page hears that a file is here and nothing of it; on its screen it is delivered, and once it is fetched, read."""
    staff = await house.staff()
    async with open_page(url, acks=True) as page:
        await ask(page)
        case_id = await house.talks.claim_next(staff)
        assert case_id is not None
        await send(house, staff, case_id, data, words="sign here")
        house.clock.pass_(seconds=UNDO.total_seconds())
        await house.talks.holding.let_go(await conversation(house, case_id))
        frame = await page.next("message")
        while "file" not in frame:
            frame = await page.next("message")
        assert set(frame["file"]) == {"id", "kind"}
        assert (frame["from"], frame["text"], frame["media"]) == ("staff", "sign here", [])
        await page.send(type="seen", id=frame["id"])
        await page.settled()
        assert await state_of(house, staff, case_id) == ("sent", True, False)
        answer = await get(url, page.session, frame["file"]["id"])
    assert answer.status_code == 200
    assert answer.content == scan(data).data
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert await state_of(house, staff, case_id) == ("sent", True, True)


async def conversation(house: TestHouse, case_id: CaseId) -> UUID:
    """Return the conversation of a case."""
    async with house.db.transaction() as conn:
        found = await cases.conversation_of(conn, case_id)
    assert found
    return found


async def test_nobody_else_is_given_it(house: TestHouse, url: str) -> None:
    """Another session, none, a made-up one, a wrong number and one that is none find nothing, and nothing is noted as read."""
    staff = await house.staff()
    async with open_page(url, acks=True) as page, open_page(url, acks=True) as other:
        await ask(page)
        case_id = await house.talks.claim_next(staff)
        assert case_id is not None
        await send(house, staff, case_id)
        await pass_moment(house)
        await house.talks.holding.let_go(await conversation(house, case_id))
        frame = await page.next("message")
        while "file" not in frame:
            frame = await page.next("message")
        number = frame["file"]["id"]
        await other.text("hello")
        for session in (other.session, None, "nobody", "x" * 200):
            answer = await get(url, session, number)
            assert (answer.status_code, answer.content) == (404, b"")
        for wrong in (str(uuid4()), "nothing"):
            assert (await get(url, page.session, wrong)).status_code == 404
        assert not (await state_of(house, staff, case_id))[2]
        assert (await get(url, page.session, number)).status_code == 200
