"""Quizzes and the facts that they teach, as `flows/quizzes/` and `flows/facts.yml` write them."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.content.known import Place, check_known
from bot.content.model import Source
from bot.content.parts import MAX_MESSAGE_CHARS, TRANSLATED, Id, Strict, Title, Words
from bot.errors import ContentError
from bot.yaml_file import check_model, read_model, read_part

FACTS = "flows/facts.yml"
LETTERS = "ABCDE"
MIN_GUISES = 4
"""In so many questions a measured fact returns: before, right after, after a week and after four."""
FRAME_CHARS = 60
"""What a question has around its own words: its number, and what to do."""

Kind = Literal["single", "several", "true_false", "order", "flag"]
CHOICES: Mapping[Kind, tuple[int, int]] = {
    "single": (2, 4),
    "several": (2, 4),
    "true_false": (0, 0),
    "order": (3, 4),
    "flag": (3, 5),
}
"""How many choices each kind of question has, at least and at most."""
Line = Annotated[str, StringConstraints(min_length=1, max_length=90), TRANSLATED]


class Fact(Strict):
    """Something that quizzes teach, in one sentence; reports show it."""

    claim: Words
    sources: tuple[str, ...] = Field(min_length=1)


class ChatLine(Strict):
    """One line of a mock chat."""

    by: Literal["them", "me"]
    text: Line


class Advert(Strict):
    """A mock job advert."""

    title: Line
    lines: tuple[Line, ...] = Field(min_length=2, max_length=7)


class Picture(Strict):
    """What the server draws for a `flag` question: a chat, or an advert."""

    chat: tuple[ChatLine, ...] | None = Field(default=None, min_length=2, max_length=8)
    advert: Advert | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines that a choice may be about, from above."""
        if self.advert is not None:
            return self.advert.lines
        return tuple(line.text for line in self.chat or ())

    @model_validator(mode="after")
    def _is_one_thing(self) -> "Picture":
        if (self.chat is None) == (self.advert is None):
            raise ValueError("needs either chat or advert")
        return self


class QuizChoice(Strict):
    """One possible answer of a quiz question; in `order`, one of the steps."""

    id: Id
    text: Annotated[str, StringConstraints(min_length=1, max_length=60), TRANSLATED]
    correct: bool = False
    line: int | None = Field(default=None, ge=0)
    """In `flag`: the line of the picture that it is about; by default that at its own place."""


class Question(Strict):
    """One question of a quiz."""

    id: Id
    fact: Id
    kind: Kind = "single"
    level: Literal[1, 2, 3] = 1
    text: Words
    hint: Annotated[str, StringConstraints(min_length=1, max_length=200), TRANSLATED] | None = None
    choices: tuple[QuizChoice, ...] = ()
    """In `order`, in the right order; they are shown in another."""
    answer: bool | None = None
    """In `true_false`: whether it is true."""
    picture: Picture | None = None
    explanation: Words
    sources: tuple[str, ...] = Field(min_length=1)

    @property
    def correct(self) -> tuple[str, ...]:
        """The ids of the right choices, in their order; for `order` all, for `true_false` ``true`` or ``false``."""
        if self.kind == "true_false":
            return ("true" if self.answer else "false",)
        if self.kind == "order":
            return tuple(choice.id for choice in self.choices)
        return tuple(choice.id for choice in self.choices if choice.correct)

    def letters_by_line(self) -> dict[int, str]:
        """Return the letter beside each line of the picture that a choice is about, by the line's index."""
        return {
            at if choice.line is None else choice.line: LETTERS[at]
            for at, choice in enumerate(self.choices)
        }

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Question":
        for problem in self._problems():
            raise ValueError(f"question {self.id}: {problem}")
        return self

    def _problems(self) -> Iterator[str]:
        least, most = CHOICES[self.kind]
        if not least <= len(self.choices) <= most:
            yield f"{self.kind} takes {least} to {most} choices"
        if len({choice.id for choice in self.choices}) < len(self.choices):
            yield "two choices have the same id"
        if len({choice.text.casefold() for choice in self.choices}) < len(self.choices):
            yield "two choices read the same"
        if (self.answer is not None) != (self.kind == "true_false"):
            yield "answer: true or false belongs to true_false, and to no other kind"
        yield from self._problems_of_correct()
        yield from self._problems_of_picture()
        long = len(self.text) + sum(len(choice.text) + 4 for choice in self.choices)
        if long > MAX_MESSAGE_CHARS - FRAME_CHARS:
            yield (
                f"text and choices have {long} characters together, "
                f"at most {MAX_MESSAGE_CHARS - FRAME_CHARS} fit into one message"
            )

    def _problems_of_correct(self) -> Iterator[str]:
        right = sum(choice.correct for choice in self.choices)
        if self.kind in {"single", "flag"} and right != 1:
            yield "exactly one choice must be correct"
        if self.kind == "several" and not 0 < right < len(self.choices):
            yield "at least one choice must be correct, and at least one not"
        if self.kind == "order" and right:
            yield "order has its choices in the right order, and no `correct`"

    def _problems_of_picture(self) -> Iterator[str]:
        if (self.picture is not None) != (self.kind == "flag"):
            yield "a picture belongs to flag, and to no other kind"
        elif self.picture is not None:
            about = list(self.letters_by_line())
            if len(about) < len(self.choices) or about != sorted(about):
                yield "the choices must be about different lines, in the picture's order"
            if any(line >= len(self.picture.lines) for line in about):
                yield "a choice is about a line that the picture does not have"
        elif any(choice.line is not None for choice in self.choices):
            yield "line: belongs to flag"


