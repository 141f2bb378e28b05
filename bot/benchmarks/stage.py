"""Everything that a turn is measured on: the database, the language model, the fake of Telegram, and all who answer."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psycopg

from bot.benchmarks.contestants import Contestant, questions, start_echo, start_suar
from bot.benchmarks.crowd import running_town
from bot.benchmarks.progress import Steps
from bot.benchmarks.rasa_bot import DATABASE, Parses, RasaBot, Visitors, project
from bot.benchmarks.scratch import scratch_folder
from bot.content.load import ROOT, Content, load_content
from bot.local import processes
from bot.local.nlu import LocalNlu, wait_ready
from bot.local.postgres import LocalPostgres
from bot.settings import Settings
from bot.store.migrate import migrate

PREPARATIONS = 5
"""Steps until everything stands."""


@dataclass(frozen=True)
class Stage:
    """Everything, started and ready."""

    content: Content
    scratch: Path
    dsn: str
    suar: Contestant
    echo: Contestant
    rasa: Visitors
    parses: Parses
    nlu_processes: int


@asynccontextmanager
async def set_stage(settings: Settings, steps: Steps) -> AsyncIterator[Stage]:
    """Start everything, and end all of it afterwards.

    Raises:
        SetupError: Something cannot be started.
    """
    content = load_content()
    nlu = LocalNlu(ROOT, settings.data_dir, steps.say)
    count = os.cpu_count() or 1
    async with AsyncExitStack() as stack:
        steps.next("language model, and Rasa's own bot: learning what is new")
        model = await nlu.train()
        rasa = RasaBot(nlu, nlu.models, count)
        files = project(nlu.folder, content, settings.default_locale)
        rasa_model = await rasa.train(files, model)
        steps.next("database")
        scratch = stack.enter_context(scratch_folder(settings.data_dir))
        dsn = await stack.enter_async_context(_database(scratch))
        steps.next("language model and Rasa's own bot: starting, about a minute")
        for process in await rasa.start(rasa_model, dsn, scratch):
            stack.push_async_callback(processes.stop, process)
        urls = []
        for number in range(count):
            port = processes.free_port()
            command, log = nlu.serve_command(model, port), scratch / f"nlu-{number}.log"
            environment = nlu.serve_environment(count)
            process = await processes.start(command, env=environment, cwd=nlu.folder, log=log)
            stack.push_async_callback(processes.stop, process)
            urls.append(f"http://127.0.0.1:{port}")
        await wait_ready(urls, nlu.token)
        await rasa.ready()
        steps.next("Suar and bare aiogram: starting")
        town = await stack.enter_async_context(running_town())
        told = {
            "SUAR_DATABASE_URL": dsn,
            "SUAR_NLU_URL": ",".join(urls),
            "SUAR_NLU_TOKEN": nlu.token,
        }
        suar = await start_suar(town, content, scratch, told, web_processes=count)
        echo = await start_echo(town, content, scratch)
        for process in (*suar.running, *echo.running):
            stack.push_async_callback(processes.stop, process)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        visitors = Visitors(rasa.urls, questions(content), http)
        parses = Parses(urls, nlu.token, questions(content), http)
        yield Stage(content, scratch, dsn, suar, echo, visitors, parses, count)


@asynccontextmanager
async def _database(scratch: Path) -> AsyncIterator[str]:
    async with own_database(scratch) as dsn:
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
            await conn.execute(f"CREATE DATABASE {DATABASE}")
        yield dsn


@asynccontextmanager
async def own_database(scratch: Path) -> AsyncIterator[str]:
    """Run a PostgreSQL of our own, durable and with the schema, while the block lasts."""
    server = LocalPostgres(scratch)
    try:
        await server.start()
        await asyncio.to_thread(migrate, server.dsn)
        yield server.dsn
    finally:
        await server.stop()
        # As root it may lie elsewhere, where its owner reaches it.
        shutil.rmtree(server.base, ignore_errors=True)
