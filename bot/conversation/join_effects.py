"""What a turn wants done about several chats of one person."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from bot.understanding.model import Risk

if TYPE_CHECKING:  # which lists these effects beside the others
    from bot.conversation.effects import Granted


@dataclass(frozen=True)
class MakeJoinCode:
    """The person wants to go on in another chat as well: a code connects it, once and for a few minutes."""

    code: str = field(repr=False)
    consent: "Granted"


@dataclass(frozen=True)
class JoinChats:
    """The person says yes in the other chat: from now on the two are one person."""

    code: str = field(repr=False)
    consent: "Granted"


@dataclass(frozen=True)
class LeaveChats:
    """This chat is disconnected: it is a stranger's again, and the others keep everything."""


@dataclass(frozen=True)
class CastOut:
    """Another chat was connected by somebody else: it is a stranger's again, and this one keeps everything."""

    conversation_id: UUID


@dataclass(frozen=True)
class GoOnHere:
    """The person's talk is to go on in this chat of theirs."""

    case_id: UUID
    text_version: str


@dataclass(frozen=True)
class EscalateElsewhere:
    """The person has told of more danger here than their counsellor knows in another chat: move the case up."""

    case_id: UUID
    risk: Risk


JoinEffect = MakeJoinCode | JoinChats | LeaveChats | CastOut | GoOnHere | EscalateElsewhere
