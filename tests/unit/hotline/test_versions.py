"""Versions of a talk: a page that adds what it is told to add shows every line once, in its order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.versions import added, of
from bot.store.transcript import Line

BEGAN = datetime(2026, 11, 1, 9, tzinfo=UTC)
BESIDE = "level=high"


def _line(number: int, author: str = "person", **more: object) -> Line:
    return Line(number, author, f"words {number}", BEGAN + timedelta(minutes=number), **more)  # type: ignore[arg-type]


TALK = (_line(3, shared=True), _line(7), _line(8, "staff", status="sent"))
FRESH = (_line(9), _line(12))


@st.composite
def _talks(draw: st.DrawFn) -> list[tuple[str, tuple[Line, ...]]]:
    """A talk as it was at several moments: lines come, now and then one changes or goes, and so does what stands beside."""
    beside, lines, moments = 0, (), []
    for number in range(draw(st.integers(1, 12))):
        act = draw(
            st.sampled_from(("person", "person", "staff", "event", "sent", "gone", "beside"))
        )
        place = draw(st.integers(0, max(0, len(lines) - 1)))
        if act in {"person", "staff", "event"}:
            lines = (*lines, _line(number + 1, act, status="held" if act == "staff" else None))
        elif act == "sent" and lines:
            lines = (*lines[:place], replace(lines[place], status="sent"), *lines[place + 1 :])
        elif act == "gone":
            lines = (*lines[:place], *lines[place + 1 :])
        beside += act == "beside"
        moments.append((str(beside), lines))
    return moments


@given(_talks(), st.data())
def test_a_page_that_looks_now_and_then_shows_the_talk_as_it_is(
    moments: list[tuple[str, tuple[Line, ...]]], data: st.DataObject
) -> None:
    """Whichever moments it misses, below what it shows it puts what comes alone, and else draws all: that is the talk."""
    shown: tuple[str, tuple[Line, ...]] = ("", ())
    seen = ""
    for beside, lines in moments:
        if data.draw(st.booleans()):
            continue
        fresh = added(seen, beside, lines)
        shown = (shown[0], shown[1] + fresh) if fresh else (beside, lines)
        seen = of(beside, lines)
        assert shown == (beside, lines)


def test_what_the_person_wrote_comes_alone() -> None:
    """A page that has all the rest is told only of the new lines, and then has the version of the whole."""
    assert added(of(BESIDE, TALK), BESIDE, TALK + FRESH) == FRESH
    assert of(BESIDE, TALK + FRESH) != of(BESIDE, TALK)


@pytest.mark.parametrize(
    ("beside", "now"),
    [
        ("level=severe", TALK + FRESH),
        (BESIDE, TALK),
        (BESIDE, (*TALK[:2], replace(TALK[2], status="delivered"), *FRESH)),
        (BESIDE, (*TALK[:2], *FRESH)),
        (BESIDE, (TALK[0], _line(5), *TALK[1:], *FRESH)),
        (BESIDE, (*TALK[:1], replace(TALK[1], text="", masked=True), TALK[2], *FRESH)),
        (BESIDE, (*TALK, FRESH[0], _line(12, "staff", status="queued"))),
        (BESIDE, (*TALK, _line(9, "event"))),
        (BESIDE, (*TALK, _line(9, shared=True))),
    ],
    ids=["beside", "nothing", "state", "gone", "between", "covered", "reply", "event", "shared"],
)
def test_anything_else_has_the_whole_talk_drawn(beside: str, now: tuple[Line, ...]) -> None:
    """A change beside the talk or above its end, and lines that are no plain words of the person, are no mere addition."""
    assert added(of(BESIDE, TALK), beside, now) == ()


@pytest.mark.parametrize("seen", ["", "x", of(BESIDE, ()), of(BESIDE, TALK[:1]), "0" * 40])
def test_a_page_without_a_line_or_with_nonsense_draws_the_whole_talk(seen: str) -> None:
    """The first line of the talk takes the place of the greeting, and what nobody was given is no version."""
    assert added(seen, BESIDE, TALK + FRESH) == ()
