"""One measured answer, and what the figures are made of. Pure."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

Phase = Literal["before", "after", "week1", "week4"]
"""When a fact is asked: before the quiz, right after it, and one and four weeks later."""
PHASES: tuple[Phase, ...] = get_args(Phase)
LATER: tuple[Phase, ...] = PHASES[1:]


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered to one guise of a fact. Everybody is asked a fact once at each phase."""

    person: Hashable
    """Tells answers of the same person apart from others; who it is does not matter to any figure."""
    fact: str
    question: str
    phase: Phase
    locale: str
    right: bool | None
    """None for "I don't know"."""
    choices: int
    """Among how many possible answers a guess would choose, 2 or more."""
    on: date

    @property
    def score(self) -> float:
        """1 for right, 0 for "I don't know", and for wrong what makes the mean of pure guesses 0."""
        if self.right is None:
            return 0.0
        return 1.0 if self.right else -1.0 / (self.choices - 1)
