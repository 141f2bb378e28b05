"""What tells who somebody is comes out of a message; what it means stays."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.understanding.redaction import GAPS, blacken, pieces_of, redact
from bot.understanding.telling import KNOWN_WITH_DIGIT, UNIT

GAP = re.compile(rf"\[(?:{'|'.join(GAPS)})\]")
ZEROS = "0٠۰०০௦๐០၀０߀"
"""The zero of several scripts; the other nine digits follow it."""
BETWEEN = ("", " ", "-", ".", " - ", "/", "\u200b", ") ", "  ")
WORDS = st.sampled_from(
    ["halo", "hp", "nomorku", "ini", "call", "me", "رقم", "เบอร์", "电话", "নম্বর", ""]
)


@st.composite
def long_numbers(draw: st.DrawFn) -> str:
    """Draw a number of at least three digits, in any script, with what people put between the digits."""
    zero = ord(draw(st.sampled_from(ZEROS)))
    digits = draw(st.lists(st.integers(0, 9), min_size=3, max_size=16))
    between = draw(st.sampled_from(BETWEEN))
    return draw(st.sampled_from(["", "+", "("])) + between.join(chr(zero + d) for d in digits)


def digits_left(text: str) -> list[str]:
    """Return the digits of a redacted text but those that count hours, years or people, and those that double a word."""
    kept = "|".join(sorted(KNOWN_WITH_DIGIT))
    without = re.sub(rf"\b(?:{kept})\b", "", text, flags=re.IGNORECASE)
    without = re.sub(r"[^\W\d_]{2,}2(?!\d)", "", without)
    found = re.finditer(r"(?<!\d)\d{1,2}(?!\d)", without)
    counts = [m.span() for m in found if UNIT.match(without, m.end())]
    return [
        char
        for place, char in enumerate(without)
        if char.isdigit() and not any(start <= place < end for start, end in counts)
    ]


@given(WORDS, long_numbers(), WORDS)
@example("hp", "0812-3456-7890", "")
@example("电话", "13800138000", "ini")
def test_no_long_number_comes_out(before: str, number: str, after: str) -> None:
    """Whatever digits are put in, in whatever script and however spaced, none of them comes out."""
    assert not any(char.isdigit() for char in redact(f"{before} {number} {after}".strip()))
    assert not any(char.isdigit() for char in redact(f"{before}{number}, {after}"))


@given(st.text(max_size=120))
@example("①②③④⑤⑥")
@example("１２３４５")
@example("1️⃣2️⃣3️⃣4️⃣")
@example("½ 10² 3₄")
def test_no_digit_comes_out_of_any_text(text: str) -> None:
    """Only short counts of time, times and people stay, and the 2 that doubles a word."""
    assert digits_left(redact(text)) == []


@given(
    WORDS,
    st.text(
        st.characters(categories=["Ll", "Lu", "Nd"], include_characters="_."),
        min_size=3,
        max_size=20,
    ),
    WORDS,
)
def test_no_handle_comes_out(before: str, handle: str, after: str) -> None:
    """Whatever stands after an @ is gone, as far as the next space."""
    out = redact(f"{before} @{handle} {after}")
    assert f"@{handle}" not in out
    assert "@" not in out


@given(st.text(max_size=200))
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """A redacted text is one line, its pieces make it up again, and none of them is lost."""
    out = redact(text)
    assert "".join(piece.text for piece in pieces_of(out)) == out
    assert [p.number for p in pieces_of(out) if p.number is not None] == list(
        range(sum(p.number is not None for p in pieces_of(out)))
    )


@given(st.text(max_size=120), st.sets(st.integers(0, 40)))
def test_a_blackened_word_does_not_come_out(text: str, numbers: set[int]) -> None:
    """What is blackened is gone, the words beside it stay."""
    out = redact(text)
    kept = [p.text for p in pieces_of(out) if p.number is not None and p.number not in numbers]
    left = blacken(out, numbers)
    assert [p.text for p in pieces_of(left) if p.number is not None] == kept


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("nama saya Rina dari Cirebon", ["Rina", "Cirebon"]),
        ("NAMA SAYA RINA", ["RINA"]),
        ("my name is sari", ["sari"]),
        ("panggil aku Dewi ya", ["Dewi"]),
        ("Pak Hendra Wijaya yang bawa", ["Hendra", "Wijaya"]),
        ("我叫王丽,请帮我", ["王丽"]),
        ("ฉันชื่อ สมชาย", ["สมชาย"]),
        ("اسمي محمد", ["محمد"]),
        ("email saya rina.w@contoh.co.id", ["rina", "contoh"]),
        ("lihat https://t.me/rina?x=1 atau wa.me/rinaw", ["t.me", "rina"]),
        ("ig: rina_manis, fb = Rina Wati", ["rina_manis", "= Rina"]),
        ("cari rina_manis99 aja", ["rina_manis"]),
        ("paspor A1234567 dan B 987 6543", ["A1234567", "6543", "987"]),
        ("lahir 12 Maret 1999, 3/4/98, 1998-04-03", ["Maret", "1999", "98"]),
        ("di Jl. Mawar No. 12 RT 03/RW 05 Kec. Cibinong", ["Mawar", "12", "03", "05", "Cibinong"]),
        ("jalan Melati blok C4", ["Melati", "C4"]),
    ],
)
def test_what_tells_who_somebody_is_goes(text: str, gone: list[str]) -> None:
    """Names that are announced, addresses, accounts, documents and dates of birth leave a placeholder."""
    out = redact(text)
    assert GAP.search(out)
    assert not any(each in out for each in gone)


@pytest.mark.parametrize(
    "text",
    [
        "kerja 20 jam sehari, 8 bulan ga digaji",
        "umur saya 15 tahun",
        "anak2 baik2 aja kok",
        "apa itu bp2mi?",
        "aku dikurung di rumah majikan",
        "mau kerja di Malaysia atau Hong Kong",
        "pulang jalan kaki ke kampung",
        "I'm scared because I'm alone",
        "我被关了3天",
        "আমাকে মারে",
    ],
)
def test_what_a_message_means_stays(text: str) -> None:
    """Hours, ages, countries, doubled words and plain words are left alone."""
    assert redact(text) == text
    assert blacken(text, ()) == text


def test_a_reader_blackens_by_the_word() -> None:
    """Neighbouring words become one bar; in scripts without spaces a reader blackens by the letter with its marks."""
    assert blacken("aku kerja di kos Bu Tini", {3, 4, 5}) == "aku kerja di [private]"
    assert blacken("[name] di Toko Jaya", {1, 2}) == "[name] di [private]"
    first = next(piece for piece in pieces_of("ផ្ទះ"))
    assert (first.number, first.text[0]) == (0, "ផ")
    assert len(pieces_of("我叫[name]")) == 3
