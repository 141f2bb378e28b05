"""`rate_campaign`: how was it? Counted once, and of nobody."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import RateCampaign
from bot.conversation.effects import QuizFinished
from bot.conversation.state import Link
from bot.messages import IncomingKind
from bot.prover.talk import NOW
from bot.understanding.model import Risk, RiskLevel
from tests.unit.conversation.talk import Talk

RATE = "campaigns.rate"
QUIZ = "warning_signs"


def played(content: Content, *, by_link: bool = True) -> Talk:
    """Return somebody who stands before the last question of a quiz, to which they came by the link of a campaign."""
    talk = Talk.greeted(content)
    if by_link:
        talk.link = Link("k7m2", f"quiz:{QUIZ}")
        talk.do(IncomingKind.START, "c_k7m2")
    question = next(q for q in content.quizzes[QUIZ].questions if q.kind == "single")
    talk.state = talk.state.remembering(
        "quiz", quiz=QUIZ, open=True, round=[question.id], at=0, right=0, since=NOW.isoformat(),
        picked=[], streak=0,
    )  # fmt: skip
    return talk


def finish(talk: Talk) -> Talk:
    """Answer the question on the screen."""
    [name] = talk.state.memory["quiz"]["round"]
    return talk.press(f"quiz.play.{name}-a")


@pytest.mark.parametrize("rating", ["good", "some", "none"])
def test_an_answer_counts_once(content: Content, rating: str) -> None:
    """What is rated is forgotten with the first press; a second is thanked and counts nothing."""
    talk = Talk.greeted(content)
    talk.state = talk.state.remembering("campaigns", rates="k7m2")
    talk.press(RATE).press(f"{RATE}.{rating}")
    assert talk.effects == (RateCampaign("k7m2", rating),)  # type: ignore[arg-type]  # one of the three
    assert talk.press(f"{RATE}.{rating}").effects == ()
    assert talk.says(f"{RATE}.past")


def test_without_anything_to_rate_it_says_so(content: Content) -> None:
    """An old button leads to words, and to a person."""
    talk = Talk.greeted(content).press(RATE)
    assert talk.says(f"{RATE}.past")
    assert "consent.ask" in talk.buttons


@pytest.mark.parametrize(("by_link", "danger"), [(True, False), (False, False), (True, True)])
def test_after_a_quiz_it_is_offered_to_who_came_by_a_link(
    content: Content, by_link: bool, danger: bool
) -> None:
    """At the end of the round, and not in the hours after danger was told; a person stays the last but one button."""
    talk = played(content, by_link=by_link)
    if danger:
        risk = Risk(RiskLevel.CONCERN, (), "self")
        talk.state = replace(talk.state, risk=risk, risk_at=NOW)
    finish(talk)
    assert any(isinstance(effect, QuizFinished) for effect in talk.effects)
    assert (RATE in talk.buttons) == (by_link and not danger)
    assert talk.buttons[-2:] == ("consent.ask", "menu.main")
