"""The shape of a message: near-same words have one, and what many say by chance has none."""

import pytest

from bot.understanding.shape import shape_of

CALL = "We are locked in a house near the harbour and they took our passports"


def test_small_changes_leave_the_shape() -> None:
    """Capitals, digits, signs, a greeting or a name beside the sentence make no difference."""
    shapes = {
        shape_of(text)
        for text in (
            CALL,
            f"{CALL.upper()}!!!",
            f"Halo. {CALL}, 24.",
            f"My name is Sari. {CALL} 🙏",
        )
    }
    assert len(shapes) == 1
    assert None not in shapes


@pytest.mark.parametrize(
    "text", ["halo", "terima kasih ya", "ok 👍", "1234567890123456789012345", "", "?!"]
)
def test_what_is_short_has_no_shape(text: str) -> None:
    """Greetings and numbers are sent by many who have nothing to do with each other."""
    assert shape_of(text) is None


def test_a_link_is_the_same_whatever_stands_around_it() -> None:
    """What follows its question mark, and the words beside it, make no difference; another link does."""
    one = shape_of("Kerja di luar negeri! https://spam.example/jobs?id=7")
    assert one is not None
    assert one.kind == "link"
    assert one == shape_of("look at www.spam.example/jobs, it is good")
    assert one != shape_of("https://other.example/jobs")


def test_where_danger_is_told_the_words_count_and_not_the_link() -> None:
    """A call for help with a link is not taken for one more link."""
    told = shape_of(f"{CALL} https://spam.example/jobs", danger=True)
    assert told is not None
    assert told.kind == "text"
    assert told == shape_of(CALL)


def test_the_words_do_not_show_in_a_trace() -> None:
    """A shape that is logged by mistake says nothing."""
    assert "harbour" not in repr(shape_of(CALL))
