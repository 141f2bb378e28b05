"""How long WhatsApp lets a counsellor write to somebody, as the page of their case shows it."""

from dataclasses import dataclass
from datetime import datetime

from bot.store import window
from bot.store.batch import Rows


@dataclass(frozen=True)
class WindowView:
    """How it stands with the 24 hours after the person's last word."""

    stage: str
    """`open`, `soon` (it closes within three hours), `shut`, or `not_now`: they were asked, and want to wait."""
    until: datetime | None = None
    """When it closes, or closed; None while that is of no interest, and where nobody knows."""
    asked_at: datetime | None = None
    may_ask: bool = False
    """Whether they may be asked now whether we may go on: once in 24 hours."""
    approved: tuple[str, ...] = ()
    """The fingerprints of the words by which they may be asked."""


def view(rows: Rows, now: datetime) -> WindowView | None:
    """Return how it stands (`bot.store.window.ask`); None for somebody on another channel."""
    there = window.read(rows)
    if there is None:
        return None
    stage = there.stage(now)
    if stage == "open":
        # Nothing of it shows, so that the page is not drawn anew for every word.
        return WindowView(stage)
    until = window.shuts_at(there.heard_at) if there.heard_at else None
    return WindowView(stage, until, there.asked_at, there.may_ask(now), there.approved)
