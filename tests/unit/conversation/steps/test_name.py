"""`name`: any name, or none."""

import pytest

from bot.content.load import Content
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning


@pytest.mark.parametrize("name", ["Ray", "Mbak  Sri", "أحمد", "Thazin", "Ibu dua anak"])
def test_a_name_is_kept_as_written(content: Content, name: str) -> None:
    """In any script, up to three words; spaces are tidied."""
    talk = Talk.greeted(content).press("wishes.name").write(name)
    assert talk.state.memory["wishes"]["name"] == " ".join(name.split())
    assert talk.state.at == "wishes.counsellor"


def test_no_name_is_fine(content: Content) -> None:
    """A name that was given before can be taken back."""
    talk = Talk.greeted(content).press("wishes.name").write("Ray")
    talk.press("wishes.name.none")
    assert talk.state.memory["wishes"]["name"] is None
    assert talk.state.at == "wishes.counsellor"


@pytest.mark.parametrize(
    "text", ["berapa nomor polisi?", "I would rather ask you something else", "12345", "a" * 31]
)
def test_what_is_no_name_is_understood_as_anywhere(content: Content, text: str) -> None:
    """A question in answer to "how shall I call you" is a question."""
    talk = Talk.greeted(content).press("wishes.name").write(text)
    assert "name" not in talk.state.memory.get("wishes", {})


def test_danger_in_place_of_a_name_is_danger(content: Content) -> None:
    """Two words can tell of danger."""
    talk = Talk.greeted(content).press("wishes.name")
    talk.write("tolong aku", meaning("disclose", risk=RiskLevel.HIGH))
    assert talk.state.at == "risk.support"
