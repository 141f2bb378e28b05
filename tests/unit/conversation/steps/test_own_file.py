"""`own_file`: the own file, opened with four words, and the answers to what is to be passed on."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bot.content.load import Content
from bot.conversation.effects import (
    AnswerReferral,
    AskForFile,
    CorrectFile,
    EndInvolvement,
    ForgetWords,
    RelayToCase,
    TakeBackReferral,
)
from bot.conversation.own import OwnFile, OwnInvolved, OwnLook, OwnReferral
from bot.conversation.state import Owner
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

NUMBER = "K7M2QX9P"
FILE = OwnFile(UUID(int=7), "K7M2QX")
WORDS = "moon rice boat tree"


def opened(content: Content, file: OwnFile = FILE) -> Talk:
    """Return somebody who has given their four words."""
    talk = Talk.greeted(content).press("passphrase.ask").press("file.ask")
    talk.own = OwnLook(file)
    return talk.write(WORDS)


def test_the_way_back_leads_there(content: Content) -> None:
    """Under the question for the four words stands the way to those who only want to look."""
    talk = Talk.greeted(content).press("passphrase.ask")
    assert talk.buttons[0] == "file.ask"
    assert talk.press("file.ask").says("file.ask.text")


def test_four_words_open_it_and_are_not_kept(content: Content) -> None:
    """It says which case it is, and what was passed on; the words themselves are forgotten at once."""
    talk = opened(content)
    assert talk.says("file.ask.opened")
    assert talk.says("file.ask.nothing")
    assert talk.effects == (ForgetWords(),)


@pytest.mark.parametrize(
    ("look", "said"), [(OwnLook(), "unknown"), (OwnLook(too_many_tries=True), "too_many")]
)
def test_other_words_open_nothing(content: Content, look: OwnLook, said: str) -> None:
    """Wrong words, or too many tries, show nothing and leave a way to a person."""
    talk = Talk.greeted(content).press("file.ask")
    talk.own = look
    talk.write(WORDS)
    assert talk.says(f"file.ask.{said}")
    assert "consent.ask" in talk.buttons


@pytest.mark.parametrize(
    "state", ["shown", "consented", "sent", "accepted", "declined", "no_answer", "closed"]
)
def test_every_state_has_its_plain_words(content: Content, state: str) -> None:
    """The person reads where each referral stands, and can answer or take back where there is something to."""
    file = replace(FILE, referrals=(OwnReferral(NUMBER, "UPTD PPA", state),))
    talk = opened(content, file)
    step = content.step("file.ask")
    assert step.states[state] in talk.words  # type: ignore[union-attr]
    assert (f"file.ask.yes-{NUMBER}" in talk.buttons) is (state == "shown")
    assert (f"file.ask.back-{NUMBER}" in talk.buttons) is (state not in {"shown", "closed"})


@pytest.mark.parametrize(("choice", "granted"), [("yes", True), ("no", False)])
@pytest.mark.parametrize("owner", list(Owner))
def test_an_answer_counts_whoever_has_the_conversation(
    content: Content, owner: Owner, choice: str, granted: bool
) -> None:
    """A yes and a no under what was shown are recorded and confirmed, in a talk too, where the counsellor sees the press."""
    talk = Talk.greeted(content)
    talk.owner, talk.referral = owner, "shown"
    at = talk.state.at
    talk.press(f"file.ask.{choice}-{NUMBER}")
    assert talk.effects[0] == AnswerReferral(NUMBER, granted)
    assert talk.says("file.ask.agreed" if granted else "file.ask.refused")
    if owner is not Owner.BOT:
        assert isinstance(talk.effects[1], RelayToCase)
        assert talk.state.at == at


@pytest.mark.parametrize("state", [None, "drafted", "consented", "closed"])
def test_a_late_or_forged_yes_does_nothing(content: Content, state: str | None) -> None:
    """A yes to what is not open (any more) agrees to nothing, and says so."""
    talk = Talk.greeted(content)
    talk.referral = state
    talk.press(f"file.ask.yes-{NUMBER}")
    assert not talk.effects
    assert talk.says("file.ask.over")


def test_a_yes_is_taken_back_with_one_press(content: Content) -> None:
    """Right under the confirmation stands the way back."""
    talk = Talk.greeted(content)
    talk.referral = "shown"
    talk.press(f"file.ask.yes-{NUMBER}")
    assert talk.buttons[0] == f"file.ask.back-{NUMBER}"
    talk.referral = "consented"
    talk.press(talk.buttons[0])
    assert talk.effects == (TakeBackReferral(NUMBER),)


def test_what_is_written_is_asked_for_then_read_then_corrected(content: Content) -> None:
    """First the wish goes to the team; released, it is read; what is wrong is kept in the person's words."""
    talk = opened(content).press("file.ask.show")
    assert talk.effects == (AskForFile(FILE.case_id),)
    talk.own = OwnLook(replace(FILE, request="asked"))
    assert not talk.press("file.ask.show").effects
    assert talk.says("file.ask.waiting")
    talk.own = OwnLook(replace(FILE, request="released", text="You work in Medan."))
    assert "You work in Medan." in talk.press("file.ask.show").words
    talk.press("file.ask.correct").write("It is Batam.")
    assert talk.effects == (CorrectFile(FILE.case_id, "It is Batam."), ForgetWords())
    assert talk.says("file.ask.corrected")


def test_danger_in_a_correction_is_answered_and_the_correction_kept(content: Content) -> None:
    """Whoever corrects their file with words of danger is answered to the danger, and finds the correction kept, once."""
    talk = opened(content, replace(FILE, request="released", text="x")).press("file.ask.correct")
    told = "it was the boss who came with a knife"
    talk.write(told, meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert talk.state.at == "risk.support"
    assert talk.effects == (CorrectFile(FILE.case_id, told),)
    assert "file.ask" in talk.buttons
    talk.write("he is here now", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert not talk.effects


def test_those_around_them_are_named_and_ended(content: Content) -> None:
    """The person reads who may know what, and ends it for all with one press."""
    file = replace(FILE, involved=(OwnInvolved("my aunt", "that I am well", "her phone"),))
    talk = opened(content, file)
    assert "my aunt may know: that I am well. Only this way: her phone." in talk.words
    assert talk.press("file.ask.family_end").effects == (EndInvolvement(FILE.case_id),)


@pytest.mark.parametrize("choice", ["show", "correct", "family_end"])
def test_shut_again_it_wants_the_four_words(content: Content, choice: str) -> None:
    """After a quarter of an hour, or from an old button, nothing opens without the words."""
    talk = opened(content).wait(timedelta(minutes=16))
    talk.own = OwnLook()
    assert not talk.press(f"file.ask.{choice}").effects
    assert talk.says("file.ask.closed")


def test_an_unknown_choice_is_an_old_button(content: Content) -> None:
    """A made-up button does nothing."""
    assert opened(content).press("file.ask.maybe").state.at == "unclear.old_button"
