"""A session ends with the quick exit, and one that has only begun survives a line that breaks."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest_asyncio
from sqlalchemy import func, select

from bot.gateway.webchat.tokens import FRESH_FOR, Tokens
from bot.hotline import access
from bot.messages import CaseId
from bot.store.tables import ContactRow
from tests.support.chat_page import open_page, web_process, words
from tests.support.world import TestHouse


@pytest_asyncio.fixture
async def url(house: TestHouse) -> AsyncIterator[str]:
    """Where the chat's socket of a running web process is."""
    async with web_process(house) as address:
        yield address


async def leave(url: str, session: str | None) -> int:
    """Tell the server as the page does when it leaves; return the answer's status."""
    address = url.replace("ws://", "http://").replace("/chat/ws", "/chat/leave")
    async with httpx.AsyncClient() as client:
        return (await client.post(address, content=session or "")).status_code


async def test_after_the_quick_exit_the_session_opens_nothing(url: str) -> None:
    """Whoever finds the token on the phone gets a stranger's page: no word that waits for the person comes to it."""
    async with open_page(url) as page:
        await page.text("hello")
        session = page.session
    assert await leave(url, session) == 204
    async with open_page(url, session) as page:
        assert page.missed == [{"type": "expired"}]
        assert page.session != session


async def test_whoever_waits_for_a_person_still_waits(house: TestHouse, url: str) -> None:
    """Leaving ends the session, not the case; what was still on its way when they left belongs to the case."""
    counsellor = await house.staff()
    async with open_page(url) as page:
        await page.press("consent.ask")
        await page.press("consent.ask.talk")
        assert await leave(url, page.session) == 204
        await page.text("they are coming")
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    async with house.db.transaction() as conn:
        seen = await access.access_case(conn, house.people, counsellor, CaseId(case_id))
    assert "they are coming" in [line.text for line in seen.lines]


async def test_no_file_is_shown_to_a_session_that_has_ended(house: TestHouse, url: str) -> None:
    """Nor is one taken."""
    async with open_page(url) as page:
        await page.press("consent.ask")
        await page.press("consent.ask.talk")
        await leave(url, page.session)
        address = url.replace("ws://", "http://").replace("/chat/ws", "/chat/files")
        headers = {"X-Chat-Session": page.session or "", "X-Chat-Id": "1"}
        async with httpx.AsyncClient(headers=headers) as client:
            assert (await client.post(address, content=b"x")).json() == {"why": "not_now"}


async def test_what_is_no_token_is_answered_alike(house: TestHouse, url: str) -> None:
    """A stranger learns nothing by asking, and changes nothing."""
    for odd in (None, "no-such-session", "x" * 5_000):
        assert await leave(url, odd) == 204
    async with open_page(url) as page:
        await page.text("hello")
        await leave(url, (page.session or "")[:-1])
        session = page.session
    async with open_page(url, session) as page:
        assert page.session == session


async def test_a_session_of_which_nothing_was_taken_is_kept(house: TestHouse, url: str) -> None:
    """The line breaks before the first text has come in: the page says that it is new, keeps its token, and is one person."""
    async with open_page(url) as page:
        session = page.session
    async with open_page(url, session, new=True) as page:
        assert page.missed == []
        assert page.session == session
        first = await page.text("hello", "one")
        assert len(words(first)) == 1
    async with open_page(url, session, new=True) as page:
        assert words(await page.text("hello", "one")) == []
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(ContactRow)) == 1


async def test_a_token_that_is_not_ours_is_none(house: TestHouse, url: str) -> None:
    """Nobody can choose a session for somebody else: a token that we did not make, or long ago, is replaced."""
    tokens = Tokens(house.people.lookup, house.clock)
    token = tokens.make()
    assert tokens.made_at(token) == house.clock.now()
    for odd in ("", "mine", f"x{token}", f"{token}x", token.replace(".", "-"), "..", "a.zz.b"):
        assert tokens.made_at(odd) is None
        async with open_page(url, odd, new=True) as page:
            assert page.session != odd
    house.clock.at += FRESH_FOR - timedelta(seconds=1)
    assert tokens.made_at(token) is not None
    house.clock.at += timedelta(seconds=1)
    assert tokens.made_at(token) is None
