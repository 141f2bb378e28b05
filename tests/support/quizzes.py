"""A made-up quiz with every kind of question, for tests that must not depend on what the real ones ask."""

from dataclasses import replace
from typing import Any

from bot.content.load import Content
from bot.content.quizzes import Quiz
from bot.prover.talk import Talk

_TEXTS = {
    "single": "Which one?",
    "several": "Which ones?",
    "true_false": "Is it so?",
    "order": "What comes first?",
    "flag": "Which line is odd?",
}
KINDS = tuple(_TEXTS)
RIGHT = {
    "single": ("b",),
    "several": ("a", "c"),
    "true_false": ("true",),
    "order": ("a", "b", "c"),
    "flag": ("c",),
}
"""The right answer to every question of a kind, as choices."""
_CHAT = [
    {"by": "them", "text": "Hi, are you the new one?"},
    {"by": "me", "text": "Yes, since Monday."},
    {"by": "them", "text": "Send me your passport, quickly."},
]


def question(kind: str, number: int = 1, **fields: object) -> dict[str, Any]:
    """Return a question of a kind, of level `number`."""
    texts = {"single": "xyz", "several": "xyzw", "order": "xyz", "flag": "xyz"}.get(kind, "")
    choices = [{"id": "abcd"[at], "text": f"{kind} {text}"} for at, text in enumerate(texts)]
    if kind not in {"order", "true_false"}:
        choices = [{**each, "correct": each["id"] in RIGHT[kind]} for each in choices]
    data = {
        "id": f"{kind}_{number}",
        "fact": "passport_withheld",
        "kind": kind,
        "level": min(number, 3),
        "text": f"{_TEXTS[kind]} ({number})",
        "explanation": f"Why {kind} {number} is so.",
        "sources": ["ilo_signs"],
        "hint": f"Think of {kind}.",
        "choices": choices,
    }
    if kind == "true_false":
        data["answer"] = True
    if kind == "flag":
        data["picture"] = {"chat": _CHAT}
    return {**data, **fields}


def made_quiz(name: str = "made", *, each: int = 2, **fields: object) -> Quiz:
    """Return a quiz with so many questions of each kind, five a round, 20 seconds where somebody plays against the time."""
    data = {
        "quiz": name,
        "title": f"Quiz {name}",
        "topic": "all sorts of things.",
        "intro": "Five questions.",
        "round": 5,
        "seconds": 20,
        "questions": [question(kind, at + 1) for at in range(each) for kind in KINDS],
        "results": [{"min_correct": at, "text": f"Level {at}."} for at in (0, 2, 4)],
    }
    data |= {"reviewed_on": "2026-11-15", "review_by": "2027-05-15"}
    return Quiz.model_validate({**data, **fields})


def with_quizzes(content: Content, *quizzes: Quiz) -> Content:
    """Return the content with further quizzes, or with other ones of their names."""
    return replace(content, quizzes={**content.quizzes, **{each.quiz: each for each in quizzes}})


def playing(content: Content, *kinds: str, locale: str = "en", **memory: object) -> Talk:
    """Return somebody who has just been asked the first of these questions of the quiz `made`, by kind or by id."""
    ids = [kind if kind[-1].isdecimal() else f"{kind}_1" for kind in kinds]
    talk = Talk.greeted(content, locale)
    talk.state = talk.state.remembering("quiz", **{**round_of(*ids), **memory})
    return talk.press("quiz.play")


def round_of(*ids: str, quiz: str = "made") -> dict[str, Any]:
    """Return what is remembered of a round with these questions that has just begun."""
    return {"quiz": quiz, "round": list(ids), "at": 0, "right": 0, "open": True}
