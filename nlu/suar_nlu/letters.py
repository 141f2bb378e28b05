"""A classifier over letter sequences, beside the one over sentence vectors.

It knows nothing of meaning but a lot about the wording of the training data. It learns from a mistyped copy of every
example as well, so that hasty typing does not throw it off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from suar_nlu.copies import misspell

Scores = NDArray[np.float64]

_MAX_PIECES = 24_000
_PIECES: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_ANALYZE = TfidfVectorizer(**_PIECES).build_analyzer()
# Share of a text's letter pieces that the training data knows: below the first value the text is in an unknown
# language and this classifier keeps quiet, above the second it has its full say.
_COVERAGE = (0.55, 0.85)


@dataclass(frozen=True)
class Letters:
    """Tf-idf over pieces of 2 to 4 letters inside words: `idf` (pieces,), `weights` (pieces, targets), `bias` (targets,)."""

    places: Mapping[str, int]
    """The place of each piece in the arrays."""
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_odds(self, texts: Sequence[str]) -> Scores:
        """Return natural-log odds of yes, shape (n, targets), for lower-case texts."""
        return np.stack([self._weigh(text) for text in texts])

    def trust(self, texts: Sequence[str]) -> Scores:
        """Return per text how far its letters are known from training, between 0 and 1; shape (n, 1)."""
        low, high = _COVERAGE
        known = np.array([self._known(text) for text in texts])
        return np.asarray(np.clip((known - low) / (high - low), 0.0, 1.0)[:, None])

    def _weigh(self, text: str) -> Scores:
        # What `TfidfVectorizer.transform` does, without what it does for whole collections of texts: one
        # message at a time, that takes longer than everything else here together.
        counts = [(self.places[p], n) for p, n in _count_pieces(text).items() if p in self.places]
        if not counts:
            return self.bias.astype(np.float64)
        places, numbers = np.array(counts).T
        values = (1.0 + np.log(numbers)) * self.idf[places]
        return np.asarray(
            (values / np.linalg.norm(values)) @ self.weights[places] + self.bias, np.float64
        )

    def _known(self, text: str) -> float:
        counts = _count_pieces(text)
        known = sum(n for piece, n in counts.items() if piece in self.places)
        return known / max(sum(counts.values()), 1)

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        return {
            "pieces": np.array(list(self.places), dtype=str),
            "idf": self.idf,
            "letter_weights": self.weights,
            "letter_bias": self.bias,
        }

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> Letters:
        """Rebuild a stored model."""
        places = {piece: i for i, piece in enumerate(arrays["pieces"].tolist())}
        return Letters(places, arrays["idf"], arrays["letter_weights"], arrays["letter_bias"])


def fit_letters(texts: Sequence[str], targets: NDArray[np.bool_], *, strength: float) -> Letters:
    """Fit one yes/no question a target, which is many times faster than one joint choice.

    Args:
        texts: Cleaned, in lower case.
        targets: Shape (n, targets).
        strength: Inverse of the regularisation (scikit-learn's C).
    """
    vectorizer = TfidfVectorizer(
        min_df=2, max_features=_MAX_PIECES, sublinear_tf=True, dtype=np.float32, **_PIECES
    )
    rows = vectorizer.fit_transform([*texts, *(misspell(text, seed=0) for text in texts)])
    columns = [_fit_one(rows, np.tile(column, 2), strength) for column in targets.T]
    weights = np.stack([weights for weights, _ in columns], axis=1)
    return Letters(
        {piece: i for i, piece in enumerate(vectorizer.get_feature_names_out().tolist())},
        vectorizer.idf_.astype(np.float32),
        weights,
        np.array([bias for _, bias in columns], np.float32),
    )


def _fit_one(
    rows: Any, answers: NDArray[np.bool_], strength: float
) -> tuple[NDArray[np.float32], float]:
    if answers.all() or not answers.any():  # a fold may lack a rare target altogether
        return np.zeros(rows.shape[1], np.float32), 0.0
    # Half-way between weighing every example alike and every answer alike.
    weights = np.where(answers, np.sqrt((~answers).sum() / answers.sum()), 1.0)
    model = LogisticRegression(C=strength, solver="liblinear", dual=True, random_state=0, tol=0.1)
    model.fit(rows, answers, sample_weight=weights / weights.mean())
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


@lru_cache(maxsize=256)
def _count_pieces(text: str) -> Counter[str]:
    """Count a text's pieces; intent and risk ask for the same one, one after the other."""
    return Counter(_ANALYZE(text))
