"""The training data as aligned columns, the form in which the models are fitted and cross-validated."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from suar_nlu.ridge import Rows


@dataclass(frozen=True)
class Corpus:
    """Row i of every column describes example i.

    `rows` are projected vectors, shape (n, 384); `origins` holds the text a copy was made from (its own text
    for an original); `languages` are folder names; `risks`, `kinds` and `subjects` follow the taxonomy.
    """

    rows: Rows
    texts: list[str]
    origins: list[str]
    languages: list[str]
    intents: list[str]
    risks: list[str]
    kinds: list[tuple[str, ...]]
    subjects: list[str]

    @property
    def is_original(self) -> NDArray[np.bool_]:
        """True where a row is no copy."""
        return np.array(
            [text == origin for text, origin in zip(self.texts, self.origins, strict=True)], bool
        )

    def choose(self, limit: int) -> NDArray[np.int64]:
        """Return up to `limit` rows, the same ones every time, rows that tell of risk twice as likely as others."""
        if len(self.texts) <= limit:
            return np.arange(len(self.texts))
        chance = np.array([(zlib.crc32(text.encode()) + 1) / 2**32 for text in self.texts])
        wanted = np.where(np.array(self.risks) == "none", 1.0, 2.0)
        return np.sort(np.argsort(-(chance ** (1 / wanted)), kind="stable")[:limit])

    def select(self, mask: NDArray[np.bool_]) -> Corpus:
        """Return the rows where the mask is true."""
        return Corpus(
            self.rows[mask],
            _pick(self.texts, mask),
            _pick(self.origins, mask),
            _pick(self.languages, mask),
            _pick(self.intents, mask),
            _pick(self.risks, mask),
            [kinds for kinds, chosen in zip(self.kinds, mask, strict=True) if chosen],
            _pick(self.subjects, mask),
        )

    def with_rows(self, rows: Rows) -> Corpus:
        """Return the same examples with other vectors."""
        return replace(self, rows=rows)


def _pick(column: Sequence[str], mask: NDArray[np.bool_]) -> list[str]:
    return [value for value, chosen in zip(column, mask, strict=True) if chosen]
