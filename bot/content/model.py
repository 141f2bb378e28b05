"""What `flows/` holds, as typed objects. Every field marked `Words` is translated through `locales/`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

MAX_MESSAGE_CHARS = 600
MAX_TITLE_CHARS = 20

TRANSLATED = "translated"
Words = Annotated[str, StringConstraints(min_length=1, max_length=MAX_MESSAGE_CHARS), TRANSLATED]
Title = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TITLE_CHARS), TRANSLATED]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Target = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
"""A step of the same flow (`ask`) or of another (`menu.main`)."""


Dated = Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))]
"""A date as a source gives it: a day, a month, a year or "about 2019"."""


class Strict(BaseModel):
    """A part of the content: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Steps. Each type's behaviour stands in `bot/conversation/steps/<type>.py`.


class Choice(Strict):
    """A button: where it leads, and whether a plain yes or no means it."""

    id: Id
    title: Title
    go: Target
    means: Literal["affirm", "deny"] | None = None
    effect: Literal["stop_messages", "leave_case", "erase_contact"] | None = None


class StepBase(Strict):
    """What every step has."""

    lasting: bool = True
    """Its buttons work from an old message too; false where an old press would mislead."""
    control: bool = False
    """Its buttons work while the person waits for a counsellor."""


class Say(StepBase):
    """Says something and goes on."""

    type: Literal["say"]
    text: Words
    next: Target


class Ask(StepBase):
    """Says something and offers choices."""

    type: Literal["ask"]
    text: Words
    variants: tuple[Words, ...] = ()
    """Other words for the same, taken in turn, so that nobody reads the same twice in a row."""
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=8)
    sensitive: bool = False


class ChooseLanguage(StepBase):
    """Offers the released languages."""

    type: Literal["choose_language"]
    text: Words
    next: Target


class Browse(StepBase):
    """Lists whom the answers are for, and then the questions."""

    type: Literal["browse"]
    text: Words
    pick: Words
    audiences: dict[str, Title]
    next_page: Title
    menu: Title


class AnswerStep(StepBase):
    """Gives an answer with its follow-ups."""

    type: Literal["answer"]
    suggest: Words
    meant: Words
    yes: Title
    no: Title
    more: Title
    sources: Title
    sources_text: Words
    outdated: Words
    human: Title
    menu: Title
    thanks: Words
    back_to_quiz: Title


class QuizStep(StepBase):
    """Plays a quiz."""

    type: Literal["quiz"]
    question: Words
    right: Words
    wrong: Words
    begin: Title
    forward: Title
    again: Title
    resume: Words
    human: Title
    menu: Title


class Support(StepBase):
    """Answers a disclosure at once: belief, calm, the fitting emergency contact, and the offer of a person."""

    type: Literal["support"]
    text: Words
    urgent: Words
    number: Words
    abroad: Words
    again: Words
    talk: Title
    numbers: Title
    stay: Title
    after: Words


class Emergency(StepBase):
    """Shows the emergency numbers."""

    type: Literal["emergency"]
    text: Words
    number: Words
    talk: Title
    menu: Title


class Consent(StepBase):
    """Says the limits of confidentiality and asks what a counsellor may be shown."""

    type: Literal["consent"]
    limits: Words
    preview: Words
    nothing: Words
    share: Title
    talk: Title
    no: Title
    refused: Words


class HandOver(StepBase):
    """Tells the person who waits for a counsellor what happens next, and what they can still do."""

    type: Literal["hand_over"]
    staffed: Words
    unstaffed: Words
    later: Words
    later_yes: Title
    later_when: Title
    later_no: Title
    numbers: Title
    leave: Title
    ask_when: Words
    times: dict[Id, Title]
    noted_yes: Words
    noted_when: Words
    noted_no: Words
    waiting: Words
    left: Words


class Passphrase(StepBase):
    """Lets a person come back to their case with its four words."""

    type: Literal["passphrase"]
    text: Words
    unknown: Words
    too_many: Words
    welcome_back: Words
    human: Title
    menu: Title


class Erase(StepBase):
    """Says what goes, asks once, and forgets."""

    type: Literal["erase"]
    text: Words
    yes: Title
    no: Title
    done: Words
    kept: Words


class Feedback(StepBase):
    """Asks how the talk was; then comes one more question, once, and never while danger is immediate."""

    type: Literal["feedback"]
    text: Words
    ratings: dict[Id, Title]
    thanks: Words
    next: Target
    instead: Target
    """Where to go instead of `next` while danger is immediate, or when the question there has been answered."""


class Learn(StepBase):
    """Asks whether single messages may be kept, redacted, to learn from; the same words take a yes back."""

    type: Literal["learn"]
    text: Words
    agreed: Words
    """Said instead of `text` to somebody who has said yes."""
    yes: Title
    no: Title
    thanks: Words
    declined: Words
    next: Target


Step = Annotated[
    Say
    | Ask
    | ChooseLanguage
    | Browse
    | AnswerStep
    | QuizStep
    | Support
    | Emergency
    | Consent
    | HandOver
    | Passphrase
    | Erase
    | Feedback
    | Learn,
    Field(discriminator="type"),
]


class Flow(Strict):
    """A conversation's path: named steps, the first of which is `start`."""

    flow: Id
    start: Id
    steps: dict[Id, Step]

    @model_validator(mode="after")
    def _start_exists(self) -> "Flow":
        if self.start not in self.steps:
            raise ValueError(f"start: there is no step {self.start!r}")
        return self


# Answers, quizzes and the directory.


class Source(Strict):
    """Where a fact comes from."""

    title: str
    publisher: str
    url: str | None = None
    date: Dated = None


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
    action: Literal["info", "offer", "limits", "now", "child"]
    next: tuple[Id, ...] = ()
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
