"""The fixed ids of what Suar can say about a message, each with its line of description, as `nlu/taxonomy.yml` has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.yaml_file import read_part

SHOWN = "nlu/taxonomy.yml"
PATH = Path(__file__).resolve().parents[2] / SHOWN

SUBJECTS = ("self", "other", "unknown")
LANGUAGES = (
    "id", "en", "ms", "jv", "su", "tl", "vi", "th", "km", "my", "zh", "bn", "ta", "ta-Latn", "ur", "ur-Latn",
    "fa", "fa-Latn", "ps", "ar", "ar-Latn", "so", "am",
)  # fmt: skip
"""The languages that have training data, by the names of their folders in `nlu/data`."""


@dataclass(frozen=True)
class Taxonomy:
    """Ids and their descriptions, each group in the file's own order; a description may be empty."""

    acts: Mapping[str, str]
    topics: Mapping[str, str]
    kinds: Mapping[str, str]
    levels: Mapping[str, str]

    @property
    def intents(self) -> Mapping[str, str]:
        """Acts and topics together: everything that an intent may be."""
        return {**self.acts, **self.topics}


@lru_cache(maxsize=1)
def get_taxonomy() -> Taxonomy:
    """Read the taxonomy, once a process.

    Raises:
        ContentError: The file is missing or lacks a part.
    """
    return Taxonomy(_part("acts"), _part("topics"), _part("risk_kinds"), _part("risk_levels"))


def _part(key: str) -> Mapping[str, str]:
    found = read_part(PATH, SHOWN, key)
    return {name: line if isinstance(line, str) else "" for name, line in found.items()}
