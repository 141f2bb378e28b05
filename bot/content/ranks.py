"""How much hangs on a text: its rank, by where it stands (`locales/ranks.yml`)."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from bot.content.texts import Text
from bot.yaml_file import read_model

Rank = Literal["safety", "answer", "campaign", "interface"]
RANKS: tuple[Rank, ...] = get_args(Rank)
"""From the highest on."""


class Ranks(BaseModel):
    """The table: for each rank the places whose texts have it; the longest pattern that fits decides."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    places: dict[Rank, tuple[str, ...]]

    def of(self, places: Iterable[str]) -> Rank:
        """Return the highest rank among `places`, at all of which one text stands."""
        return min((self._of_place(place) for place in places), key=RANKS.index)

    def of_texts(self, texts: Iterable[Text]) -> Mapping[str, Rank]:
        """Return the rank of each text: the highest among the places where it stands."""
        found: dict[str, Rank] = {}
        for text in texts:
            rank, known = self._of_place(text.where), found.get(text.text)
            if known is None or RANKS.index(rank) < RANKS.index(known):
                found[text.text] = rank
        return found

    @cached_property
    def _known(self) -> dict[str, Rank]:
        return {}

    def _of_place(self, place: str) -> Rank:
        if place not in self._known:
            fitting = [
                (len(pattern), rank)
                for rank, patterns in self.places.items()
                for pattern in patterns
                if fnmatchcase(place, pattern)
            ]
            # What nobody has thought of may matter.
            self._known[place] = max(fitting, default=(0, RANKS[0]))[1]
        return self._known[place]


def load_ranks(folder: Path) -> Ranks:
    """Read `ranks.yml`.

    Raises:
        ContentError: It is missing or wrong.
    """
    return read_model(Ranks, folder / "ranks.yml", "locales/ranks.yml")
