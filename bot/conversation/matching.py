"""Which answers a question may be asking for: by its likeness to the ways in which people ask each, and by its intent.

The figures were chosen on 150 questions written by somebody who had not seen the answers (docs/understanding.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.content.load import Content, is_fresh
from bot.understanding.model import Understanding

BY_INTENT = 0.1
"""What a certain intent adds to the likeness of its answers."""
SURE = 0.4
AHEAD = 0.02
"""From `SURE` on, and so much ahead of the next, an answer is simply given."""
POSSIBLE = 0.22
"""From here on the nearest answers are worth suggesting."""
OUTSIDE = 0.34
"""Below, a question that the model takes for something else altogether is not answered with a guess."""
SURELY_OUTSIDE = 0.8
MAX_SUGGESTIONS = 3


@dataclass(frozen=True)
class Matches:
    """Answers that fit, the best first, and whether the first is simply to be given."""

    answers: tuple[str, ...] = ()
    sure: bool = False


def match(understanding: Understanding, content: Content) -> Matches | None:
    """Return the answers that fit a message, or None where it cannot be compared: then its intent alone decides.

    Answers that are overdue for review count too, so that they are missed by name rather than replaced by a wrong one.
    """
    if not understanding.near:
        return None
    intents = {guess.intent: guess.confidence for guess in understanding.guesses}
    scored = sorted(
        (
            (-(near.likeness + BY_INTENT * intents.get(answer.intent, 0.0)), answer.id)
            for near in understanding.near
            if (answer := content.answers.get(near.answer)) is not None
        ),
    )
    ranked = [(-score, name) for score, name in scored]
    if not ranked or _is_outside(understanding, ranked[0][0]):
        return Matches()
    if ranked[0][0] < POSSIBLE:
        return Matches()
    fitting = tuple(name for _, name in ranked[:MAX_SUGGESTIONS])
    ahead = ranked[0][0] - ranked[1][0] if len(ranked) > 1 else 1.0
    return Matches(fitting, ranked[0][0] >= SURE and ahead >= AHEAD)


def _is_outside(understanding: Understanding, best: float) -> bool:
    certain = understanding.confidence >= SURELY_OUTSIDE
    return best < OUTSIDE and certain and understanding.intent == "out_of_scope"


def usable(answers: Sequence[str], content: Content, today: date) -> list[str]:
    """Return those of `answers` that are not overdue for review."""
    return [name for name in answers if is_fresh(content.answers[name], today)]
