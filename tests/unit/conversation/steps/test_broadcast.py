"""`broadcast`: the buttons under a message of a campaign, however old it is."""

from bot.content.load import Content
from bot.conversation.campaign_effects import JoinCampaigns, LeaveCampaigns
from bot.conversation.state import Owner
from tests.unit.conversation.talk import Talk

OPEN = "broadcast.open"


def stopped(content: Content) -> Talk:
    """Return somebody who has just pressed "stop" under a broadcast, days after it came."""
    return Talk.greeted(content).press(f"{OPEN}.stop")


def test_one_tap_ends_them_and_one_brings_them_back(content: Content) -> None:
    """Stopping is noted as leaving, with the words as shown; the undo beneath is a new yes, and works once."""
    talk = stopped(content)
    [left] = talk.effects
    assert isinstance(left, LeaveCampaigns)
    assert (left.consent.scope, left.consent.granted) == ("news", False)
    assert talk.says(f"{OPEN}.stopped")
    [joined] = talk.press(f"{OPEN}.undo").effects
    assert isinstance(joined, JoinCampaigns)
    assert joined.consent.granted
    assert not talk.press(f"{OPEN}.undo").effects


def test_an_undo_of_long_ago_brings_nobody_back(content: Content) -> None:
    """Without a stop just before it, the button says what campaigns are and notes nothing."""
    talk = Talk.greeted(content).press(f"{OPEN}.undo")
    assert not talk.effects
    assert talk.state.at == "campaigns.about"


def test_its_quiz_and_its_event_open(content: Content) -> None:
    """A button leads to the quiz it names; one that is no more leads to the others, and an event to what is on."""
    talk = Talk.greeted(content).press(f"{OPEN}.quiz-men_too")
    assert talk.says("quizzes.men_too")
    assert Talk.greeted(content).press(f"{OPEN}.quiz-gone").state.at in {"quiz.play", "quiz.list"}
    assert Talk.greeted(content).press(f"{OPEN}.event-camp").state.at == "events.show"


def test_to_end_them_works_in_a_talk_too(content: Content) -> None:
    """Whoever talks with a counsellor can end a campaign's messages; the bot says nothing about it."""
    talk = Talk.greeted(content)
    talk.owner = Owner.STAFF
    talk.press(f"{OPEN}.stop")
    assert [type(effect) for effect in talk.effects] == [LeaveCampaigns]
    assert not talk.messages


def test_a_person_is_one_tap_away(content: Content) -> None:
    """Under every answer stands the way to a human."""
    talk = stopped(content)
    assert "consent.ask" in talk.buttons
    assert "consent.ask" in talk.press(f"{OPEN}.undo").buttons
