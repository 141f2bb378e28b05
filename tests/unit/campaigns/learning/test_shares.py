"""Shares and changes: they find what was put into made-up players, and are honest about how sure they are."""

from collections.abc import Sequence

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from bot.campaigns.learning.answers import LATER, PHASES, Answer, Phase
from bot.campaigns.learning.shares import (
    Pair,
    adjusted,
    changed,
    difference,
    known,
    moved,
    recognised,
)
from tests.support.players import DAY, Study, play_study, really_known

RUNS = 400
STUDIES = {
    "usual": Study(),
    "all guess": Study(unsure=0.0),
    "nearly all say so": Study(unsure=0.9),
    "nearly all know": Study(difficulty=-2.5),
    "hardly anybody knows": Study(difficulty=2.5, learning=0.9),
}


def said(*rights: bool | None, choices: int = 4, phase: Phase = "before") -> list[Answer]:
    """Return the answers of as many people."""
    return [
        Answer(n, "f", "q", phase, "id", right, choices, DAY) for n, right in enumerate(rights)
    ]


def at(answers: Sequence[Answer], phase: Phase) -> list[Answer]:
    return [answer for answer in answers if answer.phase == phase]


def pairs_of(answers: Sequence[Answer], phase: Phase) -> list[Pair]:
    before = {answer.person: answer for answer in at(answers, "before")}
    return [(before[answer.person], answer) for answer in at(answers, phase)]


def test_a_guess_is_not_knowledge() -> None:
    """Of those who answer by chance one in four is right, and none of them knows; who says "I don't know" costs nothing."""
    guessed = said(*[True, False, False, False] * 25)
    assert recognised(guessed).value == 0.25
    assert known(guessed).value == pytest.approx(0.0)
    assert known(said(*[True, None] * 50)).value == 0.5
    assert known(said(*[True, False] * 50, choices=2)).value == 0.0


def test_without_guessing_the_interval_is_wilsons() -> None:
    """Where nobody is wrong there is nothing to correct, and the two intervals are the same."""
    answers = said(*[True] * 30, *[None] * 70)
    share, plain = known(answers), recognised(answers)
    assert (share.value, share.low, share.high) == pytest.approx(
        (plain.value, plain.low, plain.high)
    )
    assert (plain.low, plain.high) == pytest.approx(proportion_confint(30, 100, method="wilson"))


@pytest.mark.parametrize("right", [True, False, None])
def test_all_alike_is_not_certain(right: bool | None) -> None:
    """When all of twenty say the same, the interval still has a width and holds the share."""
    for share in (recognised(said(*[right] * 20)), known(said(*[right] * 20))):
        assert share.low <= share.value <= share.high
        assert 0.1 < share.high - share.low < 0.4


@pytest.mark.parametrize("people", [30, 150])
@pytest.mark.parametrize("name", STUDIES)
def test_intervals_hold_the_truth_as_often_as_they_say(name: str, people: int) -> None:
    """Over many made-up studies 95 in 100 intervals of what is known hold what the players really know."""
    study, rng = STUDIES[name], np.random.default_rng(20260730)
    truth, held, made = really_known(study), dict.fromkeys(PHASES, 0), dict.fromkeys(PHASES, 0)
    for _ in range(RUNS):
        answers = play_study(study, people, rng)
        for phase in PHASES:
            share = known(at(answers, phase))
            held[phase] += share.low <= truth[phase] <= share.high
            made[phase] += 1
    for phase in PHASES:
        assert 0.91 <= held[phase] / made[phase] <= 0.995, phase
    assert 0.93 <= sum(held.values()) / sum(made.values()) <= 0.98


@pytest.mark.parametrize("people", [60, 150])
@pytest.mark.parametrize("name", STUDIES)
def test_changes_hold_the_truth_as_often_as_they_say(name: str, people: int) -> None:
    """The same for how many more of the same people know it later."""
    study, rng = STUDIES[name], np.random.default_rng(20260731)
    truth, held, made = really_known(study), dict.fromkeys(LATER, 0), dict.fromkeys(LATER, 0)
    for _ in range(RUNS):
        answers = play_study(study, people, rng)
        for phase in LATER:
            change = changed(pairs_of(answers, phase))
            held[phase] += change.low <= truth[phase] - truth["before"] <= change.high
            made[phase] += 1
    for phase in LATER:
        assert held[phase] / made[phase] >= 0.9, phase
    assert sum(held.values()) / sum(made.values()) >= 0.915
    # Where nearly all know it already, changes are tiny and their intervals wider than they need be.
    if name != "nearly all know":
        assert sum(held.values()) / sum(made.values()) <= 0.98


def test_what_is_found_lies_where_the_truth_is() -> None:
    """Corrected shares miss the truth to neither side on average; uncorrected ones are far too high."""
    study, rng = Study(unsure=0.1, guises=(2, 3, 2, 3)), np.random.default_rng(5)
    truth = really_known(study)
    answers = [at(play_study(study, 200, rng), "before") for _ in range(200)]
    assert np.mean([known(each).value for each in answers]) == pytest.approx(
        truth["before"], abs=0.01
    )
    assert np.mean([recognised(each).value for each in answers]) > truth["before"] + 0.15


@pytest.mark.parametrize(("by_ability", "least", "most"), [(1.5, 28, 30), (0.0, 0, 4)])
def test_who_comes_back_can_be_told_from_who_does_not(
    by_ability: float, least: int, most: int
) -> None:
    """Where the able come back more often, those who came back knew more before, and it shows; else hardly ever."""
    rng, shown = np.random.default_rng(9), 0
    for _ in range(30):
        answers = play_study(Study(staying_by_ability=by_ability), 600, rng)
        back = {answer.person for answer in at(answers, "week4")}
        before = at(answers, "before")
        came = known([answer for answer in before if answer.person in back])
        stayed = known([answer for answer in before if answer.person not in back])
        apart = difference(came, stayed)
        shown += not apart.low <= 0 <= apart.high
    assert least <= shown <= most


def test_mcnemar_looks_at_those_who_moved() -> None:
    """Nine who gained against one who lost are hardly chance; nobody who moved is no sign of anything."""
    gained = [
        (a, b)
        for a, b in zip(
            said(*[None] * 9, True), said(*[True] * 9, False, phase="after"), strict=True
        )
    ]
    assert moved(gained) == (9, 1)
    assert changed(gained).p == pytest.approx(2 * (1 + 10) / 2**10)
    same = list(
        zip(said(*[True, False] * 10), said(*[True, False] * 10, phase="after"), strict=True)
    )
    assert changed(same).p == 1.0
    assert changed(same).value == 0.0


def test_many_tests_at_once_are_paid_for() -> None:
    """Benjamini and Hochberg's own order: of four the smallest is taken four times."""
    assert adjusted([0.01, 0.5, 0.04, 0.9]) == pytest.approx([0.04, 2 / 3, 0.08, 0.9])
    assert adjusted([]) == []
