"""How long somebody may have to wait, as a range from what was measured lately; with too little known there is none.

Pure. The range is kept honest on three sides. Who left, or waits still, counts as having waited at least so long, so
that those who lost patience do not make the queue look fast. The upper end is a bound on the quantile that holds
with `SURE` for however the waits are spread; few waits have no such bound. And the rota decides what can be at all:
a wait runs only while somebody who speaks the language is on duty.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import comb

from bot.hotline.hours import Shift, on_duty, reached

LATELY = timedelta(days=28)
FEWEST = 20
"""With fewer waits than this nothing is said, whatever the bound would allow."""
LOW, HIGH = 0.2, 0.8
"""Between these shares of the waits lies the range."""
SURE = 0.9
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEPS = tuple(
    [each * MINUTE for each in (5, 10, 15, 20, 30, 45)]
    + [each * HOUR for each in (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48)]
)
"""What a range is rounded to, outwards; nothing longer than the last is said as a number."""


@dataclass(frozen=True)
class Waited:
    """One wait as it was measured."""

    span: timedelta
    ended: bool = True
    """Whether a counsellor wrote at its end; False for who left, or waits still."""


@dataclass(frozen=True)
class Range:
    """A range as it is told."""

    low: timedelta
    """Zero where it is under the first step: then only the upper end is worth saying."""
    high: timedelta


def range_of(
    waits: Sequence[Waited], shifts: Iterable[Shift], now: datetime, language: str
) -> Range | None:
    """Return the range to tell somebody who asks for a person now, or None where no number would be honest.

    Args:
        waits: Of people of their class and language lately, who came while somebody was there.
        shifts: What is planned from now on; empty where there is no rota, and then nothing is known of it.
        now: Aware.
        language: In which they are to be answered.
    """
    if len(waits) < FEWEST:
        return None
    low, high = _low(waits), _high(waits)
    if high is None:
        return None
    rota = list(shifts)
    if rota:
        if not on_duty(rota, now, language):
            # Whoever is there stays for as long as they like, and that is not known.
            return None
        first = reached(rota, now, low, language) if low else now
        last = reached(rota, now, high, language) if high else now
        if first is None or last is None:
            return None
        low, high = first - now, last - now
    return _rounded(low, high)


def rank_for(count: int, share: float = HIGH, sure: float = SURE) -> int | None:
    """Return which of `count` waits, sorted and counted from 1, is with `sure` no shorter than the quantile `share`.

    None where not even the longest is. That is the distribution-free bound of order statistics: the number of waits
    below the quantile is binomial.

    Source: David and Nagaraja, Order Statistics, 3rd edition, section 7.1.
    """
    below = 0.0
    for rank in range(1, count + 1):
        below += comb(count, rank - 1) * share ** (rank - 1) * (1 - share) ** (count - rank + 1)
        if below >= sure:
            return rank
    return None


def _low(waits: Sequence[Waited]) -> timedelta:
    spans = sorted(wait.span for wait in waits)
    return spans[int(LOW * (len(spans) - 1))]


def _high(waits: Sequence[Waited]) -> timedelta | None:
    rank = rank_for(len(waits))
    # Who never heard from anybody waited longer than anybody who did, as far as we know.
    ended = sorted(wait.span for wait in waits if wait.ended)
    return ended[rank - 1] if rank is not None and rank <= len(ended) else None


def _rounded(low: timedelta, high: timedelta) -> Range | None:
    above = next((step for step in STEPS if step >= high), None)
    if above is None:
        return None
    below = max((step for step in STEPS if step <= low), default=timedelta())
    return Range(below, above)
