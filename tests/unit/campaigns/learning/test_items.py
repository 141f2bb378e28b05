"""Questions that behave differently in one language: the planted one is found, and hardly any other."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from bot.campaigns.learning.answers import PHASES, Answer
from bot.campaigns.learning.items import FEWEST_EACH, differing
from tests.support.players import DAY, Group, Made, Study, play_study, play_test

RUNS = 25
PLANTED = "q4"


def questions(harder: float) -> list[Made]:
    """Return twelve questions of every difficulty and number of choices, one of them harder in English."""
    return [
        Made(
            f"q{n}",
            difficulty=-1.5 + 2.5 * n / 11,
            discrimination=(0.8, 1.2, 1.6)[n % 3],
            choices=(4, 3, 2)[n % 3],
            harder_in={"en": harder} if f"q{n}" == PLANTED else {},
        )
        for n in range(12)
    ]


@pytest.mark.parametrize("gap", [-0.5, 0.0, 0.5])
def test_the_mistranslated_question_is_found(gap: float) -> None:
    """It is found in nearly every made-up study, whichever language knows more; of the others one in a hundred at most."""
    rng, found, others = np.random.default_rng(30), 0, 0
    for _ in range(RUNS):
        answers = play_test(questions(2.0), [Group("id", 800), Group("en", 300, gap)], rng)
        suspects = {item.question for item in differing(answers) if item.is_suspect}
        found += PLANTED in suspects
        others += len(suspects - {PLANTED})
    assert found >= 0.85 * RUNS
    assert others <= 0.01 * 11 * RUNS


@pytest.mark.parametrize("gap", [-1.0, 0.0, 1.0])
def test_nothing_is_found_where_nothing_is(gap: float) -> None:
    """Without a mistranslation one question in a hundred at most is suspected, also where one language knows more."""
    rng, suspects = np.random.default_rng(31), 0
    for _ in range(RUNS):
        answers = play_test(questions(0.0), [Group("id", 800), Group("en", 300, gap)], rng)
        suspects += sum(item.is_suspect for item in differing(answers))
    assert suspects <= 0.01 * 12 * RUNS


def test_it_is_told_where_it_is_harder() -> None:
    """The sign, the languages and the order: the most different question first, harder in English than in Indonesian."""
    rng = np.random.default_rng(32)
    [first, *rest] = differing(
        play_test(questions(2.5), [Group("id", 800), Group("en", 400)], rng)
    )
    assert (first.question, first.locale, first.reference, first.size) == (
        PLANTED,
        "en",
        "id",
        "C",
    )
    assert first.delta < -1.5
    assert first.chance < 0.001
    assert all(abs(item.delta) <= abs(first.delta) for item in rest)


def test_in_a_study_the_guises_are_compared() -> None:
    """Also where everybody has answered each guise at most once, at different times."""
    rng = np.random.default_rng(33)
    study = Study(
        stays=dict.fromkeys(PHASES, 1.0), difficulty=0.0, guises=(4, 4, 4, 4), forgetting_days=200
    )
    answers = play_study(study, 1500, rng)
    wrong = play_study(study, 600, rng, locale="en")
    # In English the first guise says the contrary of what was meant: half of those who know it answer "wrong".
    wrong = [
        replace(a, right=False) if a.question == "guise0" and a.right and rng.random() < 0.5 else a
        for a in wrong
    ]
    answers += [replace(answer, person=("en", answer.person)) for answer in wrong]
    assert [item.question for item in differing(answers) if item.is_suspect] == ["guise0"]


def test_of_few_people_nothing_is_said() -> None:
    """Below the smallest numbers a question is not judged, however different it looks."""
    rng = np.random.default_rng(34)
    few = play_test(questions(4.0), [Group("id", 800), Group("en", FEWEST_EACH - 1)], rng)
    assert differing(few) == []
    assert differing([]) == []


@pytest.mark.parametrize("right", [True, False])
def test_a_question_that_all_answer_alike_is_left_alone(right: bool) -> None:
    """There is nothing to compare, and no library is asked to divide by nothing."""
    answers = [
        Answer((locale, n), "f", "q", "before", locale, right, 4, DAY)
        for locale, n in product(("id", "en"), range(200))
    ]
    assert differing(answers) == []


def test_a_question_that_nobody_of_one_language_gets_right_is_found() -> None:
    """A translation that turns the question round leaves nobody right; that is the gravest case, and not left out."""
    rng = np.random.default_rng(35)
    answers = [
        replace(answer, right=False)
        if (answer.question, answer.locale) == (PLANTED, "en")
        else answer
        for answer in play_test(questions(0.0), [Group("id", 400), Group("en", 200)], rng)
    ]
    assert [item.question for item in differing(answers) if item.is_suspect] == [PLANTED]
