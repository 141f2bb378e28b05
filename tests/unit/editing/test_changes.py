"""What is different between two texts."""

from hypothesis import given
from hypothesis import strategies as st

from bot.editing.changes import ADDED, REMOVED, SAME, Piece, compare, compare_fields

WORDS = st.text(st.sampled_from("ab \n"), max_size=30)


@given(old=WORDS, new=WORDS)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    """Nothing is lost or made up: without what was added it is the old text, without what was removed the new one."""
    pieces = compare(old, new)
    assert "".join(p.text for p in pieces if p.kind != ADDED) == old
    assert "".join(p.text for p in pieces if p.kind != REMOVED) == new


def test_a_stray_word_does_not_cut_a_change_in_two() -> None:
    """A reader sees what was replaced by what, not a puzzle of little words."""
    assert compare("one is two three", "four is five three") == [
        Piece(REMOVED, "one is two"),
        Piece(ADDED, "four is five"),
        Piece(SAME, " three"),
    ]


def test_only_fields_that_differ_are_told() -> None:
    """Lists are compared by their entries; what is gone is told, too; the order is that of the form."""
    old = {"title": "a", "next": ["x", "y"], "more": "gone", "asked": {"en": ["hi"]}}
    new = {"title": "a", "next": ["x"], "more": None, "asked": {"en": ["hi", "hey"]}}
    assert [change.field for change in compare_fields(old, new)] == ["more", "next", "asked"]
