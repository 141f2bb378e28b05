"""The chat's page alone on a real port, without a socket behind it; and pages of others, on ports of their own."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.content.load import Content
from bot.gateway.webchat.page import ChatPage
from bot.gateway.webchat.theme import Theme
from bot.local.processes import free_port


@contextmanager
def served_page(
    content: Content, sites: tuple[str, ...] = (), theme: Theme | None = None
) -> Iterator[str]:
    """Serve the page of a content; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    exit_url = "https://www.bmkg.go.id/"
    page = ChatPage(content, "id", exit_url, address, sites, theme or Theme())
    with _served(Starlette(routes=page.routes()), port):
        yield address


@contextmanager
def served_site(html: str, headers: Mapping[str, str], port: int | None = None) -> Iterator[str]:
    """Serve somebody else's page, which is another origin than the chat; yields its address."""

    async def site(_: Request) -> HTMLResponse:
        return HTMLResponse(html, headers=dict(headers))

    port = port or free_port()
    with _served(Starlette(routes=[Route("/", site)]), port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _served(app: Starlette, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:  # uvicorn offers nothing to wait for
        assert thread.is_alive(), "the page cannot be served there"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
