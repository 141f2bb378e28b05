"""Serves the web role with uvicorn."""

import asyncio
import signal
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.settings import Settings

GRACE_S = 4


class _Server(uvicorn.Server):
    """Tells open live connections to let go as soon as a signal comes; else the stop would wait for them."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._stopping.set()
        super().handle_exit(signal.Signals(sig), frame)


async def serve(app: Starlette, settings: Settings) -> None:
    """Serve until a signal comes."""
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
    )
    await _Server(config, app.state.stopping).serve()
