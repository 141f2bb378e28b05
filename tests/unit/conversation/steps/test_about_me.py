"""`about_me`: one thing about the person, so that campaigns fit them."""

import pytest

from bot.content.load import Content
from bot.conversation.campaign_effects import ChangeProfile
from tests.unit.conversation.talk import Talk, meaning

AGE, INTERESTS = "campaigns.age", "campaigns.interests"
UNKNOWN = meaning("out_of_scope", 0.1)


def joined(content: Content, at: str) -> Talk:
    """Return somebody who has agreed, at a question."""
    talk = Talk.greeted(content).press("campaigns.news").press("campaigns.news.yes")
    return talk.press(at)


def kept(talk: Talk) -> dict[str, object]:
    """Return what the last turn keeps."""
    [effect] = talk.effects
    assert isinstance(effect, ChangeProfile)
    return dict(effect.changes)


@pytest.mark.parametrize("way", ["press", "title", "number"])
def test_one_option_is_kept_and_leads_on(content: Content, way: str) -> None:
    """Pressed, typed or by its number."""
    talk = joined(content, AGE)
    if way == "press":
        talk.press(f"{AGE}.a18_24")
    else:
        talk.write("18 to 24" if way == "title" else "2", UNKNOWN)
    assert (kept(talk), talk.state.at) == ({"age_band": "a18_24"}, "campaigns.city")


def test_who_is_under_18_is_asked_for_no_city(content: Content) -> None:
    """After that band comes the next question but one."""
    talk = joined(content, AGE).press(f"{AGE}.u18")
    assert (kept(talk), talk.state.at) == ({"age_band": "u18"}, INTERESTS)


def test_several_are_chosen_and_taken_back(content: Content) -> None:
    """Each press chooses one or takes it back, which shows; only "done" keeps them."""
    talk = joined(content, INTERESTS)
    assert f"{INTERESTS}.done" not in talk.buttons
    for choice in ("series", "events", "series"):
        talk.press(f"{INTERESTS}.{choice}")
        assert (talk.effects, talk.state.at) == ((), INTERESTS)
    assert [title for title in talk.titles if title.startswith("\u2713")] == [
        "\u2713 Events near me"
    ]
    talk.write("Quizzes", UNKNOWN).press(f"{INTERESTS}.done")
    assert (kept(talk), talk.state.at) == ({"interests": ["quizzes", "events"]}, "campaigns.zone")


@pytest.mark.parametrize("at", [AGE, INTERESTS])
def test_every_question_may_be_skipped(content: Content, at: str) -> None:
    """Nothing is kept then, and the next question comes."""
    talk = joined(content, at).press(f"{at}.skip")
    assert talk.effects == ()
    assert talk.state.at in {"campaigns.city", "campaigns.zone"}


@pytest.mark.parametrize("button", [f"{AGE}.u18", f"{INTERESTS}.events", f"{INTERESTS}.done"])
def test_nothing_is_kept_of_who_does_not_agree(content: Content, button: str) -> None:
    """A button from before they ended it asks whether they like to hear of campaigns."""
    talk = Talk.greeted(content).press(button)
    assert (talk.effects, talk.state.at) == ((), "campaigns.news")


def test_another_wish_is_not_taken_for_an_answer(content: Content) -> None:
    """Whoever asks for a person at the question gets to one."""
    talk = joined(content, AGE).write("…", meaning("talk_to_human"))
    assert talk.state.at == "consent.ask"
    assert joined(content, AGE).press(f"{AGE}.done").state.at == "unclear.old_button"
