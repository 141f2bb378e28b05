"""How much memory a process takes, with its children, as Linux tells."""

from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
KILOBYTE = 1024 / 1e6
"""In megabytes; Linux counts kilobytes of 1,024 bytes."""


@dataclass(frozen=True)
class Memory:
    """In megabytes (of a million bytes). `shared_out_mb` counts what n processes share as one n-th (PSS)."""

    resident_mb: float
    shared_out_mb: float


def memory_of(pid: int, proc: Path = PROC) -> Memory:
    """Return the memory of a running process and of what it has started.

    Raises:
        OSError: There is no such process, or this is not Linux.
    """
    totals = {"Rss": 0, "Pss": 0}
    for each in _family(pid, proc):
        for line in (proc / str(each) / "smaps_rollup").read_text().splitlines():
            name, _, amount = line.partition(":")
            if name in totals:
                totals[name] += int(amount.split()[0])
    return Memory(totals["Rss"] * KILOBYTE, totals["Pss"] * KILOBYTE)


def _family(pid: int, proc: Path) -> list[int]:
    listed = sorted((proc / str(pid) / "task").glob("*/children"))
    children = [int(child) for file in listed for child in file.read_text().split()]
    return [pid, *(one for child in children for one in _family(child, proc))]
