"""`follow_up`: writing first, as a consent of its own and at the person's pace."""

from bot.content.load import Content
from bot.conversation.effects import ChangeFollowUp, PlanFollowUp, RecordConsent
from bot.conversation.turn import begin
from tests.unit.conversation.talk import Talk, meaning, world


def test_a_yes_says_how_often(content: Content) -> None:
    """The plan carries the pace, the safe hours and the consent in the words that were shown."""
    talk = Talk.greeted(content).press("watched.hours.evening")
    talk.press("follow_up.ask").press("follow_up.ask.d7")
    (plan,) = talk.effects
    assert isinstance(plan, PlanFollowUp)
    assert (plan.days, plan.hours) == (7, "evening")
    assert plan.consent.scope == "follow_up"
    assert plan.consent.granted


def test_a_no_is_recorded_and_ends_a_plan(content: Content) -> None:
    """No is one press, from any old message, and a plain no means it."""
    for talk in (
        Talk.greeted(content).press("follow_up.ask.no"),
        Talk.greeted(content).press("follow_up.ask").write("no", meaning("deny")),
    ):
        stopped, recorded = talk.effects
        assert isinstance(recorded, RecordConsent)
        assert not recorded.consent.granted
        assert stopped == ChangeFollowUp("stop")


def test_an_old_yes_asks_anew(content: Content) -> None:
    """A yes counts only under the question as it is asked now."""
    talk = Talk.greeted(content).press("follow_up.ask.d3")
    assert talk.effects == ()
    assert talk.state.at == "follow_up.ask"


def test_a_bare_yes_does_not_choose_a_pace(content: Content) -> None:
    """Nothing is planned that the person did not choose."""
    talk = Talk.greeted(content).press("follow_up.ask").write("yes", meaning("affirm"))
    assert talk.effects == ()


def test_the_greeting_offers_every_way_out(content: Content) -> None:
    """Slower, a pause, the end and a person are one press away, and the greeting gives nothing away."""
    result = begin(Talk.greeted(content).state, "follow_up.hello", content, world())
    (hello,) = result.outgoing
    assert {button.id.rpartition(".")[2] for button in hello.buttons} >= {
        "human",
        "slower",
        "pause",
        "stop",
    }
    for choice, effect in (("slower", "slower"), ("pause", "pause"), ("stop", "stop")):
        talk = Talk.greeted(content).press(f"follow_up.hello.{choice}")
        assert talk.effects == (ChangeFollowUp(effect),)


def test_a_made_up_pace_is_an_old_button(content: Content) -> None:
    """A choice that does not exist is explained."""
    assert Talk.greeted(content).press("follow_up.ask.d9").state.at == "unclear.old_button"
