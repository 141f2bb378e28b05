"""A classifier over letter sequences, beside the one over sentence vectors.

It knows nothing of meaning but a lot about the wording of the training data. It learns from a mistyped copy of every
example as well, so that hasty typing does not throw it off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from suar_nlu.copies import misspell

Scores = NDArray[np.float64]

_MAX_PIECES = 16_000
# Share of a text's letter pieces that the training data knows: below the first value the text is in an unknown
# language and this classifier keeps quiet, above the second it has its full say.
_COVERAGE = (0.55, 0.85)


@dataclass(frozen=True)
class Letters:
    """Tf-idf over pieces of 2 to 4 letters inside words; `weights` (pieces, targets), `bias` (targets,)."""

    vectorizer: TfidfVectorizer
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def log_odds(self, texts: Sequence[str]) -> Scores:
        """Return natural-log odds of yes, shape (n, targets), for lower-case texts."""
        pieces = self.vectorizer.transform(texts).astype(np.float32)
        return np.asarray(pieces @ self.weights + self.bias, np.float64)

    def trust(self, texts: Sequence[str]) -> Scores:
        """Return per text how far its letters are known from training, between 0 and 1; shape (n, 1)."""
        low, high = _COVERAGE
        analyze = self.vectorizer.build_analyzer()
        pieces = [analyze(text) for text in texts]
        known = np.array(
            [sum(p in self.vectorizer.vocabulary_ for p in ps) / max(len(ps), 1) for ps in pieces]
        )
        return np.asarray(np.clip((known - low) / (high - low), 0.0, 1.0)[:, None])

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        pieces = np.array(self.vectorizer.get_feature_names_out(), dtype=str)
        idf = self.vectorizer.idf_.astype(np.float32)
        return {
            "pieces": pieces,
            "idf": idf,
            "letter_weights": self.weights,
            "letter_bias": self.bias,
        }

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> Letters:
        """Rebuild a stored model."""
        vectorizer = _make_vectorizer(
            vocabulary={piece: i for i, piece in enumerate(arrays["pieces"].tolist())}
        )
        vectorizer.idf_ = arrays["idf"].astype(np.float64)
        return Letters(vectorizer, arrays["letter_weights"], arrays["letter_bias"])


def fit_letters(texts: Sequence[str], targets: NDArray[np.bool_], *, strength: float) -> Letters:
    """Fit one yes/no question a target, which is many times faster than one joint choice.

    Args:
        texts: Cleaned, in lower case.
        targets: Shape (n, targets).
        strength: Inverse of the regularisation (scikit-learn's C).
    """
    vectorizer = _make_vectorizer(min_df=2, max_features=_MAX_PIECES)
    rows = vectorizer.fit_transform([*texts, *(misspell(text, seed=0) for text in texts)])
    vectorizer.idf_ = vectorizer.idf_.astype(np.float32).astype(
        np.float64
    )  # as it will be after storing
    columns = [_fit_one(rows, np.tile(column, 2), strength) for column in targets.T]
    weights = np.stack([weights for weights, _ in columns], axis=1)
    return Letters(vectorizer, weights, np.array([bias for _, bias in columns], np.float32))


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


def _make_vectorizer(**options: Any) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32, **options
    )
