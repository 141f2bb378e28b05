"""What a turn knows of events: what is on, and what the person has signed up for, as the service has looked it up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.campaigns.reminders import Kind

FLOW = "events"
LIST, MINE, SHOW = f"{FLOW}.list", f"{FLOW}.mine", f"{FLOW}.show"
STEPS = frozenset({LIST, MINE, SHOW})
"""Where the turn has to know what is on."""
SLUG, WISH = "slug", "wish"
"""Under which the flow remembers which event is meant, and what a press wants of it."""
RATING, RATES = "campaigns.rate", "rates"
"""The step that asks how it was, and under which its flow remembers what: a link's code, or `event:<slug>`."""
COME, DROP = "come", "drop"
LOCKING = frozenset({COME, DROP})
"""Wishes for which nobody else may sign up meanwhile."""
FEW = 5
"""So many places or fewer are called few."""


@dataclass(frozen=True)
class EventSeen:
    """An event as the person sees it."""

    slug: str
    words: Mapping[str, Mapping[str, str]]
    """`title`, `short` (for a button), `place`, `about`, by language."""
    zone: str
    starts_at: datetime
    ends_at: datetime
    state: str = "open"
    """`open`, `closed` (nobody new) or `cancelled`."""
    left: int | None = None
    """Places that are left; None where as many can come as like."""
    mine: str | None = None
    """`coming`, `waiting`, or None."""
    ahead: int = 0
    """How many wait before them."""
    calendar: str = ""
    """Where its calendar file is; empty where that has no address."""

    def is_open(self, now: datetime) -> bool:
        """Tell whether somebody can sign up, be it for the waiting list."""
        return self.state == "open" and now < self.starts_at

    @property
    def room(self) -> str:
        """Return how much room there is: `any`, `plenty`, `few` or `full`."""
        if self.left is None:
            return "any"
        if self.left == 0:
            return "full"
        return "few" if self.left <= FEW else "plenty"


@dataclass(frozen=True)
class EventsLook:
    """What is on."""

    events: tuple[EventSeen, ...] = ()
    """The one that is meant first, then the next."""
    zone: str | None = None
    """By which zone the person lives, where they have told it."""
    note: Kind | None = None
    """What they are told of the first event, where nobody has asked."""

    def find(self, slug: str | None) -> EventSeen | None:
        """Return the event that is meant; None where there is none (any more)."""
        return next((each for each in self.events if each.slug == slug), None)
