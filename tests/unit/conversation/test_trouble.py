"""What is said when a part of Suar is broken."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from bot.conversation.state import State
from bot.conversation.trouble import offline, trouble


@pytest.mark.parametrize("locale", ["en", "id"])
def test_a_failed_turn_is_apologised_for_and_leaves_the_state_alone(
    content: Content, locale: str
) -> None:
    """The person reads honest words and finds the numbers and a person below them."""
    state = State(locale, at="quiz.play")
    result = trouble(state, content)
    [message] = result.outgoing
    assert message.text == content.words.say(
        getattr(content.step("trouble.broken"), "text", ""), locale
    )
    assert {"trouble.broken.numbers", "trouble.broken.human"} <= {
        button.id for button in message.buttons
    }
    assert (result.state, result.effects) == (state, ())


def test_without_the_database_the_numbers_are_still_told(content: Content) -> None:
    """The numbers for any danger come from the fixed fallback, which needs nothing but the files."""
    told = offline(content, "en").text
    urgent = [number for number in content.emergency if "any" in number.kinds]
    assert urgent
    assert all(number.number in told for number in urgent)


def test_without_a_number_for_any_danger_all_are_told(content: Content) -> None:
    """The list of numbers told is never empty."""
    special = tuple(number for number in content.emergency if "any" not in number.kinds)
    told = offline(replace(content, emergency=special), "en").text
    assert all(number.number in told for number in special)


def test_the_words_without_the_database_are_whole(content: Content) -> None:
    """No placeholder is left open."""
    told = offline(content, "id").text
    assert "{" not in told
