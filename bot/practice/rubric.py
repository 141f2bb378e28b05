"""What was seen in a talk, criterion by criterion, and where. No points, no sum, no order of people: something to talk about."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.content.practice import CRITERIA, Criterion, Sign
from bot.practice.talk import MANY_QUESTIONS, Talk, Turn


class Seen(StrEnum):
    """How a criterion was met."""

    YES = "yes"
    LATE = "late"
    """Seen, but after it would have mattered."""
    NO = "no"
    OTHERWISE = "otherwise"
    """The opposite was seen."""
    OPEN = "open"
    """It did not come up."""


@dataclass(frozen=True)
class Finding:
    """What was seen of one criterion, and in which lines of the trainee (from 1)."""

    criterion: Criterion
    seen: Seen
    lines: tuple[int, ...] = ()


EARLY = 2
"""Within so many lines the question whether they can write, and who is there, come in time."""


def findings_of(talk: Talk) -> tuple[Finding, ...]:
    """Return what was seen in a talk, in the order of the rubric, without what the persona leaves out."""
    return tuple(
        _LOOKS[criterion](talk, criterion)
        for criterion in CRITERIA
        if criterion not in talk.persona.not_for
    )


Look = Callable[[Talk, Criterion], Finding]


def _lines(turns: Sequence[Turn], wanted: Callable[[Turn], bool]) -> tuple[int, ...]:
    return tuple(number for number, turn in enumerate(turns, start=1) if wanted(turn))


def _heard(talk: Talk, *signs: Sign) -> tuple[int, ...]:
    return _lines(talk.turns, lambda turn: not turn.heard.isdisjoint(signs))


def _early(*signs: Sign) -> Look:
    """Look for something that belongs to the beginning."""

    def look(talk: Talk, criterion: Criterion) -> Finding:
        lines = _heard(talk, *signs)
        if not lines:
            return Finding(criterion, Seen.NO)
        return Finding(criterion, Seen.YES if lines[0] <= EARLY else Seen.LATE, lines)

    return look


def _once(*signs: Sign) -> Look:
    """Look for something that is to be there."""

    def look(talk: Talk, criterion: Criterion) -> Finding:
        lines = _heard(talk, *signs)
        return Finding(criterion, Seen.YES if lines else Seen.NO, lines)

    return look


def _never(*signs: Sign) -> Look:
    """Look for something that is not to be there."""

    def look(talk: Talk, criterion: Criterion) -> Finding:
        lines = _heard(talk, *signs)
        if not talk.turns:
            return Finding(criterion, Seen.OPEN)
        return Finding(criterion, Seen.OTHERWISE if lines else Seen.YES, lines)

    return look


def _one_question(talk: Talk, criterion: Criterion) -> Finding:
    many = _lines(talk.turns, lambda turn: turn.questions >= MANY_QUESTIONS)
    if many:
        return Finding(criterion, Seen.OTHERWISE, many)
    asked = _lines(talk.turns, lambda turn: turn.questions > 0)
    return Finding(criterion, Seen.YES if asked else Seen.OPEN, asked)


def _own_words(talk: Talk, criterion: Criterion) -> Finding:
    lines = _lines(talk.turns, lambda turn: bool(turn.echo))
    return Finding(criterion, Seen.YES if lines else Seen.NO, lines)


def _their_choice(talk: Talk, criterion: Criterion) -> Finding:
    orders = _heard(talk, "orders")
    if orders:
        return Finding(criterion, Seen.OTHERWISE, orders)
    return _once("asks_wish", "respects")(talk, criterion)


def _limits(talk: Talk, criterion: Criterion) -> Finding:
    """Look whether the limits of confidentiality were said, and before the question of consent."""
    said, asked = _heard(talk, "says_limits"), _heard(talk, "asks_consent")
    if not said:
        return Finding(criterion, Seen.NO if asked else Seen.OPEN)
    return Finding(criterion, Seen.LATE if asked and asked[0] < said[0] else Seen.YES, said)


def _consent(talk: Talk, criterion: Criterion) -> Finding:
    passed_on = _lines(
        talk.turns, lambda turn: "refers" in turn.heard and turn.was_agreed is not True
    )
    if passed_on:
        return Finding(criterion, Seen.OTHERWISE, passed_on)
    asked = _heard(talk, "asks_consent")
    return Finding(criterion, Seen.YES if asked else Seen.NO, asked)


def _respect(talk: Talk, criterion: Criterion) -> Finding:
    """Look what came after a no, or after a yes that was taken back."""
    noes = _lines(talk.turns, lambda turn: turn.agreed is False and turn.was_agreed is not False)
    if not noes:
        return Finding(criterion, Seen.OPEN)
    after = tuple(n for n in _heard(talk, "refers", "orders") if n > noes[0])
    if after:
        return Finding(criterion, Seen.OTHERWISE, after)
    said = tuple(n for n in _heard(talk, "respects") if n > noes[0])
    return Finding(criterion, Seen.YES if said else Seen.NO, said)


_LOOKS: Mapping[Criterion, Look] = {
    "safety": _early("asks_safety"),
    "who": _early("says_who"),
    "believing": _once("believes"),
    "own_words": _own_words,
    "one_question": _one_question,
    "no_why": _never("why", "blames", "labels"),
    "their_choice": _their_choice,
    "only_needed": _never("intrusive"),
    "no_promises": _never("promises"),
    "limits": _limits,
    "consent": _consent,
    "respect": _respect,
    "numbers": _once("gives_number"),
    "next_step": _once("agrees_next"),
}
