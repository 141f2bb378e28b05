"""Two opinions on the same questions: one from the meaning of a text (vectors), one from its wording (letters)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from suar_nlu.corpus import Corpus
from suar_nlu.folds import assign_folds
from suar_nlu.letters import Letters, fit_letters
from suar_nlu.ridge import Ridge, Rows, Scores, fit_ridge

FOLDS = 4
MAX_KEPT = 4_000
"""With more examples than these to compare with, a parse takes longer than people and machines should wait."""
LETTERED = (
    "id", "en", "ms", "jv", "su", "tl", "so", "ar-Latn", "fa-Latn", "ur-Latn", "ta-Latn",
)  # fmt: skip
"""Languages whose letters are learned as well: those in Latin script that the sentence vectors know least, and the three
that most people here write. In all others the vectors alone decide."""


@dataclass(frozen=True)
class OpinionOptions:
    """Width and penalty of the kernel (see `fit_ridge`), inverse regularisation of the letters."""

    gamma: float = 0.06
    penalty: float = 0.1
    letter_strength: float = 5.0


@dataclass(frozen=True)
class Opinion:
    """`meaning` is about 1 for yes and 0 for no, `wording` is log-odds; both have shape (n, targets).

    `trust` says how far the wording can be believed, shape (n, 1), from 0 (a language without examples) to 1.
    """

    meaning: Scores
    wording: Scores
    trust: Scores


@dataclass(frozen=True)
class HeldOut:
    """What was said about examples that had been held out, and the right answers, shape (n, targets)."""

    opinion: Opinion
    targets: NDArray[np.bool_]


@dataclass(frozen=True)
class Opinions:
    """The fitted pair."""

    ridge: Ridge
    letters: Letters

    def ask(self, rows: Rows, texts: Sequence[str]) -> Opinion:
        """Ask both about some texts (lower case) and their projected vectors, shape (n, 384)."""
        return Opinion(
            self.ridge.scores(rows), self.letters.log_odds(texts), self.letters.trust(texts)
        )

    def to_arrays(self) -> dict[str, Any]:
        """Return the model as named arrays without objects in them."""
        return self.ridge.to_arrays() | self.letters.to_arrays()

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> Opinions:
        """Rebuild a stored model."""
        return Opinions(Ridge.from_arrays(arrays), Letters.from_arrays(arrays))


def fit_opinions(
    corpus: Corpus,
    targets: NDArray[np.bool_],
    options: OpinionOptions,
    *,
    judged_folds: int = FOLDS,
) -> tuple[Opinions, HeldOut]:
    """Fit both on a corpus and yes/no targets, shape (n, targets).

    Args:
        corpus: Originals and copies.
        targets: The right answers.
        options: How to fit.
        judged_folds: How many of the four folds to judge; each takes another fit of the letters.

    Returns:
        The pair, and what it would have said about originals without having seen them or their copies.
    """
    labels = [
        f"{intent} {risk}" for intent, risk in zip(corpus.intents, corpus.risks, strict=True)
    ]
    folds = assign_folds(corpus.origins, labels, FOLDS)
    ridge, meaning = fit_ridge(
        corpus.rows,
        targets,
        folds,
        gamma=options.gamma,
        penalty=options.penalty,
        kept=corpus.choose(MAX_KEPT),
    )
    wording, trust = np.zeros(targets.shape), np.zeros((len(targets), 1))
    spelled = np.isin(corpus.languages, LETTERED)
    for fold in range(judged_folds):
        inside, taught = folds == fold, spelled & (folds != fold)
        without = fit_letters(
            corpus.select(taught).texts, targets[taught], strength=options.letter_strength
        )
        asked = corpus.select(inside).texts
        wording[inside], trust[inside] = without.log_odds(asked), without.trust(asked)
    letters = fit_letters(
        corpus.select(spelled).texts, targets[spelled], strength=options.letter_strength
    )
    judged = corpus.is_original & (folds < judged_folds)
    opinion = Opinion(meaning[judged], wording[judged], trust[judged])
    return Opinions(ridge, letters), HeldOut(opinion, targets[judged])
