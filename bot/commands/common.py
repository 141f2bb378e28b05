"""What every command does first: settings, logs, an event loop, a word to the operator."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

import click
import uvloop

from bot.logs import configure_logs
from bot.settings import Settings, read_settings

P = ParamSpec("P")


def running(work: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a plain function of a coroutine function, for click."""

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(work(*args, **kwargs))

    return run


def serving(work: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a plain function of a coroutine function that serves people, on the faster loop.

    uvloop cannot start a child as another user, so what starts PostgreSQL stays with `running`.
    """

    @wraps(work)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work(*args, **kwargs))

    return run


def configured(**overrides: object) -> Settings:
    """Read the settings (None among `overrides` means unset) and set up the logs."""
    settings = read_settings(**{k: v for k, v in overrides.items() if v is not None})
    configure_logs(level=settings.log_level, as_json=settings.log_format == "json")
    return settings


def tell(line: str) -> None:
    """Say something to the operator, beside the command's own output."""
    click.echo(line, err=True)
