"""What a turn wants done beside speaking. The service does it in the turn's own transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from bot.campaigns.learning.answers import Phase
from bot.conversation.campaign_effects import CampaignEffect
from bot.conversation.join_effects import JoinEffect
from bot.conversation.wait import Wait
from bot.messages import OfferedFile
from bot.understanding.model import Risk


@dataclass(frozen=True)
class Granted:
    """One line for the consent ledger."""

    scope: str
    """`talk`, `share`, `contact_later`, `learn`, `follow_up`, `news`, `study`, `event` or `join`."""
    granted: bool
    text_version: str
    """Fingerprint of the words that were shown."""
    detail: str | None = None


@dataclass(frozen=True)
class OpenCase:
    """Put the person in the hotline's queue, with what they agreed to."""

    reference: str
    passphrase: tuple[str, ...] = field(repr=False)
    risk: Risk
    share: tuple[int, ...]
    """Lines of the buffer that the person chose to share."""
    consents: tuple[Granted, ...]
    wishes: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the person asked for: the name to be called by, the counsellor's gender and language."""
    wait: Wait | None = None
    """What they are told of the time, and so promised."""


@dataclass(frozen=True)
class RecordConsent:
    """Add a line to the consent ledger."""

    consent: Granted


@dataclass(frozen=True)
class RelayToCase:
    """Give the person's words to the counsellor, and the file that came with them or instead of any."""

    text: str = field(repr=False)
    file: OfferedFile | None = None
    edited: bool = False
    """They stand for earlier words, which stay."""


@dataclass(frozen=True)
class EscalateCase:
    """The person who waits has told of more danger: move the case up."""

    risk: Risk


@dataclass(frozen=True)
class LeaveCase:
    """The person leaves the queue or the talk; the conversation is the bot's again."""


@dataclass(frozen=True)
class ResumeCase:
    """The person has come back with their four words: their case goes on here."""

    case_id: UUID


@dataclass(frozen=True)
class RateCase:
    """The person says whether the talk helped."""

    rating: str


@dataclass(frozen=True)
class RateService:
    """Somebody says whether Suar itself helped; kept without who it was."""

    rating: str


@dataclass(frozen=True)
class QuizAnswered:
    """Somebody has answered a question of a quiz; counted without who it was."""

    quiz: str
    question: str
    fact: str
    kind: str
    phase: str
    """`round`: in a round, as opposed to a measurement."""
    right: bool
    used_hint: bool
    seconds: int | None
    """From when it was asked until it was answered, where that is known."""


@dataclass(frozen=True)
class QuizFinished:
    """Somebody has come to the end of a round; counted without who it was."""

    quiz: str
    right: int
    asked: int


UnmetKind = Literal["not_understood", "outside", "no_answer", "none_fits", "no_help"]
"""Not understood; understood as something else altogether; no answer that may be given; none of the answers that were
offered; and Suar as a whole did not help."""


@dataclass(frozen=True)
class NoteUnmet:
    """A question met no answer: it is counted, and with the consent to `learn` kept in redacted words for a while."""

    kind: UnmetKind
    near: tuple[str, ...] = ()
    """Ids of the answers nearest to it, the nearest first."""
    text: str | None = field(default=None, repr=False)
    """What was just written, where that is the question."""
    asked_at: datetime | None = None
    """Where the question was written before: when it was answered. With neither, it is only counted."""


@dataclass(frozen=True)
class PlanFollowUp:
    """Write to the person first, every so many days, at the times that are safe for them."""

    days: int
    hours: str | None
    consent: Granted


@dataclass(frozen=True)
class ChangeFollowUp:
    """Write less often, pause for a month, or stop."""

    change: Literal["slower", "pause", "stop"]


@dataclass(frozen=True)
class NoteStudyAnswer:
    """Keep what somebody who agrees knew of a fact, so that learning can be measured."""

    quiz: str
    fact: str
    phase: Phase
    question: str
    choices: int
    """Among how many possible answers a guess would choose."""
    right: bool | None
    """None: they said that they do not know."""


@dataclass(frozen=True)
class EndStudy:
    """The person wants to be asked no more, and their answers deleted."""


@dataclass(frozen=True)
class AnswerReferral:
    """The person says yes or no to a referral that they have just read word for word."""

    number: str
    granted: bool
    case_id: UUID | None = None
    """The case that their four words have opened, where they come from another phone."""


@dataclass(frozen=True)
class TakeBackReferral:
    """The person takes their yes to a referral back."""

    number: str
    case_id: UUID | None = None


@dataclass(frozen=True)
class AskForFile:
    """The person wants to read what is written about them."""

    case_id: UUID


@dataclass(frozen=True)
class CorrectFile:
    """The person says what is wrong in what is written about them."""

    case_id: UUID
    text: str = field(repr=False)


@dataclass(frozen=True)
class EndInvolvement:
    """Nobody around the person may be told anything any more."""

    case_id: UUID


@dataclass(frozen=True)
class WarnOfWatcher:
    """The person has used their safe word while a counsellor reads along: somebody may be looking."""

    watched: bool
    """False when the word brought help back."""


@dataclass(frozen=True)
class AnswerGoOn:
    """The person was asked by a counsellor whether they may go on, after a day without a word, and has answered."""

    yes: bool
    typed: bool = False
    """The words themselves stand in the thread."""


@dataclass(frozen=True)
class ForgetWords:
    """What the person has just written is not kept, not even for a day: a safe word, a name."""


@dataclass(frozen=True)
class StopMessages:
    """No more messages that the person did not ask for."""


@dataclass(frozen=True)
class EraseContact:
    """Forget the person."""


@dataclass(frozen=True)
class SetBlocked:
    """The person has blocked the bot, or let it in again."""

    blocked: bool


@dataclass(frozen=True)
class InsultHeard:
    """Somebody has insulted Suar; counted without who it was, and without the words."""


@dataclass(frozen=True)
class EndPause:
    """The counsellor rests from the talk, and what the person has written does not wait for that."""


@dataclass(frozen=True)
class SetReturnWords:
    """The person will come back to this phone with these words, which are kept as a hash."""

    words: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class BeginAnew:
    """Somebody else uses this phone now: the person makes room, and a stranger begins."""


@dataclass(frozen=True)
class ComeBack:
    """Somebody who was at this phone before is back, and the person makes room."""

    conversation_id: UUID


Effect = (
    OpenCase
    | RecordConsent
    | RelayToCase
    | EscalateCase
    | LeaveCase
    | ResumeCase
    | JoinEffect
    | CampaignEffect
    | RateCase
    | RateService
    | QuizAnswered
    | QuizFinished
    | NoteUnmet
    | PlanFollowUp
    | ChangeFollowUp
    | NoteStudyAnswer
    | EndStudy
    | AnswerReferral
    | TakeBackReferral
    | AskForFile
    | CorrectFile
    | EndInvolvement
    | WarnOfWatcher
    | AnswerGoOn
    | EndPause
    | ForgetWords
    | StopMessages
    | EraseContact
    | SetBlocked
    | InsultHeard
    | SetReturnWords
    | BeginAnew
    | ComeBack
)
