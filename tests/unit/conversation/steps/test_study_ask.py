"""`study_ask`: a consent of its own before a quiz that measures, and under my privacy."""

from bot.content.load import Content
from bot.conversation.effects import RecordConsent
from bot.conversation.study import StudyLook
from tests.unit.conversation.steps.test_study_probe import (
    FACT,
    before_the_quiz,
    content,
    play_on,
    quiz,
)
from tests.unit.conversation.talk import Talk

__all__ = ["content", "quiz"]


def test_a_quiz_that_measures_asks_first(content: Content) -> None:
    """Yes, no and what for stand under the question; the quiz waits."""
    talk = before_the_quiz(content)
    assert talk.says("study.ask.text")
    assert talk.buttons == ("study.ask.yes", "study.ask.no", "study.ask.why")
    talk.press("study.ask.why")
    assert talk.says("study.ask.why")
    assert talk.buttons == ("study.ask.yes", "study.ask.no", "study.ask.why")
    assert talk.effects == ()


def test_a_no_leads_straight_to_the_quiz(content: Content) -> None:
    """It is noted, the first question comes at once, nothing is asked at the end, and the next quiz does not ask again."""
    talk = before_the_quiz(content).press("study.ask.no")
    [effect] = talk.effects
    assert isinstance(effect, RecordConsent)
    assert (effect.consent.scope, effect.consent.granted) == ("study", False)
    assert talk.state.at == "quiz.play"
    assert talk.says("quiz.play.question")
    play_on(talk)
    assert talk.state.at == "quiz.play"
    talk.press("quiz.play.again")
    assert talk.state.at == "quiz.play"
    assert talk.says("quiz.play.question")


def test_who_has_agreed_is_not_asked_again_but_measured(content: Content) -> None:
    """The question comes at once; a fact that was measured already is not measured a second time."""
    talk = before_the_quiz(content, agrees=True)
    assert talk.state.at == "study.probe"
    talk = Talk.greeted(content)
    talk.study = StudyLook(agrees=True, asked=frozenset({FACT}))
    talk.state = talk.state.remembering("quiz", wanted="made")
    talk.press("quiz.play").press("quiz.play.begin")
    assert talk.state.at == "quiz.play"


def test_under_my_privacy_a_yes_is_taken_back(content: Content) -> None:
    """Whoever has agreed reads so there, and a no ends it; a yes counts only under the question."""
    talk = Talk.greeted(content)
    talk.study = StudyLook(agrees=True)
    talk.press("privacy.show.study")
    assert talk.says("study.ask.agreed")
    talk.press("study.ask.no")
    [effect] = talk.effects
    assert isinstance(effect, RecordConsent)
    assert not effect.consent.granted
    assert talk.state.at == "menu.main"
    talk.press("study.ask.yes")
    assert (talk.effects, talk.state.at) == ((), "study.ask")
