"""What a text looks like, letter by letter, as a short vector beside the one of its meaning.

The sentence vectors hardly know chat spellings, romanised Arabic or Tamil, Javanese or Somali; pieces of words do. They
also tell neighbouring languages apart. Pieces of 2 to 4 letters are counted, weighed by how rare they are, and
brought down to a few hundred directions in which the training data differ most (latent semantic analysis).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

Rows = NDArray[np.float32]

_PIECES: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4)}
_MANY = 100
_ANALYZE = TfidfVectorizer(**_PIECES).build_analyzer()


@dataclass(frozen=True)
class LetterSpace:
    """`idf` has shape (pieces,), `directions` (pieces, k) in half precision."""

    places: Mapping[str, int]
    """The place of each piece in the arrays."""
    idf: NDArray[np.float32]
    directions: NDArray[np.float16]

    def project(self, texts: Sequence[str]) -> Rows:
        """Return one row a lower-case text, shape (n, k); of unknown letters all zeros."""
        if len(texts) > _MANY:
            return self._project_many(texts)
        return np.stack([self._project_one(text) for text in texts])

    def _project_many(self, texts: Sequence[str]) -> Rows:
        vectorizer = TfidfVectorizer(sublinear_tf=True, vocabulary=self.places, **_PIECES)
        vectorizer.idf_ = self.idf.astype(np.float64)
        return np.asarray(vectorizer.transform(texts) @ self.directions.astype(np.float32))

    def _project_one(self, text: str) -> Rows:
        # What `TfidfVectorizer.transform` does, without what it does for whole collections of texts: one
        # message at a time, that takes longer than everything else here together.
        pieces = Counter(_ANALYZE(text))
        counts = [(self.places[p], n) for p, n in pieces.items() if p in self.places]
        if not counts:
            return np.zeros(self.directions.shape[1], np.float32)
        places, numbers = np.array(counts).T
        values = (1.0 + np.log(numbers)) * self.idf[places]
        values /= np.linalg.norm(values)
        return np.asarray(values @ self.directions[places].astype(np.float32), np.float32)

    def to_arrays(self) -> dict[str, Any]:
        """Return the space as named arrays without objects in them."""
        pieces = np.array(list(self.places), dtype=str)
        return {"pieces": pieces, "idf": self.idf, "directions": self.directions}

    @staticmethod
    def from_arrays(arrays: dict[str, Any]) -> LetterSpace:
        """Rebuild a stored space."""
        places = {piece: i for i, piece in enumerate(arrays["pieces"].tolist())}
        return LetterSpace(places, arrays["idf"], arrays["directions"])


def fit_letters(
    texts: Sequence[str], *, max_pieces: int, directions: int, scale: float
) -> LetterSpace:
    """Find the pieces and directions of a collection of lower-case texts.

    Args:
        texts: At least two, with letters in them.
        max_pieces: The most frequent pieces that occur at least three times are kept.
        directions: How many; fewer where the collection is small.
        scale: Length of the average row, as seen in the collection.
    """
    vectorizer = TfidfVectorizer(
        min_df=min(3, len(texts)),
        max_features=max_pieces,
        sublinear_tf=True,
        dtype=np.float32,
        **_PIECES,
    )
    rows = vectorizer.fit_transform(texts)
    count = min(directions, rows.shape[0] - 1, rows.shape[1] - 1)
    svd = TruncatedSVD(count, n_iter=2, random_state=0)
    lengths = np.linalg.norm(svd.fit_transform(rows), axis=1)
    stretch = scale / max(float(np.sqrt(np.mean(lengths**2))), 1e-6)
    names = vectorizer.get_feature_names_out().tolist()
    return LetterSpace(
        {piece: i for i, piece in enumerate(names)},
        vectorizer.idf_.astype(np.float32),
        (svd.components_.T * stretch).astype(np.float16),
    )
