"""Which of the taxonomy's intents a message has. Plain arrays in, plain results out; Rasa is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from suar_nlu.network import Answers, Rows

OUT_OF_SCOPE = "out_of_scope"
_OUTSIDE_SAY = 0.05
_BONUSES = [round(0.1 * step, 1) for step in range(21)]


@dataclass(frozen=True)
class IntentModel:
    """The names of the intents, the temperature that makes the network's answer a probability, and a handicap.

    `outside` is added to the logit of `out_of_scope`: what Suar is not for comes in more shapes than any training shows.
    """

    names: tuple[str, ...]
    temperature: float = 1.0
    outside: float = 0.0

    def rank(self, answers: Answers) -> list[tuple[str, float]]:
        """Return intents with probabilities, best first, for the views of ONE message, which are averaged.

        Equal probabilities keep the order of the names.
        """
        logits = answers.intents.mean(axis=0) + self.outside * _is_outside(self.names)
        probs = np.exp(log_softmax(logits / self.temperature))
        return [(self.names[i], float(probs[i])) for i in np.argsort(-probs, kind="stable")]


def fit_intents(
    names: Sequence[str], answers: Sequence[Answers], right: Sequence[str]
) -> IntentModel:
    """Find the temperature under which the true intents of held-out messages are most likely; 1 without any."""
    if not right:
        return IntentModel(tuple(names))
    scores = np.stack([each.intents.mean(axis=0) for each in answers])
    places = {name: i for i, name in enumerate(names)}
    true = np.array([places[name] for name in right])
    outside = fit_outside(scores, true, _is_outside(names))
    scores = scores + outside * _is_outside(names)
    return IntentModel(tuple(names), fit_temperature(scores, true), outside)


def fit_outside(scores: Rows, true: NDArray[np.int64], is_outside: NDArray[np.float64]) -> float:
    """Find what to add to the logit of `out_of_scope` so that all are right as often, and those outside more often."""
    place = int(is_outside.argmax())

    def worth(bonus: float) -> float:
        right = (scores + bonus * is_outside).argmax(axis=1) == true
        outside = right[true == place]
        return float(right.mean() + _OUTSIDE_SAY * (outside.mean() if len(outside) else 0.0))

    return float(max(_BONUSES, key=lambda bonus: (worth(bonus), -bonus)))


def _is_outside(names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([name == OUT_OF_SCOPE for name in names], float)


def fit_temperature(scores: Rows, true: NDArray[np.int64]) -> float:
    """Find the temperature for logits of shape (n, choices) and the number of the right choice in each row."""

    def surprise(temperature: float) -> float:
        said = log_softmax(scores / temperature, axis=1)
        return float(-said[np.arange(len(true)), true].mean())

    return round(float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x), 4)
