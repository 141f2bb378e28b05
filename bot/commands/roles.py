"""`suar run`, and each role alone: `web`, `worker`, `scheduler`, `staffbot`; and the schema they need."""

import socket

import click

from bot.app import dsn_of, make_web, run_staff_bot, run_worker
from bot.commands.common import configured, running, serving, tell
from bot.jobs.scheduler import Scheduler
from bot.local.run import run as run_everything
from bot.local.serve import serve
from bot.store.migrate import migrate as migrate_database

PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--port", type=PORT, help="Where the web listens (8080).")
@running
async def run(port: int | None) -> None:
    """Run everything on this machine."""
    await run_everything(configured(port=port), click.echo)


@click.command()
@click.option("--port", type=PORT, help="Where to listen (8080).")
@click.option("--fd", type=int, hidden=True)  # The socket that one of several processes shares.
@serving
async def web(port: int | None, fd: int | None) -> None:
    """Run the web role: chat, desk, webhooks, polling."""
    settings = configured(port=port)
    listening = socket.socket(fileno=fd) if fd is not None else None
    await serve(make_web(settings), settings, listening)


@click.command()
@serving
async def worker() -> None:
    """Run the worker role: deliveries, recovery, chores."""
    await run_worker(configured())


@click.command()
@running
async def scheduler() -> None:
    """Run the scheduler role: one leader decides when."""
    await Scheduler(dsn_of(configured())).run()


@click.command()
@running
async def staffbot() -> None:
    """Run the staff's Telegram bot: notices, calls, and talks where allowed."""
    await run_staff_bot(configured())


@click.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrate_database(dsn_of(configured()))
    tell("The schema is current.")
