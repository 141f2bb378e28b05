"""Serves the web role with uvicorn."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.local import processes
from bot.settings import Settings

GRACE_S = 4
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """Tells open live connections to let go as soon as a signal comes; else the stop would wait for them."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals, and unlike uvicorn do not raise them again: what was opened before is still to be closed."""
        before = {number: signal.signal(number, self.handle_exit) for number in SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(signal.Signals(sig), frame)


async def serve(
    app: Starlette, settings: Settings, listening: socket.socket | None = None
) -> None:
    """Serve until a signal comes.

    Args:
        app: The web role.
        settings: Say where to listen.
        listening: What to accept on, where it is open already.

    Raises:
        SetupError: The port is in use, or something is missing.
    """
    if listening is None:
        listening = processes.listen(settings.host, settings.port)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=GRACE_S,
        ws_max_size=256_000,
        ws_ping_interval=20,
        proxy_headers=True,
        server_header=False,
        lifespan="off",
    )
    # Opened here and not by uvicorn, which would answer a known trouble with a traceback.
    async with app.router.lifespan_context(app):
        await _Server(config, app.state.stopping).serve(sockets=[listening])
