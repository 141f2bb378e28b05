"""The Graph API as far as Suar asks it, over HTTP, in this very loop."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.telegram_fake.runner import listening_socket
from tests.support.whatsapp_fake.meta import PHONE_ID, Json
from tests.support.whatsapp_fake.templates import NotSent, Templates

TOKEN = "EAAtest-token-of-nobody"
EXAMPLES = frozenset({"image/jpeg", "image/jpg", "image/png", "application/pdf", "video/mp4"})
_USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]+")


@dataclass
class Fault:
    """How the next call for a message goes wrong: with an error of Meta's, with a page of something else, or without an answer."""

    code: int | None = None
    status: int = 400
    page: bytes | None = None
    hang_s: float = 0.0
    is_taken: bool = False
    """The message was taken all the same."""


class _Refused(Exception):
    pass


@dataclass
class Graph:
    """What has been asked for, and what is kept."""

    sent: list[Json] = field(default_factory=list)
    """Messages that were taken, with the id that they were given."""
    read: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    """Whom nothing reaches."""
    templates: Templates = field(default_factory=Templates)
    sessions: dict[str, int] = field(default_factory=dict)
    """Uploads that were begun, and how long each is to be."""
    is_open: Callable[[str], bool] | None = None
    """Whether somebody has written within 24 hours; None: everybody has."""
    faults: deque[Fault] = field(default_factory=deque)
    node_faults: deque[Fault] = field(default_factory=deque)
    """How the next questions about our number, or a medium, go wrong."""
    shown_number: str = "+62 811-0000-000"
    base_url: str = ""
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def app(self) -> Starlette:
        """Return what is served."""
        version = "/v{version}"
        return Starlette(
            routes=[
                Route(version + "/{phone}/messages", self._messages, methods=["POST"]),
                Route(version + "/{phone}/media", self._upload, methods=["POST"]),
                Route(version + "/{phone}/calls", self._calls, methods=["POST"]),
                Route("/lookaside/{media}", self._download),
                Route(version + "/app/uploads", self._begin_upload, methods=["POST"]),
                Route(version + "/{session}", self._upload_example, methods=["POST"]),
                Route(
                    version + "/{account}/message_templates",
                    self._templates,
                    methods=["GET", "POST"],
                ),
                Route(version + "/{node}", self._node),
            ]
        )

    def texts(self) -> list[str]:
        """Return the words of what was sent, in order."""
        said = self.templates.words
        return [
            said(each["template"]) if each["type"] == "template" else words_of(each)
            for each in self.sent
        ]

    async def _messages(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        data: Json = await request.json()
        if data.get("status") == "read":
            self.read.append(data)
            return JSONResponse({"success": True})
        if self.faults and (fault := self.faults.popleft()):
            if fault.is_taken:
                self._take(data)
            await asyncio.sleep(fault.hang_s)
            if fault.page is not None:
                return Response(fault.page, fault.status)
            return _error(1 if fault.code is None else fault.code, fault.status)
        try:
            self._check(data)
        except _Refused as refusal:
            return _error(int(str(refusal)), 400)
        except NotSent as refusal:
            return _error(refusal.code, 400 if refusal.code != 132001 else 404)
        return JSONResponse(self._take(data))

    def _take(self, data: Json) -> Json:
        message_id = f"wamid.HBgN{next(self._numbers):08}="
        self.sent.append({**data, "id": message_id})
        to = data.get("to") or data.get("recipient")
        return {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": to}],
            "messages": [{"id": message_id}],
        }

    def _check(self, data: Json) -> None:
        to, recipient = data.get("to"), data.get("recipient")
        _must(bool(to) != bool(recipient), 131008)
        _must(not to or to.isdecimal(), 131009)
        _must(not recipient or bool(_USER_ID.fullmatch(recipient)), 131009)
        _must((to or recipient) not in self.unknown, 131026)
        body = data[data["type"]]
        if data["type"] == "template":
            self.templates.check(body)
            for shown in pictures_of(data):
                _must(shown in self.media, 131053)
            return
        shut = self.is_open is not None and not self.is_open(to or recipient)
        _must(not shut, 131047)
        for medium in (body, body.get("header", {}).get("image", {})):
            _must("id" not in medium or medium["id"] in self.media, 131053)
        check = {"text": _check_text, "interactive": _check_interactive}.get(data["type"])
        if check is not None:
            check(body)
        _must(_length(body.get("caption", "")) <= 1024, 131009)
        _must(data["type"] != "audio" or "caption" not in body, 131009)

    async def _upload(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        async with request.form() as form:
            file: Any = form["file"]
            content = await file.read()
            number = f"4490{next(self._numbers)}"
            self.media[number] = (file.content_type, content)
        return JSONResponse({"id": number})

    async def _begin_upload(self, request: Request) -> Response:
        """Open a session of the Resumable Upload API. Source: https://developers.facebook.com/docs/graph-api/guides/upload"""
        if refused := _unauthorized(request):
            return refused
        asked = request.query_params
        if asked.get("file_type") not in EXAMPLES or not asked.get("file_length", "").isdecimal():
            return _error(100, 400)
        session = f"upload:MTphdHRh{next(self._numbers)}"
        self.sessions[session] = int(asked["file_length"])
        return JSONResponse({"id": f"{session}?sig=ARZ"})

    async def _upload_example(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        length = self.sessions.get(request.path_params["session"])
        content = await request.body()
        is_right = request.query_params.get("sig") == "ARZ" and len(content) == length
        if not is_right or request.headers.get("file_offset") != "0":
            return _error(100, 400)
        handle = f"4::aW{next(self._numbers)}"
        self.templates.examples[handle] = content
        return JSONResponse({"h": handle})

    async def _templates(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        templates = self.templates
        return await (templates.create if request.method == "POST" else templates.show)(request)

    async def _calls(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        self.calls.append(await request.json())
        return JSONResponse({"messaging_product": "whatsapp", "success": True})

    async def _node(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        if self.node_faults and (fault := self.node_faults.popleft()):
            return _error(1 if fault.code is None else fault.code, fault.status)
        node = request.path_params["node"]
        if node == PHONE_ID:
            wanted = request.query_params.get("fields", "id").split(",")
            known = {
                "verified_name": "Suar",
                "display_phone_number": self.shown_number,
                "id": node,
            }
            return JSONResponse({name: known[name] for name in {*wanted, "id"} if name in known})
        if node not in self.media:
            return _error(100, 400)
        kind, content = self.media[node]
        url = f"{self.base_url}/lookaside/{node}"
        return JSONResponse({"url": url, "mime_type": kind, "file_size": len(content), "id": node})

    async def _download(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        kind, content = self.media[request.path_params["media"]]
        return Response(content, media_type=kind)


def pictures_of(sent: Json) -> list[str]:
    """Return the numbers of the pictures above a template that was sent."""
    parts = sent["template"].get("components", ())
    values = [value for each in parts if each["type"] == "header" for value in each["parameters"]]
    return [value["image"]["id"] for value in values]


def words_of(sent: Json) -> str:
    """Return the words of a message that was sent."""
    body = sent[sent["type"]]
    if sent["type"] == "interactive":
        return str(body["body"]["text"])
    return str(body.get("body") or body.get("caption") or "")


def choices_of(sent: Json) -> list[str]:
    """Return the ids of the buttons or rows of a message that was sent."""
    action = sent.get("interactive", {}).get("action", {})
    rows = [row["id"] for section in action.get("sections", ()) for row in section["rows"]]
    return rows or [each["reply"]["id"] for each in action.get("buttons", ())]


def _check_text(body: Json) -> None:
    _must(1 <= _length(body["body"]) <= 4096, 131009)


def _check_interactive(body: Json) -> None:
    _must(bool(body["body"]["text"]), 131009)
    action = body["action"]
    if body["type"] == "button":
        titles = [each["reply"]["title"] for each in action["buttons"]]
        ids = [each["reply"]["id"] for each in action["buttons"]]
        _must(1 <= len(titles) <= 3 and len(set(titles)) == len(titles), 131009)
        _must(all(1 <= len(title) <= 20 for title in titles), 131009)
        _must(all(1 <= len(each) <= 256 for each in ids), 131009)
        _must(_length(body["body"]["text"]) <= 1024, 131009)
        return
    rows = [row for section in action["sections"] for row in section["rows"]]
    _must(1 <= len(action["button"]) <= 20 and "image" not in body.get("header", {}), 131009)
    _must(1 <= len(rows) <= 10 and len({row["id"] for row in rows}) == len(rows), 131009)
    _must(all(1 <= len(row["title"]) <= 24 and len(row["id"]) <= 200 for row in rows), 131009)
    _must(all(1 <= len(row.get("description", "x")) <= 72 for row in rows), 131009)
    _must(_length(body["body"]["text"]) <= 4096, 131009)


def _must(is_so: bool, code: int) -> None:
    if not is_so:
        raise _Refused(str(code))


def _length(words: str) -> int:
    return len(words.encode("utf-16-le")) // 2


def _unauthorized(request: Request) -> Response | None:
    is_known = request.headers.get("authorization") == f"Bearer {TOKEN}"
    return None if is_known else _error(190, 401)


def _error(code: int, status: int) -> Response:
    error = {
        "message": f"(#{code}) Something",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "D"},
        "fbtrace_id": "Az8",
    }
    return JSONResponse({"error": error}, status)


@asynccontextmanager
async def running_graph() -> AsyncIterator[Graph]:
    """Serve a fake on the loopback interface for as long as the block lasts."""
    graph, bound = Graph(), listening_socket("127.0.0.1", 0)
    graph.base_url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    config = uvicorn.Config(
        graph.app(), access_log=False, log_config=None, lifespan="off", ws="none",
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined,method-assign]
    serving = asyncio.create_task(server.serve([bound]))
    try:
        yield graph
    finally:
        server.should_exit = True
        await serving
