"""The report of `suar bench turn`: a table, the ratios with their aims, the machine."""

import io
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from bot.benchmarks.figures import Series, quantile
from bot.benchmarks.machine import Machine

WIDTH = 100
BUTTON_AIM = 0.5
TEXT_AIM = 2.0
DESK_AIM_S = 0.5
BUSY = 0.5


@dataclass(frozen=True)
class Key:
    """Who did what, how many at once."""

    who: str
    kind: str
    at_once: int


@dataclass(frozen=True)
class Findings:
    """Everything that was found."""

    machine: Machine
    series: Mapping[Key, Series]
    desk_waits_s: Mapping[str, Sequence[float]]
    """From consent to the desk, by what else was going on."""
    nlu_processes: int
    late: int
    """Texts that Suar could not read, because the language model was away or late."""
    unanswered: int
    """Texts that Rasa's own bot had nothing to say to."""
    many: int
    """How many "many at once" is."""


def print_report(found: Findings) -> str:
    """Return the report as text."""
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, highlight=False, color_system=None)
    console.print(_table(found.series))
    for line in (*_ratios(found), *_desk(found.desk_waits_s), *_faults(found), *_machine(found)):
        console.print(line, markup=False, soft_wrap=True)
    return out.getvalue().rstrip()


def _table(series: Mapping[Key, Series]) -> Table:
    table = Table(
        "turn", "bot", title="One turn, webhook in to sendMessage out; all durable", box=None
    )
    for name in ("at once", "turns/s", "p50 ms", "p99 ms", "turns"):
        table.add_column(name, justify="right")
    for key, runs in sorted(series.items(), key=lambda item: (item[0].kind, item[0].at_once)):
        table.add_row(
            key.kind,
            key.who,
            str(key.at_once),
            f"{runs.rate:.0f}",
            f"{runs.latency_ms(0.5):.1f}",
            f"{runs.latency_ms(0.99):.1f}",
            str(runs.turns),
        )
    return table


def _ratios(found: Findings) -> Iterator[str]:
    yield ""
    for kind, other, aim in (
        ("button", "bare aiogram", BUTTON_AIM),
        ("text", "Rasa's own bot", TEXT_AIM),
    ):
        for at_once in (1, found.many):
            ours = found.series[Key("Suar", kind, at_once)]
            ratios = ours.ratios_to(found.series[Key(other, kind, at_once)])
            ratio = statistics.median(ratios)
            said = f"{ratio:.2f} of {other}'s rate (runs {min(ratios):.2f} to {max(ratios):.2f})"
            wanted = f", aim {aim:g}: {_kept(ratio >= aim)}" if at_once == found.many else ""
            yield f"A {kind} turn, {at_once} at once: {said}{wanted}"


def _desk(waits: Mapping[str, Sequence[float]]) -> Iterator[str]:
    for when, seconds in waits.items():
        middle, worst = quantile(seconds, 0.5), max(seconds)
        times = f"p50 {1000 * middle:.0f} ms, worst of {len(seconds)} {1000 * worst:.0f} ms"
        yield f"From consent to the open desk, {when}: {times}, aim {DESK_AIM_S} s: {_kept(worst < DESK_AIM_S)}"


def _faults(found: Findings) -> Iterator[str]:
    if found.late:
        yield f"Careful: Suar could not read {found.late} texts, the language model was late."
    if found.unanswered:
        yield f"Careful: Rasa's own bot left {found.unanswered} texts without an answer."
    if not found.machine.durable:
        yield "Careful: this PostgreSQL is not durable, the figures mean nothing."
    if found.machine.load > BUSY:
        yield f"Careful: others were using this machine (load average {found.machine.load:.1f} at the start)."


def _machine(found: Findings) -> Iterator[str]:
    machine = found.machine
    yield ""
    yield (
        f"{machine.cores} cores of {machine.cpu}, Python {machine.python}, PostgreSQL {machine.postgres}, "
        f"{machine.fsyncs:.0f} fsyncs/s"
    )
    yield (
        f"Suar: {found.nlu_processes} web, 1 worker, {found.nlu_processes} language model processes; aiogram: 1 process; "
        f"Rasa: {found.nlu_processes} processes. The load runs on the same cores."
    )


def _kept(reached: bool) -> str:  # a table of two words
    return "reached" if reached else "missed"
