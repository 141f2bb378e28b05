"""`suar`: parses arguments and calls one function. Exit 0 is success, 2 wrong usage, 1 failure with one line."""

import os
import sys

import click

from bot import app as house
from bot.commands import bench, chat, doctor, flows, locales, staff, understand
from bot.commands.common import configured, running, tell
from bot.content.load import ROOT
from bot.errors import SuarError
from bot.jobs.scheduler import Scheduler
from bot.local import run as local
from bot.local import serve as web_server
from bot.local.nlu import LocalNlu
from bot.store.migrate import migrate as migrate_database


def main() -> None:
    """Run the command line; a known trouble is one line, a traceback only with SUAR_DEBUG=1."""
    try:
        suar(standalone_mode=True)
    except SuarError as exc:
        if os.environ.get("SUAR_DEBUG") == "1":
            raise
        click.echo(f"suar: {exc}", err=True)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="suar", prog_name="suar")
def suar() -> None:
    """A first-contact chatbot for safe migration and against human trafficking."""


@suar.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where the web listens (8080).")
@running
async def run(port: int | None) -> None:
    """Run everything on this machine."""
    settings = configured(port=port)
    await local.run(settings, click.echo)


@suar.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Where to listen (8080).")
@running
async def web(port: int | None) -> None:
    """Run the web role: chat, desk, webhooks, polling."""
    settings = configured(port=port)
    await web_server.serve(house.make_web(settings), settings)


@suar.command()
@running
async def worker() -> None:
    """Run the worker role: deliveries, recovery, chores."""
    await house.run_worker(configured())


@suar.command()
@running
async def scheduler() -> None:
    """Run the scheduler role: one leader decides when."""
    settings = configured()
    await Scheduler(house.dsn_of(settings)).run()


@suar.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrate_database(house.dsn_of(configured()))
    tell("The schema is current.")


@suar.group()
def nlu() -> None:
    """The language model."""


@nlu.command()
@running
async def train() -> None:
    """Train the model if it is absent or stale."""
    settings = configured()
    click.echo(str(await LocalNlu(ROOT, settings.data_dir, tell).train()))


@nlu.command()
@click.option("--port", type=click.IntRange(1, 65535), default=5005, show_default=True)
@running
async def serve(port: int) -> None:
    """Serve the model, trained first if need be."""
    settings = configured()
    model = LocalNlu(ROOT, settings.data_dir, tell)
    if settings.nlu_token:
        model.token = settings.nlu_token.get_secret_value()
    path = await model.train()
    os.chdir(model.folder)
    argv = model.serve_command(path, port)
    os.execve(argv[0], argv, model.serve_environment(settings.nlu_processes))  # noqa: S606


@nlu.command()
def test() -> None:
    """Evaluate the model per language."""
    settings = configured()
    model = LocalNlu(ROOT, settings.data_dir, tell)
    model.check()
    os.chdir(model.folder)
    argv = [str(model.python), "-m", "suar_nlu.evaluate"]
    os.execve(argv[0], argv, model.serve_environment(1))  # noqa: S606


suar.add_command(understand.understand)
suar.add_command(chat.chat)
suar.add_command(doctor.doctor)
suar.add_command(bench.bench)
suar.add_command(flows.flows)
suar.add_command(locales.locales)
suar.add_command(staff.staff)
