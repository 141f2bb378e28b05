"""How much danger a message speaks of, of which kinds, and about whom. Plain arrays in, plain results out.

The level is three yes/no questions: is there any risk, is it serious, is it immediate. Each is answered from meaning
and wording; how far to believe either is learned from held-out examples. From which probability a question counts as
answered with yes stands in `config.yml`: chosen on the blind validation messages, so that hardly anybody who tells is missed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from suar_nlu.corpus import Corpus
from suar_nlu.opinions import Opinion, OpinionOptions, Opinions, fit_opinions
from suar_nlu.ridge import Rows, Scores
from suar_nlu.taxonomy import LEVELS, SUBJECTS

QUESTIONS = ("any", "serious", "immediate")
_MIN_KIND_EXAMPLES = 3


@dataclass(frozen=True)
class RiskOptions:
    """From which probability each question counts as answered with yes, and the settings of `OpinionOptions`."""

    any_from: float = 0.4
    serious_from: float = 0.4
    immediate_from: float = 0.4
    kind_threshold: float = 0.35
    gamma: float = 0.1
    penalty: float = 0.1
    letter_strength: float = 5.0

    @property
    def opinions(self) -> OpinionOptions:
        """The part that the two opinions want to know."""
        return OpinionOptions(self.gamma, self.penalty, self.letter_strength)


@dataclass(frozen=True)
class Risk:
    """What was found; `scores` gives the probability of each level."""

    level: str
    kinds: tuple[str, ...]
    subject: str
    scores: dict[str, float]

    @property
    def severity(self) -> tuple[int, float]:
        """Sorts views of one message, the most severe last."""
        return LEVELS.index(self.level), 1.0 - self.scores["none"]


NO_RISK = Risk("none", (), "unknown", {"none": 1.0, "concern": 0.0, "high": 0.0, "immediate": 0.0})


@dataclass(frozen=True)
class RiskModel:
    """Targets are `QUESTIONS`, then `SUBJECTS`, then `kinds`.

    `mix` has shape (3, targets): the say of the meaning, the say of the wording, an offset. `thresholds` follow
    the questions; `kind_threshold` is P(kind) from which a kind is named.
    """

    kinds: tuple[str, ...]
    opinions: Opinions
    mix: Scores
    thresholds: tuple[float, ...]
    kind_threshold: float

    def judge(self, rows: Rows, texts: Sequence[str]) -> Risk:
        """Return the most severe finding over the views of ONE message, shape of `rows` (n, 384), n at least 1."""
        found = [
            self._describe(probs) for probs in blend(self.opinions.ask(rows, texts), self.mix)
        ]
        return max(found, key=lambda risk: risk.severity)

    def _describe(self, probs: Scores) -> Risk:
        level = LEVELS[self._count_levels(probs)]
        scores = spread_over_levels(probs)
        if level == "none":
            return Risk(level, (), "unknown", scores)
        subject = SUBJECTS[int(probs[len(QUESTIONS) : len(QUESTIONS) + len(SUBJECTS)].argmax())]
        return Risk(
            level,
            self._name_kinds(level, probs[len(QUESTIONS) + len(SUBJECTS) :]),
            subject,
            scores,
        )

    def _count_levels(self, probs: Scores) -> int:
        """Count up: serious implies any risk, and only what is serious can be immediate."""
        any_risk, serious, immediate = (
            p >= limit for p, limit in zip(probs, self.thresholds, strict=False)
        )
        if not serious:
            return int(any_risk)
        return 3 if immediate else 2

    def _name_kinds(self, level: str, probs: Scores) -> tuple[str, ...]:
        """Name the likely kinds, likeliest first; a serious message is given the best guess at the least."""
        likeliest_first = sorted(range(len(self.kinds)), key=lambda i: -probs[i])
        chosen = [i for i in likeliest_first if probs[i] >= self.kind_threshold]
        if not chosen and level != "concern":
            chosen = [i for i in likeliest_first[:1] if probs[i] >= self.kind_threshold / 2]
        return tuple(self.kinds[i] for i in chosen)

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        own = {
            "kinds": np.array(self.kinds, dtype=str),
            "mix": self.mix,
            "thresholds": np.array([*self.thresholds, self.kind_threshold]),
        }
        return self.opinions.to_arrays() | own

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> RiskModel:
        """Rebuild a stored model."""
        *thresholds, kind_threshold = arrays["thresholds"].tolist()
        kinds = tuple(arrays["kinds"].tolist())
        return RiskModel(
            kinds, Opinions.from_arrays(arrays), arrays["mix"], tuple(thresholds), kind_threshold
        )


def blend(opinion: Opinion, mix: Scores) -> Scores:
    """Turn both opinions into probabilities, shape (n, targets)."""
    return np.asarray(
        expit(opinion.meaning * mix[0] + opinion.wording * opinion.trust * mix[1] + mix[2])
    )


def spread_over_levels(probs: Scores) -> dict[str, float]:
    """Turn the answers to `QUESTIONS` into a probability for each level; they sum to one but for rounding."""
    any_risk = max(float(probs[0]), float(probs[1]))
    serious = float(probs[1])
    immediate = min(float(probs[2]), serious)
    scores = (1 - any_risk, any_risk - serious, serious - immediate, immediate)
    return {level: round(score, 4) for level, score in zip(LEVELS, scores, strict=True)}


def fit_risk(corpus: Corpus, options: RiskOptions) -> RiskModel:
    """Fit on a corpus; the mixes come from what held-out examples would have been told."""
    kinds = _learnable_kinds(corpus)
    targets = _make_targets(corpus, kinds)
    opinions, held_out = fit_opinions(corpus, targets, options.opinions)
    right = held_out.targets
    mix = np.stack(
        [_fit_mix(held_out.opinion, right[:, i], i) for i in range(right.shape[1])], axis=1
    )
    thresholds = (options.any_from, options.serious_from, options.immediate_from)
    return RiskModel(kinds, opinions, mix, thresholds, options.kind_threshold)


def _learnable_kinds(corpus: Corpus) -> tuple[str, ...]:
    counts = Counter(name for kinds in corpus.kinds for name in kinds)
    return tuple(sorted(name for name, count in counts.items() if count >= _MIN_KIND_EXAMPLES))


def _make_targets(corpus: Corpus, kinds: Sequence[str]) -> NDArray[np.bool_]:
    levels = [LEVELS.index(risk) for risk in corpus.risks]
    rows = [
        [
            *(level >= step for step in (1, 2, 3)),
            *(level > 0 and s == name for name in SUBJECTS),
            *(k in own for k in kinds),
        ]
        for level, s, own in zip(levels, corpus.subjects, corpus.kinds, strict=True)
    ]
    return np.array(rows, bool)


def _fit_mix(held_out: Opinion, true: NDArray[np.bool_], column: int) -> Scores:
    if not true.any():  # a subject that nobody has been given
        return np.array([0.0, 0.0, -10.0])
    opinions = np.stack([held_out.meaning[:, column], held_out.wording[:, column]], axis=1)
    model = LogisticRegression(C=10.0).fit(opinions, true)
    return np.array([*model.coef_[0], model.intercept_[0]])
