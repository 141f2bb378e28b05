"""May somebody get a broadcast now? Decided purely, from what was looked up while nobody else could have a turn with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

from bot.campaigns.quiet import TALKING, is_quiet, next_open
from bot.conversation.state import COVER, COVER_UNTIL, Owner, State
from bot.understanding.model import RiskLevel

AFTER_DANGER = timedelta(days=14)
"""For so long after somebody told of danger they are left in peace."""
BUSY = timedelta(seconds=20)
"""Somebody to whom another message is on its way is looked at again after this."""


@dataclass(frozen=True)
class Facts:
    """What is known of somebody at the moment of sending."""

    state: State
    owner: str
    blocked: bool
    stopped: bool
    agrees: bool
    """The consent `news` holds."""
    held: bool
    """A case of theirs is open, or was closed a short while ago."""
    recent: bool
    """They have just got another broadcast."""
    busy: bool
    """A message to them has not left yet, or one of theirs is not answered yet."""
    heard_at: datetime | None
    """When they wrote or pressed something last; None: never, or it does not matter, since they look at a broadcast for the team."""
    zone: str
    last_in_at: datetime | None = None
    """When they wrote or pressed something last, of everybody: WhatsApp counts from it."""
    away: bool = False
    """Somebody else is at their phone."""


@dataclass(frozen=True)
class Verdict:
    """Go; or not at all, `why`; or not before `later`."""

    why: str | None = None
    later: datetime | None = None

    @property
    def goes(self) -> bool:
        """Tell whether the message may be sent now."""
        return self.why is None and self.later is None


GO = Verdict()


def judge(facts: Facts, *, now: datetime, not_after: datetime | None, house_zone: str) -> Verdict:
    """Decide whether somebody gets a broadcast now, later, or not at all.

    Args:
        facts: What was looked up under the locks.
        now: What time it is; aware.
        not_after: When the run ends.
        house_zone: By which zone somebody lives who told none that exists.
    """
    why = _refusal(facts, now)
    if why is not None:
        return Verdict(why)
    later = _later(facts, now, house_zone)
    if later <= now:
        return GO
    return (
        Verdict("expired")
        if not_after is not None and later >= not_after
        else Verdict(None, later)
    )


def is_night(now: datetime, zone: str, house_zone: str) -> bool:
    """Tell whether it is quiet now in a zone, or in the house's where there is no such zone."""
    try:
        return is_quiet(now, zone)
    except (ZoneInfoNotFoundError, ValueError):
        return is_quiet(now, house_zone)


def _refusal(facts: Facts, now: datetime) -> str | None:
    if facts.stopped:
        return "stopped"
    if not facts.agrees:
        return "no_consent"
    if facts.blocked:
        return "blocked"
    if facts.away:
        return "away"
    if facts.held or facts.owner != Owner.BOT or _in_danger(facts.state, now):
        return "held"
    return "recent" if facts.recent else None


def _in_danger(state: State, now: datetime) -> bool:
    if state.risk.level is RiskLevel.NONE:
        return False
    return state.risk_at is None or now - state.risk_at <= AFTER_DANGER


def _later(facts: Facts, now: datetime, house_zone: str) -> datetime:
    """Return the first decent moment: they are in no talk with the bot, nothing else is on its way, nobody looks over their shoulder, and it is
    day."""
    at = now + BUSY if facts.busy else now
    if facts.heard_at is not None:
        at = max(at, facts.heard_at + TALKING)
    if facts.state.is_covered(now):
        at = max(at, datetime.fromisoformat(facts.state.memory[COVER][COVER_UNTIL]))
    try:
        return next_open(at, facts.zone)
    except (ZoneInfoNotFoundError, ValueError):
        return next_open(at, house_zone)
