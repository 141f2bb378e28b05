"""Whether a candidate model may take the present one's place: it may lose no disclosure that is heard today."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.understanding.model import RiskLevel, Understanding


@dataclass(frozen=True)
class Compared:
    """One sealed disclosure and what both models make of it."""

    language: str
    text: str = field(repr=False)
    level: RiskLevel
    """What it is."""
    current: Understanding
    candidate: Understanding

    @property
    def is_lost(self) -> bool:
        """Tell whether the present model hears it and the candidate does not, or hears much less in it.

        To hear is to take it for a concern at least; somebody in immediate danger has to be taken for high at least.
        """
        needed = RiskLevel.HIGH if self.level is RiskLevel.IMMEDIATE else RiskLevel.CONCERN
        return any(
            self.current.risk.level >= step > self.candidate.risk.level
            for step in {RiskLevel.CONCERN, needed}
        )


def compare(rows: Sequence[Compared]) -> list[Compared]:
    """Return what the candidate would lose, the gravest first."""
    return sorted((row for row in rows if row.is_lost), key=lambda row: -row.level)
