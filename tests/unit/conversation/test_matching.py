"""Which answers a question asks for, when the ways of asking are known."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import OVERDUE, Content
from bot.conversation.matching import MAX_SUGGESTIONS, POSSIBLE, SURE, match
from bot.understanding.model import RiskLevel, Understanding
from bot.understanding.nearest import Near
from tests.unit.conversation.talk import Talk, meaning


def near(understanding: Understanding, **likeness: float) -> Understanding:
    """Return a meaning that is so like the questions of these answers."""
    return replace(
        understanding, near=tuple(Near(answer, value) for answer, value in likeness.items())
    )


def test_an_answer_that_is_clearly_ahead_is_given_with_the_next_beside_it(
    content: Content,
) -> None:
    """Its text comes at once, two others are one press away."""
    means = near(meaning("documents"), passport_held=0.6, keep_your_papers=0.4, minimum_age=0.3)
    talk = Talk.greeted(content).write("…", means)
    assert content.answers["passport_held"].text in talk.words
    assert {"answer.give.keep_your_papers", "answer.give.minimum_age"} <= set(talk.buttons)


def test_where_two_are_alike_both_are_suggested(content: Content) -> None:
    """Nobody is given a wrong answer with certainty."""
    means = near(meaning("documents", 0.0), passport_held=0.5, keep_your_papers=0.49)
    talk = Talk.greeted(content).write("…", means)
    assert talk.says("answer.give.suggest")
    assert {"answer.give.passport_held", "answer.give.keep_your_papers"} <= set(talk.buttons)


def test_the_intent_decides_between_neighbours(content: Content) -> None:
    """Two answers alike: the one whose topic the model names comes first."""
    means = near(meaning("rights_abroad", 0.9), keep_your_papers=0.42, pay_missing=0.40)
    matches = match(means, content)
    assert matches is not None
    assert matches.answers[0] == "pay_missing"


def test_what_lies_outside_is_not_answered_with_a_guess(content: Content) -> None:
    """A question about something else altogether is admitted, though some answer is always the nearest."""
    means = near(meaning("out_of_scope", 0.95), pay_missing=0.3)
    assert Talk.greeted(content).write("…", means).state.at == "unclear.outside"


def test_what_is_like_nothing_is_not_answered(content: Content) -> None:
    """Below a certain likeness nothing is suggested."""
    means = near(meaning("documents", 0.5), pay_missing=POSSIBLE - 0.1)
    assert Talk.greeted(content).write("…", means).state.at == "unclear.sorry"


def test_an_overdue_answer_is_missed_by_name(content: Content) -> None:
    """The right answer that nobody has checked for too long is said to be so; no other takes its place."""
    answer = content.answers["pay_missing"]
    talk = Talk.greeted(content)
    talk.now = talk.now.replace(year=answer.review_by.year + 1) + OVERDUE
    talk.write("…", near(meaning("rights_abroad"), pay_missing=0.8))
    assert answer.text not in talk.words
    assert talk.says("answer.give.outdated")
    assert "consent.ask" in talk.buttons


def test_who_tells_and_asks_finds_the_nearest_answer_below_the_support(content: Content) -> None:
    """The danger is answered first, the question is one press away."""
    means = near(meaning("disclose", risk=RiskLevel.HIGH), passport_held=0.5)
    talk = Talk.greeted(content).write("…", means)
    assert talk.state.at == "risk.support"
    assert "answer.give.passport_held" in talk.buttons


likeness = st.floats(-1, 1)


@given(
    st.dictionaries(
        st.sampled_from(["pay_missing", "au_pair", "gone", "open_countries"]), likeness
    )
)
def test_only_answers_that_exist_and_few_of_them(
    content: Content, known: dict[str, float]
) -> None:
    """Whatever the vectors say: at most three, all of them ours, and certain only where one is alike enough."""
    matches = match(near(meaning("documents", 0.3), **known), content)
    if not known:
        assert matches is None
        return
    assert matches is not None
    assert len(matches.answers) <= MAX_SUGGESTIONS
    assert set(matches.answers) <= set(content.answers) & set(known)
    assert not matches.sure or max(known.values()) >= SURE - 0.1
