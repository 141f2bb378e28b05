"""The steps by which somebody says that they like to hear of campaigns, and what they tell so that these fit them."""

from typing import Literal

from pydantic import Field, model_validator

from bot.content.parts import Id, Target, Title, Words
from bot.content.step_base import StepBase


class News(StepBase):
    """Asks whether Suar may write about campaigns; the same step changes or ends it."""

    type: Literal["news"]
    text: Words
    agreed: Words
    """Said instead of `text` to somebody who has said yes."""
    yes: Title
    no: Title
    keep: Title
    change: Title
    stop: Title
    thanks: Words
    declined: Words
    next: Target
    """After a yes: what they may tell of themselves."""
    instead: Target
    """After a no."""


class AboutMe(StepBase):
    """Asks one thing about the person, out of a few; it may always be skipped."""

    type: Literal["about_me"]
    key: Literal["age_band", "interests"]
    text: Words
    options: dict[Id, Title] = Field(min_length=2, max_length=6)
    several: bool = False
    done: Title | None = None
    """Ends the choice, where several may be chosen."""
    skip: Title
    menu: Title
    next: Target
    child: Id | None = None
    """The option of somebody under 18, who is asked no more of where they are."""
    instead: Target | None = None
    """Where to go after that option."""

    @model_validator(mode="after")
    def _fits_together(self) -> "AboutMe":
        if self.several != (self.done is not None):
            raise ValueError("done: is there where several may be chosen, and only there")
        if (self.child is None) != (self.instead is None):
            raise ValueError("child and instead: both or none")
        if self.child is not None and self.child not in self.options:
            raise ValueError(f"child: there is no option {self.child!r}")
        return self


class Place(StepBase):
    """Asks for a city of `flows/campaigns/cities.yml`, or with `countries` for one of these; by buttons or typed."""

    type: Literal["place"]
    text: Words
    unknown: Words
    """Said once where what was typed is not known."""
    countries: dict[Id, Title] = Field(default_factory=dict)
    """Keys of `abroad` in the file of cities."""
    abroad: Title | None = None
    instead: Target | None = None
    """Where `abroad` leads."""
    more: Title
    skip: Title
    menu: Title
    next: Target

    @model_validator(mode="after")
    def _fits_together(self) -> "Place":
        if (self.abroad is None) != (self.instead is None):
            raise ValueError("abroad and instead: both or none")
        return self


class ZoneStep(StepBase):
    """Asks whether it is as late as Suar thinks where the person is, and else by which clock they live."""

    type: Literal["zone"]
    text: Words
    """`{time}` is what their clock should show."""
    yes: Title
    no: Title
    which: Words
    clocks: dict[Id, Title] = Field(min_length=1)
    """Keys of `zones` in the file of cities."""
    abroad: Title
    instead: Target
    skip: Title
    menu: Title
    next: Target


class BroadcastStep(StepBase):
    """Answers the buttons under a message of a campaign."""

    type: Literal["broadcast"]
    text: Words
    """Said to whoever comes here without a button."""
    quiz: Target
    event: Target
    about: Target
    """Where an undo leads for which there is nothing to undo."""
    stop: Title
    """The button that stands under every broadcast."""
    stopped: Words
    undo: Title
    back: Words
    """Said to somebody who has taken their stop back."""
    human: Title
    menu: Title
