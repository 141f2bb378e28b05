"""`shared_phone`: somebody makes room for another, sets words, and comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.load import Content
from bot.conversation.effects import BeginAnew, ComeBack, SetReturnWords
from bot.conversation.phone import words_of
from bot.conversation.state import Owner
from bot.prover.talk import PHONES, Talk


def at_step(content: Content, phone: str = "theirs") -> Talk:
    """Return somebody who wants to make room."""
    talk = Talk.greeted(content)
    talk.phone = PHONES[phone]
    return talk.press("phone.ask").press("phone.ask.new")


def test_words_of_their_own_are_set_and_not_repeated(content: Content) -> None:
    """They are compared without capitals and stops."""
    talk = at_step(content).write("Rain on, the FIELD!")
    assert SetReturnWords(("rain", "on", "the", "field")) in talk.effects
    assert talk.says("phone.ask.noted")
    assert "field" not in talk.words.casefold()


@pytest.mark.parametrize("choice", ["none", "ready"])
def test_somebody_new_begins_with_nothing(content: Content, choice: str) -> None:
    """Their state holds nothing of who was here, and the turn says only their first words."""
    talk = at_step(content, "theirs, with words")
    talk.state = talk.state.remembering("watched", word="mango42")
    talk.press(f"phone.ask.{choice}")
    assert talk.effects == (BeginAnew(),)
    assert talk.says("welcome.hello.text")
    assert "watched" not in talk.state.memory


@pytest.mark.parametrize("found", ["found", "found waiting", "found talking"])
def test_who_comes_back_goes_on_where_they_were(content: Content, found: str) -> None:
    """Also words that sound like danger bring them back: they were set before."""
    talk = Talk.greeted(content)
    talk.press("phone.ask").press("phone.ask.back")
    talk.phone = PHONES[found]
    talk.write("rain on the field")
    assert any(isinstance(each, ComeBack) for each in talk.effects)
    comer = PHONES[found].found
    assert comer is not None
    assert (talk.owner, talk.state.locale) == (comer.owner, "id")
    assert talk.state.at != "phone.ask"


def test_a_talk_hears_nothing_of_the_bot(content: Content) -> None:
    """`/switch` makes room at once; what cannot be is told to the counsellor."""
    talk = Talk.greeted(content)
    talk.owner = Owner.STAFF
    talk.phone = PHONES["on its way"]
    assert talk.write("/switch").messages == ()
    talk.phone = PHONES["theirs"]
    assert talk.write("/switch").effects == (BeginAnew(),)


@given(st.text(max_size=80))
def test_words_are_the_same_when_they_are_written_again(text: str) -> None:
    """Whatever is taken for words gives the same words once more."""
    words = words_of(text)
    assert words is None or words_of(" ".join(words)) == words
