"""What a turn wants done beside speaking. The service does it in the turn's own transaction."""

from dataclasses import dataclass, field
from uuid import UUID

from bot.understanding.model import Risk


@dataclass(frozen=True)
class Granted:
    """One line for the consent ledger."""

    scope: str
    """`talk`, `share`, `contact_later` or `learn`."""
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


@dataclass(frozen=True)
class RecordConsent:
    """Add a line to the consent ledger."""

    consent: Granted


@dataclass(frozen=True)
class RelayToCase:
    """Give the person's words to the counsellor."""

    text: str = field(repr=False)


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
class StopMessages:
    """No more messages that the person did not ask for."""


@dataclass(frozen=True)
class EraseContact:
    """Forget the person."""


@dataclass(frozen=True)
class SetBlocked:
    """The person has blocked the bot, or let it in again."""

    blocked: bool


Effect = (
    OpenCase
    | RecordConsent
    | RelayToCase
    | EscalateCase
    | LeaveCase
    | ResumeCase
    | RateCase
    | StopMessages
    | EraseContact
    | SetBlocked
)
