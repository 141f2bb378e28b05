"""`join_elsewhere`: a talk goes on in another chat, and no second one is opened here."""

from dataclasses import replace

from bot.content.load import Content
from bot.conversation.join_effects import EscalateElsewhere, GoOnHere
from bot.prover.talk import ELSEWHERE
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

HIGH = meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",))


def elsewhere(content: Content, level: RiskLevel = RiskLevel.CONCERN) -> Talk:
    """Return somebody whose talk goes on in another chat."""
    talk = Talk.greeted(content)
    talk.elsewhere = replace(ELSEWHERE, level=level)
    return talk


def test_it_is_said_once_in_half_a_day(content: Content) -> None:
    """Then the bot answers here itself; of a newer talk it is said anew."""
    talk = elsewhere(content).write("are you there?")
    assert talk.says("join.elsewhere.text")
    assert not talk.write("hello?").says("join.elsewhere.text")
    talk.elsewhere = replace(ELSEWHERE, reference="NEWER2")
    assert talk.write("hello?").says("join.elsewhere.text")


def test_here_moves_it(content: Content) -> None:
    """By the press, in the words that were shown; when it has ended meanwhile, nothing moves."""
    talk = elsewhere(content).write("are you there?").press("join.elsewhere.here")
    [effect] = talk.effects
    assert isinstance(effect, GoOnHere)
    assert effect.case_id == ELSEWHERE.case_id
    assert effect.text_version
    over = Talk.greeted(content).press("join.elsewhere.here")
    assert over.effects == ()
    assert over.says("join.elsewhere.over")


def test_danger_is_answered_first_and_moves_the_case_up(content: Content) -> None:
    """The numbers come in the very first message; what is known there already is not told again."""
    talk = elsewhere(content).write("he locked me in", HIGH)
    assert talk.says("risk.support.text")
    assert [type(effect) for effect in talk.effects] == [EscalateElsewhere]
    assert talk.messages[-1].buttons[0].id == "join.elsewhere.here"
    again = elsewhere(content, RiskLevel.HIGH).write("he locked me in", HIGH)
    assert again.effects == ()


def test_no_way_leads_to_a_second_case(content: Content) -> None:
    """Neither a command nor a wish, nor the button under a question that was asked before the other talk began."""
    assert elsewhere(content).write("/human").says("join.elsewhere.text")
    assert elsewhere(content).press("consent.ask").says("join.elsewhere.text")
    asked = Talk.greeted(content).press("consent.ask")
    asked.elsewhere = ELSEWHERE
    assert asked.press("consent.ask.talk").effects == ()
