"""An open conversation page as the browser keeps it: the live connection, and what it fetches because of it."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bot.benchmarks.desk_seed import Seat

SEEN = re.compile(r'name="seen" value="(\w+)"')
NUMBER = re.compile(r"pesan nomor (\d+)<")
HTMX = {"HX-Request": "true"}
AFTER = "X-Desk-After"
HEALTH_EVERY_S = 15.0
RETRY_S = 2.0
"""What the server tells the browser (`retry:`)."""


def words_of(number: int) -> str:
    """Return what a person writes: nothing that tells of danger, and with a number to know it by."""
    return f"pesan nomor {number}"


@dataclass
class OpenPage:
    """Shows one conversation, and remembers when each message came onto the screen."""

    base_url: str
    seat: Seat
    shown_at: dict[int, float] = field(default_factory=dict)
    """The moment (of `time.perf_counter`) by the message's number."""
    last: str = field(default="", repr=False)
    """The conversation as it is on the screen."""
    fetches: int = 0
    refused: int = 0
    """How often a fetch was answered with an error; the page shows a strip then, and fetches again when told to."""
    again: int = 0
    """How often a fetch was begun on a connection that was just being closed."""
    lost: int = 0
    """How often the live connection ended by itself."""
    _seen: str = ""
    _wanted: dict[str, asyncio.Event] = field(
        default_factory=lambda: {"case": asyncio.Event(), "queue": asyncio.Event()}
    )
    _open: asyncio.Event = field(default_factory=asyncio.Event)

    async def stay(self) -> None:
        """Keep the page open until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._follow("case", self._conversation))
            group.create_task(self._follow("queue", self._waiting))
            group.create_task(self._ask_for_health())

    def on_screen(self) -> Counter[int]:
        """Count how often each message stands on the screen."""
        return Counter(int(number) for number in NUMBER.findall(self.last))

    async def until_open(self) -> None:
        """Wait until the live connection is there."""
        await self._open.wait()

    async def _listen(self) -> None:
        url = f"{self.base_url}/desk/events"
        while True:
            try:
                async with self.seat.http.get(url, params={"case": self.seat.case}) as events:
                    events.raise_for_status()
                    async for line in events.content:
                        name = line.decode().strip().removeprefix("event: ")
                        if name in self._wanted:
                            self._wanted[name].set()
                            self._open.set()
            except aiohttp.ClientError:
                pass
            self.lost += 1
            await asyncio.sleep(RETRY_S)

    async def _follow(self, name: str, fetch: Callable[[], Awaitable[None]]) -> None:
        """Fetch whenever the live connection says so; what is said meanwhile is one more time, as `hx-sync` has it."""
        wanted = self._wanted[name]
        while True:
            await wanted.wait()
            wanted.clear()
            try:
                await fetch()
            except aiohttp.ClientOSError:
                # The server ended a connection that lay idle just as it was used again; a browser asks once more.
                self.again += 1
                wanted.set()

    async def _conversation(self) -> None:
        url = f"{self.base_url}/desk/cases/{self.seat.case}/parts/conversation"
        async with self.seat.http.get(url, params={"seen": self._seen}, headers=HTMX) as answer:
            if not self._is_counted(answer) or answer.status == 204:
                return
            self.show(await answer.text(), after=answer.headers.get(AFTER))

    def show(self, fragment: str, *, after: str | None = None) -> None:
        """Put a fragment onto the screen: in place of the talk or, where it names the version it comes `after`, below it."""
        now = time.perf_counter()
        self.last = self.last + fragment if after and after == self._seen else fragment
        found = SEEN.search(fragment)
        self._seen = found.group(1) if found else ""
        for number in self.on_screen():
            self.shown_at.setdefault(number, now)

    async def _waiting(self) -> None:
        await self._get("/desk/parts/waiting")

    async def _ask_for_health(self) -> None:
        while True:
            with suppress(aiohttp.ClientOSError):
                await self._get("/desk/parts/health")
            await asyncio.sleep(HEALTH_EVERY_S)

    async def _get(self, path: str) -> None:
        async with self.seat.http.get(self.base_url + path, headers=HTMX) as answer:
            self._is_counted(answer)
            await answer.read()

    def _is_counted(self, answer: aiohttp.ClientResponse) -> bool:
        """Count a fetch; False when it was answered with an error."""
        self.fetches += 1
        self.refused += not answer.ok
        return answer.ok
