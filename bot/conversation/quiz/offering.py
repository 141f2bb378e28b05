"""Which quizzes are offered to whom. One that is not offered any more can still be finished by whoever is in the middle of it."""

from typing import TYPE_CHECKING

from bot.content.load import is_fresh
from bot.content.quiz_step import QuizStep
from bot.content.quizzes import Quiz
from bot.conversation.quiz.round import STEP

if TYPE_CHECKING:  # the steps import what plays the quiz
    from bot.conversation.steps.base import Scene


def offered(scene: "Scene", name: str | None) -> Quiz | None:
    """Return a quiz that somebody asks for by its name; None where it is no more, retired, or long overdue for review."""
    quiz = scene.content.quizzes.get(name or "")
    if quiz is None or quiz.retired or not is_fresh(quiz, scene.world.now.date()):
        return None
    return quiz


def listed(scene: "Scene") -> list[Quiz]:
    """Return the quizzes for the list: those that have all their words in the person's language, the first one in front.

    Where there is none, the first one stands there all the same: a list of nothing helps nobody.
    """
    step, content = scene.content.step(STEP), scene.content
    assert isinstance(step, QuizStep)
    found = [
        quiz
        for name, quiz in content.quizzes.items()
        if offered(scene, name) and content.can_play(name, scene.state.locale)
    ]
    return sorted(found, key=lambda quiz: quiz.quiz != step.first) or [content.quizzes[step.first]]
