"""A message as it was meant to be typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.cleaning import read_form
from bot.understanding.model import RiskLevel
from bot.understanding.spelling import spell
from tests.support.loaded import the_lexicon


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("အလုပ္ရွင္က သိမ္းထားတယ္", "အလုပ်ရှင်က သိမ်းထားတယ်"),
        ("ျမန္မာ", "မြန်မာ"),
        ("ေနေကာင္းလား", "နေကောင်းလား"),
    ],
)
def test_zawgyi_is_written_as_unicode(typed: str, meant: str) -> None:
    """Burmese from an old phone reads like Burmese from a new one."""
    assert spell(typed) == meant


@pytest.mark.parametrize(
    "text", ["အလုပ်ရှင်က သိမ်းထားတယ်", "ကူညီပါ", "မြန်မာ", "Saya mau tanya", "помогите мне", "βοήθεια"]
)
def test_what_is_typed_as_meant_stays(text: str) -> None:
    """Unicode Burmese, Latin, and whole messages in Cyrillic or Greek are left alone."""
    assert spell(text) == text


def test_letters_that_only_look_latin_are_read_as_latin() -> None:
    """Cyrillic letters inside a Latin message hide no word from the lexicon."""
    assert spell("sаya dikunсi di kamar") == "saya dikunci di kamar"
    assert spell("saya di раѕроr saya") == "saya di paspor saya"
    assert the_lexicon().read(spell("saya dikunсi di kamar")).level is RiskLevel.IMMEDIATE


def test_a_sign_that_stands_for_a_word_says_it() -> None:
    """SOS as an emoji is a call for help; tears and laughter alone say nothing certain."""
    assert spell("🆘").endswith("sos help")
    assert spell("😭😂") == "😭😂"


@given(st.text(max_size=80))
def test_any_text_can_be_spelled(text: str) -> None:
    """Nothing that a phone sends breaks it; plain ASCII is only read, line by line, and no line is empty."""
    spelled = spell(text)
    assert spelled == "" or all(line.strip() for line in spelled.split("\n"))
    if text.isascii():
        assert read_form(spelled) == read_form(text)


@given(st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=40))
def test_any_row_of_burmese_letters_can_be_spelled(text: str) -> None:
    """Broken syllables and letters in no order come through too."""
    spell(text)
