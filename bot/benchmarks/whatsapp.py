"""`suar bench whatsapp`: how soon Meta hears 200, at a hundred events a second against real web processes and a real database.

The load is open: a webhook is posted when it is due, whether the one before was answered or not, and its time counts from then. No language model
runs; the lexicon and the menus answer, as when the model is away.
"""

import asyncio
import io
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console
from rich.table import Table

from bot.benchmarks import Tell
from bot.benchmarks.figures import quantile
from bot.benchmarks.load import BenchmarkFailed
from bot.benchmarks.machine import load_average
from bot.benchmarks.meta import PHONE_ID, SECRET, Meta, running_meta, signed
from bot.benchmarks.places import python, until
from bot.benchmarks.scratch import scratch_folder
from bot.benchmarks.stage import own_database
from bot.local import processes
from bot.settings import Settings

WIDTH = 100
PER_SECOND = 100
WARM_S, FOR_S, QUICK_S = 10.0, 60.0, 5.0
AIM_MS = 200.0
PATH = "/whatsapp/webhook"


@dataclass(frozen=True)
class Kind:
    """A way in which the events come."""

    name: str
    events: int
    """In one call."""
    statuses: float
    """Which share of them."""


KINDS = (
    Kind("one message a call", 1, 0.0),
    Kind("one event a call, two of three statuses", 1, 0.67),
    Kind("15 events a call, two of three statuses", 15, 0.67),
)


@dataclass(frozen=True)
class Line:
    """What one kind came to."""

    kind: Kind
    latencies_s: Sequence[float]
    events: int
    answers: int
    """Messages that Suar sent meanwhile."""
    load: float


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Post each kind of webhook at its pace, and report."""
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(scratch_folder(settings.data_dir))
        tell("database")
        dsn = await stack.enter_async_context(own_database(scratch))
        meta = await stack.enter_async_context(running_meta())
        tell("web processes")
        base_url = await stack.enter_async_context(_suar(scratch, dsn, meta))
        # Let go of a connection before the server does, so that no call meets one that is just being closed.
        connector = aiohttp.TCPConnector(keepalive_timeout=2.0, limit=0)
        http = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        post = f"{base_url}{PATH}"
        await _run(http, post, meta, KINDS[0], QUICK_S if quick else WARM_S)
        lines = []
        for kind in KINDS:
            tell(kind.name)
            lines.append(await _run(http, post, meta, kind, QUICK_S if quick else FOR_S))
    return _report(lines)


@asynccontextmanager
async def _suar(scratch: Path, dsn: str, meta: Meta) -> AsyncIterator[str]:
    """Run as many web processes as there are cores, and a worker."""
    listening = processes.listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    environment = {
        "SUAR_DATABASE_URL": dsn,
        "SUAR_DATA_DIR": str(scratch / "suar"),
        "SUAR_PORT": str(port),
        "SUAR_LOG_LEVEL": "warning",
        "SUAR_WHATSAPP_TOKEN": SECRET,
        "SUAR_WHATSAPP_PHONE_ID": PHONE_ID,
        "SUAR_WHATSAPP_APP_SECRET": SECRET,
        "SUAR_WHATSAPP_VERIFY_TOKEN": SECRET,
        "SUAR_WHATSAPP_API_URL": meta.url,
    }
    web = ("web", "--fd", str(listening.fileno()))
    async with AsyncExitStack() as stack:
        for number, command in enumerate((*[web] * (os.cpu_count() or 1), ("worker",))):
            process = await python(
                "bot",
                *command,
                environment=environment,
                cwd=scratch,
                log=scratch / f"{command[0]}-{number}.log",
                listening=listening,
            )
            stack.push_async_callback(processes.stop, process)
        await until(f"http://127.0.0.1:{port}/healthz")
        listening.close()
        yield f"http://127.0.0.1:{port}"


async def _run(
    http: aiohttp.ClientSession, url: str, meta: Meta, kind: Kind, for_s: float
) -> Line:
    """Post webhooks at their pace.

    Raises:
        BenchmarkFailed: One was not answered with 200.
    """
    loop = asyncio.get_running_loop()
    load, before, begun = load_average(), meta.sent, loop.time()
    gap = kind.events / PER_SECOND
    latencies: list[float] = []

    async def post(due: float) -> None:
        body, headers = signed(meta.value(kind.events, kind.statuses))
        async with http.post(url, data=body, headers=headers) as answer:
            if answer.status != 200:
                raise BenchmarkFailed(f"a webhook was answered with {answer.status}.")
            await answer.read()
        latencies.append(loop.time() - due)

    async with asyncio.TaskGroup() as group:
        for number in range(int(for_s / gap)):
            due = begun + number * gap
            await asyncio.sleep(max(0.0, due - loop.time()))
            group.create_task(post(due))
    return Line(kind, latencies, len(latencies) * kind.events, meta.sent - before, load)


def _report(lines: Sequence[Line]) -> str:
    table = Table(title=f"Until Meta hears 200, at {PER_SECOND} events a second")
    for column in ("webhooks", "calls", "p50 ms", "p95 ms", "p99 ms", "answers sent", "load"):
        table.add_column(column, justify="left" if column == "webhooks" else "right")
    for line in lines:
        shown = [f"{1000 * quantile(line.latencies_s, share):.0f}" for share in (0.5, 0.95, 0.99)]
        table.add_row(
            line.kind.name,
            str(len(line.latencies_s)),
            *shown,
            str(line.answers),
            f"{line.load:.1f}",
        )
    out = io.StringIO()
    console = Console(file=out, width=WIDTH)
    console.print(table)
    worst = max(quantile(line.latencies_s, 0.99) for line in lines) * 1000
    held = "held" if worst <= AIM_MS else "missed"
    console.print(
        f"p99 within {AIM_MS:.0f} ms: {held} (worst {worst:.0f} ms), {os.cpu_count()} cores, "
        "web processes, worker, database and load on the same machine."
    )
    return out.getvalue()
