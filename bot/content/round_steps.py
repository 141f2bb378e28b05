"""What may follow a round of a quiz, as `flows/flows/quiz.yml` writes it."""

from typing import Literal

from pydantic import Field

from bot.content.parts import Title, Words
from bot.content.step_base import StepBase


class CertificateStep(StepBase):
    """Asks which name is to stand on a certificate, and gives it."""

    type: Literal["certificate"]
    at_least: int = Field(ge=1, le=100)
    """Of a hundred questions of the round, so many must be right."""
    title: Title
    """The button under a result that leads here."""
    text: Words
    not_a_name: Words
    """Said once where what was typed cannot be set as a name."""
    given: Words
    alt: Words
    """What is on the picture, for those who cannot see it; the name is not said."""
    not_yet: Words
    """Said where there is no result with as many right answers (any more)."""
    none: Title
    more: Title
    human: Title
    menu: Title


class CityRound(StepBase):
    """Asks whether rounds shall count for the person's city."""

    type: Literal["city_round"]
    title: Title
    text: Words
    counts: Words
    """Said instead of `text` to somebody who has said yes."""
    together: Words
    """How many rounds there were, from five on."""
    first: Words
    """Said instead where there were fewer."""
    unknown: Words
    agreed: Words
    declined: Words
    yes: Title
    no: Title
    end: Title
    tell: Title
    """Leads to where a city can be told."""
    more: Title
    menu: Title
