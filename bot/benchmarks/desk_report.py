"""The report of `suar bench desk`."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.benchmarks.figures import quantile
from bot.benchmarks.machine import Machine

AIM_S = 0.5
FLAT = 1.05
"""How much larger the last third's memory may be than the second's and still be called flat; the first is warming up."""
BUSY = 0.5


@dataclass(frozen=True)
class Findings:
    """Everything that was found."""

    machine: Machine
    counsellors: int
    a_second: int
    sent: int
    for_s: float
    away_s: float
    away: int
    waits_s: Sequence[float]
    wrong: int
    """Messages that were not shown exactly once on a page that was connected all the time."""
    wrong_after: int
    """The same on the pages that had lost their connection."""
    fetches: int
    refused: int
    """How many of them were answered with an error."""
    memory_mb: Sequence[float]
    load_after: float

    @property
    def grown(self) -> float:
        """How much larger the memory was in the last third of the run than in the second."""
        third = max(1, len(self.memory_mb) // 3)
        middle, last = self.memory_mb[third : 2 * third] or self.memory_mb, self.memory_mb[-third:]
        return statistics.median(last) / statistics.median(middle)


def print_report(found: Findings) -> str:
    """Return the report as text."""
    return "\n".join(_lines(found))


def _lines(found: Findings) -> Iterator[str]:
    yield (
        f"{found.counsellors} counsellors with a conversation open, {found.sent} messages in {found.for_s:g} s "
        f"({found.a_second} a second asked for)"
    )
    p50, p95, worst = (quantile(found.waits_s, share) for share in (0.5, 0.95, 1.0))
    yield (
        f"From the person's message to the right screen: p50 {_ms(p50)}, p95 {_ms(p95)}, worst {_ms(worst)} of "
        f"{len(found.waits_s)}, aim p95 {AIM_S:g} s: {_kept(p95 <= AIM_S)}"
    )
    yield f"Messages not shown exactly once: {found.wrong}: {_kept(found.wrong == 0)}"
    yield (
        f"The same on {found.away} pages that were cut off for {found.away_s:g} s: {found.wrong_after}: "
        f"{_kept(found.wrong_after == 0)}"
    )
    memory = found.memory_mb
    yield (
        f"Memory of the web processes together (PSS): {memory[0]:.0f} MB at the start, at most {max(memory):.0f} MB, "
        f"the last third {found.grown:.2f} of the second: {_kept(found.grown <= FLAT)}"
    )
    yield f"Fetches of the pages a second: {found.fetches / found.for_s:.0f}; refused in all: {found.refused}"
    yield ""
    machine = found.machine
    yield (
        f"{machine.cores} cores of {machine.cpu}, Python {machine.python}, PostgreSQL {machine.postgres}, "
        f"{machine.fsyncs:.0f} fsyncs/s; load average {machine.load:.1f} before, {found.load_after:.1f} after. "
        "The load runs on the same cores."
    )
    if machine.load > BUSY:
        yield "Careful: others were using this machine."
    if not machine.durable:
        yield "Careful: this PostgreSQL is not durable, the figures mean nothing."


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms"


def _kept(reached: bool) -> str:  # a table of two words
    return "reached" if reached else "missed"
