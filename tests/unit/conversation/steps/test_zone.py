"""`zone`: is it as late where the person is as Suar thinks?"""

from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import ChangeProfile
from tests.unit.conversation.steps.test_about_me import joined, kept
from tests.unit.conversation.talk import Talk, meaning

ZONE = "campaigns.zone"


@pytest.mark.parametrize(
    ("button", "time", "zone"),
    [
        ("campaigns.city.kupang", "10:00", "Asia/Makassar"),
        ("campaigns.city.jayapura", "11:00", "Asia/Jayapura"),
        ("campaigns.country.sa", "05:00", "Asia/Riyadh"),
        ("campaigns.city.skip", "09:00", "Asia/Jakarta"),
    ],
)
def test_the_time_is_said_and_confirmed(
    content: Content, button: str, time: str, zone: str
) -> None:
    """By the clock of their city or country, else by the house's; a yes keeps it as confirmed."""
    talk = joined(content, button.rpartition(".")[0]).press(button)
    talk.press("campaigns.interests.skip")
    assert time in talk.words
    talk.write("ya", meaning("affirm"))
    assert (kept(talk), talk.state.at) == (
        {"zone": zone, "zone_confirmed": True},
        "campaigns.done",
    )


def test_who_says_no_names_their_clock(content: Content) -> None:
    """One of Indonesia's, or abroad."""
    talk = joined(content, ZONE).write("tidak", meaning("deny"))
    assert talk.titles[:3] == ("WIB", "WITA", "WIT")
    talk.press(f"{ZONE}.wit")
    assert kept(talk) == {"zone": "Asia/Jayapura", "zone_confirmed": True}
    assert joined(content, ZONE).press(f"{ZONE}.abroad").state.at == "campaigns.country"


def test_an_old_yes_is_asked_again(content: Content) -> None:
    """It was about another time: nothing is kept until they have read the one of now."""
    talk = joined(content, ZONE).press("menu.main").wait(timedelta(hours=5)).press(f"{ZONE}.yes")
    assert (talk.effects, talk.state.at) == ((), ZONE)
    assert "14:00" in talk.words


def test_nothing_is_kept_of_who_does_not_agree_or_skips(content: Content) -> None:
    """A clock from an old button asks first; "skip" keeps nothing."""
    for choice in ("wib", "yes"):
        talk = Talk.greeted(content).press(f"{ZONE}.{choice}")
        assert (talk.effects, talk.state.at) == ((), "campaigns.news")
    talk = joined(content, ZONE).press(f"{ZONE}.skip")
    assert not any(isinstance(effect, ChangeProfile) for effect in talk.effects)
    assert talk.state.at == "campaigns.done"
    assert joined(content, ZONE).press(f"{ZONE}.utc").state.at == "unclear.old_button"
