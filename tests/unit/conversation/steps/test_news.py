"""`news`: may Suar write about campaigns?"""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns
from bot.conversation.state import Link, Owner
from bot.messages import IncomingKind
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

NEWS = "campaigns.news"


def agreed(content: Content) -> Talk:
    """Return somebody who has said yes and is back at the menu."""
    return Talk.greeted(content).press(NEWS).press(f"{NEWS}.yes").press("menu.main")


@pytest.mark.parametrize(("choice", "granted"), [("yes", True), ("no", False)])
def test_yes_and_no_are_one_press_each(content: Content, choice: str, granted: bool) -> None:
    """Both are noted with the words as shown; a yes leads on to a few questions, a no to the menu."""
    talk = Talk.greeted(content).press(NEWS).press(f"{NEWS}.{choice}")
    [effect] = talk.effects
    assert isinstance(effect, JoinCampaigns if granted else LeaveCampaigns)
    consent = effect.consent
    assert (consent.scope, consent.granted, len(consent.text_version)) == ("news", granted, 16)
    assert talk.says(f"{NEWS}.thanks" if granted else f"{NEWS}.declined")
    assert talk.state.at == ("campaigns.age" if granted else "menu.main")


@pytest.mark.parametrize(("intent", "kind"), [("affirm", JoinCampaigns), ("deny", LeaveCampaigns)])
def test_plain_words_answer_too(content: Content, intent: str, kind: type) -> None:
    """A typed yes or no is the button it stands for."""
    talk = Talk.greeted(content).press(NEWS).write("…", meaning(intent))
    assert [type(effect) for effect in talk.effects] == [kind]


@pytest.mark.parametrize("choice", ["yes", "keep", "change"])
def test_a_yes_counts_only_under_the_question(content: Content, choice: str) -> None:
    """From an old button the question is asked instead; a no counts from anywhere, after any time."""
    talk = Talk.greeted(content).press(f"{NEWS}.{choice}")
    assert (talk.effects, talk.state.at) == ((), NEWS)
    talk = agreed(content).wait(timedelta(days=90)).press(f"{NEWS}.no")
    assert [type(effect) for effect in talk.effects] == [LeaveCampaigns]


def test_whoever_has_agreed_may_keep_change_or_end_it(content: Content) -> None:
    """The question says how things stand; to keep it notes nothing, to change it leads to the questions."""
    talk = agreed(content).press(NEWS)
    assert talk.says(f"{NEWS}.agreed")
    assert talk.buttons == (f"{NEWS}.keep", f"{NEWS}.change", f"{NEWS}.no")
    assert agreed(content).press(NEWS).write("ya", meaning("affirm")).effects == ()
    talk.press(f"{NEWS}.change")
    assert (talk.effects, talk.state.at) == ((), "campaigns.age")


def test_the_link_is_remembered_until_they_have_answered(content: Content) -> None:
    """A yes joins the campaign whose link they came by, also one more campaign; afterwards the link is forgotten."""
    talk = Talk.new(content)
    talk.link = Link("k7m2", "quiz:warning_signs")
    talk.do(IncomingKind.START, "c_k7m2")
    talk.press(NEWS).press(f"{NEWS}.yes")
    [effect] = talk.effects
    assert isinstance(effect, JoinCampaigns)
    assert effect.code == "k7m2"
    assert talk.state.memory["campaigns"]["code"] is None
    talk.link = Link("p3q4", "join")
    talk.do(IncomingKind.START, "c_p3q4").press(f"{NEWS}.keep")
    [effect] = talk.effects
    assert isinstance(effect, JoinCampaigns)
    assert effect.code == "p3q4"


def test_a_no_counts_in_silence_while_a_counsellor_talks(content: Content) -> None:
    """A consent can be taken back in the middle of a talk, and the bot says nothing into it; a yes is not given there."""
    talk = agreed(content).press(NEWS)
    talk.owner = Owner.STAFF
    talk.press(f"{NEWS}.no")
    assert (talk.messages, [type(effect) for effect in talk.effects]) == ((), [LeaveCampaigns])
    talk = Talk.greeted(content).press(NEWS)
    talk.owner = Owner.STAFF
    talk.press(f"{NEWS}.yes")
    assert not any(isinstance(effect, JoinCampaigns) for effect in talk.effects)


def test_danger_interrupts_the_question(content: Content) -> None:
    """Whoever tells of danger instead of answering is answered to that, and nothing is noted."""
    talk = Talk.greeted(content).press(NEWS)
    talk.write("he is beating me", meaning("disclose", risk=RiskLevel.IMMEDIATE))
    assert (talk.effects, talk.state.at) == ((), "risk.support")


def test_an_unknown_choice_notes_nothing(content: Content) -> None:
    """A forged button is answered as one that there is no more."""
    talk = Talk.greeted(content).press(NEWS).press(f"{NEWS}.maybe")
    assert (talk.effects, talk.state.at) == ((), "unclear.old_button")
