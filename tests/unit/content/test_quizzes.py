"""The format of quizzes and facts: what fits, and what is refused with a reason."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.content.load import Content
from bot.content.quizzes import Fact, Question, Quiz, check_quiz, load_quizzes
from bot.errors import ContentError

BASE = {
    "id": "q",
    "fact": "passport_withheld",
    "text": "What is this?",
    "explanation": "Because.",
    "sources": ["ilo_signs"],
}
CHAT = {"chat": [{"by": who, "text": f"line {at}"} for at, who in enumerate(["them", "me"] * 2)]}


def choices(*correct: bool | None) -> list[dict[str, Any]]:
    """Return choices; None leaves out whether one is correct."""
    return [
        {"id": "abcde"[at], "text": f"choice {at}"} | ({} if right is None else {"correct": right})
        for at, right in enumerate(correct)
    ]


def question(**fields: object) -> Question:
    """Return a question with these fields."""
    return Question.model_validate({**BASE, **fields})


RESULTS = [{"min_correct": n, "text": f"{n} and more"} for n in range(3)]


def quiz(**fields: object) -> Quiz:
    """Return a quiz of four questions about one fact, with these fields."""
    each = {**BASE, "kind": "true_false", "answer": True}
    asked = [{**each, "id": f"q{at}"} for at in range(4)]
    base = {"quiz": "one", "title": "One", "intro": "Hi.", "round": 2, "results": RESULTS}
    base |= {"reviewed_on": "2026-11-15", "review_by": "2027-05-15"}
    return Quiz.model_validate({**base, "questions": asked, **fields})


@pytest.mark.parametrize(
    ("fields", "correct"),
    [
        ({"choices": choices(False, True)}, ("b",)),
        ({"kind": "several", "choices": choices(True, False, True)}, ("a", "c")),
        ({"kind": "true_false", "answer": False}, ("false",)),
        ({"kind": "true_false", "answer": True}, ("true",)),
        ({"kind": "order", "choices": choices(None, None, None)}, ("a", "b", "c")),
        ({"kind": "flag", "picture": CHAT, "choices": choices(False, True, False)}, ("b",)),
    ],
)
def test_each_kind_knows_what_is_right(fields: dict[str, Any], correct: tuple[str, ...]) -> None:
    """All five kinds are read, and `correct` says the same for each."""
    assert question(**fields).correct == correct


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"choices": choices(True, True)}, "exactly one choice"),
        ({"choices": choices(False, False)}, "exactly one choice"),
        ({"choices": choices(True)}, "takes 2 to 4 choices"),
        ({"choices": choices(True, *[False] * 4)}, "takes 2 to 4 choices"),
        ({"kind": "several", "choices": choices(True, True)}, "at least one not"),
        ({"kind": "several", "choices": choices(False, False)}, "at least one choice"),
        ({"kind": "true_false"}, "answer: true or false"),
        ({"kind": "true_false", "answer": True, "choices": choices(True, False)}, "takes 0 to 0"),
        ({"choices": choices(True, False), "answer": True}, "answer: true or false"),
        ({"kind": "order", "choices": choices(None, None, True)}, "no `correct`"),
        ({"kind": "order", "choices": choices(None, None)}, "takes 3 to 4"),
        ({"kind": "flag", "choices": choices(True, False, False)}, "a picture belongs to flag"),
        ({"choices": choices(True, False), "picture": CHAT}, "a picture belongs to flag"),
        ({"choices": [{**each, "id": "a"} for each in choices(True, False)]}, "the same id"),
        (
            {"choices": [{**each, "text": "Same"} for each in choices(True, False)]},
            "read the same",
        ),
        ({"choices": [{**each, "line": 0} for each in choices(True, False)]}, "belongs to flag"),
        ({"text": "x" * 530, "choices": choices(True, False)}, "fit into one message"),
        ({"choices": choices(True, False), "hint": "x" * 201}, "at most 200"),
        ({"choices": choices(True, False), "level": 4}, "1, 2 or 3"),
    ],
)
def test_what_does_not_fit_a_kind_is_refused(fields: dict[str, Any], said: str) -> None:
    """A quiz with two right answers where one is allowed, and the like, is never played."""
    with pytest.raises(ValidationError, match=said):
        question(**fields)


@pytest.mark.parametrize(
    ("lines", "said"),
    [([0, 1, 9], "does not have"), ([0, 0, 1], "different lines"), ([2, 1, 0], "order")],
)
def test_the_choices_of_a_picture_are_about_its_lines(lines: list[int], said: str) -> None:
    """Letters stand from above, each beside a line that is there."""
    about = [
        {**each, "line": line}
        for each, line in zip(choices(True, False, False), lines, strict=True)
    ]
    with pytest.raises(ValidationError, match=said):
        question(kind="flag", picture=CHAT, choices=about)


def test_lines_of_a_picture_have_letters() -> None:
    """A line without a choice has none; the letters follow the choices."""
    about = [
        {**each, "line": line}
        for each, line in zip(choices(True, False, False), [0, 2, 3], strict=True)
    ]
    asked = question(kind="flag", picture=CHAT, choices=about)
    assert asked.letters_by_line() == {0: "A", 2: "B", 3: "C"}


@pytest.mark.parametrize(
    "picture", [{}, {**CHAT, "advert": {"title": "Job", "lines": ["a", "b"]}}]
)
def test_a_picture_is_a_chat_or_an_advert(picture: dict[str, Any]) -> None:
    """Neither nothing nor both."""
    with pytest.raises(ValidationError, match="either chat or advert"):
        question(kind="flag", picture=picture, choices=choices(True, False, False))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"round": 5}, "only 4 questions"),
        ({"results": RESULTS[1:] + RESULTS[:1]}, "min_correct begins at 0"),
        ({"results": [*RESULTS[:2], {"min_correct": 3, "text": "…"}]}, "min_correct begins at 0"),
        ({"results": RESULTS[:2]}, "at least 3"),
        ({"measures": ["passport_withheld", "other"]}, "other has 0 questions, 4 are needed"),
        ({"measures": ["a", "b", "c"]}, "at most 2"),
        ({"seconds": 5}, "greater than or equal to 10"),
    ],
)
def test_what_does_not_hold_together_is_refused(fields: dict[str, Any], said: str) -> None:
    """A round can be asked, every score has its words, a measured fact has its guises."""
    with pytest.raises(ValidationError, match=said):
        quiz(**fields)


def test_two_questions_with_one_id_are_refused() -> None:
    """Memory and counts name questions by their ids."""
    doubled = [question.model_dump() for question in quiz().questions[:1] * 2]
    with pytest.raises(ValidationError, match="exists twice"):
        quiz(questions=doubled)


def test_a_fact_or_source_that_does_not_exist_is_named(content: Content) -> None:
    """A question knows its fact, and both know where they come from."""
    check_quiz(quiz(measures=["passport_withheld"]), content.facts, content.sources)
    with pytest.raises(ContentError, match="no fact 'passport_withheld'"):
        check_quiz(quiz(), {}, content.sources)
    with pytest.raises(ContentError, match="no source 'ilo_signs'"):
        check_quiz(quiz(), content.facts, {})
    known = {"passport_withheld": Fact(claim="…", sources=("ilo_signs",))}
    check_quiz(quiz(measures=["passport_withheld"]), known, content.sources)


def test_a_file_is_named_like_its_quiz(tmp_path: Path) -> None:
    """Links to a quiz hold its id; the file is found by it."""
    folder = tmp_path / "flows" / "quizzes"
    folder.mkdir(parents=True)
    (folder / "two.yml").write_text(quiz().model_dump_json(exclude_none=True), encoding="utf-8")
    with pytest.raises(ContentError, match="the file is named 'two'"):
        load_quizzes(tmp_path / "flows")
    (folder / "two.yml").rename(folder / "one.yml")
    assert load_quizzes(tmp_path / "flows") == {"one": quiz()}
