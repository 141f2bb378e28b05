"""After how long Suar takes its sensitive messages, and a counsellor's, off the person's screen, as they have chosen. Pure."""

from bot.conversation.state import State

FLOW, KEY = "watched", "vanish"
AFTER_S = {"hour": 3_600, "day": 86_400}
STAFF = "vanish_staff"
"""That they were told of a counsellor's lines, too, when they chose: whoever chose before was told that those stay."""
NEVER = "never"


def vanish_s(state: State) -> int | None:
    """Return the seconds after which a sensitive message goes; None where it stays."""
    return AFTER_S.get(state.memory.get(FLOW, {}).get(KEY, NEVER))


def staff_vanish_s(state: State) -> int | None:
    """Return the seconds after which a counsellor's line goes; None where it stays."""
    return vanish_s(state) if state.memory.get(FLOW, {}).get(STAFF) else None
