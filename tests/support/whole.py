"""The whole of Suar as `suar run` starts it: embedded PostgreSQL, the trained Rasa model, every role."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.local.processes import free_port
from tests.support.processes import REPOSITORY

START_S = 420.0
STOP_S = 40.0


@dataclass
class Whole:
    """One running group on a data folder."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the web listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Everything it has printed."""
        path = self.data_dir.parent / "run.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self, until: str = "Language model: ready") -> None:
        """Start it and wait until it prints `until`.

        Raises:
            TimeoutError: It does not; with the end of its output.
        """
        before = self.log.count(until)
        environment = {k: v for k, v in os.environ.items() if not k.startswith("SUAR_")}
        environment |= {"SUAR_DATA_DIR": str(self.data_dir), "SUAR_NLU_PROCESSES": "1"}
        with (self.data_dir.parent / "run.log").open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--port", str(self.port)],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_S
        while self.log.count(until) == before:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TimeoutError(self.log[-3000:])
            time.sleep(0.2)

    def stop(self) -> int:
        """Press Ctrl-C; return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_S)

    def setup_link(self) -> str:
        """Return the last link that makes the first admin."""
        return re.findall(r"http://\S+/desk/setup\?token=\S+", self.log)[-1]

    def processes(self) -> list[int]:
        """Return the ids of every process that has this data folder in its command or environment."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            try:
                seen = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if str(self.data_dir).encode() in seen and state != "Z":
                found.append(int(entry.name))
        return found


@contextmanager
def running_whole(folder: Path) -> Iterator[Whole]:
    """Run everything for as long as the block lasts; the model trained for the checkout is used again."""
    whole = Whole(folder / "data")
    whole.data_dir.mkdir(parents=True)
    trained = REPOSITORY / "data" / "models"
    if trained.exists():
        shutil.copytree(trained, whole.data_dir / "models")
    whole.start()
    try:
        yield whole
    finally:
        if whole.process is not None and whole.process.poll() is None:
            whole.stop()
