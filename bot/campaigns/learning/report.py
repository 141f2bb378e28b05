"""What people have learned, fact by fact, with small groups hidden. Pure.

Nothing is told of fewer than `SMALL` people, nor of a group whose rest would be fewer: the one would give the other away.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.campaigns.learning.answers import LATER, PHASES, Answer, Phase
from bot.campaigns.learning.items import Item, differing
from bot.campaigns.learning.shares import (
    Change,
    Pair,
    Share,
    adjusted,
    changed,
    difference,
    known,
    recognised,
)

SMALL = 10
FEWEST_PAIRS = 20
"""Changes are told of so many, because their intervals are sure only from there on (docs/learning.md)."""
IN_TIME: Mapping[Phase, tuple[int, int]] = {
    "before": (0, 1),
    "after": (0, 7),
    "week1": (7, 21),
    "week4": (28, 56),
}
"""Days after the quiz between which an answer counts for its phase: from the first, up to the second."""


@dataclass(frozen=True)
class Point:
    """One fact at one phase."""

    phase: Phase
    expected: int | None
    """Who was asked before the quiz, so long ago that this phase has come for them; None where they are few."""
    answered: int | None
    """Who of them answered in time; None where they are few, or those who did not."""
    known: Share | None
    """Beyond guessing."""
    recognised: Share | None
    """Right answers, guessed ones among them."""
    unsure: float | None
    """The part that said "I don't know"."""


@dataclass(frozen=True)
class Gain:
    """The same people before and at a later phase; None where they are few. Its `p` is adjusted for all that is in the report."""

    phase: Phase
    change: Change | None


@dataclass(frozen=True)
class Return:
    """What was known before the quiz by those who answered later, and by those who did not."""

    phase: Phase
    back: Share | None
    away: Share | None
    apart: Change | None


@dataclass(frozen=True)
class Learned:
    """Everything of one fact."""

    fact: str
    points: tuple[Point, ...]
    gains: tuple[Gain, ...]
    returns: tuple[Return, ...]

    @property
    def is_told(self) -> bool:
        """Whether there is any figure."""
        return any(point.known is not None for point in self.points)


@dataclass(frozen=True)
class Report:
    """What quizzes have taught, and which of their questions are probably mistranslated."""

    facts: tuple[Learned, ...]
    items: tuple[Item, ...]
    """Questions with enough answers in two languages, the most different first."""


def report(answers: Sequence[Answer], today: date, *, locale: str | None = None) -> Report:
    """Return the report of all answers until `today`, or of those in one language.

    It takes seconds of a processor: call it beside the loop.
    """
    facts = tuple(
        _learned(fact, [answer for answer in answers if answer.fact == fact], today, locale)
        for fact in sorted({answer.fact for answer in answers})
    )
    return Report(_adjusted(facts), tuple(differing(answers)))


Asked = Mapping[Hashable, Answer]
"""The answers of one phase by person."""


def _learned(fact: str, answers: Sequence[Answer], today: date, locale: str | None) -> Learned:
    phases = _in_time(answers)
    chosen = {phase: _of(phases[phase], locale) for phase in PHASES}
    return Learned(
        fact,
        tuple(_point(phase, phases, chosen, today) for phase in PHASES),
        tuple(_gain(phase, phases, chosen) for phase in LATER),
        tuple(_return(phase, phases, chosen, today) for phase in LATER),
    )


def _in_time(answers: Sequence[Answer]) -> dict[Phase, dict[Hashable, Answer]]:
    """Return the answers that were given in their time, of people who were asked before the quiz."""
    by: dict[Phase, dict[Hashable, Answer]] = {phase: {} for phase in PHASES}
    for answer in answers:
        by[answer.phase][answer.person] = answer
    quiz_on = {person: answer.on for person, answer in by["before"].items()}
    ended_on = {person: answer.on for person, answer in by["after"].items()}
    for phase in LATER:
        first, last = IN_TIME[phase]
        since = quiz_on if phase == "after" else {**quiz_on, **ended_on}
        by[phase] = {
            person: answer
            for person, answer in by[phase].items()
            if person in quiz_on and first <= (answer.on - since[person]).days < last
        }
    return by


def _of(asked: Asked, locale: str | None) -> Asked:
    return {p: a for p, a in asked.items() if locale is None or a.locale == locale}


def _point(
    phase: Phase, everybody: Mapping[Phase, Asked], chosen: Mapping[Phase, Asked], today: date
) -> Point:
    due = _due(phase, chosen["before"], today)
    answers = list(chosen[phase].values())
    back = sum(person in due for person in chosen[phase])
    told = _is_many(len(answers), len(everybody[phase]))
    unsure = sum(answer.right is None for answer in answers)
    return Point(
        phase,
        expected=len(due)
        if _is_many(len(due), len(_due(phase, everybody["before"], today)))
        else None,
        answered=back if told and _is_many(back, len(due)) else None,
        known=known(answers) if told else None,
        recognised=recognised(answers) if told else None,
        unsure=unsure / len(answers) if told else None,
    )


def _due(phase: Phase, before: Asked, today: date) -> Asked:
    """Return whose time for this phase has come."""
    days = IN_TIME[phase][0]
    return {p: answer for p, answer in before.items() if (today - answer.on).days >= days}


def _gain(phase: Phase, everybody: Mapping[Phase, Asked], chosen: Mapping[Phase, Asked]) -> Gain:
    pairs, all_pairs = _pairs(phase, chosen), _pairs(phase, everybody)
    told = len(pairs) >= FEWEST_PAIRS and _is_many(len(pairs), len(all_pairs))
    return Gain(phase, changed(pairs) if told else None)


def _pairs(phase: Phase, asked: Mapping[Phase, Asked]) -> list[Pair]:
    before = asked["before"]
    return [(before[p], answer) for p, answer in asked[phase].items() if p in before]


def _return(
    phase: Phase, everybody: Mapping[Phase, Asked], chosen: Mapping[Phase, Asked], today: date
) -> Return:
    due = _due(phase, chosen["before"], today)
    back = [answer for person, answer in due.items() if person in everybody[phase]]
    away = [answer for person, answer in due.items() if person not in everybody[phase]]
    everybodys = len(_due(phase, everybody["before"], today))
    if min(len(back), len(away)) < SMALL or not _is_many(len(due), everybodys):
        return Return(phase, None, None, None)
    one, other = known(back), known(away)
    return Return(phase, one, other, difference(one, other))


def _is_many(people: int, of: int) -> bool:
    """Tell whether a part may be told, and what is left of the whole with it."""
    return people >= SMALL and (of == people or of - people >= SMALL)


def _adjusted(facts: Sequence[Learned]) -> tuple[Learned, ...]:
    """Return the same with every p-value as so many tests at once leave it."""
    chances = [
        gain.change.p
        for fact in facts
        for gain in fact.gains
        if gain.change is not None and gain.change.p is not None
    ]
    left = iter(adjusted(chances))
    return tuple(
        replace(fact, gains=tuple(_with_p(gain, left) for gain in fact.gains)) for fact in facts
    )


def _with_p(gain: Gain, left: Iterator[float]) -> Gain:
    if gain.change is None or gain.change.p is None:
        return gain
    return replace(gain, change=replace(gain.change, p=next(left)))
