"""The web chat: a real socket to a real server in this process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from bot.channels.webchat import ACCOUNT, NAME
from bot.gateway.webchat import socket
from bot.messages import Address
from tests.support.chat_page import ChatPage, open_page, web_process
from tests.support.platforms.platform import Ability, Choice, OnePicture, Platform, Seen, Visitor
from tests.support.world import TestHouse

WAIT_S = 5
JUNK = ("", "?", "[]", "7", "null", '{"type": "hologram"}', '{"type": "text"}', '{"type": "seen", "id": "\\u0000"}')  # fmt: skip
Frame = dict[str, Any]


@dataclass
class OnWeb(Platform):
    """The web process, and the pages that are open."""

    url: str = field(kw_only=True)
    open: AsyncExitStack = field(kw_only=True)

    async def visitor(self) -> "WebVisitor":
        """See `Platform.visitor`."""
        address = Address(NAME, ACCOUNT, self.house.clock.token())
        return WebVisitor(self.house, address, platform=self)

    async def page(self, address: Address) -> ChatPage:
        """Open a page; what is known of the person is shown on it."""
        async with self.house.db.transaction() as conn:
            known = await self.house.people.find(conn, address)
        session = address.value if known else None
        return await self.open.enter_async_context(open_page(self.url, session, locale=None))

    async def knock(self) -> list[int]:
        """See `Platform.knock`; each is answered by a frame that says what is wrong."""
        async with open_page(self.url) as page:
            for each in JUNK:
                await page.send_raw(each)
            frames = await page.settled()
        assert {frame["type"] for frame in frames} <= {"error"}
        return [400 for _ in frames]


@dataclass
class WebVisitor(Visitor):
    """Somebody with an open page."""

    platform: OnWeb = field(kw_only=True)
    _page: ChatPage | None = None
    _last: Frame = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _fresh: list[Seen] = field(default_factory=list)

    async def write(self, text: str) -> list[Seen]:
        """See `Visitor.write`."""
        return await self._send(type="text", text=text)

    async def start(self, payload: str) -> list[Seen]:
        """See `Visitor.start`."""
        return await self._send(type="start", payload=payload)

    async def press(self, choice: str) -> list[Seen]:
        """See `Visitor.press`."""
        return await self._send(type="button", button=choice)

    def last_id(self) -> str:
        """See `Visitor.last_id`."""
        return str(self._last["id"])

    async def again(self) -> list[Seen]:
        """See `Visitor.again`."""
        page = await self.page()
        await page.send(**self._last)
        self._show(await page.settled())
        return self._take()

    async def write_backwards(self, first: str, second: str) -> list[Seen]:
        """See `Visitor.write_backwards`: two pages of one person, the later of which was faster."""
        return [*await self.write(second), *await self.write(first)]

    async def new(self, expect: int = 0) -> list[Seen]:
        """See `Visitor.new`."""
        page = await self.page()
        self._show(await page.settled())
        async with asyncio.timeout(WAIT_S):
            while len(self._fresh) < expect:
                self._show([await page.next()])
        return self._take()

    async def page(self) -> ChatPage:
        """Return the page, which is opened with the first thing that is done."""
        if self._page is None:
            self._page = await self.platform.page(self.address)
            # A new page is given its name by the server.
            self.address = Address(NAME, ACCOUNT, str(self._page.session))
            self._show(self._page.missed)
        return self._page

    async def _send(self, **frame: str) -> list[Seen]:
        page = await self.page()
        self._last = {"id": uuid4().hex, **frame}
        await page.send(**self._last)
        self._show(await page.settled())
        return self._take()

    def _show(self, frames: Sequence[Frame]) -> None:
        """Show messages as the page's script does: each id once."""
        for frame in frames:
            if frame["type"] == "message" and frame["id"] not in self._shown:
                self._shown.add(frame["id"])
                self._fresh.append(_seen(frame))

    def _take(self) -> list[Seen]:
        fresh, self._fresh = self._fresh, []
        return fresh


def _seen(frame: Frame) -> Seen:
    choices = tuple(Choice(each["id"], each["title"]) for each in frame["buttons"])
    return Seen(frame["text"], choices, bool(frame["media"]), frame.get("quote", ""))


@asynccontextmanager
async def on_web(house: TestHouse) -> AsyncIterator[Platform]:
    """The web role's socket."""
    pictures: Any = OnePicture()
    async with AsyncExitStack() as stack:
        stack.enter_context(patch.object(socket, "PACE_S", 0))
        url = await stack.enter_async_context(web_process(house, pictures))
        pages = await stack.enter_async_context(AsyncExitStack())
        lacks: dict[Ability, str] = {
            "files": "the page offers it only while a counsellor will look: tests/channels/test_webchat_files.py",
            "captions": "a file goes alone, words are a message of their own",
            "blocking": "who closes the page is simply gone",
            "pushing": "the page collects",
            "slowing": "the page collects",
            "doubt": "the page collects, and shows each message once",
            "typing": "the page is told by a notice: tests/integration/test_typing.py",
        }
        channel = house.delivery.channels[NAME]
        yield OnWeb(house, channel, lacks, url=url, open=pages)
