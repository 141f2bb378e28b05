"""`suar run`: everything on one machine, as one supervised group."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx

from bot.clock import SystemClock
from bot.content.load import ROOT, load_content
from bot.errors import SetupError
from bot.hotline.staff import anyone_exists
from bot.local import processes
from bot.local.nlu import LocalNlu, wait_ready
from bot.local.postgres import LocalPostgres
from bot.local.supervisor import Child, Supervisor
from bot.local.web import start_webs
from bot.settings import Settings
from bot.store.engine import Database
from bot.store.migrate import migrate
from bot.store.sessions import add_setup_link

Say = Callable[[str], None]
SETUP_LINK_FOR = timedelta(hours=24)
WEB_READY_S = 60.0
CHECK_S = 1.0


@dataclass(frozen=True)
class Running:
    """Where a running group can be found by another command on the same machine."""

    nlu_url: str
    nlu_token: str | None
    base_url: str

    @classmethod
    def read(cls, data_dir: Path) -> "Running | None":
        """Return what the running group has written down, if one runs."""
        try:
            data = json.loads((data_dir / "run.json").read_text())
            os.kill(data.pop("pid"), 0)
        except (FileNotFoundError, ValueError, KeyError, ProcessLookupError):
            return None
        except PermissionError:
            return None
        return cls(**data)

    def write(self, data_dir: Path) -> None:
        """Write it down, for this user's eyes only."""
        path = data_dir / "run.json"
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        found = {"nlu_url": self.nlu_url, "nlu_token": self.nlu_token, "base_url": self.base_url}
        path.write_text(json.dumps({"pid": os.getpid(), **found}))


