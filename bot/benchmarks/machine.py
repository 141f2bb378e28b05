"""What the figures were measured on."""

import asyncio
import os
import platform
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

FSYNC_S = 1.0
PAGE = b"\0" * 8192


@dataclass(frozen=True)
class Machine:
    """A machine, its software, and how it was doing."""

    cores: int
    cpu: str
    load: float
    """The load average over a minute, before anything of ours ran."""
    fsyncs: float
    """Durable writes of one page a second, one after the other: what one connection's commits are bound by."""
    python: str
    postgres: str
    durable: bool
    """Whether the server has fsync, full_page_writes and synchronous_commit on."""


async def look(dsn: str, folder: Path, load: float) -> Machine:
    """Describe this machine.

    Args:
        dsn: The server that is measured.
        folder: On the disk that is measured.
        load: The load average before the benchmark began.
    """
    names = ("server_version", "fsync", "full_page_writes", "synchronous_commit")
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        shown = [
            (await (await conn.execute(f"SHOW {name}")).fetchone() or ("",))[0] for name in names
        ]
    return Machine(
        cores=os.cpu_count() or 1,
        cpu=cpu(),
        load=load,
        fsyncs=await asyncio.to_thread(fsync_rate, folder),
        python=platform.python_version(),
        postgres=shown[0].split()[0],
        durable=shown[1:] == ["on", "on", "on"],
    )


def fsync_rate(folder: Path) -> float:
    """Return how often a second a page can be written durably in `folder`."""
    with tempfile.TemporaryFile(dir=folder) as file:
        number = file.fileno()
        os.pwrite(number, PAGE * 64, 0)
        os.fsync(number)
        begun = time.perf_counter()
        count = 0
        while time.perf_counter() - begun < FSYNC_S:
            os.pwrite(number, PAGE, 8192 * (count % 64))
            os.fdatasync(number)
            count += 1
        return count / (time.perf_counter() - begun)


def load_average() -> float:
    """Return the load average over the last minute."""
    return os.getloadavg()[0]


def cpu() -> str:
    """Return the processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
