"""The life of a referral, as a table: which state may follow which."""

from collections.abc import Mapping
from enum import StrEnum
from typing import get_args

from bot.content.file_step import FileState


class State(StrEnum):
    """Where a referral stands."""

    DRAFTED = "drafted"
    SHOWN = "shown"
    CONSENTED = "consented"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    CLOSED = "closed"


NEXT: Mapping[State, frozenset[State]] = {
    State.DRAFTED: frozenset({State.SHOWN, State.CLOSED}),
    State.SHOWN: frozenset({State.DRAFTED, State.CONSENTED, State.CLOSED}),
    State.CONSENTED: frozenset({State.SENT, State.CLOSED}),
    State.SENT: frozenset({State.ACCEPTED, State.DECLINED, State.NO_ANSWER, State.CLOSED}),
    State.NO_ANSWER: frozenset({State.ACCEPTED, State.DECLINED, State.CLOSED}),
    State.ACCEPTED: frozenset({State.CLOSED}),
    State.DECLINED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}
ANSWERS = (State.ACCEPTED, State.DECLINED)
"""What a receiver can say."""
REASONS = ("done", "not_possible", "unsafe")
"""Why a counsellor closes a referral."""
PERSON_NO, WITHDRAWN = "person_no", "withdrawn"
"""Why the person has closed it."""
WAYS = ("age", "paper")
TOLD: frozenset[str] = frozenset(get_args(FileState))
"""The states of which the person is told."""


def scope_of(referral_id: object) -> str:
    """Return the scope of the consent to one referral."""
    return f"refer:{referral_id}"
