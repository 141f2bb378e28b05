"""What the models of steps share: what every step has, and the buttons of a step that offers choices."""

from typing import Literal

from pydantic import model_validator

from bot.content.parts import Id, Strict, Target, Title

ChoiceEffect = Literal[
    "stop_messages",
    "follow_up_slower",
    "follow_up_pause",
    "follow_up_stop",
    "study_stop",
    "rate_good",
    "rate_some",
    "rate_none",
]
"""What a press does beside leading on; see `bot/conversation/steps/ask.py`."""

Pictogram = Literal[
    "book",
    "hand",
    "offer",
    "person",
    "phone",
    "star",
    "globe",
    "dots",
    "ear",
    "heart",
    "shield",
    "menu",
]
"""What `bot/pictures/pictograms.py` can draw."""


class Choice(Strict):
    """A button: where it leads, to a step or to an answer, and whether a plain yes or no means it."""

    id: Id
    title: Title
    go: Target | None = None
    answer: Id | None = None
    means: Literal["affirm", "deny"] | None = None
    effect: ChoiceEffect | None = None
    pictogram: Pictogram | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "Choice":
        if (self.go is None) == (self.answer is None):
            raise ValueError(
                f"choice {self.id}: needs either go (a step) or answer (an answer's id)"
            )
        return self


class StepBase(Strict):
    """What every step has."""

    lasting: bool = True
    """Its buttons work from an old message too; false where an old press would mislead."""
    control: bool = False
    """Its buttons work while the person waits for a counsellor."""
