"""The report of `suar bench nlu`: a table with ratios and aims, what each model was taught, the machine."""

import io
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from bot.benchmarks.figures import Series, quantile
from bot.benchmarks.memory import Memory

WIDTH = 100
BUSY = 0.5
UNKNOWN = "-"


@dataclass(frozen=True)
class Taught:
    """What a model was taught, and how long that took; None where nobody measured it."""

    examples: str
    training_s: float | None
    measured_on: str | None = None
    """The day, where it was not now."""


@dataclass
class Figures:
    """What was found about one model."""

    taught: Taught
    model_mb: float
    processes: int
    starts_s: list[float] = field(default_factory=list)
    memory: Memory = field(default_factory=lambda: Memory(float("nan"), float("nan")))
    alone_s: list[float] = field(default_factory=list)
    """How long each message took, one at a time."""
    at_once: Series = field(default_factory=Series)
    asked_again: int = 0
    same_answers: int = 0

    def alone_ms(self, share: float) -> float:
        """Return the latency that `share` (0 to 1) of the messages stayed within, one at a time."""
        return 1000 * quantile(self.alone_s, share)


@dataclass(frozen=True)
class Aim:
    """What Suar wants to reach."""

    limit: float
    is_least: bool = False
    """Whether more is better."""

    def judge(self, value: float) -> str:
        """Return the aim, and whether a value reaches it."""
        reached = value >= self.limit if self.is_least else value < self.limit
        wanted = f"{'at least' if self.is_least else 'under'} {self.limit:g}"
        return f"{wanted}: {'reached' if reached else 'missed'}"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    value: Callable[[Figures], float | None]
    digits: int = 1
    aim: Aim | None = None


@dataclass(frozen=True)
class Findings:
    """Everything that was found."""

    suar: Figures
    default: Figures
    machine: str
    load: float
    """The load average before anything of ours ran."""
    many: int
    """How many "many at once" is."""
    is_quick: bool = False


def rows_of(many: int) -> tuple[Row, ...]:
    """Return the lines of the table; `many` people write at once."""
    return (
        Row("training, s", lambda f: f.taught.training_s, 0, Aim(120)),
        Row("model file, MB", lambda f: f.model_mb),
        Row("start, s", lambda f: statistics.median(f.starts_s), 1, Aim(20)),
        Row("memory of one process (RSS), MB", lambda f: f.memory.resident_mb, 0, Aim(700)),
        Row("the same, shared pages divided (PSS), MB", lambda f: f.memory.shared_out_mb, 0),
        Row("one at a time, p50 ms", lambda f: f.alone_ms(0.5), 1, Aim(16)),
        Row("one at a time, p95 ms", lambda f: f.alone_ms(0.95)),
        Row("one at a time, p99 ms", lambda f: f.alone_ms(0.99), 1, Aim(40)),
        Row(f"{many} at once, messages/s", lambda f: f.at_once.rate, 0, Aim(95, is_least=True)),
        Row(f"{many} at once, p50 ms", lambda f: f.at_once.latency_ms(0.5)),
        Row(f"{many} at once, p99 ms", lambda f: f.at_once.latency_ms(0.99)),
    )


def print_report(found: Findings) -> str:
    """Return the report as text."""
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, highlight=False, color_system=None)
    console.print(_table(found))
    for line in ("", *_notes(found), *_faults(found), "", found.machine):
        console.print(line, markup=False, soft_wrap=True)
    return out.getvalue().rstrip()


def _table(found: Findings) -> Table:
    table = Table("", title="A server of the language model, same messages for both", box=None)
    for name in ("Suar", "Rasa's default", "ratio"):
        table.add_column(name, justify="right")
    table.add_column("aim")
    for row in rows_of(found.many):
        ours, theirs = row.value(found.suar), row.value(found.default)
        table.add_row(
            row.name,
            _number(ours, row.digits),
            _number(theirs, row.digits),
            _number(ours / theirs if ours is not None and theirs else None, 2),
            row.aim.judge(ours) if row.aim and ours is not None else "",
        )
    same = (f"{each.same_answers} of {each.asked_again}" for each in (found.suar, found.default))
    table.add_row("answers the same after a restart", *same)
    return table


def _number(value: float | None, digits: int) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def _notes(found: Findings) -> Iterator[str]:
    for who, figures in (("Suar", found.suar), ("Rasa's default pipeline", found.default)):
        taught = figures.taught
        when = f"; training measured on {taught.measured_on}" if taught.measured_on else ""
        yield f"{who} learns {taught.examples}{when}."
    rates = found.suar.at_once.ratios_to(found.default.at_once)
    yield f"Messages a second, round by round: {min(rates):.2f} to {max(rates):.2f} times the default's."
    yield (
        f"{found.many} at once: Suar asks the least busy of its {found.suar.processes} processes. The default is one "
        "process, since Rasa's server starts several only with a lock store in Redis. The load runs on the same cores."
    )
    asked = f"{len(found.suar.alone_s)} different blind messages"
    yield f"One at a time: {asked}, the languages in turn; the default was taught some of these languages only."


def _faults(found: Findings) -> Iterator[str]:
    if found.is_quick:
        yield "Careful: a quick run, to see whether everything works. Its figures mean little."
    if found.load > BUSY:
        yield f"Careful: others were using this machine (load average {found.load:.1f} at the start)."
