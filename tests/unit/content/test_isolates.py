"""What is filled into text from right to left keeps its own direction."""

import unicodedata
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.content.catalogue import LocaleInfo, Words
from bot.content.isolates import FSI, PDI, isolated, without_isolates
from bot.conversation.steps.passphrase import words_of

PLAIN = st.text(st.characters(exclude_characters=FSI + PDI, exclude_categories=["Cs"]))
WORDS = Words(
    "en",
    {
        "ar": LocaleInfo(name="A", dir="rtl", state="released", chain=("en",)),
        "en": LocaleInfo(name="E", state="released"),
    },
    {"ar": {"Call {name}, {number}.": "{number} \u2190 {name}"}},
)


def is_balanced(text: str) -> bool:
    """Tell whether each isolate is closed in its own paragraph, where Unicode would close it anyway."""
    for line in text.split("\n"):
        depth = 0
        for char in line:
            depth += (char == FSI) - (char == PDI)
            if depth < 0:
                return False
        if depth:
            return False
    return True


@given(PLAIN)
def test_an_isolate_adds_marks_and_changes_nothing_else(value: str) -> None:
    """What was there is there, in its order, and every isolate that is opened is closed."""
    assert is_balanced(isolated(value))
    assert without_isolates(isolated(value)) == value


@given(PLAIN, PLAIN)
def test_what_is_filled_in_is_shut_off_and_stays_whole(name: str, number: str) -> None:
    """In a language from right to left each value is an island; without the marks it is what it always was."""
    said = WORDS.say("Call {name}, {number}.", "ar", name=name, number=number)
    assert is_balanced(said)
    assert without_isolates(said) == f"{number} \u2190 {name}"
    assert WORDS.say("Call {name}, {number}.", "en", name=name, number=number) == (
        f"Call {name}, {number}."
    )


def direction(paragraph: str) -> str:
    """Return the direction that a paragraph takes by itself: that of its first letter outside of isolates."""
    depth = 0
    for char in paragraph:
        depth += (char == FSI) - (char == PDI)
        kind = unicodedata.bidirectional(char)
        if depth == 0 and kind in {"L", "R", "AL"}:
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


ARABIC = st.text("ابج ،12", min_size=1).filter(lambda text: direction(text) == "rtl")
LATIN = st.text("abc +12", min_size=1)


@given(ARABIC, LATIN, LATIN)
def test_a_line_of_filled_in_words_runs_as_its_first_words_do(
    when: str, name: str, number: str
) -> None:
    """An emergency number's line has no words of its own: it still runs from right to left."""
    words = replace(WORDS, catalogues={"ar": {"x": "{when}: {name} {number}"}})
    said = words.say("x", "ar", when=when, name=name, number=number)
    assert direction(said) == "rtl"
    assert f"{FSI}{name}{PDI}" in said or not name.strip()


@given(PLAIN)
def test_an_isolate_inside_an_isolate_is_closed_too(value: str) -> None:
    """A line that was filled in may be filled in again."""
    assert is_balanced(isolated(isolated(value)))


def test_a_number_with_a_plus_is_an_island() -> None:
    """The plus of +62 would else wander to the other end."""
    assert isolated("+6281290070027") == f"{FSI}+6281290070027{PDI}"
    assert isolated("") == ""
    assert isolated("two\nlines") == "two\nlines"


def test_what_a_person_copies_is_read_as_it_was() -> None:
    """Four words copied from an Arabic message, marks and all, bring a person back to their case."""
    assert words_of(isolated("moon rice boat tree")) == ("moon", "rice", "boat", "tree")
