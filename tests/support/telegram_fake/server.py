"""The HTTP face: /bot<token>/<method> for bots, /file/... for downloads, /control/... for tests.

The Bot API side is plain ASGI, without routing or middleware, because benchmarks send hundreds
of requests a second through it; control and downloads are an ordinary Starlette application.
"""

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator, Awaitable
from typing import TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tests.support.telegram_fake.bodies import Params, parse_params
from tests.support.telegram_fake.calls import LineCut, perform, refusal_body
from tests.support.telegram_fake.control import TelegramFake
from tests.support.telegram_fake.errors import BotApiError, ControlError
from tests.support.telegram_fake.records import Json
from tests.support.telegram_fake.state import BotAccount

_HANG_UP = "telegram_fake.hang_up"
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_T = TypeVar("_T")


class HangUpProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also lets the application cut the line without an answer."""

    @override
    def on_message_begin(self) -> None:
        """Put the way to hang up into the request's scope."""
        super().on_message_begin()
        self.scope[_HANG_UP] = self.transport.abort  # type: ignore[literal-required]


class TelegramFakeApp:
    """The ASGI application around one fake; serve it with HangUpProtocol."""

    def __init__(self, fake: TelegramFake) -> None:
        self._fake = fake
        self._closing = asyncio.Event()
        self._pages = Starlette(
            routes=[
                Route("/control/{operation}", self._control, methods=["POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
            ],
            lifespan=self._lifespan,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith("/bot"):
            await self._bot_api(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    def begin_closing(self) -> None:
        """Let go of held lines and waiting polls, so that the server can stop at once."""
        self._closing.set()
        for account in self._fake.accounts.values():
            account.updates.interrupt(None)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        for account in self._fake.accounts.values():
            account.on_reply = functools.partial(_run_reply, account)
        yield
        await self._fake.close()

    async def _bot_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, method = scope["path"][4:].partition("/")
        try:
            params = await _params(scope, receive)
            call = perform(self._account(token), method, params)
            is_poll = method.lower() == "getupdates"
            answer = await (_unless_gone(call, receive) if is_poll else call)
        except BotApiError as exc:
            await _respond(send, exc.code, refusal_body(exc))
        except LineCut as exc:
            await self._cut(scope, receive, exc.delay_s)
        except _ClientGoneError:
            return
        else:
            await _respond(send, 200, answer)

    def _account(self, token: str) -> BotAccount:
        account = self._fake.accounts.get(token)
        if account is None:
            raise BotApiError(401, "Unauthorized")
        return account

    async def _cut(self, scope: Scope, receive: Receive, delay_s: float) -> None:
        """Hold the line until the client gives up, the delay is over or the fake stops."""
        gone = asyncio.ensure_future(_until_gone(receive))
        closing = asyncio.ensure_future(self._closing.wait())
        waits = {gone, closing}
        await asyncio.wait(waits, timeout=delay_s, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        scope[_HANG_UP]()
        # The server would answer 500 if we left before it has noticed that the line is cut.
        await gone

    async def _control(self, request: Request) -> Response:
        body = await request.body()
        arguments: Json = json.loads(body) if body else {}
        try:
            result = await self._fake.operate(request.path_params["operation"], arguments)
        except ControlError as exc:
            return JSONResponse({"error": str(exc)}, 400)
        except TimeoutError as exc:
            return JSONResponse({"error": str(exc)}, 408)
        return JSONResponse({"result": result})

    async def _download(self, request: Request) -> Response:
        account = self._fake.accounts.get(request.path_params["token"])
        files = account.files.values() if account else ()
        wanted = request.path_params["path"]
        sizes = [file["file_size"] for file in files if file["file_path"] == wanted]
        if not sizes:
            return JSONResponse(refusal_body(BotApiError(404, "Not Found")), 404)
        content = account.contents.get(wanted) if account else None
        return Response(content or bytes(sizes[0]), media_type="application/octet-stream")


class _ClientGoneError(Exception):
    """The client closed the connection before its poll was answered."""


async def _run_reply(account: BotAccount, method: str, params: Params) -> None:
    with contextlib.suppress(BotApiError, LineCut):
        await perform(account, method, params)


async def _params(scope: Scope, receive: Receive) -> Params:
    content_type = ""
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value.decode("latin-1")
            break
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(receive, body)
    return parse_params(content_type, scope["query_string"], body)


async def _rest(receive: Receive, start: bytes) -> bytes:
    chunks = [start]
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _unless_gone(call: Awaitable[_T], receive: Receive) -> _T:
    """Wait for a poll, but drop it when its client leaves, as a poll nobody reads is no rival."""
    task = asyncio.ensure_future(call)
    gone = asyncio.ensure_future(_until_gone(receive))
    await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if task.done():
        return await task
    task.cancel()
    raise _ClientGoneError


async def _respond(send: Send, status: int, answer: Json) -> None:
    body = _ENCODER.encode(answer).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
