"""`join_confirm`: nothing is connected before the yes, nor with a code that does not work."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.conversation.join_effects import JoinChats
from bot.conversation.joining import CodeLook
from bot.messages import IncomingKind
from bot.prover.talk import CODE
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


def asked(content: Content, look: CodeLook | None = CODE) -> Talk:
    """Return somebody who has followed a code."""
    talk = Talk.greeted(content)
    talk.code = look
    return talk.do(IncomingKind.START, "j_KXWQMPDT")


def test_a_yes_connects(content: Content) -> None:
    """With the words that were shown; pressed again it connects nothing more."""
    talk = asked(content)
    assert talk.effects == ()
    assert "Telegram" in talk.words
    [effect] = talk.press("join.confirm.yes").effects
    assert isinstance(effect, JoinChats)
    assert (effect.code, effect.consent.scope) == ("KXWQMPDT", "join")
    assert talk.press("join.confirm.yes").effects == ()


@pytest.mark.parametrize("found", ["gone", "same", "too_many"])
def test_a_code_that_does_not_work_asks_nothing(content: Content, found: str) -> None:
    """It is said why, with a way on; and the button of an old message connects nothing."""
    talk = asked(content, CodeLook(found))  # type: ignore[arg-type]
    assert "join.confirm.yes" not in talk.buttons
    assert talk.press("join.confirm.yes").effects == ()


def test_between_question_and_yes_the_code_may_be_used_up(content: Content) -> None:
    """Then the yes connects nothing."""
    talk = asked(content)
    talk.code = CodeLook("gone")
    assert talk.press("join.confirm.yes").effects == ()
    assert talk.says("join.confirm.gone")


def test_another_code_than_the_one_asked_about_connects_nothing(content: Content) -> None:
    """A yes belongs to what was asked."""
    talk = asked(content)
    talk.code = replace(CODE, code="BBBBBBBB")
    assert talk.press("join.confirm.yes").effects == ()


def test_no_is_no(content: Content) -> None:
    """In words too, and a yes afterwards means something else."""
    talk = asked(content).write("no", meaning("deny"))
    assert talk.says("join.confirm.declined")
    assert asked(content).press("join.confirm.no").press("join.confirm.yes").effects == ()


def test_danger_comes_before_a_code(content: Content) -> None:
    """Whatever was just asked."""
    talk = asked(content)
    talk.write("he locked me in", meaning("disclose", risk=RiskLevel.HIGH, kinds=("confinement",)))
    assert talk.says("risk.support.text")


def test_a_stranger_is_asked_in_the_language_of_the_other_chat(content: Content) -> None:
    """Whoever has spoken here before, or chosen a language, keeps it."""
    stranger = Talk.new(content, chosen=False)
    stranger.code = replace(CODE, locale="id")
    assert stranger.do(IncomingKind.START, "j_KXWQMPDT").state.locale == "id"
    known = Talk.greeted(content, chosen=False)
    known.code = replace(CODE, locale="id")
    assert known.do(IncomingKind.START, "j_KXWQMPDT").state.locale == "en"
