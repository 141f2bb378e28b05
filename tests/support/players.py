"""Made-up players whose knowledge is known: what the estimates of learning must find again.

Whether somebody knows a fact follows a two-parameter logistic model of their ability. Who does not know says so or
guesses, learns from the quiz with a given chance, forgets with time, and may not come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from bot.campaigns.learning.answers import PHASES, Answer, Phase

DAY = date(2026, 7, 30)
LATER = {"before": 0, "after": 0, "week1": 7, "week4": 28}


@dataclass(frozen=True)
class Group:
    """People of one language; their abilities are normal with the deviation 1."""

    locale: str
    people: int
    ability: float = 0.0


@dataclass(frozen=True)
class Made:
    """One question as the model has it."""

    name: str
    discrimination: float = 1.2
    difficulty: float = 0.0
    choices: int = 4
    harder_in: Mapping[str, float] = field(default_factory=dict)
    """By how much its translation is harder."""


@dataclass(frozen=True)
class Study:
    """What happens to one fact."""

    discrimination: float = 1.2
    difficulty: float = 0.3
    learning: float = 0.6
    """The chance that the quiz teaches it to somebody who does not know."""
    forgetting_days: float = 40.0
    """What was learned is gone after a time with this mean; what was known before stays."""
    unsure: float = 0.3
    """How many of those who do not know say so."""
    guises: tuple[int, ...] = (4, 3, 2, 5)
    """The number of possible answers of each guise, which are taken in turn."""
    stays: Mapping[Phase, float] = field(
        default_factory=lambda: {"before": 1.0, "after": 1.0, "week1": 0.7, "week4": 0.5}
    )
    staying_by_ability: float = 0.0
    """How much more likely the able are to come back, in log odds for one deviation."""


def chance(
    ability: NDArray[np.float64], discrimination: float, difficulty: float
) -> NDArray[np.float64]:
    """Return the chance of knowing, by the two-parameter logistic model."""
    return 1 / (1 + np.exp(-discrimination * (ability - difficulty)))


def really_known(study: Study) -> dict[Phase, float]:
    """Return the share that truly knows at each phase, over the whole distribution of abilities."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    before = float(
        np.sum(weights * chance(nodes, study.discrimination, study.difficulty)) / np.sum(weights)
    )
    taught = (1 - before) * study.learning
    return {
        phase: before
        + (taught * np.exp(-LATER[phase] / study.forgetting_days) if phase != "before" else 0.0)
        for phase in PHASES
    }


def play_study(study: Study, people: int, rng: Generator, *, locale: str = "id") -> list[Answer]:
    """Return what `people` answered."""
    ability = rng.standard_normal(people)
    knew = rng.random(people) < chance(ability, study.discrimination, study.difficulty)
    taught = ~knew & (rng.random(people) < study.learning)
    forgets_after = rng.exponential(study.forgetting_days, people)
    answers: list[Answer] = []
    for number, phase in enumerate(PHASES):
        day = LATER[phase]
        knows = knew if phase == "before" else knew | (taught & (forgets_after > day))
        stays = rng.random(people) < _staying(study, phase, ability)
        for person in np.flatnonzero(stays):
            guise = (int(person) + number) % len(study.guises)
            right = _answer(bool(knows[person]), study.unsure, study.guises[guise], rng)
            made = Answer(
                int(person),
                "fact",
                f"guise{guise}",
                phase,
                locale,
                right,
                study.guises[guise],
                DAY + timedelta(days=day),
            )
            answers.append(made)
    return answers


def play_test(
    items: Sequence[Made], groups: Sequence[Group], rng: Generator, *, unsure: float = 0.2
) -> list[Answer]:
    """Return what all people of all groups answered to all questions."""
    answers: list[Answer] = []
    for group in groups:
        ability = group.ability + rng.standard_normal(group.people)
        for item in items:
            difficulty = item.difficulty + item.harder_in.get(group.locale, 0.0)
            knows = rng.random(group.people) < chance(ability, item.discrimination, difficulty)
            answers += [
                Answer(
                    (group.locale, person),
                    item.name,
                    item.name,
                    "before",
                    group.locale,
                    _answer(bool(known), unsure, item.choices, rng),
                    item.choices,
                    DAY,
                )
                for person, known in enumerate(knows)
            ]
    return answers


def _staying(study: Study, phase: Phase, ability: NDArray[np.float64]) -> NDArray[np.float64]:
    stays = study.stays[phase]
    if stays >= 1 or not study.staying_by_ability:
        return np.full(len(ability), stays)
    by_half = ability + np.log(stays / (1 - stays)) / study.staying_by_ability
    return chance(by_half, study.staying_by_ability, 0.0)


def _answer(knows: bool, unsure: float, choices: int, rng: Generator) -> bool | None:
    if knows:
        return True
    if rng.random() < unsure:
        return None
    return bool(rng.random() < 1 / choices)
