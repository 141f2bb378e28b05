"""Starts `python -m bot …` many times: what takes seconds is done once, each process is a fork.

That are the imports, and for the roles the reading of content and lexicon, which no test changes on the disk; commands
read the files themselves, and so does whatever `tests.support.whole` starts.

Run as a program, this reads one JSON object a line (`argv`, `env`, `stdin`, `stdout`, `stderr`), forks a process
that runs the command line with exactly that environment, and writes one JSON object a line: which process was
started, which has ended and how. A child is a process like any other: it has its own memory, connections and
session, and dies by `kill -9` alone.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import sys
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any, NoReturn

import bot

PR_SET_PDEATHSIG = 1


def serve() -> None:
    """Fork what is asked for until standard input ends."""
    for name in everything():
        importlib.import_module(name)
    read_once(importlib.import_module("bot.app.house"), "load_content", "load_lexicon")
    alarm, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _tell(ready=os.getpid())
    buffer = b""
    while True:
        readable, _, _ = select.select([0, alarm], [], [])
        if alarm in readable:
            os.read(alarm, 4096)
            _reap()
        if 0 in readable:
            chunk = os.read(0, 65536)
            if not chunk:
                return
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                _tell(started=_fork(json.loads(line)))


def everything() -> Iterator[str]:
    """Yield the name of every module of Suar that is not a program of its own."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.startswith(("bot.__main__", "bot.store.migrations", "bot.benchmarks")):
            yield module.name


def read_once(module: ModuleType, *loaders: str) -> None:
    """Let `module` have what its loaders read now, in this process and all its forks."""
    for name in loaders:
        kept = cache(getattr(module, name))
        kept()
        setattr(module, name, kept)
    # Else the first collection in each fork touches, and so copies, every object.
    gc.freeze()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            _tell(ended=pid, code=os.waitstatus_to_exitcode(status))


def _fork(wanted: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(wanted)
    return pid


def _become(wanted: dict[str, Any]) -> NoReturn:
    """Be the process that was asked for."""
    code = 1
    try:
        os.setsid()
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _redirect(wanted)
        os.environ.clear()
        os.environ.update(wanted["env"])
        random.seed()
        code = _run(wanted["argv"])
    except BaseException:  # what the interpreter would print
        sys.excepthook(*sys.exc_info())
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _redirect(wanted: dict[str, Any]) -> None:
    write = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = ((wanted["stdin"], os.O_RDONLY), (wanted["stdout"], write), (wanted["stderr"], write))
    for number, (path, flags) in enumerate(files):
        opened = os.open(path, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def _run(argv: list[str]) -> int:
    faults = importlib.import_module("bot.faults")
    # It read the environment when it was imported, which was before the fork.
    importlib.reload(faults)
    sys.argv = ["suar", *argv]
    try:
        importlib.import_module("bot.cli").main()
    except SystemExit as end:
        if isinstance(end.code, str):
            sys.stderr.write(end.code + "\n")
            return 1
        return int(end.code or 0)
    return 0


def _tell(**what: int) -> None:
    os.write(1, (json.dumps(what) + "\n").encode())


if __name__ == "__main__":
    serve()
