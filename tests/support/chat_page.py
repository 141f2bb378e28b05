"""A page of the web chat for tests: a real socket to a real server in this process."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute

from bot.channels.webchat import NAME, WebChat
from bot.gateway.webchat.door import Door
from bot.gateway.webchat.files import ChatFiles
from bot.gateway.webchat.leaving import ChatLeaving
from bot.gateway.webchat.pictures import ChatPictures
from bot.gateway.webchat.socket import ChatSocket
from bot.pictures.making import ServerPictures
from bot.store.notices import Ear
from tests.support.telegram_fake.runner import listening_socket
from tests.support.world import TestHouse

# Frames are taken one after the other, so the answer to one that is no frame tells that those before it are done.
_NOTHING = "?"
_NOT_JSON = {"type": "error", "reason": "not JSON"}


@asynccontextmanager
async def web_process(
    house: TestHouse,
    pictures: ServerPictures | None = None,
    *,
    door: Door | None = None,
    stamp: str = "",
    more: Sequence[BaseRoute] = (),
) -> AsyncIterator[str]:
    """Serve the chat's socket, and where its files go, for a house, as the web role does; yields its address.

    Where a request comes from is believed of its header `X-Forwarded-For`, as behind the house's own proxy.
    """
    channel = WebChat(pictures=pictures)
    given = ChatPictures(pictures).routes() if pictures is not None else []
    house.delivery.channels = {**house.delivery.channels, NAME: channel}
    ear = Ear(house.db.dsn)
    chat = ChatSocket(
        channel, house.conversations, ear, house.delivery.holder, door or Door(), stamp
    )
    files, leaving = ChatFiles(house.conversations), ChatLeaving(house.conversations)
    routes = [*chat.routes(), *files.routes(), *leaving.routes(), *given, *more]
    config = uvicorn.Config(
        Starlette(routes=routes, middleware=[Middleware(GZipMiddleware, minimum_size=600)]),
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=256_000,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    bound = listening_socket("127.0.0.1", 0)
    listening = asyncio.create_task(ear.run())
    serving = asyncio.create_task(server._serve(sockets=[bound]))
    try:
        yield f"ws://127.0.0.1:{bound.getsockname()[1]}/chat/ws"
    finally:
        server.should_exit = True
        await serving
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        bound.close()


@dataclass
class ChatPage:
    """One open page."""

    connection: websockets.ClientConnection
    session: str | None = None
    missed: list[dict[str, Any]] = field(default_factory=list)
    """What came with the hello."""

    async def send(self, **frame: Any) -> None:
        """Send one frame."""
        await self.send_raw(json.dumps(frame))

    async def send_raw(self, data: str | bytes) -> None:
        """Send anything at all."""
        await self.connection.send(data)

    async def next(self, *kinds: str, within_s: float = 10) -> dict[str, Any]:
        """Return the next frame of one of these kinds; others are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                if not kinds or frame["type"] in kinds:
                    return frame

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """Return every frame up to the first of a kind."""
        frames = [await self.next()]
        while frames[-1]["type"] != kind:
            frames.append(await self.next())
        return frames

    async def settled(self) -> list[dict[str, Any]]:
        """Return what comes until the server has done all that was asked of it before."""
        await self.send_raw(_NOTHING)
        frames = []
        while (frame := await self.next()) != _NOT_JSON:
            frames.append(frame)
        return frames

    async def hello(self, **more: Any) -> list[dict[str, Any]]:
        """Say hello; return what was missed."""
        await self.send(type="hello", **{"session": self.session, "locale": "en", **more})
        frames = await self.until("session")
        self.session = frames[-1]["session"]
        return frames[:-1] + await self.settled()

    async def text(self, text: str, client_id: str | None = None) -> list[dict[str, Any]]:
        """Write a text; return the frames that come back."""
        identity = client_id or uuid4().hex
        await self.send(type="text", id=identity, text=text)
        return await self.settled()

    async def press(self, button: str) -> list[dict[str, Any]]:
        """Press a button; return the frames that come back."""
        await self.send(type="button", id=uuid4().hex, button=button)
        return await self.settled()


@asynccontextmanager
async def open_page(
    url: str, session: str | None = None, *, at: str | None = None, **hello: Any
) -> AsyncIterator[ChatPage]:
    """Open a page that has said hello; `at` is the address it comes from."""
    headers = {"X-Forwarded-For": at} if at else None
    async with websockets.connect(url, max_size=None, additional_headers=headers) as connection:
        page = ChatPage(connection, session)
        page.missed = await page.hello(**hello)
        yield page


def words(frames: list[dict[str, Any]]) -> list[str]:
    """Return the words of the messages among frames."""
    return [frame["text"] for frame in frames if frame["type"] == "message"]
