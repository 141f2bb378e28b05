"""The step that finds a checked service."""

from typing import Literal, get_args

from pydantic import field_validator

from bot.content.model import Country, Need
from bot.content.parts import Title, Words
from bot.content.step_base import StepBase


class Services(StepBase):
    """Finds a checked service: what for, where, and then up to three at a time."""

    type: Literal["services"]
    text: Words
    needs: dict[Need, Title]
    other_needs: Title
    where: Words
    places: dict[Country, Title]
    """Every country of the directory, in the order in which it is offered."""
    more_places: Title
    elsewhere: Title
    found: Words
    entry: Words
    """One service, with what happens to what one tells there; its numbers come after it."""
    open_now: Words
    closed: Words
    hours: Words
    """Said instead of `open_now` or `closed` where only the words of the hours are known."""
    cost: Words
    languages: Words
    checked: Words
    phone: Words
    whatsapp: Words
    web: Words
    email: Words
    more: Title
    nothing: Words
    number: Words
    abroad: Words
    numbers: Title
    talk: Title
    menu: Title

    @field_validator("needs")
    @classmethod
    def _every_need_has_words(cls, needs: dict[Need, str]) -> dict[Need, str]:
        missing = sorted(set(get_args(Need)) - set(needs))
        if missing:
            raise ValueError(f"there are no words for {', '.join(missing)}; add a title for each")
        return needs
