"""Questions that behave differently in one language than in another: probably mistranslated. Pure.

People of two languages who know as much otherwise are compared (Mantel and Haenszel, matched by the rest of their
answers). The method, the classes and their sources stand in docs/learning.md.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from bot.campaigns.learning.answers import Answer
from bot.campaigns.learning.shares import adjusted

FEWEST_EACH, FEWEST_TOGETHER = 100, 300
"""So many of either language, and of both together, must have answered a question before anything is said of it."""
DELTA = -2.35
"""Log odds as the testing service ETS counts difficulty."""
SLIGHT, LARGE = 1.0, 1.5
CHANCE = 0.05
BANDS = 4
Size = Literal["A", "B", "C"]
"""Slight, moderate, large."""


@dataclass(frozen=True)
class Item:
    """How one question behaves in a language beside the language that most people use."""

    question: str
    locale: str
    reference: str
    people: int
    size: Size
    delta: float
    """Below 0: harder in `locale` than in `reference`, for people who know as much."""
    chance: float
    """Of finding as much without any difference, adjusted for the number of questions that were looked at."""

    @property
    def is_suspect(self) -> bool:
        """Whether it is probably mistranslated."""
        return self.size == "C"


@dataclass(frozen=True)
class _Found:
    question: str
    locale: str
    people: int
    log_odds: float
    error: float
    null: float


Table = list[list[int]]
"""Right and not right, of the reference and of the other language."""


def differing(answers: Sequence[Answer]) -> list[Item]:
    """Return how each question with enough answers behaves in each language, the most different first.

    It is looked at twice: what was suspect the first time is left out of how much somebody knows otherwise.
    """
    if not answers:
        return []
    reference = _reference(answers)
    found = _look(answers, reference, frozenset())
    suspects = frozenset(item.question for item in found if item.is_suspect)
    if suspects:
        found = _look(answers, reference, suspects)
    return sorted(found, key=lambda item: (-abs(item.delta), item.question, item.locale))


def _reference(answers: Sequence[Answer]) -> str:
    people: dict[str, set[Hashable]] = defaultdict(set)
    for answer in answers:
        people[answer.locale].add(answer.person)
    return min(people, key=lambda locale: (-len(people[locale]), locale))


def _look(answers: Sequence[Answer], reference: str, left_out: Collection[str]) -> list[Item]:
    found = [
        each
        for (question, locale), strata in _strata(answers, reference, left_out).items()
        if (each := _compare(question, locale, list(strata.values()))) is not None
    ]
    # Two questions are asked of each: is there any difference, and is it more than a slight one?
    any_at_all = adjusted([each.null for each in found])
    more = adjusted([_beyond_slight(each) for each in found])
    return [
        Item(
            each.question,
            each.locale,
            reference,
            each.people,
            _size(DELTA * each.log_odds, null, beyond),
            DELTA * each.log_odds,
            null,
        )
        for each, null, beyond in zip(found, any_at_all, more, strict=True)
    ]


def _strata(
    answers: Sequence[Answer], reference: str, left_out: Collection[str]
) -> Mapping[tuple[str, str], Mapping[Hashable, Table]]:
    """Return the tables of each question and language, one for people who know as much at the same phase."""
    theirs: dict[Hashable, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.question not in left_out:
            theirs[answer.person].append(answer)
    locales = sorted({answer.locale for answer in answers} - {reference})
    found: dict[tuple[str, str], dict[Hashable, Table]] = defaultdict(dict)
    for answer in answers:
        key = (answer.phase, _band(answer, theirs[answer.person]))
        compared = locales if answer.locale == reference else [answer.locale]
        for locale in compared:
            table = found[answer.question, locale].setdefault(key, [[0, 0], [0, 0]])
            table[answer.locale != reference][answer.right is not True] += 1
    return found


def _band(answer: Answer, theirs: Sequence[Answer]) -> int:
    """Return how much somebody knows otherwise, from 0 to `BANDS`; -1 where nothing else was answered."""
    others = [each.right is True for each in theirs if each is not answer]
    return round(BANDS * sum(others) / len(others)) if others else -1


def _compare(question: str, locale: str, tables: Sequence[Table]) -> _Found | None:
    """Return the pooled odds of being right, None where too few answered or there is nothing to compare."""
    sizes = [sum(sum(table[row]) for table in tables) for row in (0, 1)]
    # A table with one language alone tells nothing, and the library divides by what is left of a single person.
    tables = [table for table in tables if sum(table[0]) and sum(table[1])]
    if min(sizes) < FEWEST_EACH or sum(sizes) < FEWEST_TOGETHER:
        return None
    for_reference = sum(table[0][0] * table[1][1] for table in tables)
    for_other = sum(table[0][1] * table[1][0] for table in tables)
    if not for_reference and not for_other:
        return None
    # Where nobody of one language is right, the odds would be without end: half a person more in each cell keeps them finite.
    more = 0.0 if for_reference and for_other else 0.5 / len(tables)
    from statsmodels.stats.contingency_tables import StratifiedTable  # noqa: PLC0415  # seconds

    pooled = StratifiedTable([np.array(table, dtype=float) + more for table in tables])
    return _Found(
        question,
        locale,
        sum(sizes),
        float(pooled.logodds_pooled),
        float(pooled.logodds_pooled_se),
        float(pooled.test_null_odds(correction=True).pvalue),
    )


def _beyond_slight(found: _Found) -> float:
    """Return the chance of so large a difference if the true one were slight at most."""
    away = (abs(found.log_odds) - SLIGHT / abs(DELTA)) / found.error
    return 1 - NormalDist().cdf(away)


def _size(delta: float, null: float, beyond: float) -> Size:
    if null >= CHANCE or abs(delta) < SLIGHT:
        return "A"
    return "C" if abs(delta) >= LARGE and beyond < CHANCE else "B"
