"""A person's own file as the turn sees it: what they may read of it in the chat, behind their four words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

STEP = "file.ask"
"""Where the file is opened, and where the buttons under a referral lead."""
FLOW = "file"
OPEN_FOR = timedelta(minutes=15)
"""After this the four words are asked for again: the phone may have changed hands."""
ANSWERS = ("yes", "no", "back")
"""Begin the buttons about one referral; its number follows."""


@dataclass(frozen=True)
class OwnReferral:
    """A referral as the person reads of it."""

    number: str
    receiver: str
    state: str


@dataclass(frozen=True)
class OwnInvolved:
    """Who around the person may know what."""

    who: str = field(repr=False)
    what: str = field(repr=False)
    channel: str = field(repr=False)


@dataclass(frozen=True)
class OwnFile:
    """What the person may read."""

    case_id: UUID
    reference: str
    referrals: tuple[OwnReferral, ...] = ()
    """The newest first."""
    involved: tuple[OwnInvolved, ...] = ()
    request: Literal["none", "asked", "released"] = "none"
    files: int = 0
    """How many files that they sent are kept."""
    text: str = field(default="", repr=False)
    """What is written, once a counsellor has released it."""


@dataclass(frozen=True)
class OwnLook:
    """What became of opening it."""

    file: OwnFile | None = None
    too_many_tries: bool = False


def number_of(button: str) -> str | None:
    """Return the number of the referral that a button is about."""
    step, _, choice = button.rpartition(".")
    kind, _, number = choice.partition("-")
    return number if step == STEP and kind in ANSWERS and number else None


def opened_case(memory: Mapping[str, Any], now: datetime) -> UUID | None:
    """Return the case that the four words have opened, as long as that counts. `memory` is what the flow keeps."""
    case_id, until = memory.get("case"), memory.get("until")
    if case_id is None or until is None or now >= datetime.fromisoformat(until):
        return None
    return UUID(case_id)
