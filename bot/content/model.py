"""Answers, quizzes and the directory as `flows/` writes them."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from bot.content.parts import TRANSLATED, Dated, Id, Strict, Title, Words


class Source(Strict):
    """Where a fact comes from."""

    title: str
    publisher: str
    url: str | None = None
    date: Dated = None


Action = Literal["info", "offer", "limits", "now", "child"]
"""What follows an answer: nothing; a person is offered; also the limits of confidentiality are said; the emergency
numbers come first; the contact for children is named."""


class Answer(Strict):
    """A sourced answer to one question."""

    id: Id
    intent: Id
    audience: Literal[
        "would_be_migrant", "migrant_abroad", "young_person", "refugee", "family", "everyone"
    ]
    question: Words
    title: Title
    text: Words
    more: Words | None = None
    sources: tuple[str, ...] = Field(min_length=1)
    action: tuple[Action, ...] = Field(min_length=1)
    asked: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Other ways people ask it, by language. They are compared with what a person writes, and never shown."""
    next: tuple[Id, ...] = ()
    tool: Id | None = None
    """Something to do about it: a flow, to which a button under the answer leads; its title stands in the step."""
    region: str
    reviewed_on: date
    review_by: date
    owner: str


class QuizChoice(Strict):
    """One possible answer of a quiz question."""

    id: Id
    text: Annotated[str, StringConstraints(min_length=1, max_length=60), TRANSLATED]
    correct: bool = False


class Question(Strict):
    """One question of a quiz."""

    id: Id
    text: Words
    choices: tuple[QuizChoice, ...] = Field(min_length=2, max_length=4)
    explanation: Words
    sources: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_is_right(self) -> "Question":
        if sum(choice.correct for choice in self.choices) != 1:
            raise ValueError(f"question {self.id}: exactly one choice must be correct")
        return self


class QuizResult(Strict):
    """What is said from a number of right answers on."""

    min_correct: int = Field(ge=0)
    text: Words


class Quiz(Strict):
    """A quiz."""

    quiz: Id
    title: Title
    intro: Words
    questions: tuple[Question, ...] = Field(min_length=1)
    results: tuple[QuizResult, ...] = Field(min_length=1)


class ServiceSource(Strict):
    """Where a directory entry was found."""

    url: str | None = None
    publisher: str
    date: Dated = None


class Service(Strict):
    """A service of the directory; `surface` says who may see it, and when."""

    id: str
    name: str
    kind: str
    serves: Annotated[str, TRANSLATED]
    region: str
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    whatsapp: tuple[str, ...] = ()
    email: str | None = None
    url: str | None = None
    hours: Annotated[str, TRANSLATED] | None = None
    cost: Annotated[str, TRANSLATED] | None = None
    confidentiality: Annotated[str, TRANSLATED] | None = None
    surface: Literal["show", "show_after_check", "staff_only", "never"]
    source: ServiceSource
    confidence: str
    checked_on: date | None = None
    checked_by: str | None = None
    notes: str | None = None


class EmergencyNumber(Strict):
    """One line of the fixed fallback, which can never be empty."""

    id: Id
    service: str
    name: str
    number: str
    when: Annotated[str, TRANSLATED]
    confidentiality: Annotated[str, TRANSLATED]
    kinds: tuple[str, ...] = Field(min_length=1)
    region: Literal["ID", "abroad", "any"]
    audience: Literal["anyone", "refugees"] = "anyone"
