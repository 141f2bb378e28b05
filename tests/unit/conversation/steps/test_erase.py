"""`erase`: being forgotten, without papers or reasons."""

import pytest

from bot.content.load import Content
from bot.conversation.effects import EraseContact
from tests.unit.conversation.talk import Talk, meaning


def test_what_goes_is_said_before_it_goes(content: Content) -> None:
    """The question says that it cannot be undone; nothing has gone yet."""
    talk = Talk.greeted(content).write("/erase")
    assert talk.says("erase.ask.text")
    assert not talk.effects


@pytest.mark.parametrize("answer", ["press", "word"])
def test_a_yes_erases(content: Content, answer: str) -> None:
    """One press, or a plain yes, and the person is forgotten."""
    talk = Talk.greeted(content).write("/erase")
    talk = (
        talk.press("erase.ask.yes") if answer == "press" else talk.write("yes", meaning("affirm"))
    )
    assert talk.effects == (EraseContact(),)
    assert talk.says("erase.ask.done")


@pytest.mark.parametrize("answer", ["press", "word"])
def test_a_no_keeps(content: Content, answer: str) -> None:
    """No erases nothing and goes back to the menu."""
    talk = Talk.greeted(content).write("/erase")
    talk = talk.press("erase.ask.no") if answer == "press" else talk.write("no", meaning("deny"))
    assert not talk.effects
    assert talk.state.at == "menu.main"


def test_a_made_up_choice_erases_nothing(content: Content) -> None:
    """Only yes is yes."""
    assert not Talk.greeted(content).write("/erase").press("erase.ask.perhaps").effects