class QuizResult(Strict):
    """What is said from a number of right answers in a round on."""

    min_correct: int = Field(ge=0)
    text: Words


class Quiz(Strict):
    """A quiz: a bank of questions, of which a round asks some."""

    quiz: Id
    title: Title
    topic: Words | None = None
    """What it is about, in one line."""
    intro: Words
    round: int = Field(ge=1)
    """Questions a round."""
    seconds: int | None = Field(default=None, ge=10, le=90)
    """For each question, where somebody chooses to play against the time; None where nobody can."""
    measures: tuple[Id, ...] = Field(default=(), max_length=2)
    """Facts of which is measured how many people know them."""
    questions: tuple[Question, ...] = Field(min_length=1)
    results: tuple[QuizResult, ...] = Field(min_length=3)
    reviewed_on: date
    """When somebody last held it against its sources."""
    review_by: date
    retired: bool = False
    """It is offered to nobody any more. It stays, so that rounds that are open can be finished."""

    def question(self, question_id: str) -> Question | None:
        """Return one of its questions; None where it has no such question (any more)."""
        return next((each for each in self.questions if each.id == question_id), None)

    @model_validator(mode="after")
    def _holds_together(self) -> "Quiz":
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterator[str]:
        doubled = [name for name, n in Counter(q.id for q in self.questions).items() if n > 1]
        if doubled:
            yield f"the question {doubled[0]!r} exists twice"
        if self.round > len(self.questions):
            yield f"round: there are only {len(self.questions)} questions"
        if self.review_by < self.reviewed_on:
            yield "review_by: is before reviewed_on"
        steps = [result.min_correct for result in self.results]
        if steps[0] != 0 or steps != sorted(set(steps)) or steps[-1] > self.round:
            yield "results: min_correct begins at 0, rises, and ends at `round` or before"
        guises = Counter(question.fact for question in self.questions)
        for fact in self.measures:
            if guises[fact] < MIN_GUISES:
                yield f"measures: {fact} has {guises[fact]} questions, {MIN_GUISES} are needed"


def load_quizzes(flows_dir: Path) -> dict[str, Quiz]:
    """Read `quizzes/` below `flows_dir`.

    Raises:
        ContentError: A file is wrong, or is named otherwise than its quiz.
    """
    quizzes = {}
    for path in sorted((flows_dir / "quizzes").glob("*.yml")):
        shown = f"{flows_dir.name}/quizzes/{path.name}"
        quiz = read_model(Quiz, path, shown)
        if quiz.quiz != path.stem:
            problem = f"quiz: is {quiz.quiz!r}, the file is named {path.stem!r}"
            raise ContentError(problem, file=shown)
        quizzes[quiz.quiz] = quiz
    return quizzes


def load_facts(flows_dir: Path) -> dict[str, Fact]:
    """Read `facts.yml` below `flows_dir`.

    Raises:
        ContentError: The file is wrong.
    """
    path = flows_dir / "facts.yml"
    return {
        name: check_model(Fact, data, path, FACTS, inside=("facts", name))
        for name, data in read_part(path, FACTS, "facts").items()
    }


def check_quiz(
    quiz: Quiz, facts: Mapping[str, Fact], sources: Mapping[str, Source], root: Path | None = None
) -> None:
    """Make sure that the facts and sources of a quiz exist.

    Raises:
        ContentError: One does not; with its line, when `root` says where the files are.
    """
    file = f"flows/quizzes/{quiz.quiz}.yml"
    for question in quiz.questions:
        here = Place(question.id, file, root)
        check_known(question.sources, sources, "sources", "source", here)
        check_known([question.fact], facts, "fact", "fact", here)
    check_known(quiz.measures, facts, "measures", "fact", Place("measures", file, root))


def check_facts(facts: Mapping[str, Fact], sources: Mapping[str, Source], root: Path) -> None:
    """Make sure that the sources of the facts exist.

    Raises:
        ContentError: One does not, with its line.
    """
    for name, fact in facts.items():
        check_known(fact.sources, sources, "sources", "source", Place(name, FACTS, root))
