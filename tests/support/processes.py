"""Real processes of Suar for the acceptance tests: roles that are restarted like under a supervisor, and commands."""

import contextlib
import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from bot.local.processes import free_port
from bot.store.migrate import migrate

REPOSITORY = Path(__file__).parents[2]
SECRET_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
WEBHOOK_SECRET = "only-for-the-tests"
READY_S = 60.0
COMMAND_S = 240.0
"""No command of a test takes a minute when nothing else runs."""
_numbers = itertools.count(1)


@dataclass
class Child:
    """A forked process."""

    pid: int
    ended: threading.Event = field(default_factory=threading.Event)
    code: int | None = None
    on_end: Callable[["Child"], None] | None = None

    def wait(self, timeout_s: float = 60.0) -> int:
        """Return its exit code; below zero is the signal that ended it.

        Raises:
            TimeoutError: It still runs.
        """
        if not self.ended.wait(timeout_s) or self.code is None:
            raise TimeoutError(f"process {self.pid} still runs")
        return self.code

    def send(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if not self.ended.is_set():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Forkery:
    """The hand on the process that does the imports and forks the others; see `tests.support.forking`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._children: dict[int, Child] = {}
        self._started: queue.Queue[Child] = queue.Queue()
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forking"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # What it imports and reads first is no part of a process's start, and not measured as such.
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "the forkery ended at once"
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        *,
        out: Path,
        err: Path,
        stdin: Path = Path(os.devnull),
        on_end: Callable[[Child], None] | None = None,
    ) -> Child:
        """Start `python -m bot` with arguments and environment; its output is appended to files."""
        wanted = {
            "argv": list(argv),
            "env": dict(env),
            "stdin": str(stdin),
            "stdout": str(out),
            "stderr": str(err),
        }
        with self._asking:
            assert self._process.stdin is not None
            self._process.stdin.write((json.dumps(wanted) + "\n").encode())
            self._process.stdin.flush()
            child = self._started.get(timeout=READY_S)
        child.on_end = on_end
        if child.ended.is_set():
            self._tell_end(child)
        return child

    def close(self) -> None:
        """End it, and with it what it has started."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "started" in told:
                child = Child(told["started"])
                self._children[child.pid] = child
                self._started.put(child)
            elif "ended" in told:
                child = self._children.pop(told["ended"])
                child.code = told["code"]
                child.ended.set()
                self._tell_end(child)

    def _tell_end(self, child: Child) -> None:
        # Perhaps told twice, when it ends in the moment it is started; whoever listens bears that.
        if child.on_end is not None:
            threading.Thread(target=child.on_end, args=(child,), daemon=True).start()


@contextmanager
def running_forkery() -> Iterator[Forkery]:
    """Run one for as long as the block lasts."""
    with TemporaryDirectory(prefix="suar-processes-") as folder:
        forkery = Forkery(Path(folder))
        try:
            yield forkery
        finally:
            forkery.close()


@dataclass
class Role:
    """One role that is started again at once whenever it dies, as a supervisor does."""

    forkery: Forkery
    argv: Sequence[str]
    env: Mapping[str, str]
    log: Path
    faults: deque[str] = field(default_factory=deque)
    """What SUAR_FAULT is at each of the next starts; afterwards it is unset."""
    deaths: list[int] = field(default_factory=list)
    """The exit codes of those that died without being asked to."""
    child: Child | None = None
    _stopping: bool = False
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def start(self) -> None:
        """Start it."""
        with self._lock:
            self._stopping = False
            fault = {"SUAR_FAULT": self.faults.popleft()} if self.faults else {}
            self.child = self.forkery.start(
                self.argv, {**self.env, **fault}, out=self.log, err=self.log, on_end=self._again
            )

    def kill(self) -> None:
        """End it by `kill -9`; it is started again."""
        child = self.child
        if child is not None:
            child.send(signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End it for good."""
        with self._lock:
            self._stopping = True
            child = self.child
        if child is not None:
            child.send(number)
            try:
                child.wait(15)
            except TimeoutError:
                child.send(signal.SIGKILL)
                child.wait(15)

    def restart(self) -> None:
        """End it in an orderly way and start it with the next of `faults`."""
        self.stop()
        self.start()

    def _again(self, child: Child) -> None:
        with self._lock:
            if child is not self.child or self._stopping:
                return
            assert child.code is not None
            self.deaths.append(child.code)
            self.start()


@dataclass
class Stack:
    """A web and a worker process on a database of their own."""

    dsn: str
    web: Role
    worker: Role
    port: int

    @property
    def url(self) -> str:
        """Where the web process listens."""
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        """Wait until the web process takes requests.

        Raises:
            TimeoutError: It does not; with the end of its log.
        """
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if is_ready(self.url):
                return
            time.sleep(0.05)
        raise TimeoutError(self.web.log.read_text()[-3000:])

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Ask the database something."""
        with psycopg.connect(self.dsn, autocommit=True) as conn:
            return conn.execute(query.encode()).fetchall()

    def wait_settled(self, timeout_s: float = 30.0) -> None:
        """Wait until every event is answered and every message has left.

        Raises:
            TimeoutError: Something is left open; says what.
        """
        deadline = time.monotonic() + timeout_s
        while left := self.open_work():
            if time.monotonic() > deadline:
                raise TimeoutError(f"left open: {left}")
            time.sleep(0.1)

    def open_work(self) -> list[tuple[object, ...]]:
        """Return the events without an answer and the messages that have not left, as rows."""
        return self.ask(
            "SELECT 'inbox', id::text, '' FROM inbox WHERE processed_at IS NULL UNION ALL "
            "SELECT 'outbox', id::text, status || ' ' || coalesce(error, '') FROM outbox "
            "WHERE status IN ('queued', 'sending')"
        )

    def logs(self) -> str:
        """Return everything that the processes have logged."""
        return self.web.log.read_text() + self.worker.log.read_text()


def is_ready(url: str) -> bool:
    """Tell whether a web process takes requests."""
    try:
        with urlopen(f"{url}/readyz", timeout=5) as answer:  # loopback only
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@contextmanager
def own_database(dsn: str) -> Iterator[str]:
    """Make a database beside `dsn`, with the schema of the migrations, and drop it at the end."""
    name = f"suar_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    own = make_url(dsn).set(database=name).render_as_string(hide_password=False)
    try:
        migrate(own)
        yield own
    finally:
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return the whole environment of a process of Suar; nothing of ours but the path gets in."""
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "SUAR_DATA_DIR": str(folder / "data"),
        "SUAR_SECRET_KEYS": SECRET_KEY,
        **settings,
    }


@contextmanager
def running_stack(
    forkery: Forkery,
    dsn: str,
    **settings: str,
) -> Iterator[Stack]:
    """Run web and worker on `dsn` for as long as the block lasts.

    Args:
        forkery: Starts them.
        dsn: A migrated database.
        **settings: Further variables of their environment.
    """
    port = free_port()
    folder = forkery.folder / f"stack-{next(_numbers)}"
    folder.mkdir()
    env = environment(
        folder,
        SUAR_DATABASE_URL=dsn,
        SUAR_PUBLIC_URL=f"http://127.0.0.1:{port}",
        **settings,
    )
    web = Role(forkery, ["web", "--port", str(port)], env, folder / "web.log")
    stack = Stack(dsn, web, Role(forkery, ["worker"], env, folder / "worker.log"), port)
    try:
        web.start()
        stack.worker.start()
        stack.wait_ready()
        yield stack
    finally:
        stack.worker.stop()
        web.stop()


def run_command(
    forkery: Forkery,
    *argv: str,
    stdin: str = "",
    **settings: str,
) -> subprocess.CompletedProcess[str]:
    """Run one command of `suar` to its end; return its exit code and what it printed."""
    folder = forkery.folder / f"command-{next(_numbers)}"
    folder.mkdir()
    given = folder / "stdin"
    given.write_text(stdin)
    out, err = folder / "stdout", folder / "stderr"
    env = environment(folder, **settings)
    child = forkery.start(argv, env, out=out, err=err, stdin=given)
    try:
        code = child.wait(COMMAND_S)
    finally:
        child.send(signal.SIGKILL)
    return subprocess.CompletedProcess(list(argv), code, out.read_text(), err.read_text())
