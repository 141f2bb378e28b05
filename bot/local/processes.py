"""Child processes that never outlive us, and never see our terminal's Ctrl-C."""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import SetupError

_PR_SET_PDEATHSIG = 1
STOP_GRACE_S = 8.0
BACKLOG = 2048


def die_with_parent(signal_number: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child runs before its program: it gets `signal_number` when we die, even by ``kill -9``."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        os.setsid()
        if libc is not None:
            libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)

    return prepare


def as_user(user: int | None, group: int | None) -> dict[str, Any]:
    """Return what makes a child run as another user; nothing when we are to stay who we are."""
    return {} if user is None else {"user": user, "group": group, "extra_groups": []}


async def start(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: int | None = None,
    group: int | None = None,
    stop_signal: int = signal.SIGTERM,
    log: Path | None = None,
    listening: socket.socket | None = None,
) -> asyncio.subprocess.Process:
    """Start a child in a session of its own.

    Args:
        argv: Program and arguments.
        env: Its whole environment; ours by default.
        cwd: Its folder.
        user: Run as this user id (we must be root).
        group: Run as this group id.
        stop_signal: What it gets when we die.
        log: Where its output goes; ours by default.
        listening: A socket of ours that it gets under the same number.

    Raises:
        SetupError: The program cannot be started.
    """
    output = log.open("ab") if log else None
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            env=env,
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT if output else None,
            preexec_fn=die_with_parent(stop_signal),
            pass_fds=(listening.fileno(),) if listening else (),
            **as_user(user, group),
        )
    except OSError as exc:
        raise SetupError(f"cannot start {Path(argv[0]).name}: {exc.strerror}") from exc
    finally:
        if output:
            output.close()


async def stop(process: asyncio.subprocess.Process, stop_signal: int = signal.SIGTERM) -> None:
    """Ask a child to stop, and after a grace end it."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(stop_signal)
    try:
        await asyncio.wait_for(process.wait(), STOP_GRACE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens for whoever accepts on it, in several processes perhaps.

    Raises:
        SetupError: Somebody else listens there.
    """
    check_port_free(host, port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def check_port_free(host: str, port: int) -> None:
    """Make sure that we can listen on a port.

    Raises:
        SetupError: Somebody else does.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SetupError(
                f"port {port} is in use. Stop what uses it, or choose another with --port."
            ) from None
