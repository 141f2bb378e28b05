"""Which language a message is in, as probabilities: the caller knows which language it expects, and weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from suar_nlu.intent_model import fit_temperature
from suar_nlu.network import Answers


@dataclass(frozen=True)
class LanguageModel:
    """The languages, named as the folders of the training data, and a temperature."""

    names: tuple[str, ...]
    temperature: float = 1.0

    def weigh(self, answers: Answers) -> NDArray[np.float64]:
        """Return the probability of each language for the views of ONE message, shape (languages,)."""
        return np.asarray(softmax(answers.languages.mean(axis=0) / self.temperature), np.float64)


def fit_language(
    names: Sequence[str], answers: Sequence[Answers], right: Sequence[str]
) -> LanguageModel:
    """Find the temperature that suits held-out messages; 1 without any."""
    if not right:
        return LanguageModel(tuple(names))
    scores = np.stack([each.languages.mean(axis=0) for each in answers])
    true = np.array([list(names).index(name) for name in right])
    return LanguageModel(tuple(names), fit_temperature(scores, true))
