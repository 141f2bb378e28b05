"""What simpler ways of understanding say about the same messages: what is built here has to be worth its while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from suar_nlu import paths
from suar_nlu.cleaning import clean
from suar_nlu.examples import Example
from suar_nlu.figures import Judged
from suar_nlu.taxonomy import LEVELS
from suar_nlu.vectors import embed_for_training

_SCALE = 20.0
_MOST_TAUGHT = 12_000
"""A plain regression over all messages takes minutes and says nearly the same."""


def judge_by_regression(
    taught: Sequence[Example], asked: Sequence[Example], languages: Sequence[str]
) -> Iterator[Judged]:
    """Judge by E5 sentence vectors and plain logistic regression, the way most people would begin.

    Args:
        taught: All training examples; every n-th is used.
        asked: What is judged.
        languages: Those whose examples are all used.
    """
    step = max(1, len(taught) // _MOST_TAUGHT)
    used = [e for i, e in enumerate(taught) if i % step == 0 or e.language in languages]
    rows, questions = _embed(used), _embed(asked)
    intents = LogisticRegression(max_iter=100).fit(rows, [e.intent for e in used])
    said = intents.predict_proba(questions)
    steps = np.array([LEVELS.index(e.risk) for e in used])
    risks = np.stack(
        [
            LogisticRegression(max_iter=200)
            .fit(rows, steps >= level)
            .predict_proba(questions)[:, 1]
            for level in (1, 2, 3)
        ],
        axis=1,
    )
    for example, probs, risk in zip(asked, said, risks, strict=True):
        best = np.argsort(-probs)[:3]
        yield Judged(
            example,
            intents.classes_[best[0]],
            float(probs[best[0]]),
            tuple(intents.classes_[best]),
            LEVELS[_count_levels(risk)],
            float(risk[0]),
        )


def _embed(examples: Sequence[Example]) -> NDArray[np.float32]:
    texts = [clean(example.text) for example in examples]
    return embed_for_training(texts, paths.get_cache_dir()) * np.float32(_SCALE)


def _count_levels(probs: NDArray[np.float64]) -> int:
    """Return the highest level that is reached without a gap below it."""
    reached = [True, *(p >= 0.5 for p in probs), False]
    return next(i for i, (here, above) in enumerate(pairwise(reached)) if here and not above)
