"""Shares with 95 % intervals: who answered right, who knew it beyond guessing, and what has changed in the same people. Pure.

The methods and their sources stand in docs/learning.md. statsmodels and scipy take seconds to load, so they are loaded where figures are made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean

from bot.campaigns.learning.answers import Answer

LEVEL = 0.95
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True)
class Share:
    """A part of people, from 0 to 1, and between which limits it lies."""

    people: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Change:
    """How much two shares are apart, from -1 to 1; `p` tells how often chance alone moves as many, None where it was not asked."""

    people: int
    value: float
    low: float
    high: float
    p: float | None = None


Pair = tuple[Answer, Answer]
"""The earlier and the later answer of one person."""


def recognised(answers: Sequence[Answer]) -> Share:
    """Return the share of right answers with Wilson's interval; "I don't know" and wrong count alike.

    `answers` are of different people, at least one.
    """
    right = sum(answer.right is True for answer in answers)
    low, high = _wilson(right, len(answers))
    return Share(len(answers), right / len(answers), low, high)


def known(answers: Sequence[Answer]) -> Share:
    """Return the share of those who knew, corrected for guessing, with a score interval.

    Whoever neither knows nor says so is taken to hit one of the possible answers by chance. `answers` are of different
    people, at least one.
    """
    people = len(answers)
    # Below 0 they do worse than by chance, because they believe something wrong: nobody knows, and the interval begins there.
    mean = _part(fmean(answer.score for answer in answers))
    low, high = _score_interval(mean, people, _noise(answers, mean))
    return Share(people, mean, low, high)


def difference(one: Share, other: Share) -> Change:
    """Return how much more `one` is than `other`, which are shares of different people."""
    value, low, high = _apart(one, other, together=0.0)
    return Change(one.people + other.people, value, low, high)


def changed(pairs: Sequence[Pair]) -> Change:
    """Return how many more of the same people know it later, corrected for guessing; `pairs` are at least one.

    `p` is McNemar's exact test of right against not right: those who gained against those who lost.
    """
    earlier, later = zip(*pairs, strict=True)
    together = _correlation([first.score for first in earlier], [last.score for last in later])
    value, low, high = _apart(known(later), known(earlier), together=together)
    return Change(len(pairs), value, low, high, _mcnemar(pairs))


def moved(pairs: Sequence[Pair]) -> tuple[int, int]:
    """Return how many were right only later, and how many only before."""
    gained = sum(last.right is True and first.right is not True for first, last in pairs)
    lost = sum(first.right is True and last.right is not True for first, last in pairs)
    return gained, lost


def adjusted(chances: Sequence[float]) -> list[float]:
    """Return p-values as many tests at once leave them (Benjamini-Hochberg), in the same order."""
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415  # seconds

    if not chances:
        return []
    return [float(each) for each in multipletests(list(chances), method="fdr_bh")[1]]


def _wilson(right: int, people: int) -> tuple[float, float]:
    from statsmodels.stats.proportion import proportion_confint  # noqa: PLC0415  # seconds

    low, high = proportion_confint(right, people, alpha=1 - LEVEL, method="wilson")
    return _part(float(low)), _part(float(high))


def _mcnemar(pairs: Sequence[Pair]) -> float:
    from statsmodels.stats.contingency_tables import mcnemar  # noqa: PLC0415  # seconds

    gained, lost = moved(pairs)
    return float(mcnemar([[0, gained], [lost, 0]], exact=True).pvalue)


def _noise(answers: Sequence[Answer], mean: float) -> float:
    """Return how much one who does not know adds to the variance: the part of them that guesses, by what a guess is worth."""
    unsure = sum(answer.right is None for answer in answers) / len(answers)
    ignorant = 1.0 - mean
    guessing = 1.0 - min(1.0, unsure / ignorant) if ignorant > 0 else 1.0
    return guessing * fmean(1.0 / (answer.choices - 1) for answer in answers)


def _score_interval(mean: float, people: int, noise: float) -> tuple[float, float]:
    """Return every share K whose model would give a mean as far away as `mean` with a chance of 5 % at least.

    One answer's score has the mean K and the variance (1 - K)(K + noise); without noise this is Wilson's interval.
    """
    z2 = Z * Z
    a = people + z2
    b = 2 * people * mean + z2 * (1 - noise)
    c = people * mean * mean - z2 * noise
    root = sqrt(max(b * b - 4 * a * c, 0.0))
    return _part((b - root) / (2 * a)), _part((b + root) / (2 * a))


def _apart(more: Share, less: Share, *, together: float) -> tuple[float, float, float]:
    """Return `more` minus `less` with limits recovered from theirs; `together` is how their answers correlate."""
    up, down = more.high - more.value, more.value - more.low
    other_up, other_down = less.high - less.value, less.value - less.low
    value = more.value - less.value
    low = value - sqrt(max(down**2 - 2 * together * down * other_up + other_up**2, 0.0))
    high = value + sqrt(max(up**2 - 2 * together * up * other_down + other_down**2, 0.0))
    return value, max(low, -1.0), min(high, 1.0)


def _correlation(one: Sequence[float], other: Sequence[float]) -> float:
    """Return Pearson's correlation, drawn towards 0 as Wilson's interval draws a share to the middle.

    Of few people it is uncertain itself, and taken as it is it makes the interval too narrow (docs/learning.md).
    """
    from scipy.stats import pearsonr  # noqa: PLC0415  # seconds

    if len(set(one)) == 1 or len(set(other)) == 1 or len(one) < 3:
        return 0.0
    return float(pearsonr(one, other).statistic) * len(one) / (len(one) + Z * Z)


def _part(value: float) -> float:
    return min(max(value, 0.0), 1.0)
