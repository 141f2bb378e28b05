"""How many threads a sentence vector takes: all cores while nobody else wants them, one otherwise.

On two cores a vector takes 29 ms with one thread and 18 with two, but a second thread that has to wait for a busy core
makes everybody slower. So each vector looks who else is running at this moment, which takes some twenty microseconds.
"""

from __future__ import annotations

import os
from pathlib import Path

from threadpoolctl import ThreadpoolController

_LOAD = Path("/proc/loadavg")


class Threads:
    """Sets the embedder's threads before each vector; does nothing where that cannot be known.

    Args:
        cores: How many threads a vector may take at most.
        load: The file in which Linux says how many threads run now (`0.20 0.18 0.12 1/80 11206`).
    """

    def __init__(self, cores: int, load: Path = _LOAD) -> None:
        found = ThreadpoolController().lib_controllers
        # All of OpenMP: several libraries bring the same one along, and whichever is loaded first serves the embedder, too.
        self._pools = [each for each in found if each.user_api == "openmp"]
        self._cores = cores
        self._load = load
        self._set = 0

    @property
    def finds_the_embedder(self) -> bool:
        """Whether there is anything to set."""
        return bool(self._pools)

    def settle(self) -> int:
        """Take as many threads as there are idle cores, ourselves included; return how many."""
        wanted = max(1, self._cores - self._others())
        if wanted != self._set:
            for pool in self._pools:
                pool.set_num_threads(wanted)
            self._set = wanted
        return wanted

    def _others(self) -> int:
        """Return how many other threads run or want to; as many as there are cores where nobody can say."""
        try:
            running = int(self._load.read_text(encoding="ascii").split()[3].partition("/")[0])
        except (OSError, ValueError, IndexError):
            return self._cores
        return max(0, running - 1)


def allowed_threads() -> int:
    """Return how many threads a vector may take: as `SUAR_NLU_THREADS` says, else one a core that we may run on."""
    told = os.environ.get("SUAR_NLU_THREADS", "")
    if told.isdecimal() and int(told) > 0:
        return int(told)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
