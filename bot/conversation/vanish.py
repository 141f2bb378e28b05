"""After how long Suar takes its sensitive messages off the person's screen, as they have chosen. Pure."""

from bot.conversation.state import State

FLOW, KEY = "watched", "vanish"
AFTER_S = {"hour": 3_600, "day": 86_400}
NEVER = "never"


def vanish_s(state: State) -> int | None:
    """Return the seconds after which a sensitive message goes; None where it stays."""
    return AFTER_S.get(state.memory.get(FLOW, {}).get(KEY, NEVER))
