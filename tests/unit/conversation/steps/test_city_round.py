"""`city_round`: rounds count for a city because somebody wants it, and few are not told."""

import json

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import CountForCity
from bot.conversation.city import CityLook
from tests.unit.conversation.talk import Talk

STEP = "quiz.together"


def over(content: Content, finished: int = 12, city: str | None = "kupang") -> Talk:
    """Return somebody whose round is over, and what is known of their city."""
    talk = Talk.greeted(content)
    talk.state = talk.state.remembering("quiz", quiz="warning_signs", at=8, right=6, open=False)
    talk.city = CityLook(city, finished)
    return talk.press(STEP)


@pytest.mark.parametrize(("finished", "told"), [(3, None), (4, "5"), (11, "12")])
def test_fewer_than_five_are_not_told(content: Content, finished: int, told: str | None) -> None:
    """With the round that has just been counted; fewer are "among the first"."""
    words = over(content, finished).press(f"{STEP}.yes").words
    assert ("among the first" in words) == (told is None)
    assert told is None or f"Together, {told} rounds" in words


def test_a_round_counts_once(content: Content) -> None:
    """However often yes is pressed."""
    talk = over(content).press(f"{STEP}.yes")
    assert talk.effects == (CountForCity("kupang"),)
    assert talk.press(f"{STEP}.yes").effects == ()
    assert talk.press(f"{STEP}.no").press(f"{STEP}.yes").effects == ()


def test_the_city_is_not_remembered(content: Content) -> None:
    """Only that rounds are to count: whoever takes their city back leaves none behind."""
    talk = over(content).press(f"{STEP}.yes")
    assert "kupang" not in json.dumps(talk.state.to_json()).lower()


@pytest.mark.parametrize("city", [None, "atlantis"])
def test_without_a_city_nothing_counts(content: Content, city: str | None) -> None:
    """One that is not known, or not listed any more."""
    talk = over(content, city=city)
    assert "campaigns.news" in talk.buttons
    talk.press(f"{STEP}.yes")
    assert talk.effects == ()
    assert not talk.state.memory["quiz"].get("for_city")
