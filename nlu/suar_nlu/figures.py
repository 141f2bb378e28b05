"""What is counted of a judged set of messages, with exact bounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta
from sklearn.metrics import f1_score

from suar_nlu.examples import Example
from suar_nlu.taxonomy import LEVELS

HARD_NEGATIVES = "hard_negatives"
BIG = ("id", "en", "ms")
GROUPS: dict[str, Callable[[str], bool]] = {
    "Indonesian, English, Malay": lambda language: language in BIG,
    "all other languages": lambda language: language not in BIG,
}
_BINS = 10


@dataclass(frozen=True)
class Judged:
    """What was said about one message. What a contestant does not say at all is None."""

    example: Example
    intent: str | None = None
    confidence: float = 0.0
    top3: tuple[str, ...] = ()
    level: str | None = None
    any_risk: float | None = None
    kinds: tuple[str, ...] | None = None
    subject: str | None = None
    language: str | None = None
    names_languages: bool = False

    @staticmethod
    def read(example: Example, answer: Mapping[str, Any]) -> Judged:
        """Read an answer of the whole reader."""
        ranking = answer["ranking"] or [["out_of_scope", 0.0]]
        return Judged(
            example,
            ranking[0][0],
            ranking[0][1],
            tuple(name for name, _ in ranking[:3]),
            answer["level"],
            answer["any_risk"],
            tuple(answer["kinds"]),
            answer["subject"],
            answer["language"],
            names_languages=True,
        )


@dataclass(frozen=True)
class Share:
    """So many of so many; the bounds are those of Clopper and Pearson, 95%."""

    hits: int
    of: int

    def as_json(self) -> dict[str, Any]:
        """Return the share with its bounds, rounded; nulls of nothing."""
        low, high = bounds(self.hits, self.of)
        return {
            "hits": self.hits,
            "of": self.of,
            "share": round(self.hits / self.of, 4) if self.of else None,
            "low": round(low, 4) if self.of else None,
            "high": round(high, 4) if self.of else None,
        }


def bounds(hits: int, of: int) -> tuple[float, float]:
    """Return the exact 95% bounds of a share; NaN of nothing."""
    if not of:
        return float("nan"), float("nan")
    low = float(beta.ppf(0.025, hits, of - hits + 1)) if hits else 0.0
    high = float(beta.ppf(0.975, hits + 1, of - hits)) if hits < of else 1.0
    return low, high


def summarise(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Return the figures of everything, of the two groups of languages, and of each language."""
    groups = {"all": list(judged)}
    for name, belongs in GROUPS.items():
        groups[name] = [j for j in judged if belongs(j.example.language)]
    for language in sorted({j.example.language for j in judged}):
        groups[language] = [j for j in judged if j.example.language == language]
    return {name: count(group) for name, group in groups.items() if group}


def count(group: Sequence[Judged]) -> dict[str, Any]:
    """Return the figures of one group; a figure that the contestant says nothing about is left out."""
    figures: dict[str, Any] = {"messages": len(group)}
    if all(j.level is not None for j in group):
        figures |= _count_risk(group)
    if all(j.intent is not None for j in group):
        figures |= _count_intents(group)
    if all(j.names_languages for j in group):
        right = [j.language == j.example.language for j in group]
        wrong = [j.language not in {None, j.example.language} for j in group]
        figures["language"] = _share(right)
        figures["language_wrong"] = _share(wrong)
    return figures


def _count_risk(group: Sequence[Judged]) -> dict[str, Any]:
    true = np.array([LEVELS.index(j.example.risk) for j in group])
    found = np.array([LEVELS.index(j.level or "none") for j in group])
    hard = np.array([j.example.source.startswith(HARD_NEGATIVES) for j in group]) & (true == 0)
    figures: dict[str, Any] = {
        "serious_noticed": _share(found[true >= 2] >= 1),
        "immediate_serious": _share(found[true == 3] >= 2),
        "immediate_exact": _share(found[true == 3] == 3),
        "concern_noticed": _share(found[true == 1] >= 1),
        "false_alarms": _share(found[true == 0] >= 1),
        "false_alarms_hard": _share(found[hard] >= 1),
        "false_serious": _share(found[true == 0] >= 2),
    }
    told = [j for j in group if j.example.risk != "none" and j.level != "none"]
    if told and all(j.kinds is not None for j in told):
        figures["kinds_f1"] = round(_kinds_f1(told), 4)
        figures["subject"] = _share([j.subject == j.example.subject for j in told])
    if all(j.any_risk is not None for j in group):
        figures["risk_calibration_error"] = calibration_error(
            np.array([j.any_risk for j in group], float), true > 0
        )
    return figures


def _count_intents(group: Sequence[Judged]) -> dict[str, Any]:
    right = np.array([j.intent == j.example.intent for j in group])
    outside = [j for j in group if j.example.intent == "out_of_scope"]
    asked = [j for j in group if j.example.intent != "out_of_scope"]
    figures: dict[str, Any] = {
        # What somebody who tells of danger asks besides matters less than that they are heard.
        "intent": _share(right),
        "intent_in_scope": _share([j.intent == j.example.intent for j in asked]),
        "out_of_scope": _share([j.intent == "out_of_scope" for j in outside]),
        "intent_macro_f1": round(
            float(
                f1_score(
                    [j.example.intent for j in group],
                    [j.intent for j in group],
                    average="macro",
                    labels=sorted({j.example.intent for j in group}),
                    zero_division=0,
                )
            ),
            4,
        ),
        "intent_calibration_error": calibration_error(
            np.array([j.confidence for j in group]), right
        ),
    }
    if all(j.top3 for j in group):
        figures["intent_top3"] = _share([j.example.intent in j.top3 for j in group])
    return figures


def calibration_error(said: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return how far probabilities are from what comes true, on average over ten bins of equal width (ECE)."""
    places = np.minimum((said * _BINS).astype(int), _BINS - 1)
    gaps = [
        (places == place).mean()
        * abs(said[places == place].mean() - right[places == place].mean())
        for place in np.unique(places)
    ]
    return round(float(np.sum(gaps)), 4)


def _share(hits: Sequence[bool] | NDArray[np.bool_]) -> dict[str, Any]:
    return Share(int(np.sum(hits)), len(hits)).as_json()


def _kinds_f1(told: Sequence[Judged]) -> float:
    both = sum(len(set(j.kinds or ()) & set(j.example.kinds)) for j in told)
    total = sum(len(j.kinds or ()) + len(j.example.kinds) for j in told)
    return 2 * both / total if total else float("nan")
