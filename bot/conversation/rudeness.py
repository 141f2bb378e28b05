"""Answers insults calmly, with the way to a person; it blocks nobody, lectures nobody, and changes nothing that is known of danger. Pure."""

from dataclasses import replace

from bot.conversation.effects import InsultHeard
from bot.conversation.play import Play
from bot.understanding.model import RiskLevel

FLOW = "calm"
RUDE, SHORT = f"{FLOW}.rude", f"{FLOW}.short"
IN_A_ROW = "in_a_row"
SHORT_FROM = 3
"""From so many insults one after the other on, less is said."""


def answers(play: Play, text: str) -> bool:
    """Answer a message that is an insult and nothing else; False for any other, and where it tells of danger.

    The step that waits for the person goes on waiting.
    """
    if play.understanding.risk.level is not RiskLevel.NONE or not play.content.insults.fit(text):
        return False
    went_on = any(button.startswith(f"{FLOW}.") for button, _ in play.state.offered)
    before: int = play.state.memory.get(FLOW, {}).get(IN_A_ROW, 0) if went_on else 0
    waited = play.state.at
    in_a_row = min(before + 1, SHORT_FROM)
    play.remember(FLOW, **{IN_A_ROW: in_a_row})
    play.enter(SHORT if in_a_row == SHORT_FROM else RUDE)
    play.state = replace(play.state, at=waited)
    play.effects.append(InsultHeard())
    return True
