"""What a person does while their counsellor rests from the talk: danger never waits, and the ways on stay open. Pure."""

from bot.conversation.questions import GUESS
from bot.understanding.model import RiskLevel, Understanding

NUMBERS, LEAVE = "calm.paused.numbers", "calm.paused.leave"
"""The ways on that stand under the words that a talk is paused."""
DISCLOSES = "disclose"


def comes_through(meaning: Understanding) -> bool:
    """Tell whether words are read at once although their talk is paused: they tell of danger, or leave one open.

    While the language model is away, nobody has ruled danger out.
    """
    tells = meaning.intent == DISCLOSES and meaning.confidence >= GUESS
    leaves_open = meaning.doubt or meaning.degraded
    return meaning.risk.level is not RiskLevel.NONE or leaves_open or tells
