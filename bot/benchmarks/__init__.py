"""Benchmarks, each beside its peers in the same run; the names are those of `suar bench NAME`."""

from collections.abc import Awaitable, Callable

from bot.settings import Settings

Tell = Callable[[str], None]
Benchmark = Callable[[Settings, Tell], Awaitable[str]]


async def _turn(settings: Settings, tell: Tell) -> str:
    # Imported when it runs: it uses the fake of Telegram, which only a checkout has.
    from bot.benchmarks.turn import measure  # noqa: PLC0415

    return await measure(settings, tell)


BENCHMARKS: dict[str, Benchmark] = {"turn": _turn}
