"""The steps of a conversation as `flows/flows/` writes them, one model a type.

Each type's behaviour stands in `bot/conversation/steps/<type>.py`; the long models, such as those of `offer`, the services and the quizzes, are in files of their own.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.content.campaign_steps import AboutMe, BroadcastStep, News, Place, ZoneStep
from bot.content.event_steps import EventListStep, EventStep, RateCampaign
from bot.content.file_step import OwnFile
from bot.content.join_steps import Join, JoinConfirm, JoinElsewhere, JoinTold
from bot.content.offer_step import OfferStep
from bot.content.parts import Id, Strict, Target, Title, Words
from bot.content.phone_step import SharedPhone
from bot.content.quiz_step import QuizList, QuizStep
from bot.content.round_steps import CertificateStep, CityRound
from bot.content.series import SeriesStep
from bot.content.services_step import Services
from bot.content.step_base import Choice, StepBase
from bot.content.study_step import StudyAsk, StudyProbe
from bot.content.voice_step import Easier, Listen


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
    pictured: bool = False
    """Shown with a picture of its choices to who asks for pictures: each choice has a pictogram then."""

    @model_validator(mode="after")
    def _is_drawn_whole(self) -> "Ask":
        if self.pictured and not all(choice.pictogram for choice in self.choices):
            raise ValueError("pictured: each choice needs a pictogram")
        return self


class Choose(StepBase):
    """Asks for one of several wishes and keeps it under its flow; without `options`, one of the languages."""

    type: Literal["choose"]
    key: Id
    text: Words
    options: dict[Id, Title] = Field(default_factory=dict)
    more: Title | None = None
    """The button to the next page of languages."""
    next: Target


class Name(StepBase):
    """Asks which name the person wants to be called by, and keeps it."""

    type: Literal["name"]
    text: Words
    noted: Words
    none: Title
    human: Title
    next: Target


class SafeWord(StepBase):
    """Lets the person choose a word that brings a quiz at once, and later brings help back."""

    type: Literal["safe_word"]
    text: Words
    noted: Words
    too_plain: Words
    skip: Title
    next: Target


class Vanish(StepBase):
    """Asks after how long Suar deletes its sensitive messages from the person's screen."""

    type: Literal["vanish"]
    text: Words
    cannot: Words
    """Said where the channel lets nobody take back what was sent."""
    after: dict[Literal["hour", "day"], Title] = Field(min_length=1)
    never: Title
    noted: Words
    stays: Words
    menu: Title
    next: Target


class FollowUp(StepBase):
    """Asks whether and when to write first, and notes it as a consent of its own."""

    type: Literal["follow_up"]
    text: Words
    after: dict[Id, Title]
    """How long to wait, as `d3` for three days, with the button's title."""
    no: Title
    noted: Words
    declined: Words
    next: Target


class ChooseLanguage(StepBase):
    """Offers the languages, those that are released first."""

    type: Literal["choose_language"]
    text: Words
    more: Title
    """Leads to the next page of languages."""
    change: Title
    """Leads here, under a message in a language that Suar began to speak by itself."""
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
    limits: Words
    """Said under an answer after which a person may tell what some services must report."""
    child: Words
    """Said under an answer about people under 18; `{number}` is the contact for children."""
    now: Words
    """Said before an answer for somebody who may be in danger; `{numbers}` are the emergency numbers."""
    number: Words
    human: Title
    menu: Title
    thanks: Words
    back_to_quiz: Title
    tools: dict[Id, Title]
    """The button to each flow that an answer may name as something to do about it."""


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
    services: Title
    menu: Title


class Consent(StepBase):
    """Says the limits of confidentiality and asks what a counsellor may be shown."""

    type: Literal["consent"]
    limits: Words
    preview: Words
    nothing: Words
    wishes: Words
    """Also passed on, and shown before: `{wishes}` is what the person asked for."""
    name: Words
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
    language: Title
    phone: Title
    """Leads to where somebody else can use the phone."""
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
    human: Title
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
    | Choose
    | Name
    | SafeWord
    | Vanish
    | FollowUp
    | ChooseLanguage
    | Browse
    | AnswerStep
    | QuizList
    | QuizStep
    | Support
    | Emergency
    | Services
    | Consent
    | HandOver
    | Passphrase
    | Erase
    | Feedback
    | Learn
    | BroadcastStep
    | StudyAsk
    | StudyProbe
    | OfferStep
    | OwnFile
    | News
    | AboutMe
    | Place
    | ZoneStep
    | EventStep
    | EventListStep
    | RateCampaign
    | SeriesStep
    | CertificateStep
    | CityRound
    | Listen
    | Easier
    | Join
    | JoinConfirm
    | JoinTold
    | JoinElsewhere
    | SharedPhone,
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
