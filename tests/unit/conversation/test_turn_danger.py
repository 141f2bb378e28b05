"""What one turn makes of danger, and of a plain yes or no."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation.state import State
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


@pytest.mark.parametrize("level", [RiskLevel.HIGH, RiskLevel.IMMEDIATE])
def test_danger_is_answered_at_once_with_numbers_and_a_person(
    content: Content, level: RiskLevel
) -> None:
    """A disclosure brings belief, emergency numbers and the offer of a person in the very first message."""
    talk = Talk.new(content).write("…", meaning("disclose", risk=level, kinds=("confinement",)))
    assert talk.says(
        "risk.support.urgent" if level is RiskLevel.IMMEDIATE else "risk.support.text"
    )
    assert "110" in talk.messages[0].text
    assert talk.buttons == ("risk.support.talk", "risk.support.numbers", "risk.support.stay")
    assert talk.messages[0].sensitive


def test_a_worry_is_asked_about_once_and_then_believed(content: Content) -> None:
    """The first vague worry is asked about; the second is answered like a disclosure."""
    worry = meaning("disclose", risk=RiskLevel.CONCERN)
    talk = Talk.greeted(content).write("I am scared", worry)
    assert talk.state.at == "risk.concern"
    assert talk.write("very", worry).state.at == "risk.support"


def test_a_disclosure_without_a_level_is_at_least_a_worry(content: Content) -> None:
    """Where the model hears somebody tell of harm but cannot weigh it, the bot asks."""
    talk = Talk.greeted(content).write("…", meaning("disclose", 0.6))
    assert talk.state.at == "risk.concern"
    assert talk.state.risk.level is RiskLevel.CONCERN


def test_a_disclosure_that_is_hardly_heard_is_not_assumed(content: Content) -> None:
    """Below the lowest confidence nobody is told that they sound in danger."""
    talk = Talk.greeted(content).write("…", meaning("disclose", 0.2))
    assert talk.state.at == "unclear.sorry"


def test_a_worry_of_long_ago_is_asked_about_anew(content: Content) -> None:
    """What was told of danger counts together within one stretch, not for ever."""
    worry = meaning("disclose", risk=RiskLevel.CONCERN)
    talk = Talk.greeted(content).write("I am scared", worry).wait(timedelta(hours=13))
    assert talk.write("I am scared", worry).state.at == "risk.concern"


def test_what_is_told_adds_up(content: Content) -> None:
    """The gravest level and all kinds of one stretch are kept for the counsellor."""
    talk = Talk.greeted(content)
    talk.write("…", meaning("disclose", risk=RiskLevel.IMMEDIATE, kinds=("confinement",)))
    talk.write("…", meaning("disclose", risk=RiskLevel.HIGH, kinds=("debt_bondage",)))
    assert talk.state.risk.level is RiskLevel.IMMEDIATE
    assert talk.state.risk.kinds == ("confinement", "debt_bondage")


def test_a_disclosure_that_also_asks_keeps_its_question(content: Content) -> None:
    """The answer to the question stands as one more button under the support."""
    means = meaning("documents", 0.8, risk=RiskLevel.HIGH, kinds=("document_confiscation",))
    talk = Talk.greeted(content).write("He keeps my passport, what papers do I need?", means)
    assert talk.buttons[:3] == ("risk.support.talk", "risk.support.numbers", "risk.support.stay")
    assert talk.buttons[3].startswith("answer.give.")
    assert talk.press(talk.buttons[3]).state.at == "answer.give"


def test_danger_interrupts_a_quiz(content: Content) -> None:
    """Whatever was going on, a disclosure comes first; the quiz can be taken up later."""
    talk = Talk.greeted(content).press("quiz.list.warning_signs").press("quiz.play.begin")
    talk.press("study.ask.no")
    talk.write("…", meaning("disclose", risk=RiskLevel.HIGH))
    assert talk.state.at == "risk.support"
    assert talk.state.memory["quiz"]["open"]


def test_a_clear_button_comes_before_danger(content: Content) -> None:
    """The title of a button just offered is taken as its press, however it sounds."""
    talk = Talk.greeted(content).write("scared", meaning("disclose", risk=RiskLevel.CONCERN))
    talk.write("No, I am safe", meaning("disclose", risk=RiskLevel.HIGH))
    assert talk.state.at == "risk.safe"


# Yes and no


def test_a_plain_yes_or_no_answers_what_was_asked(content: Content) -> None:
    """Yes and no are the choices they stand for at the step that waits."""
    worry = meaning("disclose", risk=RiskLevel.CONCERN)
    yes = Talk.greeted(content).write("scared", worry).write("yes", meaning("affirm"))
    no = Talk.greeted(content).write("scared", worry).write("no", meaning("deny"))
    assert (yes.state.at, no.state.at) == ("risk.support", "risk.safe")


def test_a_yes_or_no_to_nothing_is_taken_up_kindly(content: Content) -> None:
    """Where nothing was asked, yes and no still lead on."""
    yes = Talk.greeted(content).write("yes", meaning("affirm"))
    no = Talk.greeted(content).write("/menu").write("no", meaning("deny"))
    assert (yes.state.at, no.state.at) == ("menu.said_yes", "menu.said_no")


def test_a_yes_that_is_hardly_heard_is_not_taken_for_one(content: Content) -> None:
    """Consent is never read into a guess."""
    talk = Talk.greeted(content).press("consent.ask").write("ye", meaning("affirm", 0.2))
    assert not talk.effects
    assert talk.state.at == "unclear.sorry"


def test_where_danger_is_neither_heard_nor_ruled_out_the_bot_asks_plainly_once(
    content: Content,
) -> None:
    """A message that might tell of danger is asked about in plain words; the second time it is simply not understood."""
    unclear = replace(meaning("out_of_scope", 0.2), doubt=True)
    talk = Talk.new(content).write("…", unclear)
    assert talk.state.at == "risk.unsure"
    assert "risk.unsure.human" in talk.buttons
    assert talk.write("…", unclear).state.at == "unclear.sorry"


def test_a_yes_to_the_plain_question_is_a_disclosure(content: Content) -> None:
    """Saying yes in words or by button brings the numbers and the offer of a person; no brings calm."""
    unclear = replace(meaning("out_of_scope", 0.2), doubt=True)
    assert Talk.new(content).write("…", unclear).write("yes", meaning("affirm")).state.at == (
        "risk.support"
    )
    assert Talk.new(content).write("…", unclear).write("no", meaning("deny")).state.at == (
        "risk.safe"
    )


def test_a_question_that_is_understood_is_answered_in_spite_of_a_doubt(content: Content) -> None:
    """Asking what trafficking is does not lead to being asked whether somebody is in danger."""
    asked = replace(meaning("what_is_trafficking"), doubt=True)
    assert Talk.greeted(content).write("…", asked).says("answers.what_is_trafficking")


def test_who_writes_malay_is_answered_in_indonesian_until_they_choose(content: Content) -> None:
    """Neighbours look alike in few words: checked words of the one come before unchecked words of the other."""
    told = replace(meaning("greet"), language="ms")
    talk = Talk(content, State(locale="en", greeted=True))
    assert talk.write("selamat sejahtera", told).state.locale == "id"
    talk.press("language.choose.ms")
    assert talk.write("selamat sejahtera", told).state.locale == "ms"


def test_who_writes_a_begun_language_is_answered_in_it_with_a_way_back(content: Content) -> None:
    """Where no released language is near, the begun one is spoken; a button beside it leads to any other."""
    told = replace(meaning("greet"), language="ar")
    talk = Talk(content, State(locale="en", greeted=True))
    assert talk.write("\u0645\u0631\u062d\u0628\u0627", told).state.locale == "ar"
    assert "language.choose" in talk.buttons
