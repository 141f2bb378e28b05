"""One question of a draft as it will look, although the rest of the quiz may not be finished; and the whole, to be tried."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from bot.content.load import Content
from bot.content.quiz_edits import read_quiz, with_quiz
from bot.content.quizzes import Quiz
from bot.editing.quiz_draft import fitting

_FAR = date(9000, 1, 1).isoformat()
_BESIDE = "zz"
"""The id of a second question: a quiz has rounds of two at least."""


def with_question_alone(
    body: Mapping[str, Any], question: Mapping[str, Any], content: Content
) -> Content:
    """Return the content with a quiz that has nothing but this question.

    Args:
        body: The draft.
        question: One of its questions, without mistakes.
        content: What is live.
    """
    quiz = {
        **body["quiz"], "title": "…", "topic": None, "intro": "…", "round": 2, "measures": [],
        "seconds": None, "questions": [question, {**question, "id": _BESIDE}],
        "results": [{"min_correct": at, "text": "…"} for at in range(3)],
        "reviewed_on": _FAR, "review_by": _FAR,
    }  # fmt: skip
    return with_quiz(content, read_quiz({"quiz": fitting(quiz)}), body["words"])


def to_try(body: Mapping[str, Any], content: Content) -> Content:
    """Return the content with a draft without mistakes in it, offered whatever its state.

    Raises:
        ContentError: It has mistakes.
    """
    quiz: Quiz = read_quiz({"quiz": fitting(body["quiz"])})
    shown = quiz.model_copy(update={"retired": False, "review_by": date(9000, 1, 1)})
    return with_quiz(content, shown, body["words"])
