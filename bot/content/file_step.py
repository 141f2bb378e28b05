"""The model of the step in which a person looks into their own file, and answers what is to be passed on."""

from typing import Literal

from bot.content.parts import Id, Title, Words
from bot.content.step_base import StepBase

FileState = Literal["shown", "consented", "sent", "accepted", "declined", "no_answer", "closed"]
"""The states of a referral that a person reads about; what is only drafted does not concern them yet."""


class OwnFile(StepBase):
    """Opens with the four words: where referrals stand, who may know what, what is written, and how to correct it."""

    type: Literal["own_file"]
    text: Words
    unknown: Words
    too_many: Words
    opened: Words
    nothing: Words
    referral: Words
    """One line for each referral: `{number}`, `{receiver}`, and `{state}` in the words of `states`."""
    states: dict[FileState, Words]
    involved: Words
    """One line for each of those who may know something: `{who}`, `{what}`, `{channel}`."""
    files: Words
    """Where files are kept that they sent: `{count}`."""
    family_end: Title
    family_ended: Words
    show: Title
    """Asks for what is written, or shows it once it is released."""
    asked: Words
    waiting: Words
    written: Words
    """What is written, released by a counsellor: `{words}`."""
    correct: Title
    correct_how: Words
    corrected: Words
    kept: Title
    """Under the answer to a correction that tells of danger: that it stands beside the text all the same."""
    closed: Words
    """Said where the four words are needed again."""
    question: Words
    """What is shown before a referral: `{receiver}`, `{purpose}`, and `{fields}`, word for word."""
    fields: dict[Id, Title]
    """What can be passed on, each chosen one by one."""
    field_line: Words
    """One chosen field in the question: `{field}` and `{value}`."""
    yes: Title
    no: Title
    agreed: Words
    refused: Words
    take_back: Title
    taken_back: Words
    over: Words
    """Said to a press under a question that is not open any more."""
    door: Title
    """The button that leads here."""
    human: Title
    numbers: Title
    menu: Title
