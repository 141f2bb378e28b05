"""Which messages the language models are asked about."""

from pathlib import Path

import pytest

from bot.benchmarks.blind_messages import deal, load_messages
from bot.benchmarks.nlu import AT_ONCE, FULL, QUICK, Size, cut

BLIND = Path(__file__).parents[3] / "nlu" / "blind" / "validation"


def test_messages_come_by_language_and_once(tmp_path: Path) -> None:
    """Both of Rasa's ways of writing examples are read, labels are left out, and no text comes twice."""
    for language, text in (
        ("en", "nlu:\n- intent: greet\n  examples: |\n    - hello\n    - hi\n"),
        (
            "id",
            "nlu:\n- intent: x\n  examples:\n  - text: |\n      hi\n    metadata: {risk: high}\n  - text: hai\n",
        ),
    ):
        (tmp_path / language).mkdir()
        (tmp_path / language / "messages.yml").write_text(text)
    assert load_messages(tmp_path) == {"en": ["hello", "hi"], "id": ["hai"]}


def test_languages_take_turns() -> None:
    """Any stretch of the dealt messages has every language in it as long as it lasts, and the order repeats."""
    messages = {"en": ["e1", "e2", "e3"], "id": ["i1", "i2"], "my": ["m1"]}
    dealt = deal(messages)
    assert sorted(dealt) == ["e1", "e2", "e3", "i1", "i2", "m1"]
    assert [text[0] for text in dealt] == ["e", "i", "m", "e", "i", "e"]
    assert deal(messages) == dealt


def test_no_message_is_asked_in_two_places() -> None:
    """A model that remembers a message would answer too quickly, so each is in one place; a lane more than needed for each round."""
    size = Size(warming=2, alone=3, at_once=4, rounds=2)
    deck = cut([str(number) for number in range(40)], size)
    used = [*deck.warming, *deck.alone, *(text for texts in deck.rounds for text in texts)]
    assert used == [str(number) for number in range(2 + 3 + 2 * (4 + AT_ONCE))]
    with pytest.raises(ValueError, match="too few"):
        cut(["a"] * 5, size)


def test_there_are_enough_blind_messages() -> None:
    """The project's own suffice for a full run and for a quick one, in which every language has its turn."""
    messages = load_messages(BLIND)
    dealt = deal(messages)
    assert len(cut(dealt, FULL).rounds) == FULL.rounds
    language_of = {text: language for language, texts in messages.items() for text in texts}
    assert {language_of[text] for text in cut(dealt, QUICK).warming} == set(messages)