async def run(settings: Settings, say: Say) -> None:
    """Start everything, print where it is, and keep it running until Ctrl-C.

    Raises:
        SetupError: Something keeps it from starting; one line that says how to mend it.
    """
    load_content()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    processes.check_port_free(settings.host, settings.port)
    stopped = _stop_on_signal()
    with _alone(settings.data_dir):
        async with local_database(settings, say) as dsn:
            started = time.monotonic()
            await asyncio.to_thread(migrate, dsn)
            say(f"Database: schema is current ({time.monotonic() - started:.1f} s)")
            group = Supervisor(say)
            try:
                starting = asyncio.create_task(_start(group, settings, dsn, say))
                await asyncio.wait(
                    {starting, asyncio.ensure_future(stopped.wait())},
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if not stopped.is_set():
                    await starting
                    await stopped.wait()
                starting.cancel()
                say("Stopping…")
            finally:
                (settings.data_dir / "run.json").unlink(missing_ok=True)
                await group.stop()
    say("Stopped. All data is kept.")


@asynccontextmanager
async def local_database(settings: Settings, say: Say) -> AsyncIterator[str]:
    """Yield the database's address: SUAR_DATABASE_URL, else our own PostgreSQL, started if it does not run yet."""
    if settings.database_url:
        yield settings.database_url
        return
    server = LocalPostgres(settings.data_dir)
    if await server.is_up():
        yield server.dsn
        return
    started = time.monotonic()
    await server.start()
    say(f"Database: PostgreSQL is up ({time.monotonic() - started:.1f} s)")
    watch = asyncio.create_task(_keep_postgres(server, say))
    try:
        yield server.dsn
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
        await server.stop()


@asynccontextmanager
async def local_nlu(settings: Settings, say: Say) -> AsyncIterator[tuple[str, str | None]]:
    """Yield address and token of a language model: given, running already, or started for the time being."""
    if settings.nlu_url:
        yield (
            settings.nlu_url,
            settings.nlu_token.get_secret_value() if settings.nlu_token else None,
        )
        return
    running = Running.read(settings.data_dir)
    if running is not None:
        yield running.nlu_url, running.nlu_token
        return
    serving = _Serving(LocalNlu(ROOT, settings.data_dir, say), 1)
    group = Supervisor(say)
    try:
        await _serve(group, serving, say)
        yield ",".join(serving.urls), serving.nlu.token
    finally:
        await group.stop()


async def _start(group: Supervisor, settings: Settings, dsn: str, say: Say) -> None:
    """Start what answers people first: menus and word lists need no language model, which comes up behind."""
    given = settings.nlu_token.get_secret_value() if settings.nlu_token else None
    nlu_url, token, serving = settings.nlu_url, given, None
    if not nlu_url:
        serving = _Serving(LocalNlu(ROOT, settings.data_dir, say), settings.nlu_processes)
        serving.nlu.check()
        nlu_url, token = ",".join(serving.urls), serving.nlu.token
    environment = {
        **os.environ,
        "SUAR_DATABASE_URL": dsn,
        "SUAR_NLU_URL": nlu_url,
        "SUAR_NLU_TOKEN": token or "",
        "SUAR_PORT": str(settings.port),
        "SUAR_HOST": settings.host,
        "SUAR_DATA_DIR": str(settings.data_dir.resolve()),
    }
    await start_webs(group, settings, environment)
    staff_bot = ("staffbot",) if settings.staff_telegram_token else ()
    for role in ("worker", "scheduler", *staff_bot):
        await group.start(Child(role, [sys.executable, "-m", "bot", role], environment))
    await _wait_for_web(settings)
    Running(nlu_url, token, settings.base_url).write(settings.data_dir)
    await _print_addresses(settings, dsn, say)
    if serving is not None:
        say("")
        group.watch(asyncio.create_task(_bring_up(group, serving, say)))


@dataclass
class _Serving:
    """The language model's processes, whose addresses are known before they run."""

    nlu: LocalNlu
    count: int
    ports: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.ports = [processes.free_port() for _ in range(self.count)]

    @property
    def urls(self) -> list[str]:
        """Where they will listen."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]


async def _bring_up(group: Supervisor, serving: _Serving, say: Say) -> None:
    """Serve the model; without one Suar goes on with what it has, and says so."""
    try:
        await _serve(group, serving, say)
    except SetupError as exc:
        say(f"suar: {exc}")
        say(
            "Suar goes on without the language model: menus, word lists and numbers answer. "
            "Mend it and start again."
        )


async def _serve(group: Supervisor, serving: _Serving, say: Say) -> None:
    started = time.monotonic()
    say("Language model: looking whether it is up to date…")
    nlu = serving.nlu
    model = await nlu.train()
    for port in serving.ports:
        await group.start(
            Child(
                f"nlu:{port}",
                nlu.serve_command(model, port),
                nlu.serve_environment(serving.count),
                cwd=nlu.folder,
                log=nlu.data_dir / "nlu.log",
            )
        )
    say(f"Language model: starting {serving.count} process(es), about 20 s…")
    await wait_ready(serving.urls, nlu.token)
    say(f"Language model: ready ({time.monotonic() - started:.0f} s)")


async def _wait_for_web(settings: Settings) -> None:
    url = f"http://{settings.host}:{settings.port}/readyz"
    async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
        for _ in range(int(WEB_READY_S / 0.2)):
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(url)).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.2)
    raise SetupError("the web process does not start; its log is above.")


async def _print_addresses(settings: Settings, dsn: str, say: Say) -> None:
    base = settings.base_url
    say("")
    say(f"  Web chat   {base}/")
    say(f"  Desk       {base}/desk/")
    say(f"  Telegram   {'on' if settings.telegram_token else 'off (set SUAR_TELEGRAM_TOKEN)'}")
    say(f"  WhatsApp   {'on' if settings.whatsapp else 'off (see docs/whatsapp.md)'}")
    if settings.staff_telegram_token:
        say("  Staff bot  on")
    link = await make_setup_link(dsn)
    if link is not None:
        say("")
        say(
            "  Nobody can sign in to the desk yet. This link makes the first admin; it works once, for a day:"
        )
        say(f"  {base}/desk/setup?token={link}")
    say("")
    say("Ctrl-C stops everything.")


async def make_setup_link(dsn: str) -> str | None:
    """Return a new one-time token that makes the first admin, or None when there is staff already."""
    db, clock = Database.at(dsn, pool_size=1), SystemClock()
    try:
        async with db.transaction() as conn:
            if await anyone_exists(conn):
                return None
            return await add_setup_link(conn, clock=clock, life=SETUP_LINK_FOR)
    finally:
        await db.close()


async def _keep_postgres(server: LocalPostgres, say: Say) -> None:
    while True:
        await asyncio.sleep(CHECK_S)
        if server.process is not None and server.process.returncode is not None:
            say("PostgreSQL ended; starting it again")
            with contextlib.suppress(SetupError):
                await server.start()


def _stop_on_signal() -> asyncio.Event:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopped.set)
    return stopped


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Make sure that no other group runs on this data folder."""
    with (data_dir / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SetupError(f"Suar runs already on the data folder {data_dir}.") from None
        yield
