"""`support`: the answer to a disclosure."""

import pytest

from bot.content.directory import fitting_emergency
from bot.content.load import Content
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


def told(talk: Talk, level: RiskLevel, *kinds: str) -> Talk:
    """Let the person tell of danger."""
    return talk.write("…", meaning("disclose", risk=level, kinds=kinds))


def test_immediate_danger_is_answered_with_safety_first(content: Content) -> None:
    """The urgent words say first what matters first."""
    assert told(Talk.greeted(content), RiskLevel.IMMEDIATE).says("risk.support.urgent")


def test_harm_is_answered_with_belief(content: Content) -> None:
    """It is not the person's fault, and that is said."""
    assert told(Talk.greeted(content), RiskLevel.HIGH).says("risk.support.text")


def test_the_numbers_fit_what_was_told(content: Content) -> None:
    """Violence at home brings the line for danger now and the one for it, and a word for whoever is abroad."""
    talk = told(Talk.greeted(content), RiskLevel.HIGH, "domestic_violence")
    risk = talk.state.risk
    assert all(
        number.number in talk.words for number in fitting_emergency(content.emergency, risk)
    )
    assert talk.says("risk.support.abroad")


def test_told_again_it_stays_with_the_person_without_repeating_itself(content: Content) -> None:
    """The second time the words are short, the ways on the same."""
    talk = told(told(Talk.greeted(content), RiskLevel.HIGH), RiskLevel.HIGH)
    assert talk.says("risk.support.again")
    assert talk.buttons == ("risk.support.talk", "risk.support.numbers", "risk.support.stay")


def test_more_danger_than_before_is_answered_in_full(content: Content) -> None:
    """When it gets worse, the urgent words and the numbers come again."""
    talk = told(told(Talk.greeted(content), RiskLevel.HIGH), RiskLevel.IMMEDIATE)
    assert talk.says("risk.support.urgent")


@pytest.mark.parametrize(
    ("choice", "at"),
    [("talk", "consent.ask"), ("numbers", "emergency.show"), ("stay", "risk.stay")],
)
def test_the_ways_on_lead_where_they_say(content: Content, choice: str, at: str) -> None:
    """A person, the numbers, or staying with the bot."""
    assert (
        told(Talk.greeted(content), RiskLevel.HIGH).press(f"risk.support.{choice}").state.at == at
    )


def test_a_made_up_way_is_an_old_button(content: Content) -> None:
    """Anything else is explained."""
    assert Talk.greeted(content).press("risk.support.other").state.at == "unclear.old_button"


@pytest.mark.parametrize(("word", "at"), [("affirm", "consent.ask"), ("deny", "risk.stay")])
def test_yes_is_yes_to_a_person_and_no_stays(content: Content, word: str, at: str) -> None:
    """A plain answer to the offer is understood; yes still asks for consent first."""
    talk = told(Talk.greeted(content), RiskLevel.HIGH).write(word, meaning(word))
    assert talk.state.at == at
    assert not talk.effects
