"""The memory of a process with its children."""

import os
from pathlib import Path

import pytest

from bot.benchmarks.memory import memory_of


def add_process(proc: Path, pid: int, rss_kb: int, children: str = "") -> None:
    """Write what Linux tells of a process."""
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (task / "children").write_text(children)
    rollup = (
        f"00400000-7fff rollup\nRss: {rss_kb:>15} kB\nPss: {rss_kb // 2:>15} kB\nPss_Anon: 7 kB\n"
    )
    (proc / str(pid) / "smaps_rollup").write_text(rollup)


def test_children_count(tmp_path: Path) -> None:
    """A server that has started others takes what all of them take, in megabytes of a million bytes."""
    add_process(tmp_path, 1, 500_000, children="2 3 ")
    add_process(tmp_path, 2, 200_000, children="4 ")
    add_process(tmp_path, 3, 200_000)
    add_process(tmp_path, 4, 100_000)
    memory = memory_of(1, tmp_path)
    assert memory.resident_mb == pytest.approx(1024)
    assert memory.shared_out_mb == pytest.approx(512)


def test_a_real_process_takes_some() -> None:
    """This machine tells it of this very process."""
    memory = memory_of(os.getpid())
    assert 1 < memory.shared_out_mb <= memory.resident_mb
