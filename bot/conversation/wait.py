"""What can honestly be said of the time to somebody who asks for a person, as the turn knows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Wait:
    """The outlook of one person at one moment; `bot.hotline.promised` finds it."""

    language: str
    """In which they are to be answered."""
    level: str
    due_at: datetime
    """By when they should hear from a person; like `opens_at`, in the zone in which it is told."""
    told: str
    """`range`, `unsure`, `time`, or `nothing`."""
    speaks: bool = False
    """Somebody who speaks the language is there."""
    opens_at: datetime | None = None
    """When somebody who speaks it is there by the rota; None where somebody is, or it is not known."""
    low: timedelta | None = None
    """People like them lately waited from `low` to `high`; None where no number would be honest."""
    high: timedelta | None = None
