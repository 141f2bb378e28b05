"""Benchmarks, each beside its peers in the same run; the names are those of `suar bench NAME`."""

from collections.abc import Callable
from typing import Protocol

from bot.settings import Settings

Tell = Callable[[str], None]


class Benchmark(Protocol):
    """Measures, and returns a report."""

    async def __call__(self, settings: Settings, tell: Tell, *, quick: bool) -> str:
        """Measure; `quick` is enough to see whether everything works, and too little for figures."""


# Each is imported when it runs: they use what only a checkout has.
async def _turn(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.turn import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _nlu(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.nlu import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _queue(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.queue import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _desk(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.desk import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _broadcast_plan(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.broadcast_plan import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _audience(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.audience import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _broadcast(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.broadcast import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


async def _whatsapp(settings: Settings, tell: Tell, *, quick: bool) -> str:
    from bot.benchmarks.whatsapp import measure  # noqa: PLC0415

    return await measure(settings, tell, quick=quick)


BENCHMARKS: dict[str, Benchmark] = {
    "audience": _audience,
    "broadcast": _broadcast,
    "desk": _desk,
    "nlu": _nlu,
    "queue": _queue,
    "turn": _turn,
    "whatsapp": _whatsapp,
    "broadcast_plan": _broadcast_plan,
}
