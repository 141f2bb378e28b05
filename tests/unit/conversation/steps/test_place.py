"""`place`: a city, or a country abroad."""

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import ChangeProfile
from bot.conversation.effects import ForgetWords
from tests.unit.conversation.steps.test_about_me import UNKNOWN, joined
from tests.unit.conversation.talk import Talk, meaning

CITY, COUNTRY = "campaigns.city", "campaigns.country"
KUPANG = {"city": "kupang", "zone": "Asia/Makassar", "zone_confirmed": False}


def kept(talk: Talk) -> dict[str, object]:
    """Return what the last turn keeps."""
    [change] = [effect for effect in talk.effects if isinstance(effect, ChangeProfile)]
    return dict(change.changes)


@pytest.mark.parametrize("typed", ["kupang", "KUPANG!", " ntt ", "Nusa Tenggara Timur"])
def test_a_city_may_be_typed_as_people_write_it(content: Content, typed: str) -> None:
    """By its name, its province or what people call it; the city and its clock are kept, what was typed is not."""
    talk = joined(content, CITY).write(typed, UNKNOWN)
    assert kept(talk) == KUPANG
    assert any(isinstance(effect, ForgetWords) for effect in talk.effects)
    assert talk.state.at == "campaigns.interests"


def test_every_city_can_be_pressed(content: Content) -> None:
    """Page by page each city comes once, and then the first page again."""
    talk, seen = joined(content, CITY), []
    while True:
        shown = [b for b in talk.buttons if b.removeprefix(f"{CITY}.") in content.cities.cities]
        if shown[0] in seen:
            break
        seen += shown
        [more] = [button for button in talk.buttons if ".more-" in button]
        talk.press(more)
    assert seen == [f"{CITY}.{name}" for name in content.cities.cities]
    assert kept(talk.press(f"{CITY}.kupang")) == KUPANG


def test_what_is_not_known_is_said_once_and_not_kept(content: Content) -> None:
    """The second time it is understood as anywhere else; a long text, a wish or a command is so at once."""
    talk = joined(content, CITY).write("Atambua", UNKNOWN)
    assert talk.says(f"{CITY}.unknown")
    assert [type(effect) for effect in talk.effects] == [ForgetWords]
    assert talk.write("Atambua", UNKNOWN).state.at == "unclear.sorry"
    assert joined(content, CITY).write("x " * 30, UNKNOWN).state.at == "unclear.sorry"
    talk = joined(content, CITY).write("a person please", meaning("talk_to_human"))
    assert talk.state.at == "consent.ask"


def test_of_a_country_only_the_clock_is_kept(content: Content) -> None:
    """Pressed or typed, in either language."""
    riyadh = {"city": None, "zone": "Asia/Riyadh", "zone_confirmed": False}
    talk = joined(content, CITY).press(f"{CITY}.abroad")
    assert talk.state.at == COUNTRY
    assert kept(talk.press(f"{COUNTRY}.sa")) == riyadh
    talk = joined(content, COUNTRY).write("saudi arabia", UNKNOWN)
    assert kept(talk) == riyadh


def test_every_country_has_its_clock(content: Content) -> None:
    """The words stand in the flow, the clocks in the file of cities."""
    assert set(content.step(COUNTRY).countries) == set(content.cities.abroad)
    assert set(content.step("campaigns.zone").clocks) == set(content.cities.zones)


def test_nothing_is_kept_of_who_does_not_agree_or_skips(content: Content) -> None:
    """An old button asks first; "skip" keeps nothing."""
    talk = Talk.greeted(content).press(f"{CITY}.kupang")
    assert (talk.effects, talk.state.at) == ((), "campaigns.news")
    talk = joined(content, CITY).press(f"{CITY}.skip")
    assert (talk.effects, talk.state.at) == ((), "campaigns.interests")
    assert joined(content, CITY).press(f"{CITY}.atlantis").state.at == "unclear.old_button"
