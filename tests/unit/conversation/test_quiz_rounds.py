"""Whatever people press and write, in whatever order, and whatever becomes of a bank meanwhile: what always holds of a quiz."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.load import Content
from bot.content.quizzes import Question, Quiz
from bot.conversation.effects import QuizAnswered, QuizFinished
from bot.conversation.quiz.round import (
    FLOW,
    Round,
    code_of,
    has_others,
    shuffled,
    with_played,
)
from bot.conversation.state import Draw, Owner
from tests.support.quizzes import KINDS, made_quiz, playing, question, with_quizzes
from tests.unit.conversation.talk import DRAW, Talk, meaning

SEEDS = st.text("ABCDEF23", max_size=3)
ONWARD = ["begin", "timed", "again", "next"]
TYPED = [
    "a",
    "b",
    "c",
    "1",
    "2",
    "a c",
    "b a c",
    "cab",
    "true",
    "benar",
    "salah",
    "single y",
    "done",
    "…",
    "",
    "A.",
    "yes",
]
QUIZ = made_quiz()
SMALLER = made_quiz(questions=[question(kind) for kind in KINDS])
CHANGED = made_quiz(
    questions=[
        question("flag"),
        {**question("single"), "id": "order_1"},
        {**question("order"), "id": "several_1"},
        *(question("true_false", at) for at in (3, 4)),
    ]
)
OTHER = made_quiz("other", seconds=None)
quick = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def acts(quiz: Quiz) -> st.SearchStrategy[tuple[str, str]]:
    """Return anything that somebody may do in a quiz: buttons that are there, were there or never were, and words."""
    choices = [
        f"{each.id}-{choice}"
        for each in quiz.questions
        for choice in (*(c.id for c in each.choices), "true", "false", "zz")
    ]
    beside = [f"{each.id}.{act}" for each in quiz.questions for act in ("hint", "done", "restart")]
    buttons = st.sampled_from([*ONWARD, *ONWARD, *beside, *choices])
    return st.one_of(
        st.tuples(st.just("shown"), st.sampled_from(["0", "1", "2", "3", "4", "5"])),
        st.tuples(st.just("shown"), st.sampled_from(["0", "1", "2", "3", "4", "5"])),
        st.tuples(st.just("press"), buttons.map("quiz.play.{}".format)),
        st.tuples(
            st.just("press"),
            st.sampled_from(
                ["quiz.play", "quiz.list", "quiz.list.made", "quiz.list.other", "menu.main"]
            ),
        ),
        st.tuples(st.just("write"), st.one_of(st.sampled_from(TYPED), st.text(max_size=8))),
        st.tuples(st.just("wait"), st.sampled_from(["3", "30", "300000"])),
        st.tuples(st.just("bank"), st.sampled_from(["whole", "smaller", "changed", "gone"])),
    )


class Banks(dict[str, Content]):
    """What may become of the bank while somebody plays, by name; told in a word where a test fails."""

    def __repr__(self) -> str:
        return "banks"


def contents(content: Content) -> Banks:
    """Return the content as it is, with a smaller bank, with one that asks otherwise, and without the quiz."""
    whole = with_quizzes(content, QUIZ, OTHER)
    gone = {name: quiz for name, quiz in whole.quizzes.items() if name != "made"}
    return Banks(
        whole=whole,
        smaller=with_quizzes(whole, SMALLER),
        changed=with_quizzes(whole, CHANGED),
        gone=replace(whole, quizzes=gone),
    )


@pytest.fixture(scope="module")
def banks(content: Content) -> Banks:
    """What may become of the bank while somebody plays."""
    return contents(content)


def do(talk: Talk, act: tuple[str, str], banks: Banks) -> None:
    """Let one act happen; whom a counsellor has taken leaves first, for the bot keeps quiet then."""
    if talk.owner is not Owner.BOT:
        talk.write("/leave")
    what, how = act
    if what == "shown":
        offered = [button for button, _ in talk.state.offered]
        talk.press(offered[int(how) % len(offered)] if offered else "quiz.play")
    elif what == "press":
        talk.press(how)
    elif what == "write":
        talk.write(how, meaning("affirm" if how == "yes" else "out_of_scope"))
    elif what == "wait":
        talk.wait(timedelta(seconds=int(how)))
    else:
        talk.content = banks[how]


ACTS = acts(QUIZ)


@settings(quick, max_examples=120)
@given(st.lists(ACTS, min_size=1, max_size=30), SEEDS)
def test_whatever_is_done_a_quiz_keeps_its_promises(
    banks: Banks, done: list[tuple[str, str]], seed: str
) -> None:
    """No turn fails; nobody has more right answers than questions; no question counts twice in a round."""
    talk = Talk.greeted(banks["whole"])
    talk.draw = replace(DRAW, seed=seed)
    talk.press("quiz.list.made").press("quiz.play.begin")
    counted: Counter[str] = Counter()
    for act in done:
        asked = tuple(talk.state.memory.get(FLOW, {}).get("round", ()))
        do(talk, act, banks)
        memory = talk.state.memory.get(FLOW, {})
        if memory.get("at", 0) == 0:
            counted.clear()
        for effect in talk.result.effects if talk.result else ():
            if isinstance(effect, QuizAnswered):
                counted[effect.question] += 1
                assert effect.question in asked
            if isinstance(effect, QuizFinished):
                assert 0 <= effect.right <= effect.asked
        assert 0 <= memory.get("right", 0) <= memory.get("at", 0) <= len(memory.get("round", ()))
        assert len(set(memory.get("round", ()))) == len(memory.get("round", ()))
        assert not counted or max(counted.values()) == 1
        assert talk.result is None or talk.messages


@settings(quick, max_examples=80)
@given(st.lists(ACTS.filter(lambda act: act[0] != "bank"), max_size=12), st.integers(0, 20), SEEDS)
def test_whoever_comes_back_finds_the_same_question(
    banks: Banks, done: list[tuple[str, str]], days: int, seed: str
) -> None:
    """After anything else, for as long as the round is open, the quiz goes on where it was."""
    talk = Talk.greeted(banks["whole"])
    talk.draw = replace(DRAW, seed=seed)
    talk.press("quiz.list.made").press("quiz.play.begin")
    for act in done:
        do(talk, act, banks)
    before = Round.under_way(talk.state.memory.get(FLOW, {}), talk.content)
    if talk.owner is not Owner.BOT:
        talk.write("/leave")
    talk.press("menu.main").wait(timedelta(days=days)).press("quiz.play")
    after = Round.under_way(talk.state.memory.get(FLOW, {}), talk.content)
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert talk.says("quiz.play.resume")
        assert (after.question, after.right, after.done) == (
            before.question,
            before.right,
            before.done,
        )
        assert after.question.text in talk.messages[-1].text
        # Both ask in the same order: chance was drawn once for the round.
        assert after.seed == before.seed


@quick
@given(SEEDS, st.integers(3, 4))
def test_steps_are_shown_as_a_permutation_that_is_not_the_right_one(seed: str, n: int) -> None:
    """Nothing is lost or doubled, the same order comes each time, and it never gives the answer away."""
    texts = [{"id": "abcd"[at], "text": f"step {at}"} for at in range(n)]
    asked = Question.model_validate(question("order", choices=texts))
    shown = shuffled(asked, seed)
    assert sorted(each.id for each in shown) == sorted(asked.correct)
    assert tuple(each.id for each in shown) != asked.correct
    assert list(shuffled(asked, seed)) == list(shown)


def test_every_other_order_is_shown_to_somebody() -> None:
    """Chance is fair enough that no order is the usual one."""
    asked = QUIZ.question("order_1")
    assert asked is not None
    shown = Counter(
        "".join(choice.id for choice in shuffled(asked, str(seed))) for seed in range(2_000)
    )
    assert set(shown) == {"acb", "bac", "bca", "cab", "cba"}
    assert max(shown.values()) < 2_000 * 0.4


@quick
@given(st.lists(SEEDS, min_size=2, max_size=6))
def test_rounds_go_through_the_bank_before_anything_returns(seeds: list[str]) -> None:
    """Each round takes what was not played; then what was played longest ago."""
    memory: dict[str, object] = {}
    last: list[str] = []
    for seed in seeds:
        played = str(memory.get("played", {}).get("made", ""))  # type: ignore[attr-defined]
        begun = Round.begun(QUIZ, played=played, seed=seed)
        asked = [each.id for each in begun.left]
        unseen = [each.id for each in QUIZ.questions if each.id not in last]
        expected = min(len(unseen), QUIZ.round)
        assert len(set(asked) & set(unseen)) == expected
        assert [each.level for each in begun.left] == sorted(each.level for each in begun.left)
        if expected < QUIZ.round:
            oldest = last[: QUIZ.round - expected]
            assert set(oldest) <= set(asked)
        for each in begun.left:
            memory["played"] = with_played(memory, QUIZ, each)
            last = [name for name in last if name != each.id] + [each.id]
        assert has_others(memory, QUIZ) == (len(last) < len(QUIZ.questions))


def test_what_was_played_stays_small() -> None:
    """Four characters a question, once, and nothing of questions that are no more."""
    memory: dict[str, object] = {}
    for each in (*QUIZ.questions, *QUIZ.questions):
        memory["played"] = with_played(memory, QUIZ, each)
    assert len(memory["played"]["made"]) == 4 * len(QUIZ.questions)  # type: ignore[index]
    first = SMALLER.questions[0]
    kept = with_played(memory, SMALLER, first)["made"]
    assert len(kept) == 4 * len(SMALLER.questions)
    assert kept.endswith(code_of(first))


def test_every_real_question_can_be_asked_hinted_and_answered(content: Content) -> None:
    """Each question of each quiz, in each released language: it fits one message, and both answers are explained."""
    for quiz in content.quizzes.values():
        assert len({code_of(each) for each in quiz.questions}) == len(quiz.questions)
        for each in quiz.questions:
            for locale in content.words.released:
                talk = playing(content, quiz=quiz.quiz, round=[each.id], locale=locale)
                asked = talk.messages[-1]
                assert len(asked.text) <= 600, (quiz.quiz, each.id, locale)
                assert all(len(button.id.encode()) <= 64 for button in asked.buttons)
                assert bool(asked.media) == (each.kind == "flag")
                for button in asked.buttons:
                    way = Talk(content, talk.state).press(button.id)
                    assert way.state.at != "unclear.old_button"
                    if isinstance(next(iter(way.effects), None), QuizAnswered):
                        explanation = content.words.say(each.explanation, locale)
                        assert explanation in way.words


def test_a_seed_is_drawn_before_each_turn_and_kept_for_the_round(content: Content) -> None:
    """Two people who begin at once may meet different questions; each of them the same ones after a pause."""
    more = with_quizzes(content, QUIZ)
    rounds = set()
    for seed in ("A", "B", "C", "D"):
        talk = Talk.greeted(more)
        talk.draw = Draw("K7M2QX", {}, seed)
        talk.press("quiz.list.made").press("quiz.play.begin")
        assert talk.state.memory[FLOW]["seed"] == seed
        rounds.add(tuple(talk.state.memory[FLOW]["round"]))
    assert len(rounds) > 1
