"""The model of the step at which somebody makes room for another who uses the same phone, as `flows/flows/phone.yml` writes it."""

from typing import Literal

from bot.content.parts import Target, Title, Words
from bot.content.step_base import StepBase


class SharedPhone(StepBase):
    """Lets somebody else be here, with a chat of their own, or somebody who was here before come back with their words."""

    type: Literal["shared_phone"]
    text: Words
    alone: Words
    """Said instead where every page is a chat of its own."""
    new: Title
    back: Title
    cancel: Title
    offer: Words
    """Before somebody makes room who has no words to come back with: what they are for, and what happens without."""
    make: Title
    none: Title
    known: Words
    """Said instead to somebody who has words."""
    made: Words
    """Shows `{words}` that Suar has made."""
    noted: Words
    """Said to words of their own; they are not repeated."""
    too_plain: Words
    ready: Title
    which: Words
    """Asks whoever was here before for their words."""
    unknown: Words
    too_many: Words
    busy: Words
    """Something for whoever is here is still on its way."""
    here: Target
    """Where somebody is who comes back."""
    in_talk: Words
    """Said to somebody who comes back to a talk with a counsellor, in which the bot says nothing else."""
