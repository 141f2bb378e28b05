"""Keeps a group of processes running: starts them in order, restarts what dies, stops all in reverse."""

import asyncio
import signal
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.local import processes

BACK_OFF_S = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_S = 60.0
"""A child that has run this long starts with a clean slate when it dies."""


@dataclass
class Child:
    """One process of the group."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path | None = None
    log: Path | None = None
    stop_signal: int = signal.SIGTERM
    listening: socket.socket | None = None
    """What it accepts on; ours, so that who knocks while it is started again only waits."""
    process: asyncio.subprocess.Process | None = None


@dataclass
class Supervisor:
    """The group."""

    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self, child: Child) -> None:
        """Start a child, and from now on start it again whenever it dies."""
        self.children.append(child)
        await self._launch(child)
        self._tasks.append(asyncio.create_task(self._keep(child)))

    def watch(self, work: asyncio.Task[None]) -> None:
        """Keep a task of the group's own that ends with it."""
        self._tasks.append(work)

    async def stop(self) -> None:
        """Stop every child, the last one first."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in reversed(self.children):
            if child.process is not None:
                await processes.stop(child.process, child.stop_signal)

    async def _launch(self, child: Child) -> None:
        child.process = await processes.start(
            child.argv,
            env=child.env,
            cwd=child.cwd,
            log=child.log,
            stop_signal=child.stop_signal,
            listening=child.listening,
        )

    async def _keep(self, child: Child) -> None:
        deaths = 0
        loop = asyncio.get_running_loop()
        while True:
            assert child.process is not None
            since = loop.time()
            code = await child.process.wait()
            deaths = 0 if loop.time() - since > STEADY_S else deaths
            wait_s = BACK_OFF_S[min(deaths, len(BACK_OFF_S) - 1)]
            self.say(f"{child.name} ended ({code}); starting it again in {wait_s:g} s")
            deaths += 1
            await asyncio.sleep(wait_s)
            await self._launch(child)
