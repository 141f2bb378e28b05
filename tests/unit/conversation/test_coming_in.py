"""Links of campaigns, and the words that end what nobody asked for."""

import pytest
import yaml

from bot.content.load import ROOT, Content
from bot.conversation.effects import StopMessages
from bot.understanding.model import RiskLevel
from tests.unit.conversation.talk import Talk, meaning

WORDS = yaml.safe_load((ROOT / "flows" / "stop_words.yml").read_text(encoding="utf-8"))["words"]


@pytest.mark.parametrize("word", sorted({word for words in WORDS.values() for word in words}))
def test_every_stop_word_stops(content: Content, word: str) -> None:
    """In each language, in capitals or with a full stop, also where the language model understands nothing or is away."""
    for typed in (word, f" {word.upper()}. "):
        talk = Talk.greeted(content).write(typed, meaning(degraded=True))
        assert [type(effect) for effect in talk.effects] == [StopMessages]
        assert talk.state.at == "stop.done"


def test_every_language_has_stop_words(content: Content) -> None:
    """Also one that is only planned: whoever writes it has been written to."""
    assert set(WORDS) == set(content.words.listed)


def test_a_stop_word_among_others_is_no_stop_word(content: Content) -> None:
    """ "Stop" in a sentence is understood with it, and danger comes first."""
    talk = Talk.greeted(content).write("make him stop", meaning("out_of_scope", 0.1))
    assert talk.effects == () or not any(isinstance(e, StopMessages) for e in talk.effects)
    talk = Talk.greeted(content).write("stop", meaning("disclose", risk=RiskLevel.HIGH))
    assert talk.state.at == "risk.support"
    assert not any(isinstance(effect, StopMessages) for effect in talk.effects)
