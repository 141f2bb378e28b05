"""`suar nlu`: trains, serves and evaluates the language model."""

import os

import click

from bot.commands.common import configured, running, tell
from bot.content.load import ROOT
from bot.local.nlu import LocalNlu


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
def test() -> None:
    """Evaluate the model per language."""
    settings = configured()
    model = LocalNlu(ROOT, settings.data_dir, tell)
    model.check()
    os.chdir(model.folder)
    argv = [str(model.python), "-m", "suar_nlu.evaluate"]
    os.execve(argv[0], argv, model.serve_environment(1))  # noqa: S606
