"""When a counsellor may rest from a talk in which she is abused, and what waits for her meanwhile. Pure.

Nobody who is in danger now is paused; that words of danger end a pause at once is decided by the turn (`bot/conversation/paused.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.understanding.model import RiskLevel

LASTS = timedelta(minutes=10)
"""The person is told so in words (`calm.paused` in `flows/flows/calm.yml`)."""


class WhyNot(StrEnum):
    """Why a talk cannot be paused; the words stand in the desk's templates."""

    IMMEDIATE = "immediate"
    PAUSED = "paused"


class Ended(StrEnum):
    """How a pause ended."""

    OVER = "over"
    UNDONE = "undone"
    WROTE = "wrote"
    DANGER = "danger"


@dataclass(frozen=True)
class Pause:
    """A pause that holds."""

    until: datetime
    after_line: int
    """The newest line when it began."""
    gives_back: bool
    """Whether the case goes back to the queue afterwards."""
    told: bool
    """Whether the person knows."""

    def keeps_back(self, line_id: int, author: str) -> bool:
        """Tell whether a line of the thread waits until the pause is over."""
        return author == "person" and line_id > self.after_line


def why_not(level: RiskLevel, *, is_paused: bool) -> WhyNot | None:
    """Return why a talk with somebody of this level cannot be paused; None where it can."""
    if level is RiskLevel.IMMEDIATE:
        return WhyNot.IMMEDIATE
    return WhyNot.PAUSED if is_paused else None
