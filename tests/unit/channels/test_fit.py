"""Cutting a message to what a channel can show."""

import regex  # type: ignore[import-untyped]  # comes with djlint, without types
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.channels.capabilities import Capabilities
from bot.channels.fit import fit, split_text
from bot.messages import Button, Media, Outgoing

CHARACTER = regex.compile(r"\X")
PIECES = [
    "👩‍👩‍👧",
    "👍🏽",
    "🇮🇩",
    "🇲🇾",
    "é",
    "ที่",
    "กำ",
    "မြန်မာ",
    "क्षि",
    "سَلَام",
    "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
    "❤️",
    "e\u0301",
]
letters = st.characters(codec="utf-8", exclude_categories=["C", "Z", "M"])
words = st.lists(st.one_of(letters, st.sampled_from(PIECES)), min_size=1, max_size=12).map("".join)
breaks = st.sampled_from([" ", " ", " ", ". ", "\n", "\n\n", "! ", "", ""])
texts = st.lists(st.tuples(words, breaks), max_size=40).map(
    lambda parts: "".join(w + b for w, b in parts)
)
CAN = Capabilities(max_text_chars=40, max_buttons=3, max_title_chars=10)


def without_blanks(text: str) -> str:
    """Return what of a text can be seen."""
    return "".join(text.split())


@given(texts, st.integers(12, 80))
def test_nothing_is_lost_and_every_part_fits(text: str, limit: int) -> None:
    """All that can be seen arrives in its order, in parts within the limit, none of them empty."""
    parts = list(split_text(text, limit))
    assert all(len(part) <= limit for part in parts)
    assert without_blanks("".join(parts)) == without_blanks(text)
    assert all(part.strip() for part in parts) or not text.strip()


@given(texts, st.integers(12, 80))
def test_no_character_is_cut_through(text: str, limit: int) -> None:
    """What a person sees as one character is in one part: accents, flags, families of emoji."""
    characters = CHARACTER.findall(text)
    assume(all(len(character) <= limit for character in characters))
    parts = list(split_text(text, limit))
    seen = [c for part in parts for c in CHARACTER.findall(part) if without_blanks(c)]
    assert seen == [c for c in characters if without_blanks(c)]


