"""`emergency`: the fixed numbers."""

import pytest

from bot.content.load import Content
from bot.conversation.state import Owner
from tests.unit.conversation.talk import Talk


@pytest.mark.parametrize("locale", ["en", "id"])
def test_every_number_stands_there_with_what_happens_to_a_call(
    content: Content, locale: str
) -> None:
    """Each number is told with when to use it and what becomes of what one says there."""
    told = Talk.greeted(content, locale).write("/numbers").words
    for number in content.emergency:
        assert number.number in told
        assert content.words.say(number.confidentiality, locale) in told
        assert content.words.say(number.when, locale) in told


def test_a_person_is_offered_beside_the_numbers(content: Content) -> None:
    """Below the numbers are a person, the way to a service, and the menu."""
    buttons = Talk.greeted(content).write("/numbers").buttons
    assert buttons == ("consent.ask", "services.ask", "menu.main")


def test_whoever_waits_for_a_person_is_not_offered_one_again(content: Content) -> None:
    """While waiting there are only the numbers."""
    talk = Talk.greeted(content)
    talk.owner = Owner.QUEUE
    assert talk.press("emergency.show").buttons == ()
