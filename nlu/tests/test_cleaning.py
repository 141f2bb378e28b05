"""What cleaning does to texts that people, phones and attackers send."""

import pytest

from suar_nlu.cleaning import MAX_MESSAGE_CHARS, clean, shorten
from suar_nlu.slang import get_slang, spell_out
from suar_nlu.views import MAX_WINDOWS, WINDOW_CHARS, make_views


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("tolong saya\0dikurung", "tolong saya dikurung"),
        ("tolong \ud800 saya", "tolong saya"),
        ("pas\u200bpor\u202e saya\ufeff", "paspor saya"),
        ("toloooong sayaaaa!!!!", "tolong saya!"),
        ("/restart", "restart"),
        (' \u200b//greet{"a": 1}', 'greet{"a": 1}'),
        ("TOLONG SAYA", "tolong saya"),
        ("ＴＫＩ ke Ｍalaysia", "TKI ke Malaysia"),
        ("a\tb\r\nc", "a b c"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("ช่วยฉันด้วย จำได้ไหม", "ช่วยฉันด้วย จำได้ไหม"),
        ("", ""),
        ("/", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    """Noise goes, meaning stays, and no slash is left in front."""
    assert clean(raw) == cleaned


def test_cleaning_twice_changes_nothing() -> None:
    """Cleaned text is clean."""
    for text in ("TOOOLONG\u200b /saya", "/ / tolong", "gk bs klr!!!!", "x" * 9000, "½ ﬁ ﷺ" * 900):
        assert clean(clean(text)) == clean(text)


def test_megabyte_is_cut() -> None:
    """However much is sent, little is read: the head and the tail."""
    text = clean("awal " + "kata lain " * 100_000 + "tolong saya")
    assert len(text) <= MAX_MESSAGE_CHARS
    assert text.startswith("awal")
    assert text.endswith("tolong saya")


def test_shorten_keeps_short_text() -> None:
    """A text within the limit is left alone."""
    assert shorten("halo", 4) == "halo"


def test_slang_is_spelled_out() -> None:
    """Chat spellings become formal words; formal text has no second view."""
    assert spell_out("sy gk bs klr") == "saya tidak bisa keluar"
    assert spell_out("anak2nya") == "anak-anaknya"
    assert spell_out("saya tidak bisa keluar") is None


def test_slang_is_stable() -> None:
    """No spelling leads to another spelling, so that spelling out twice changes nothing."""
    words = {word for formal in get_slang().values() for word in formal.split()}
    assert not {word for word in words if word in get_slang() and get_slang()[word] != word}


def test_short_message_has_one_view() -> None:
    """A short formal message is read once."""
    views = make_views("saya tidak bisa keluar")
    assert views.whole == ("saya tidak bisa keluar",)
    assert views.windows == ()


@pytest.mark.parametrize(
    "text",
    ["kata lain " * 400, "xyz" * 1300, "Satu. Dua! Tiga? " * 200],
    ids=["words", "letters", "sentences"],
)
def test_windows_cover_a_long_message(text: str) -> None:
    """A long message is read in stretches that are short enough and not too many."""
    views = make_views(clean(text))
    assert 1 <= len(views.windows) <= MAX_WINDOWS
    assert all(len(view) <= WINDOW_CHARS for view in views.windows)
