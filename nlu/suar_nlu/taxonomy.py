"""The fixed ids of what Suar can say about a message: intents, risk levels and risk kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from suar_nlu import paths

LEVELS = ("none", "concern", "high", "immediate")
SUBJECTS = ("self", "other", "unknown")


@dataclass(frozen=True)
class Taxonomy:
    """Ids of `taxonomy.yml`, each group in the file's own order."""

    acts: tuple[str, ...]
    topics: tuple[str, ...]
    kinds: tuple[str, ...]

    @property
    def intents(self) -> tuple[str, ...]:
        """Acts and topics together: everything `intent.name` may hold."""
        return self.acts + self.topics


@lru_cache(maxsize=1)
def get_taxonomy() -> Taxonomy:
    """Read `taxonomy.yml`; raises `ValueError` when its risk levels are not the four that the code knows."""
    raw = yaml.safe_load(paths.TAXONOMY.read_text(encoding="utf-8"))
    if tuple(raw["risk_levels"]) != LEVELS:
        msg = f"{paths.TAXONOMY.name}: risk_levels must be {', '.join(LEVELS)}"
        raise ValueError(msg)
    return Taxonomy(tuple(raw["acts"]), tuple(raw["topics"]), tuple(raw["risk_kinds"]))
