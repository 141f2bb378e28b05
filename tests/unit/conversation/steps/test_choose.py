"""`choose`: wishes for the counsellor, shown again before they are passed on."""

from bot.content.load import Content
from bot.conversation.effects import OpenCase
from tests.unit.conversation.talk import Talk


def test_a_wish_is_kept_and_leads_on(content: Content) -> None:
    """Who wishes for a woman is asked for the language next, and then for consent."""
    talk = Talk.greeted(content).press("wishes.counsellor.woman")
    assert talk.state.at == "wishes.language"
    talk.press("wishes.language.id")
    assert talk.state.at == "consent.ask"


def test_wishes_are_shown_before_they_are_passed_on(content: Content) -> None:
    """The question for consent names each wish; the case carries them only after the yes."""
    talk = Talk.greeted(content)
    talk.press("wishes.name").write("Kak Ray").press("wishes.counsellor.woman")
    talk.press("wishes.language.id")
    for wish in ("Kak Ray", "A woman", "Bahasa Indonesia"):
        assert wish in talk.messages[-1].text
    assert not talk.effects
    talk.press("consent.ask.talk")
    (case,) = [effect for effect in talk.effects if isinstance(effect, OpenCase)]
    assert case.wishes == {"name": "Kak Ray", "counsellor": "woman", "language": "id"}


def test_what_does_not_matter_is_not_passed_on(content: Content) -> None:
    """ "It does not matter" is no wish, and nothing is said of it."""
    talk = Talk.greeted(content).press("wishes.counsellor.any").press("wishes.language.en")
    talk.press("consent.ask.talk")
    (case,) = [effect for effect in talk.effects if isinstance(effect, OpenCase)]
    assert case.wishes == {"language": "en"}


def test_a_made_up_wish_is_an_old_button(content: Content) -> None:
    """A choice that does not exist is explained."""
    assert Talk.greeted(content).press("wishes.counsellor.x").state.at == "unclear.old_button"
    assert Talk.greeted(content).press("wishes.language.x").state.at == "unclear.old_button"
