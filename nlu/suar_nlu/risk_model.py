"""How much danger a message speaks of, of which kinds, and about whom. Plain arrays in, plain results out.

The level is three yes/no questions: is there any risk, is it serious, is it immediate. Held-out messages show how far
the network can be believed in each language; that is kept as a slope for all and an offset for each. From which
probability a question counts as answered with yes stands in `config.yml` and goes into the model with the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from suar_nlu.examples import Example
from suar_nlu.network import Answers, Rows
from suar_nlu.taxonomy import LEVELS, SUBJECTS

Scores = NDArray[np.float64]

QUESTIONS = ("any", "serious", "immediate")
_STUBBORN = 3.0
"""How hard an offset of one language is to move: a few dozen messages have to agree."""


@dataclass(frozen=True)
class RiskOptions:
    """From which probability each question counts as answered with yes, and from which a kind is named.

    From `doubt_from` on the model does not rule a danger out: a match of the word lists counts then.
    """

    any_from: float = 0.5
    serious_from: float = 0.45
    immediate_from: float = 0.4
    kind_from: float = 0.35
    doubt_from: float = 0.1


@dataclass(frozen=True)
class Risk:
    """What was found; `scores` gives the probability of each level."""

    level: str
    kinds: tuple[str, ...]
    subject: str
    scores: dict[str, float]
    doubt: bool

    @property
    def severity(self) -> tuple[int, float]:
        """Sorts views of one message, the most severe last."""
        return LEVELS.index(self.level), 1.0 - self.scores["none"]


NO_RISK = Risk(
    "none",
    (),
    "unknown",
    {"none": 1.0, "concern": 0.0, "high": 0.0, "immediate": 0.0},
    doubt=False,
)


@dataclass(frozen=True)
class Calibration:
    """Turns the logit of a question into a probability: `slopes` and `offsets` have shape (3,), `shifts` (languages, 3)."""

    slopes: Scores
    offsets: Scores
    shifts: Scores

    def apply(self, logits: Rows, languages: Scores) -> Scores:
        """Return probabilities, shape (n, 3), for texts of one message, whose languages have these probabilities."""
        return np.asarray(expit(logits * self.slopes + self.offsets + languages @ self.shifts))


@dataclass(frozen=True)
class RiskModel:
    """The network's outputs about risk are `QUESTIONS`, then `SUBJECTS`, then `kinds`."""

    kinds: tuple[str, ...]
    calibration: Calibration
    options: RiskOptions

    def judge(self, answers: Answers, languages: Scores) -> Risk:
        """Return the most severe finding over the views of ONE message, which has these languages, shape (languages,)."""
        probs = self.calibration.apply(answers.risk[:, : len(QUESTIONS)], languages)
        rest = expit(answers.risk[:, len(QUESTIONS) :].astype(np.float64))
        found = [self._describe(*view) for view in zip(probs, rest, strict=True)]
        return max(found, key=lambda risk: risk.severity)

    def _describe(self, probs: Scores, rest: Scores) -> Risk:
        level = LEVELS[self._count_levels(probs)]
        scores = spread_over_levels(probs)
        doubt = 1.0 - scores["none"] >= self.options.doubt_from
        if level == "none":
            return Risk(level, (), "unknown", scores, doubt)
        subject = SUBJECTS[int(rest[: len(SUBJECTS)].argmax())]
        kinds = self._name_kinds(level, rest[len(SUBJECTS) :])
        return Risk(level, kinds, subject, scores, doubt)

    def _count_levels(self, probs: Scores) -> int:
        """Count up: serious implies any risk, and only what is serious can be immediate."""
        any_risk, serious, immediate = (
            probs[0] >= self.options.any_from,
            probs[1] >= self.options.serious_from,
            probs[2] >= self.options.immediate_from,
        )
        if not serious:
            return int(any_risk)
        return 3 if immediate else 2

    def _name_kinds(self, level: str, probs: Scores) -> tuple[str, ...]:
        """Name the likely kinds, likeliest first; a serious message is given the best guess at the least."""
        likeliest_first = sorted(range(len(self.kinds)), key=lambda i: -probs[i])
        chosen = [i for i in likeliest_first if probs[i] >= self.options.kind_from]
        if not chosen and level != "concern":
            chosen = [i for i in likeliest_first[:1] if probs[i] >= self.options.kind_from / 2]
        return tuple(self.kinds[i] for i in chosen)

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them; the options are Rasa's to keep."""
        return {
            "kinds": np.array(self.kinds, dtype=str),
            "slopes": self.calibration.slopes,
            "offsets": self.calibration.offsets,
            "shifts": self.calibration.shifts,
        }

    @staticmethod
    def from_arrays(arrays: dict[str, Any], options: RiskOptions) -> RiskModel:
        """Rebuild a stored model."""
        calibration = Calibration(arrays["slopes"], arrays["offsets"], arrays["shifts"])
        return RiskModel(tuple(arrays["kinds"].tolist()), calibration, options)


