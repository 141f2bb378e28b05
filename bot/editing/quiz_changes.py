"""What is different between two versions of a quiz, place by place, for whoever decides on an edit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.editing.changes import Piece, compare
from bot.editing.quiz_draft import fitting, texts_by_place, texts_of_question

SETTINGS = ("round", "seconds", "measures", "retired", "reviewed_on", "review_by")
ORDER = "order"
_STEPS = "steps"


@dataclass(frozen=True)
class QuizChange:
    """One place that is different."""

    question: str
    """The id of the question; empty for the quiz itself."""
    number: int
    """Which question it is, from 1; 0 where it is no more, or for the quiz itself."""
    field: str
    """`text`, `choices`, `round`…; the id of a choice and the number of a line are left out."""
    locale: str
    """The language of a translation; empty for the source and what is not translated."""
    pieces: tuple[Piece, ...]


def compare_quizzes(former: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[QuizChange]:
    """Return what is different, the quiz first and then its questions in their order."""
    before, after = _flat(former), _flat(wanted)
    numbers = _numbers(wanted)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key, ""), after.get(key, "")
        if old != new:
            place, _, locale = key.partition("@")
            question, field = _split(place)
            number = numbers.get(question, 0)
            found.append(QuizChange(question, number, field, locale, tuple(compare(old, new))))
    return sorted(found, key=lambda each: (bool(each.question), each.number))


def _split(place: str) -> tuple[str, str]:
    parts = place.split(".")
    if parts[0] == "questions" and len(parts) > 1:
        return parts[1], parts[2]
    return "", parts[0]


def _numbers(body: Mapping[str, Any]) -> dict[str, int]:
    questions = body["quiz"]["questions"] if body else ()
    return {each["id"]: number for number, each in enumerate(questions, start=1)}


def _flat(body: Mapping[str, Any]) -> dict[str, str]:
    """Return every place of a quiz as text that can be compared; translations under ``place@locale``."""
    if not body:
        return {}
    quiz = fitting(body["quiz"])
    texts = texts_by_place(quiz)
    found = {place: text for place, text in texts.items() if not place.startswith("questions.")}
    found |= {name: _text(quiz.get(name)) for name in SETTINGS}
    steps = [f"{each['min_correct']}" for each in quiz["results"]]
    found[_STEPS] = ", ".join(steps)
    for question in quiz["questions"]:
        found |= _flat_question(question)
    numbered = [f"{at}. {each['text']}" for at, each in enumerate(quiz["questions"], start=1)]
    found[ORDER] = "\n".join(numbered)
    for locale, words in body["words"].items():
        found |= {f"{place}@{locale}": words[t] for place, t in texts.items() if t in words}
    return {place: text for place, text in found.items() if text}


def _flat_question(question: Mapping[str, Any]) -> dict[str, str]:
    here = f"questions.{question['id']}"
    found = {f"{here}.{name}": text for name, text in texts_of_question(question).items()}
    right = [each["text"] for each in question["choices"] if each["correct"]]
    found[f"{here}.right"] = "\n".join(right) or _text(question["answer"])
    for name in ("kind", "fact", "level", "sources"):
        found[f"{here}.{name}"] = _text(question[name])
    return found


def _text(value: Any) -> str:  # noqa: ANN401  # any setting of a quiz
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    return str(value)
