"""By which link of a campaign somebody came: remembered in their sealed state alone, until their quiz has been counted or a week has passed. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

CODE, UNTIL, COUNTED = "came", "came_until", "came_counted"
"""What the flow of the quizzes remembers: the link's code, until when, and whether a round has been counted behind it."""
LASTS = timedelta(days=7)
PAYLOAD = "c_{}"
"""What a link of a campaign carries."""


def by(code: str, now: datetime) -> dict[str, Any]:
    """Return what to remember of somebody who has just come by a link."""
    return {CODE: code, UNTIL: (now + LASTS).isoformat(), COUNTED: False}


def code_of(memory: Mapping[str, Any], now: datetime) -> str | None:
    """Return the code of the link by which somebody came; None where they came by none, or long ago."""
    until = memory.get(UNTIL)
    code: str | None = memory.get(CODE)
    return code if until is not None and now < datetime.fromisoformat(until) else None


def uncounted(memory: Mapping[str, Any], now: datetime) -> str | None:
    """Return the code behind which a round that is over is to be counted: the first one after each coming."""
    return None if memory.get(COUNTED) else code_of(memory, now)