def spread_over_levels(probs: Scores) -> dict[str, float]:
    """Turn the answers to `QUESTIONS` into a probability for each level; they sum to one but for rounding."""
    any_risk = max(float(probs[0]), float(probs[1]))
    serious = float(probs[1])
    immediate = min(float(probs[2]), serious)
    scores = (1 - any_risk, any_risk - serious, serious - immediate, immediate)
    return {level: round(score, 4) for level, score in zip(LEVELS, scores, strict=True)}


def name_risks(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the network's outputs about risk."""
    return (*QUESTIONS, *(f"subject {name}" for name in SUBJECTS), *kinds)


def answer_risks(examples: Sequence[Example], kinds: Sequence[str]) -> Rows:
    """Return the right answers to the network's outputs about risk, shape (n, outputs)."""
    rows = [
        [
            *(LEVELS.index(e.risk) >= step for step in (1, 2, 3)),
            *(e.risk != "none" and e.subject == name for name in SUBJECTS),
            *(kind in e.kinds for kind in kinds),
        ]
        for e in examples
    ]
    return np.array(rows, np.float32)


def weigh_risks(kinds: Sequence[str]) -> Rows:
    """Return how much each output about risk counts in what is learned: the questions twice what the rest does."""
    return np.array([1.0] * len(QUESTIONS) + [0.5] * (len(SUBJECTS) + len(kinds)), np.float32)


def fit_risk(
    kinds: Sequence[str],
    options: RiskOptions,
    answers: Sequence[Answers],
    languages: Scores,
    levels: Sequence[str],
) -> RiskModel:
    """Calibrate on held-out messages.

    Args:
        kinds: The names of the last outputs.
        options: The thresholds.
        answers: What the network says about each message, view by view.
        languages: The probability of each language, shape (messages, languages); may have no rows.
        levels: The right level of each message.
    """
    if not levels:
        count = languages.shape[1]
        plain = Calibration(np.ones(3), np.zeros(3), np.zeros((count, 3)))
        return RiskModel(tuple(kinds), plain, options)
    loudest = np.stack([each.risk[:, : len(QUESTIONS)].max(axis=0) for each in answers])
    steps = np.array([LEVELS.index(level) for level in levels])
    fitted = [
        _fit_question(loudest[:, i].astype(np.float64), languages, steps > i)
        for i in range(len(QUESTIONS))
    ]
    calibration = Calibration(
        np.array([slope for slope, _, _ in fitted]),
        np.array([offset for _, offset, _ in fitted]),
        np.stack([shifts for _, _, shifts in fitted], axis=1),
    )
    return RiskModel(tuple(kinds), calibration, options)


def _fit_question(
    logits: Scores, languages: Scores, right: NDArray[np.bool_]
) -> tuple[float, float, Scores]:
    """Find slope, offset and the shift of each language under which the right answers are most likely."""

    def cost(values: Scores) -> tuple[float, Scores]:
        slope, offset, shifts = values[0], values[1], values[2:]
        z = slope * logits + offset + languages @ shifts
        error = expit(z) - right
        surprise = np.logaddexp(0.0, z).sum() - z[right].sum()
        gradient = np.concatenate(
            [[error @ logits], [error.sum()], languages.T @ error + _STUBBORN * shifts]
        )
        return float(surprise + _STUBBORN / 2 * (shifts @ shifts)), gradient

    start = np.concatenate([[1.0, 0.0], np.zeros(languages.shape[1])])
    best = minimize(cost, start, jac=True, method="L-BFGS-B").x
    return round(float(best[0]), 6), round(float(best[1]), 6), np.round(best[2:], 6)
