"""Runs the fake: in a thread with its own event loop for tests, or as a process of its own.

The thread is the default: it starts in some hundredths of a second, and since everything is read
and steered over HTTP no state is shared with the test. A benchmark takes the process, so that the
fake does not compete with the load generator for one interpreter lock.
"""

import asyncio
import contextlib
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import uvicorn
from typing_extensions import override

from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.control import TelegramFake
from tests.support.telegram_fake.server import HangUpProtocol, TelegramFakeApp

DEFAULT_TOKEN = "4200000000:only-for-the-local-fake"
_REPOSITORY = Path(__file__).parents[3]
_STARTUP_S = 20.0


class FakeServer(uvicorn.Server):
    """uvicorn around the fake, which lets go of waiting polls before it waits for requests."""

    def __init__(self, tokens: Sequence[str], log_level: str = "warning") -> None:
        self._app = TelegramFakeApp(TelegramFake(tokens))
        config = uvicorn.Config(
            self._app,
            http=HangUpProtocol,
            ws="none",
            access_log=False,
            log_level=log_level,
            log_config=None,
            timeout_graceful_shutdown=2,
        )
        super().__init__(config)

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening and answer what is still waiting."""
        self._app.begin_closing()
        await super().shutdown(sockets)


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 picks a free one."""
    # With its protocol said asyncio switches Nagle off; else each answer waits 40 ms for an acknowledgement.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((host, port))
    bound.listen(1024)
    return bound


@contextlib.asynccontextmanager
async def running_fake(
    port: int = 0,
    *,
    tokens: Sequence[str] = (DEFAULT_TOKEN,),
    separate_process: bool = False,
) -> AsyncIterator[TelegramFakeClient]:
    """Run a fake on the loopback interface for as long as the block lasts.

    Args:
        port: Where to listen; 0 picks a free port.
        tokens: The bots it knows; the client steers the first, `client.for_bot` the others.
        separate_process: Use an own process instead of a thread.

    Yields:
        A client whose `base_url` is the address for SUAR_TELEGRAM_API_URL.
    """
    run = _process if separate_process else _thread
    started = contextlib.ExitStack()
    base_url = await asyncio.to_thread(started.enter_context, run(port, tokens))
    try:
        async with TelegramFakeClient(base_url, tokens[0]) as client:
            yield client
    finally:
        await asyncio.to_thread(started.close)


@contextlib.contextmanager
def _thread(port: int, tokens: Sequence[str]) -> Iterator[str]:
    bound = listening_socket("127.0.0.1", port)
    server = FakeServer(tokens)
    thread = threading.Thread(
        target=server.run, args=([bound],), name="telegram-fake", daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def _process(port: int, tokens: Sequence[str]) -> Iterator[str]:
    options = [option for token in tokens for option in ("--token", token)]
    command = [sys.executable, "-m", "tests.support.telegram_fake", "--port", str(port), *options]
    with subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield _announced_url(process)
        finally:
            process.terminate()


def _announced_url(process: subprocess.Popen[str]) -> str:
    # Without a timer a process that hangs before it says its address would hang the test run.
    timer = threading.Timer(_STARTUP_S, process.kill)
    timer.start()
    try:
        line = process.stdout.readline() if process.stdout else ""
    finally:
        timer.cancel()
    if not line:
        text = "the fake of Telegram did not start"
        raise RuntimeError(text)
    return line.strip()