@given(texts, st.integers(16, 80))
def test_a_part_is_as_long_as_its_channel_counts(text: str, limit: int) -> None:
    """Telegram counts units of UTF-16: no part has more of them, nothing is lost, and none is needlessly short."""
    parts = list(split_text(text, limit, utf16=True))
    assert all(len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    assert without_blanks("".join(parts)) == without_blanks(text)
    if len(text.strip().encode("utf-16-le")) // 2 <= limit:
        assert len(parts) == 1


WHOLE = [
    "https://example.org/a/b?c=d",
    "t.me/suar_bot?start=x",
    "+62 812-0000-0001",
    "0800 000 000",
    "help@example.org",
]


@given(
    st.lists(st.tuples(words, st.sampled_from(WHOLE), breaks), min_size=1, max_size=12),
    st.integers(30, 90),
    st.booleans(),
)
def test_no_link_or_number_is_torn(
    pieces: list[tuple[str, str, str]], limit: int, utf16: bool
) -> None:
    """Half a link leads nowhere, and half a number calls somebody else."""
    text = " ".join(f"{word} {whole}{gap}" for word, whole, gap in pieces)
    parts = list(split_text(text, limit, utf16=utf16))
    found = [whole for _, whole, _ in pieces]
    for whole in set(found):
        assert sum(part.count(whole) for part in parts) == text.count(whole)


def test_a_link_straight_after_words_without_blanks_stays_whole() -> None:
    """Burmese and Thai are written without blanks between words: the cut falls before the link."""
    text = "\u1019\u103c\u1014\u103a\u1019\u102c" * 4 + "https://example.org/abcdef"
    assert "https://example.org/abcdef" in list(split_text(text, 30))


def test_the_cut_falls_where_a_reader_would_pause() -> None:
    """Paragraphs first, then lines, then sentences, then words."""
    assert list(split_text("One two.\n\nThree four.", 12)) == ["One two.", "Three four."]
    assert list(split_text("One two\nthree four", 12)) == ["One two", "three four"]
    assert list(split_text("Hello there. How are you", 20)) == ["Hello there.", "How are you"]
    assert list(split_text("once upon a time", 10)) == ["once upon", "a time"]


def test_a_pause_too_near_the_beginning_is_passed_over() -> None:
    """A cut that would leave almost nothing in its part is made later."""
    assert next(split_text("A.\n\nbcdefghijk lmnop qrst", 20)) == "A.\n\nbcdefghijk"


def test_a_word_longer_than_the_limit_is_cut() -> None:
    """Where there is no pause, the cut falls at the limit."""
    assert list(split_text("a" * 25, 10)) == ["a" * 10, "a" * 10, "a" * 5]


def test_marks_without_end_are_cut_all_the_same() -> None:
    """One letter under more marks than a message holds is no character to be spared."""
    text = "e" + "\u0301" * 50
    parts = list(split_text(text, 12))
    assert "".join(parts) == text
    assert all(len(part) <= 12 for part in parts)


def test_blanks_alone_make_no_messages() -> None:
    """A long stretch of blanks before a word sends no empty message."""
    assert list(split_text(" " * 100 + "word", 10)) == ["word"]
    assert list(split_text("", 10)) == [""]
    assert list(split_text(" " * 100, 10)) == [""]


def test_a_windows_line_end_stays_whole() -> None:
    """The two signs of one line end are not parted."""
    assert list(split_text("aaaaaaaaa\r\nbb", 10)) == ["aaaaaaaaa", "bb"]


def test_a_short_message_is_left_as_it_is() -> None:
    """What fits is not touched."""
    message = Outgoing("Hello", (Button("a.b", "Yes"),), sensitive=True)
    assert fit([message], CAN) == [message]


def test_the_buttons_stand_under_the_last_part() -> None:
    """A long message is read to its end before one chooses."""
    message = Outgoing("word " * 20, (Button("a.b", "Yes"),), sensitive=True)
    *before, last = fit([message], CAN)
    assert before
    assert not any(part.buttons for part in before)
    assert last.buttons == message.buttons
    assert all(part.sensitive for part in (*before, last))


@given(st.integers(0, 20))
def test_every_button_is_shown(count: int) -> None:
    """Buttons beyond the channel's limit go under further messages, in order, none twice."""
    buttons = tuple(Button(f"a.{n}", str(n)) for n in range(count))
    shown = fit([Outgoing("Choose", buttons)], CAN)
    assert [button for message in shown for button in message.buttons] == list(buttons)
    assert all(len(message.buttons) <= CAN.max_buttons for message in shown)
    assert all(message.text for message in shown)


@given(st.text(min_size=1, max_size=40))
def test_a_long_title_is_shortened_and_still_does_the_same(title: str) -> None:
    """The id stays, the title fits and shows that it goes on."""
    [message] = fit([Outgoing("x", (Button("a.b", title),))], CAN)
    [button] = message.buttons
    assert button.id == "a.b"
    assert len(button.title) <= CAN.max_title_chars
    assert button.title == title or button.title.endswith("…")


def test_pictures_go_only_where_they_can_be_seen() -> None:
    """A channel without pictures gets the words alone; one with them gets them once, at the end."""
    message = Outgoing("word " * 20, media=(Media("image", "map.png", "A map"),))
    assert not any(part.media for part in fit([message], CAN))
    seeing = Capabilities(40, 3, 10, shows_media=True)
    assert [bool(part.media) for part in fit([message], seeing)][-2:] == [False, True]


@given(st.text("ab \U0001f642", min_size=1, max_size=300))
def test_words_under_a_picture_fit_there(text: str) -> None:
    """Words too long to stand under a picture begin before it; what stands under it fits, and nothing is lost."""
    can = Capabilities(4_000, 12, 60, shows_media=True, max_caption_chars=20)
    parts = fit([Outgoing(text, (Button("a", "A"),), (Media("quiz", "quiz:a/b"),))], can)
    assert all(len(part.text.encode("utf-16-le")) // 2 <= 40 for part in parts if part.media)
    assert [bool(part.media) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert "".join("".join(part.text for part in parts).split()) == "".join(text.split())
