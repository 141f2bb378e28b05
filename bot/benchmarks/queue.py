"""`suar bench queue`: how long people wait in Suar's order and in the order of arrival, over weeks that are made up."""

import io
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Console
from rich.table import Table

from bot.benchmarks import Tell
from bot.benchmarks.figures import quantile
from bot.benchmarks.queue_weeks import PACE, alike, people, run, staffed
from bot.hotline.forecast_core import Caller, Wait
from bot.hotline.order import PROMISE, Place, rank
from bot.hotline.promise import passable_for
from bot.settings import Settings
from bot.understanding.model import RiskLevel

WIDTH = 110
SEEDS = (1, 2, 3, 4, 5)
WEEKS = 8
FIRST_AIM = 5.0
"""How many times shorter the wait of those in danger is to be than in the order of arrival."""
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Line:
    """What one run found about one level, times in minutes."""

    people: int
    p95: float
    p95_alike: float
    """In Suar's order with no room kept for danger: what the order does by itself."""
    p95_fifo: float
    left: float
    """Which share left before they were taken."""
    left_fifo: float
    most: float
    """The longest wait by the clock of the bound."""
    bound: float
    held: bool
    """Whether everybody was taken within their own bound."""

    @property
    def ratio(self) -> float:
        """How many times longer the order of arrival lets people wait."""
        return self.p95_fifo / self.p95

    @property
    def ratio_alike(self) -> float:
        """The same where neither keeps room for danger."""
        return self.p95_fifo / self.p95_alike


async def measure(settings: Settings, tell: Tell, *, quick: bool) -> str:
    """Let the weeks go by twice for each seed, and report."""
    del settings  # nothing of this installation is looked at
    runs = []
    for seed in SEEDS[:1] if quick else SEEDS:
        runs.append(compare(people(seed, weeks := 2 if quick else WEEKS), weeks))
        tell(f"{weeks} weeks of seed {seed} are over.")
    return print_report(runs)


def compare(callers: Sequence[Caller], weeks: int) -> dict[RiskLevel, Line]:
    """Return what the same people meet in both orders, by level."""
    ours = run(callers, weeks, rank)
    order_only = run(callers, weeks, rank, room=alike)
    theirs = run(callers, weeks, in_order_of_arrival, room=alike)
    levels = sorted(PROMISE, reverse=True)
    return {level: _line(level, ours, order_only, theirs) for level in levels}


def in_order_of_arrival(place: Place) -> datetime:
    """Return the sorting key of a queue that only knows who came first."""
    return place.waiting_since


def passers(wait: Wait, waits: Sequence[Wait]) -> int:
    """Count who was there meanwhile and may go before somebody, after the words of `docs/queue.md`."""
    who = wait.caller.place
    limit = who.waiting_since + passable_for(who.level)
    danger = who.level is RiskLevel.IMMEDIATE
    return sum(
        1
        for other in waits
        if other is not wait
        and other.caller.place.waiting_since < wait.ended_at
        and other.ended_at > who.waiting_since
        and (
            other.caller.place.urgent or (not danger and other.caller.place.waiting_since < limit)
        )
    )


def print_report(runs: Sequence[dict[RiskLevel, Line]]) -> str:
    """Return the report as text."""
    out = io.StringIO()
    console = Console(file=out, width=WIDTH, highlight=False, color_system=None)
    console.print(_table(runs))
    for line in _verdicts(runs):
        console.print(line, markup=False, soft_wrap=True)
    return out.getvalue().rstrip()


def _line(
    level: RiskLevel, ours: Sequence[Wait], order_only: Sequence[Wait], theirs: Sequence[Wait]
) -> Line:
    mine, ordered, fifo = (
        [wait for wait in waits if wait.caller.place.level is level]
        for waits in (ours, order_only, theirs)
    )
    allowed = [1 + passers(wait, ours) for wait in mine]
    offers = [wait.stood_by + 1 for wait in mine]
    return Line(
        people=len(mine),
        p95=_p95(mine),
        p95_alike=_p95(ordered),
        p95_fifo=_p95(fifo),
        left=_left(mine),
        left_fifo=_left(fifo),
        most=max(offers, default=0) * (PACE / MINUTE),
        bound=max(allowed, default=0) * (PACE / MINUTE),
        held=all(had <= may for had, may in zip(offers, allowed, strict=True)),
    )


def _p95(waits: Sequence[Wait]) -> float:
    """Return the wait of the taken, in minutes with somebody on duty, and at least the pace at which anybody is taken."""
    spans = [
        staffed(wait.caller.place.waiting_since, wait.taken_at) for wait in waits if wait.taken_at
    ]
    return max(quantile([span / MINUTE for span in spans], 0.95), PACE / MINUTE)


def _left(waits: Sequence[Wait]) -> float:
    return sum(1 for wait in waits if wait.taken_at is None) / max(1, len(waits))


def _table(runs: Sequence[dict[RiskLevel, Line]]) -> Table:
    title = "Waiting while somebody is on duty, p95 in minutes; medians of the runs"
    table = Table("level", title=title, box=None)
    names = (
        "people",
        "promised",
        "Suar",
        "by arrival",
        "times",
        "longest",
        "bound",
        "left",
        "left, by arrival",
    )
    for name in names:
        table.add_column(name, justify="right")
    for level in sorted(PROMISE, reverse=True):
        lines = [one[level] for one in runs]
        table.add_row(
            level.label,
            str(sum(line.people for line in lines)),
            f"{PROMISE[level] / MINUTE:.0f}",
            f"{statistics.median(line.p95 for line in lines):.1f}",
            f"{statistics.median(line.p95_fifo for line in lines):.1f}",
            f"{statistics.median(line.ratio for line in lines):.1f}",
            f"{max(line.most for line in lines):.0f}",
            f"{max(line.bound for line in lines):.0f}",
            f"{statistics.median(line.left for line in lines):.0%}",
            f"{statistics.median(line.left_fifo for line in lines):.0%}",
        )
    return table


def _verdicts(runs: Sequence[dict[RiskLevel, Line]]) -> Iterator[str]:
    first = [one[RiskLevel.IMMEDIATE].ratio for one in runs]
    alone = [one[RiskLevel.IMMEDIATE].ratio_alike for one in runs]
    last = [one[RiskLevel.NONE] for one in runs]
    kept = all(line.held for one in runs for line in one.values())
    yield ""
    yield (
        f"Danger now waits {min(first):.1f} to {max(first):.1f} times less than by arrival, "
        f"aim {FIRST_AIM:g}: {_said(min(first) >= FIRST_AIM)}"
    )
    yield f"By the order alone, with no room kept for danger: {min(alone):.1f} to {max(alone):.1f} times less"
    promised = PROMISE[RiskLevel.NONE] / MINUTE
    worst = max(line.p95 for line in last)
    yield f"No danger told: p95 at most {worst:.0f} minutes, promised {promised:.0f}: {_said(worst <= promised)}"
    yield f"Everybody of every level within their own bound: {_said(kept)}"


def _said(reached: bool) -> str:  # a table of two words
    return "reached" if reached else "missed"
