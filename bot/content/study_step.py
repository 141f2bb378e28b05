"""The steps that ask whether learning may be measured, and that measure it, as `flows/flows/study.yml` writes them."""

from typing import Literal

from bot.content.parts import Target, Title, Words
from bot.content.step_base import StepBase


class StudyAsk(StepBase):
    """Asks whether the same thing may be asked before and after a quiz, and weeks later; the same words take a yes back."""

    type: Literal["study_ask"]
    text: Words
    agreed: Words
    """Said instead of `text` to somebody who has said yes."""
    why: Words
    """Said to whoever wants to know what it is for."""
    yes: Title
    no: Title
    what_for: Title
    thanks: Words
    declined: Words
    next: Target
    """Where to go when no quiz waits."""


class StudyProbe(StepBase):
    """Asks one question to measure what is known, with "I don't know"; before the quiz nothing is said to the answer."""

    type: Literal["study_probe"]
    before: Words
    """Around the question before the quiz."""
    after: Words
    again: Words
    """Around the question weeks later."""
    unsure: Title
    noted: Words
    """Said to the answer before the quiz, whatever it is."""
    unsure_told: Words
    """Said before the explanation to whoever did not know."""
    thanks: Words
    closed: Words
    """Said where no question is open (any more)."""
    stop: Title
    human: Title
    menu: Title
