"""Starting the processes that are measured, and waiting until they answer."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from bot.benchmarks.crowd import Crowd
from bot.errors import SetupError
from bot.local import processes

READY_S = 60.0


async def started(
    command: list[str], environment: Mapping[str, str], cwd: Path, log: Path
) -> asyncio.subprocess.Process:
    """Start a program whose output goes to `log`."""
    return await processes.start(command, env=environment, cwd=cwd, log=log)


async def python(
    *arguments: str,
    environment: Mapping[str, str],
    cwd: Path,
    log: Path,
    listening: socket.socket | None = None,
) -> asyncio.subprocess.Process:
    """Start a module of ours with nothing of the operator's `SUAR_` settings but `environment`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SUAR_")}
    return await processes.start(
        [sys.executable, "-m", *arguments],
        env={**kept, **environment},
        cwd=cwd,
        log=log,
        listening=listening,
    )


async def until(url: str, within_s: float = READY_S) -> None:
    """Wait until an address answers 200.

    Raises:
        SetupError: It does not in time.
    """
    loop = asyncio.get_running_loop()
    ends = loop.time() + within_s
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        while loop.time() < ends:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with http.get(url) as response:
                    if response.ok:
                        return
            await asyncio.sleep(0.2)
    raise SetupError(f"nothing answers at {url}.")


async def until_webhook(crowd: Crowd) -> None:
    """Wait until a bot has told Telegram where to deliver.

    Raises:
        SetupError: It does not in a minute.
    """
    for _ in range(int(READY_S / 0.1)):
        if crowd.account.webhook is not None:
            return
        await asyncio.sleep(0.1)
    raise SetupError("a bot does not set its webhook.")
