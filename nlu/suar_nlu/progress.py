"""One line a phase on stderr, so that whoever waits for a training sees that it goes on."""

from __future__ import annotations

import sys
import time

_started = time.monotonic()


def report(phase: str) -> None:
    """Print a phase with the seconds since the program began."""
    sys.stderr.write(f"[{time.monotonic() - _started:5.0f} s] {phase}\n")
    sys.stderr.flush()
