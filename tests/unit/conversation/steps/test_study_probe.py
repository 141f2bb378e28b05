"""`study_probe`: one question without a word to the answer, another guise after the quiz and weeks later."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.campaigns.learning.answers import PHASES
from bot.content.load import Content
from bot.content.quizzes import Question, Quiz
from bot.conversation.effects import EndStudy, NoteStudyAnswer, QuizFinished
from bot.conversation.state import COVER, COVER_UNTIL
from bot.conversation.study import Measured, StudyLook, guise, ways
from bot.understanding.model import RiskLevel
from tests.support.quizzes import RIGHT, made_quiz, with_quizzes
from tests.unit.conversation.talk import Talk, meaning

FACT = "passport_withheld"


@pytest.fixture(scope="module")
def quiz() -> Quiz:
    """A quiz of ten questions of every kind about one fact, which is measured."""
    return made_quiz(measures=(FACT,))


@pytest.fixture(scope="module")
def content(content: Content, quiz: Quiz) -> Content:
    """The content with the made-up quiz."""
    return with_quizzes(content, quiz)


def before_the_quiz(content: Content, rotation: int = 0, *, agrees: bool = False) -> Talk:
    """Return somebody who has just pressed the button that begins the quiz."""
    talk = Talk.greeted(content)
    talk.study = StudyLook(agrees, rotation=rotation)
    talk.state = talk.state.remembering("quiz", wanted="made")
    return talk.press("quiz.play").press("quiz.play.begin")


def agreed(content: Content, rotation: int = 0) -> Talk:
    """Return somebody who agreed and has the first question before them."""
    talk = before_the_quiz(content, rotation).press("study.ask.yes")
    talk.study = StudyLook(agrees=True, rotation=rotation)
    return talk


def asked(talk: Talk) -> Question:
    """Return the question of the study on the screen."""
    name = talk.buttons[0].removeprefix("study.probe.").partition("-")[0]
    question = talk.content.quizzes["made"].question(name)
    assert question is not None
    return question


def give(talk: Talk, *, right: bool = True) -> NoteStudyAnswer:
    """Answer the question of the study by its buttons; return what is kept of it."""
    question = asked(talk)
    chosen = RIGHT[question.kind]
    if not right:
        known = {"true": "false"} if question.kind == "true_false" else {"b": "a", "c": "a"}
        chosen = tuple(reversed(chosen)) if question.kind == "order" else (known[chosen[-1]],)
        chosen = ("b",) if question.kind == "several" else chosen
    for choice in chosen:
        talk.press(f"study.probe.{question.id}-{choice}")
        if talk.effects:
            # Of three steps the last has only one place to go.
            return kept(talk)
    if question.kind == "several":
        talk.press(f"study.probe.{question.id}.done")
    return kept(talk)


def kept(talk: Talk) -> NoteStudyAnswer:
    [effect] = [each for each in talk.effects if isinstance(each, NoteStudyAnswer)]
    return effect


def play_on(talk: Talk) -> Talk:
    """Answer every question of the round."""
    for _ in range(100):
        memory = talk.state.memory["quiz"]
        if not memory["open"]:
            return talk
        if talk.buttons[0] == "quiz.play.next":
            talk.press("quiz.play.next")
        question = talk.content.quizzes["made"].question(memory["round"][memory["at"]])
        assert question is not None
        for choice in RIGHT[question.kind]:
            talk.press(f"quiz.play.{question.id}-{choice}")
            if (
                not talk.state.memory["quiz"]["open"]
                or memory["at"] != talk.state.memory["quiz"]["at"]
            ):
                break
        else:
            talk.press(f"quiz.play.{question.id}.done")
    raise AssertionError("the round does not end")


@pytest.mark.parametrize("rotation", range(10))
@pytest.mark.parametrize("right", [True, False])
def test_the_answer_before_the_quiz_is_kept_and_not_judged(
    content: Content, quiz: Quiz, rotation: int, right: bool
) -> None:
    """Whatever kind of question it is: what is kept says right or wrong, what is said does not, and the quiz begins."""
    talk = agreed(content, rotation)
    question = asked(talk)
    assert talk.says("study.probe.before")
    effect = give(talk, right=right)
    assert (effect.fact, effect.phase, effect.question) == (FACT, "before", question.id)
    assert (effect.right, effect.choices) == (right, ways(question))
    assert talk.says("study.probe.noted")
    assert question.explanation not in talk.words
    assert talk.says("quiz.play.question")
    assert not talk.says("quiz.play.resume")


@pytest.mark.parametrize("rotation", range(10))
def test_after_the_quiz_another_guise_comes_and_is_explained(
    content: Content, rotation: int
) -> None:
    """It was in no round, the quiz has taught the fact by others, and now its explanation is said."""
    talk = agreed(content, rotation)
    first = asked(talk)
    give(talk)
    round_of = talk.state.memory["quiz"]["round"]
    play_on(talk)
    assert any(isinstance(each, QuizFinished) for each in talk.effects)
    assert talk.says("study.probe.after")
    last = asked(talk)
    assert last.id != first.id
    assert last.id not in round_of
    effect = give(talk, right=False)
    assert (effect.phase, effect.question, effect.right) == ("after", last.id, False)
    assert last.explanation in talk.words
    first = ("quiz.play.again", "quiz.play.card", "quiz.certificate", "quiz.together")
    assert talk.buttons == (*first, "quiz.list", "consent.ask", "menu.main")
    talk.press("quiz.play.again")
    assert talk.state.at in {"quiz.play", "study.ask", "study.probe"}


def test_not_knowing_is_an_answer(content: Content) -> None:
    """It is kept as such, before and after; after the quiz it is thanked for and explained."""
    talk = agreed(content)
    question = asked(talk)
    assert f"study.probe.{question.id}.unsure" in talk.buttons
    talk.write("I don't know")
    assert kept(talk).right is None
    play_on(talk)
    question = asked(talk)
    talk.press(f"study.probe.{question.id}.unsure")
    assert (kept(talk).phase, kept(talk).right) == ("after", None)
    assert talk.says("study.probe.unsure_told")
    assert question.explanation in talk.words


def test_nothing_is_measured_under_a_cover_or_in_danger(content: Content) -> None:
    """While somebody may be looking, and after words of danger, a quiz is only a quiz."""
    talk = Talk.greeted(content)
    until = (talk.now + timedelta(hours=1)).isoformat()
    talk.state = talk.state.remembering(COVER, **{COVER_UNTIL: until})
    talk.state = talk.state.remembering("quiz", wanted="made")
    talk.press("quiz.play").press("quiz.play.begin")
    assert talk.state.at == "quiz.play"
    talk = Talk.greeted(content).write("he beats me", meaning("disclose", risk=RiskLevel.HIGH))
    talk.state = talk.state.remembering("quiz", wanted="made")
    talk.press("quiz.play").press("quiz.play.begin")
    assert talk.state.at == "quiz.play"


def test_a_disclosure_instead_of_an_answer_is_a_disclosure(content: Content) -> None:
    """Whoever tells of danger at the question is answered to that; an old button of the question keeps nothing then."""
    talk = agreed(content)
    question = asked(talk)
    talk.write("my boss locked me in", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert talk.state.at == "risk.support"
    talk.press(f"study.probe.{question.id}-{RIGHT[question.kind][0]}")
    assert not [each for each in talk.effects if isinstance(each, NoteStudyAnswer)]


def test_weeks_later_the_question_that_was_asked_is_found(content: Content, quiz: Quiz) -> None:
    """Even when the conversation has been forgotten meanwhile: what is open is looked up, asked, kept and explained."""
    question = guise(quiz, FACT, "week4", 0)
    assert question is not None
    talk = Talk.greeted(content)
    talk.study = StudyLook(agrees=True, open=(Measured("made", FACT, "week4", question.id),))
    talk.press("study.later.go")
    assert talk.says("study.probe.again")
    talk.state = replace(talk.state, memory={}, at=None)
    effect = give(talk)
    assert (effect.phase, effect.right) == ("week4", True)
    assert question.explanation in talk.words
    assert "study.later.stop" in talk.buttons
    talk.press("study.later.stop")
    assert talk.effects == (EndStudy(),)


def test_without_an_open_question_it_is_said(content: Content) -> None:
    """An old button, and the consent taken back: the question is closed, and there is a way on."""
    talk = Talk.greeted(content)
    talk.study = StudyLook(agrees=False)
    talk.press("study.later.go")
    assert talk.says("study.probe.closed")
    assert talk.buttons == ("consent.ask", "menu.main")
    talk.press("study.probe.single_1-a")
    assert talk.says("study.probe.closed")
    assert talk.effects == ()


def test_over_all_people_each_guise_stands_at_each_phase_as_often(quiz: Quiz) -> None:
    """Ten people in a row: every question once at every phase, and nobody is asked the same twice."""
    given = {
        (phase, rotation): question.id
        for rotation in range(10)
        for phase in PHASES
        if (question := guise(quiz, FACT, phase, rotation))
    }
    for phase in PHASES:
        assert len({given[phase, rotation] for rotation in range(10)}) == 10
    for rotation in range(10):
        assert len({given[phase, rotation] for phase in PHASES}) == len(PHASES)


@pytest.mark.parametrize(
    ("kind", "count"),
    [("single", 3), ("several", 15), ("true_false", 2), ("order", 6), ("flag", 3)],
)
def test_a_guess_has_as_many_ways_as_there_are_answers(quiz: Quiz, kind: str, count: int) -> None:
    """One of three, one of two; any set of four but the empty one; any order of three."""
    assert ways(next(each for each in quiz.questions if each.kind == kind)) == count
