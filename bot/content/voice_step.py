"""The steps for people who would rather listen or look than read, as `flows/flows/voice.yml` writes them."""

from typing import Literal

from bot.content.parts import Target, Title, Words
from bot.content.step_base import StepBase


class Listen(StepBase):
    """Says a recording; its button stands under the words that the recording speaks."""

    type: Literal["listen"]
    title: Title
    gone: Words
    """Said where the recording is no more: its words have changed."""
    menu: Title


class Easier(StepBase):
    """Asks how the person would rather be talked with, and keeps it."""

    type: Literal["easier"]
    title: Title
    """The button that leads here, under the answer to somebody who sent a voice message or only signs."""
    text: Words
    voice: Title
    """Recordings, pictures and numbers."""
    pictures: Title
    """Pictures and numbers."""
    plain: Title
    """Words alone."""
    noted: Words
    no_voice: Words
    """Said instead where nothing has been recorded in their language yet."""
    next: Target
