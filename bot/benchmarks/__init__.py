"""Benchmarks, each beside its peers in the same run; the names are those of `suar bench NAME`."""

from collections.abc import Awaitable, Callable

from bot.settings import Settings

Benchmark = Callable[[Settings, Callable[[str], None]], Awaitable[str]]

BENCHMARKS: dict[str, Benchmark] = {}
