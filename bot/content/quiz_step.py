"""The steps that list quizzes and play one, as `flows/flows/quiz.yml` writes them."""

from typing import Literal

from bot.content.parts import Id, Title, Words
from bot.content.step_base import StepBase


class QuizList(StepBase):
    """Lists the quizzes to choose from."""

    type: Literal["quiz_list"]
    text: Words
    """`{quizzes}` are their titles, each with what it is about."""
    entry: Words
    further: Title
    back: Title
    human: Title
    menu: Title


class QuizStep(StepBase):
    """Plays a quiz."""

    type: Literal["quiz"]
    first: Id
    """The quiz that stands first in the list, and that covers a conversation when somebody may be looking."""
    clock: Words
    """Said after the introduction of a quiz that can be played against the time."""
    question: Words
    question_timed: Words
    several: Words
    order: Words
    so_far: Words
    """What has been put in order up to now."""
    hint_words: Words
    none_chosen: Words
    right: Words
    wrong: Words
    wrong_several: Words
    wrong_order: Words
    late: Words
    """Said instead of `right` when the time was up."""
    streak: Words
    source: Words
    resume: Words
    past: Words
    """Said when a button of a question is pressed that has been answered."""
    over: Words
    """Said when a button of a round is pressed that is over, forgotten, or was of a quiz that is no more."""
    them: Words
    me: Words
    card_words: Words
    """Goes with the picture of a result, for whoever likes to show it."""
    card: Title
    begin: Title
    timed: Title
    forward: Title
    again: Title
    others: Title
    """Instead of `again` while there are questions that the person has not had."""
    hint: Title
    done: Title
    restart: Title
    true: Title
    false: Title
    more: Title
    human: Title
    menu: Title
