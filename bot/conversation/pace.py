"""What is never put off, however fast somebody writes. Pure; danger in a text is read apart, by the lexicon.

Nobody in a case, in the queue or in recent danger waits; nor do a word or a button that asks for a person, for numbers, for another
language, for a cover, or to stop and be forgotten.
"""

from datetime import datetime

from bot.content.load import Content
from bot.conversation.state import Owner, State
from bot.conversation.ways import COMMANDS
from bot.messages import Incoming, IncomingKind
from bot.understanding.cleaning import folded
from bot.understanding.model import RiskLevel

STEP = "unclear.pace"
"""What says that the answer takes a moment."""
ALWAYS = frozenset(
    {
        "consent",
        "emergency",
        "erase",
        "language",
        "passphrase",
        "privacy",
        "risk",
        "stop",
        "watched",
    }
)
"""The flows whose buttons nobody waits for."""
MAY_WAIT = frozenset(
    {IncomingKind.TEXT, IncomingKind.BUTTON, IncomingKind.START, IncomingKind.UNREADABLE}
)


def never_waits(
    incoming: Incoming, state: State, owner: str, content: Content, now: datetime
) -> bool:
    """Tell whether an event is answered at once, whatever the pace of its person."""
    if owner != Owner.BOT or state.recent_risk(now).level is not RiskLevel.NONE:
        return True
    if incoming.kind not in MAY_WAIT:
        return True
    if incoming.kind is IncomingKind.BUTTON:
        return _leads_to_help(content, incoming.text)
    return incoming.kind is IncomingKind.TEXT and _asks_for_help(content, state, incoming.text)


def _asks_for_help(content: Content, state: State, text: str) -> bool:
    typed = text.strip().casefold()
    if typed.partition(" ")[0].partition("@")[0] in COMMANDS:
        return True
    if folded(text).strip(" .!") in content.stop_words:
        return True
    titles = enumerate(state.offered, start=1)
    return any(
        typed in {title.casefold(), str(number)} and _leads_to_help(content, button)
        for number, (button, title) in titles
    )


def _leads_to_help(content: Content, button: str) -> bool:
    flow, _, rest = button.partition(".")
    if flow in ALWAYS:
        return True
    name, _, chosen = rest.partition(".")
    if not content.has_step(f"{flow}.{name}"):
        return False
    choices = getattr(content.step(f"{flow}.{name}"), "choices", ())
    return any(
        choice.id == chosen and choice.go is not None and choice.go.partition(".")[0] in ALWAYS
        for choice in choices
    )
