"""The live connection of an open page: it only says that something is to be looked at again.

Every event makes the page fetch the fragment concerned, through the same door as ever; and every
heartbeat makes it fetch them all, so that a notice that got lost costs seconds and not a person.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from bot.desk.web.desk import Desk, Visit
from bot.desk.web.guard import find_visit
from bot.errors import StoreUnavailable
from bot.hotline.permissions import Permission
from bot.store.notices import DESK, TYPING
from bot.store.sessions import be_on_desk

HEARTBEAT_S = 15.0
BURST_S = 0.1
"""After telling the page, wait this long: fifty notices at once become two."""
RETRY_MS = 2000
QUEUE, CASE, SIGNED_OUT, WRITES = "queue", "case", "signed_out", "writes"
ALL = frozenset({QUEUE, CASE})
OF_ONE_CASE = frozenset({"message"})
"""Notices that concern the page of their case alone. With 200 pages open, every word would otherwise make each of them
look at the queue, which does not change by it; that nobody is left without a word any more, a heartbeat tells in time."""


async def connect(desk: Desk, visit: Visit) -> Response:
    """Open the live connection of a page; `?case=` names the conversation that it shows."""
    return EventStream(desk, visit, visit.request.query_params.get("case", ""))


@dataclass
class Changes:
    """What the page has not been told yet."""

    case: str
    names: set[str] = field(default_factory=lambda: set(ALL))
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def on_notice(self, payload: str) -> None:
        """Note what a notice concerns; an empty one says that others may have been missed."""
        told = _told(payload) if payload else {}
        names = set() if told.get("kind") in OF_ONE_CASE else {QUEUE}
        if not payload or told.get("case") == self.case:
            names.add(CASE)
        if names:
            self.names |= names
            self.woken.set()

    def on_typing(self, payload: str) -> None:
        """Note that the person of the case that the page shows is writing."""
        if self.case and payload == f"person {self.case}":
            self.names.add(WRITES)
            self.woken.set()

    def take(self) -> list[str]:
        """Return what to tell now."""
        names = sorted(self.names)
        self.names.clear()
        self.woken.clear()
        return names


@lru_cache(maxsize=64)
def _told(payload: str) -> dict[str, str]:
    """Read a notice once, not once for every open page."""
    told: dict[str, str] = json.loads(payload)
    return told


class EventStream(Response):
    """Server-sent events until the page closes, the session ends or the process stops."""

    def __init__(self, desk: Desk, visit: Visit, case: str) -> None:
        super().__init__(media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        del self.headers["content-length"]
        self.desk = desk
        self.visit = visit
        self.changes = Changes(case)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer, and go on answering."""
        start: Message = {
            "type": "http.response.start",
            "status": 200,
            "headers": self.raw_headers,
        }
        await send(start)
        ends = (self._tell(send), _closed(receive), self.desk.services.stopping.wait())
        await _first_of(*(asyncio.ensure_future(end) for end in ends))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _tell(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        await _say(send, f"retry: {RETRY_MS}\n\n")
        ear = self.desk.services.ear
        async with (
            ear.listening(DESK, self.changes.on_notice),
            ear.listening(TYPING, self.changes.on_typing),
        ):
            next_beat = loop.time()
            while True:
                if loop.time() >= next_beat:
                    next_beat = loop.time() + HEARTBEAT_S
                    if not await self._is_alive():
                        await _say(send, _event(SIGNED_OUT))
                        return
                    self.changes.names |= ALL
                for name in self.changes.take():
                    await _say(send, _event(name))
                await asyncio.sleep(BURST_S)
                await _wait(self.changes.woken, next_beat - loop.time())

    async def _is_alive(self) -> bool:
        """Tell whether the session holds; note that its owner is there if they talk with people."""
        try:
            visit = await find_visit(self.desk, self.visit.request)
            if visit is not None and visit.may(Permission.TALK):
                await self._note_on_desk(visit)
        except StoreUnavailable:
            # Nobody is signed out because the database is away for a moment; the banner tells.
            return True
        return visit is not None

    async def _note_on_desk(self, visit: Visit) -> None:
        async with self.desk.services.db.transaction(durable=False) as conn:
            await be_on_desk(conn, visit.session.token_hash, now=self.desk.now())


async def _first_of(*tasks: "asyncio.Future[Any]") -> None:
    """Wait until one of `tasks` ends, end the others, and raise what went wrong in the first."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        error = task.exception()
        if error is not None and not isinstance(error, OSError):
            raise error


async def _closed(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _wait(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(max(seconds, 0)):
            await woken.wait()
    except TimeoutError:
        pass


async def _say(send: Callable[[Message], Awaitable[None]], text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


def _event(name: str) -> str:
    return f"event: {name}\ndata: {name}\n\n"
