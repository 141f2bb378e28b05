"""Schedules for the owner token: what people, counsellors, the channel and time may do to one conversation, in any order."""

from dataclasses import dataclass

from hypothesis import strategies as st

from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemporarilyDown,
    Unanswered,
)

FAILURES: tuple[SendError, ...] = (
    RateLimited(30),
    TemporarilyDown(),
    Unanswered(),
    Misconfigured(),
    ContactStopped(),
    Rejected(),
)
PERSON = ("write", "numbers", "leave", "speak")
"""The last is the bot: something it says in two messages, as it does at a welcome."""
STAFF = ("claim", "reply", "reply", "release", "close")
HOUSE = ("look", "drain", "wait")


@dataclass(frozen=True)
class Act:
    """Something that happens; `by` is the number of the counsellor who does it."""

    what: str
    by: int = 0


@dataclass(frozen=True)
class Step:
    """One or two things at once; `held` keeps the first one's message in flight while the second one begins."""

    acts: tuple[Act, ...]
    held: bool = False
    failure: SendError | None = None


_first = st.sampled_from([0, 0, 0, 1])
_act = st.one_of(
    st.builds(Act, st.sampled_from(PERSON + HOUSE)),
    st.builds(Act, st.sampled_from(STAFF), _first),
    st.builds(Act, st.sampled_from(STAFF), _first),
)
_acts = st.one_of(st.tuples(_act), st.tuples(_act), st.tuples(_act, _act))
_failure = st.one_of(st.none(), st.none(), st.sampled_from(FAILURES))

steps = st.lists(st.builds(Step, _acts, st.booleans(), _failure), min_size=1, max_size=3)
