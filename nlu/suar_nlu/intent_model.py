"""Which of the taxonomy's intents a message has. Plain arrays in, plain results out; Rasa is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from suar_nlu.corpus import Corpus
from suar_nlu.opinions import Opinion, OpinionOptions, Opinions, fit_opinions
from suar_nlu.ridge import Rows, Scores


@dataclass(frozen=True)
class IntentOptions:
    """The say of the meaning and of the wording in the scores, and the settings of `OpinionOptions`."""

    meaning_weight: float = 20.0
    letter_weight: float = 0.6
    gamma: float = 0.06
    penalty: float = 0.1
    letter_strength: float = 5.0

    @property
    def opinions(self) -> OpinionOptions:
        """The part that the two opinions want to know."""
        return OpinionOptions(self.gamma, self.penalty, self.letter_strength)


@dataclass(frozen=True)
class IntentModel:
    """Both opinions over the intents, their weights, and the temperature that makes the result a probability."""

    names: tuple[str, ...]
    opinions: Opinions
    weights: tuple[float, float]
    temperature: float

    def rank(self, rows: Rows, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return intents with probabilities, best first, for the views of ONE message, which are averaged.

        Equal probabilities keep the alphabetical order of the intents.
        """
        scores = combine(self.opinions.ask(rows, texts), self.weights).mean(axis=0)
        probs = np.exp(log_softmax(scores / self.temperature))
        return [(self.names[i], float(probs[i])) for i in np.argsort(-probs, kind="stable")]

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        numbers = np.array([*self.weights, self.temperature])
        return self.opinions.to_arrays() | {
            "names": np.array(self.names, dtype=str),
            "numbers": numbers,
        }

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> IntentModel:
        """Rebuild a stored model."""
        meaning, letters, temperature = arrays["numbers"].tolist()
        return IntentModel(
            tuple(arrays["names"].tolist()),
            Opinions.from_arrays(arrays),
            (meaning, letters),
            temperature,
        )


def combine(opinion: Opinion, weights: tuple[float, float]) -> Scores:
    """Add both opinions up, shape (n, intents); the wording counts as a choice between all intents."""
    choice = log_softmax(-np.logaddexp(0.0, -opinion.wording), axis=1)
    return np.asarray(weights[0] * opinion.meaning + weights[1] * opinion.trust * choice)


def fit_intents(corpus: Corpus, options: IntentOptions) -> IntentModel:
    """Fit on a corpus; the temperature is the one that suits held-out examples best."""
    names = tuple(sorted(set(corpus.intents)))
    targets = np.array([[intent == name for name in names] for intent in corpus.intents], bool)
    opinions, held_out = fit_opinions(corpus, targets, options.opinions, judged_folds=1)
    weights = (options.meaning_weight, options.letter_weight)
    temperature = fit_temperature(combine(held_out.opinion, weights), held_out.targets)
    return IntentModel(names, opinions, weights, temperature)


def fit_temperature(scores: Scores, targets: NDArray[np.bool_]) -> float:
    """Find the temperature under which the true intents, one a row of `targets`, are most likely."""

    def surprise(temperature: float) -> float:
        return float(-log_softmax(scores / temperature, axis=1)[targets].mean())

    return round(float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x), 4)
