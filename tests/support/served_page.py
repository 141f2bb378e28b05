"""The chat's page alone on a real port, without a socket behind it; and pages of others, on ports of their own."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from socket import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.content.load import Content
from bot.gateway.webchat.page import ChatPage
from bot.gateway.webchat.theme import Theme
from tests.support.telegram_fake.runner import listening_socket


@contextmanager
def served_page(
    content: Content, sites: tuple[str, ...] = (), theme: Theme | None = None
) -> Iterator[str]:
    """Serve the page of a content; yields its address."""
    bound = listening_socket("127.0.0.1", 0)
    address = address_of(bound)
    exit_url = "https://www.bmkg.go.id/"
    page = ChatPage(content, "id", exit_url, address, sites, theme or Theme())
    with bound, _served(Starlette(routes=page.routes()), bound):
        yield address


@contextmanager
def served_site(
    html: str, headers: Mapping[str, str], bound: socket | None = None
) -> Iterator[str]:
    """Serve somebody else's page, which is another origin than the chat; yields its address."""

    async def site(_: Request) -> HTMLResponse:
        return HTMLResponse(html, headers=dict(headers))

    given = nullcontext(bound) if bound else listening_socket("127.0.0.1", 0)
    with given as held, _served(Starlette(routes=[Route("/", site)]), held):
        yield address_of(held)


def address_of(bound: socket) -> str:
    """Return the address of what listens on a socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextmanager
def _served(app: Starlette, bound: socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    # The server closes what it is given; whoever holds the port may serve there again.
    given = [bound.dup()]
    thread = threading.Thread(target=server.run, args=(given,))
    thread.start()
    while not server.started:  # uvicorn offers nothing to wait for
        assert thread.is_alive(), "the page cannot be served there"
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
