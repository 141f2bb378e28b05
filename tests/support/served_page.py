"""The chat's page alone on a real port, without a socket behind it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from bot.content.load import Content
from bot.gateway.webchat.page import ChatPage
from bot.local.processes import free_port


@contextmanager
def served_page(content: Content) -> Iterator[str]:
    """Serve the page of a content; yields its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    page = ChatPage(content, "id", "https://www.bmkg.go.id/", address)
    config = uvicorn.Config(
        Starlette(routes=page.routes()), port=port, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield address
    server.should_exit = True
    thread.join()
