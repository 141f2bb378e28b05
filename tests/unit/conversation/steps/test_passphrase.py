"""`passphrase`: four words bring a person back to their case."""

from uuid import UUID

import pytest

from bot.content.load import Content
from bot.conversation.effects import ResumeCase
from bot.conversation.state import Return
from bot.conversation.steps.passphrase import words_of
from tests.unit.conversation.talk import Talk, meaning

CASE = UUID(int=7)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("moon rice boat tree", ("moon", "rice", "boat", "tree")),
        ("  Moon, RICE. boat; 'tree' ", ("moon", "rice", "boat", "tree")),
        ("moon rice boat", None),
        ("moon rice boat tree house", None),
        ("moon rice boat 7", None),
        ("moon rice boat ...", None),
        ("", None),
    ],
)
def test_four_words_however_they_are_typed(text: str, words: tuple[str, ...] | None) -> None:
    """Case and punctuation around the words do not matter; four words are four."""
    assert words_of(text) == words


def test_the_right_words_bring_the_case_back(content: Content) -> None:
    """The case goes on here and the bot waits nowhere."""
    talk = Talk.greeted(content).press("passphrase.ask")
    talk.returning = Return(CASE, "K7M2QX")
    talk.write("moon rice boat tree")
    assert talk.effects == (ResumeCase(CASE),)
    assert "K7M2QX" in talk.words
    assert talk.state.at is None


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Return(), "passphrase.ask.unknown"),
        (Return(too_many_tries=True), "passphrase.ask.too_many"),
    ],
)
def test_wrong_words_bring_nothing_back_and_offer_a_person(
    content: Content, result: Return, words: str
) -> None:
    """Whoever lost the words can start anew with a person."""
    talk = Talk.greeted(content).press("passphrase.ask")
    talk.returning = result
    talk.write("moon rice boat ship")
    assert not talk.effects
    assert talk.says(words)
    assert talk.buttons == ("consent.ask", "menu.main")


def test_another_message_there_is_read_as_anywhere(content: Content) -> None:
    """A question instead of the four words is answered."""
    talk = Talk.greeted(content).press("passphrase.ask")
    assert talk.write("what papers do I need", meaning("documents")).state.at == "answer.give"


def test_asking_for_the_words_is_sensitive(content: Content) -> None:
    """The question is marked, so that a channel shows no preview of it."""
    assert Talk.greeted(content).press("passphrase.ask").messages[0].sensitive
