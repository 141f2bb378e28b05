"""Which of the taxonomy's intents a message has. Plain arrays in, plain results out; Rasa is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from suar_nlu.network import Answers, Rows


@dataclass(frozen=True)
class IntentModel:
    """The names of the intents, and the temperature that makes the network's answer a probability."""

    names: tuple[str, ...]
    temperature: float = 1.0

    def rank(self, answers: Answers) -> list[tuple[str, float]]:
        """Return intents with probabilities, best first, for the views of ONE message, which are averaged.

        Equal probabilities keep the order of the names.
        """
        probs = np.exp(log_softmax(answers.intents.mean(axis=0) / self.temperature))
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
    return IntentModel(tuple(names), fit_temperature(scores, true))


def fit_temperature(scores: Rows, true: NDArray[np.int64]) -> float:
    """Find the temperature for logits of shape (n, choices) and the number of the right choice in each row."""

    def surprise(temperature: float) -> float:
        said = log_softmax(scores / temperature, axis=1)
        return float(-said[np.arange(len(true)), true].mean())

    return round(float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x), 4)
