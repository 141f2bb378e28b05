"""What becomes of a message whose words the person has changed afterwards. Pure.

Danger in it is answered, whenever the message was written. Anything else counts as new words only while the conversation still stands where they
left it; and the same is never said twice.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import category

from bot.conversation.questions import GUESS
from bot.conversation.state import State
from bot.conversation.steps.safe_word import KEY
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.understanding.cleaning import folded
from bot.understanding.model import Risk, RiskLevel, Understanding

WATCHED = "watched"
_ASIDE = frozenset({IncomingKind.BLOCKED, IncomingKind.UNBLOCKED, IncomingKind.EDITED})


def counts(
    state: State, incoming: Incoming, understanding: Understanding, *, is_covered: bool
) -> bool:
    """Tell whether changed words are to be read as if they had just been written.

    Args:
        state: Where the conversation stands.
        incoming: The change.
        understanding: What it means.
        is_covered: Whether a quiz covers the conversation, because somebody else may be looking.
    """
    if folded(incoming.text) == state.memory.get(WATCHED, {}).get(KEY):
        return True
    if _tells_of_danger(understanding):
        return not _is_answered(state, incoming, understanding.risk)
    if is_covered or incoming.message_id is None:
        return False
    is_last = state.stands and state.heard == incoming.message_id
    return is_last and state.wrote != _letters(incoming.text)


def as_new(incoming: Incoming) -> Incoming:
    """Return a change as words that have just been written."""
    return replace(incoming, kind=IncomingKind.TEXT)


def is_repeated(before: State, after: State) -> bool:
    """Tell whether a change has led to the very words that were said to the message as it was."""
    return before.replied is not None and after.replied == before.replied


def remembering(
    state: State, said: Sequence[Outgoing], incoming: Incoming, *, at: str | None, took: bool
) -> State:
    """Return the state with which message was the last, and whether its words may still be changed.

    Args:
        state: After the turn.
        said: What was answered.
        incoming: What the person did.
        at: Where it met the conversation.
        took: Whether a button, or a step that waited for words, has taken it.
    """
    if incoming.kind in _ASIDE:
        return state
    if incoming.kind is not IncomingKind.TEXT or incoming.message_id is None:
        return forgetting(state)
    stands = not took or state.at == at
    replied = _mark(said) if said else state.replied
    return replace(
        state,
        heard=incoming.message_id,
        stands=stands,
        replied=replied,
        wrote=_letters(incoming.text),
    )


def forgetting(state: State) -> State:
    """Return the state with nothing of the last message: of words that are kept nowhere, not even a mark is."""
    return replace(state, heard=None, stands=False, replied=None, wrote=None)


def _tells_of_danger(understanding: Understanding) -> bool:
    tells = understanding.intent == "disclose" and understanding.confidence >= GUESS
    return tells or understanding.risk.level is not RiskLevel.NONE


def _is_answered(state: State, incoming: Incoming, risk: Risk) -> bool:
    """Tell whether the message told as much of danger before it was changed, as the last thing that was said."""
    told = state.risk
    known = risk.level <= told.level and set(risk.kinds) <= set(told.kinds)
    return known and incoming.message_id is not None and state.heard == incoming.message_id


def _mark(said: Sequence[Outgoing]) -> str:
    return _short("\x1f".join(each.text for each in said))


def _letters(text: str) -> str:
    # Marks belong to letters, as in Burmese; what is neither is punctuation.
    return _short("".join(sign for sign in text.casefold() if category(sign)[0] in "LMN"))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
