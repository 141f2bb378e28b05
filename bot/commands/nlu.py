"""`suar nlu`: trains, serves and evaluates the language model, and exports what people reviewed for its training."""

import os
from collections.abc import Mapping
from pathlib import Path

import click

from bot.app import keyring_of
from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.commands.nlu_quality import gate, test
from bot.content.load import ROOT
from bot.hotline.export import FILE, HISTORY, export, files_of
from bot.local.nlu import LocalNlu
from bot.local.run import local_database
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.keys import get_lookup


@click.group()
def nlu() -> None:
    """The language model."""


@nlu.command()
@running
async def train() -> None:
    """Train the model if it is absent or stale; print where it is."""
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
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder: <language>/reviewed.yml and history.jsonl are written into it.",
)
@running
async def export_reviewed(out: Path) -> None:
    """Write the reviewed messages whose consent holds now as training rows.

    Every export is whole. A reviewed.yml of an earlier one that is in the folder goes where nothing is left for it, so that
    who took their consent back is taken out.
    """
    settings = configured(log_level="warning")
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        clock = SystemClock()
        async with db.transaction() as conn:
            keyring = keyring_of(settings)
            people = People(keyring, await get_lookup(conn, keyring), clock)
            rows = await export(conn, people, None, now=clock.now())
            # Inside the transaction: what could not be written is not marked as exported.
            gone = write_files(out, files_of(rows))
        await db.close()
    tell(f"Rows exported: {len(rows)}. Files of earlier exports taken away: {gone}.")


def write_files(folder: Path, files: Mapping[str, str]) -> int:
    """Write an export into `folder`; return how many files of earlier exports were taken away."""
    earlier = [*folder.glob(f"*/{FILE}"), *folder.glob(HISTORY)]
    stale = [path for path in earlier if str(path.relative_to(folder)) not in files]
    for path in stale:
        path.unlink()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(stale)


nlu.add_command(test)
nlu.add_command(gate)
