"""The web chat served by several processes: a person may land on any of them, and nothing is lost between them."""

from collections.abc import AsyncIterator

import pytest_asyncio

from bot.content.load import Content
from bot.store.engine import Database
from tests.support.chat_page import ChatPage, open_page, web_process, words
from tests.support.clock import FixedClock
from tests.support.world import make_house


@pytest_asyncio.fixture
async def urls(
    db: Database, clock: FixedClock, content: Content
) -> AsyncIterator[tuple[str, str]]:
    """Two web processes on one database."""
    async with (
        make_house(db, clock, content) as one,
        make_house(db, clock, content) as other,
        web_process(one) as first,
        web_process(other) as second,
    ):
        yield first, second


async def said(page: ChatPage) -> str:
    """Return the next words of the bot, whenever they come."""
    text: str = (await page.next("message"))["text"]
    return text


async def test_the_page_in_use_shows_the_answer_wherever_it_is_served(
    urls: tuple[str, str],
) -> None:
    """Of two open pages of one person at two processes, the one that was used last shows the answer, each time."""
    async with open_page(urls[0]) as first:
        assert words(await first.text("hello"))
        async with open_page(urls[1], first.session) as second:
            for page, quiet in ((second, first), (first, second), (second, first)):
                shown = words(await page.press("menu.main"))
                assert shown or await said(page)
                assert words(await quiet.settled()) == []


async def test_who_comes_back_at_another_process_gets_what_the_dead_line_did_not_bring(
    urls: tuple[str, str],
) -> None:
    """A line that is dead but still open at one process holds nothing up: the next process brings what was not seen."""
    async with open_page(urls[0], acks=True) as dead:
        unseen = words(await dead.text("hello"))
        assert unseen
        async with open_page(urls[1], dead.session, acks=True) as back:
            got = words(back.missed)
            while len(got) < len(unseen):
                got.append(await said(back))
            assert got == unseen
