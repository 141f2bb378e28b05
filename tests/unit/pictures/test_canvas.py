"""Words in pictures are shaped as their script wants it, run from their own side, and stay inside."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.characters import is_inside_character
from bot.content.load import Content
from bot.errors import NotDrawn
from bot.pictures import canvas, fonts
from bot.pictures.breaks import ZERO_WIDTH_SPACE, Break, break_at
from bot.pictures.canvas import Style, draw, fit, lay_out
from bot.pictures.fonts import drawable, get_font, runs_of

STYLE = Style(40)
SAMPLES = {
    "en": "Check the company and its licence, and take your time.",
    "vi": "Trước khi bạn kể thêm: những gì bạn viết được giữ riêng tư.",
    "ar": "قبل أن تحكي لي المزيد: رسائلك تبقى خاصة، ضمن حدود.",
    "fa": "پیش از این‌که بیشتر به من بگویید: آن‌چه می‌نویسید خصوصی می‌ماند.",
    "ur": "مجھے مزید بتانے سے پہلے: آپ جو لکھیں وہ نجی رہتا ہے۔",
    "my": "ဆက်မပြောခင် သင်ရေးတာတွေကို လျှို့ဝှက်ထားပေမဲ့ ကန့်သတ်ချက်တွေ ရှိပါတယ်။",
    "th": "ก่อนเล่าต่อสิ่งที่คุณเขียนเป็นความลับแต่มีขอบเขตถ้าชีวิตใครอยู่ในอันตราย",
    "km": "មុនពេលអ្នកប្រាប់ខ្ញុំបន្ថែមអ្វីដែលអ្នកសរសេរត្រូវបានរក្សាជាការសម្ងាត់",
    "ta": "மேலும் சொல்லும் முன் நீங்கள் எழுதுவது ரகசியமாக இருக்கும்.",
    "bn": "আরও বলার আগে জেনে নিন আপনি যা লেখেন তা গোপন থাকে।",
    "am": "ተጨማሪ ከመንገርዎ በፊት፦ የሚጽፉት በሚስጥር ይያዛል።",
    "zh": "在你多说之前：你写的内容会保密，但有限度。如果有人有生命危险。",
}


def drawn(text: str, locale: str, width: int = 700) -> Image.Image:
    """Return black words on white, cut to what is inked."""
    block = lay_out(text, locale, Style(40, "#000000"), width)
    sheet = Image.new("RGB", (width + 200, block.height + 200), "#ffffff")
    draw(sheet, block, (100, 100), width=width)
    return sheet.convert("L").point(lambda dot: 255 - dot)


def ink(text: str, locale: str) -> tuple[int, int, int, int]:
    """Return the box that is inked."""
    box = drawn(text, locale).getbbox()
    assert box is not None
    return box


def test_this_machine_can_shape() -> None:
    """libraqm and FriBidi are there; `suar doctor` says it where they are not."""
    assert fonts.can_shape()


def test_arabic_letters_are_joined() -> None:
    """A word is narrower than its letters apart, for each takes the form that joins its neighbours."""
    font = get_font("noto-sans-arabic", 40, bold=False)
    word = "مستشفى"
    apart = sum(font.getlength(letter, direction="rtl") for letter in word)
    assert font.getlength(word, direction="rtl") < 0.8 * apart


def test_burmese_vowels_stand_around_their_consonant() -> None:
    """A medial that wraps its consonant adds far less width than it has by itself."""
    font = get_font("noto-sans-myanmar", 40, bold=False)
    together, alone = font.getlength("ကြ"), font.getlength("က") + font.getlength("\u103c")
    assert together < 0.8 * alone


def test_words_of_arabic_run_from_the_right() -> None:
    """The first letter of a sentence stands at the right end of its line."""
    sheet = drawn("ا ـــــــــــــــ", "ar")
    box = sheet.getbbox()
    assert box is not None
    # Alef is the one tall letter here: whatever reaches the top is right of the middle.
    top = sheet.crop((0, box[1], sheet.width, box[1] + 8)).getbbox()
    assert top is not None
    assert top[0] > (box[0] + box[2]) / 2


def test_lines_of_arabic_begin_at_the_right_side() -> None:
    """A short line stands at the right of its place, an English one at the left."""
    assert ink("نعم", "ar")[2] > 780
    assert ink("Yes", "en")[0] < 120


def test_english_in_an_arabic_place_runs_from_the_left() -> None:
    """Words without a translation are set as what they are."""
    assert ink("Yes", "ar")[0] < 120


def test_words_in_a_third_script_keep_their_order() -> None:
    """In a line from the right, neighbours that run from the left stay in their order."""
    block = lay_out("مرحبا 微信 မြန်မာ بكم", "ar", STYLE, 900)
    assert [run.text.strip() for run in block.lines[0].runs] == ["بكم", "微信", "မြန်မာ", "مرحبا"]


@pytest.mark.parametrize("locale", SAMPLES)
@pytest.mark.parametrize("width", [220, 480])
def test_every_line_stays_inside(locale: str, width: int) -> None:
    """No line is longer than its place, and no ink stands outside of it, above it or below it."""
    block = lay_out(SAMPLES[locale], locale, Style(40, "#000000"), width)
    assert all(line.width <= width for line in block.lines)
    assert len(block.lines) > 1
    left, top, right, bottom = ink_of(block, width)
    # Nastaliq's strokes swing a little beyond the width of their word.
    assert left >= 100 - 14
    assert right <= 100 + width + 14
    assert top >= 100
    assert bottom <= 100 + block.height


def ink_of(block: canvas.Block, width: int) -> tuple[int, int, int, int]:
    """Return the box that a block inks when its place begins at 100, 100."""
    sheet = Image.new("L", (width + 200, block.height + 200), 255)
    rgb = sheet.convert("RGB")
    draw(rgb, block, (100, 100), width=width)
    box = rgb.convert("L").point(lambda dot: 255 - dot).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("locale", SAMPLES)
def test_lines_do_not_touch_each_other(locale: str) -> None:
    """Between two lines there is air, however tall the letters of a script are."""
    text = SAMPLES[locale]
    one, two = (
        lay_out(text, locale, STYLE, 10_000),
        lay_out(f"{text}\n{text}", locale, STYLE, 10_000),
    )
    assert len(one.lines) == 1
    _, top, _, bottom = ink_of(one, one.width)
    assert bottom - top < two.line_height


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.integers(60, 700), st.data())
def test_lines_hold_all_words_and_cut_no_character(
    locale: str, width: int, data: st.DataObject
) -> None:
    """Whatever the width, the lines together are the words, and none begins inside a character."""
    start = data.draw(st.integers(0, len(SAMPLES[locale]) - 8))
    text = SAMPLES[locale][start:].strip()
    block = lay_out(text, locale, STYLE, width)
    lines = canvas._wrap(text, locale, STYLE, width)
    assert len(lines) == len(block.lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    at = 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        assert not is_inside_character(text, at)


@pytest.mark.parametrize(
    ("text", "at", "quality"),
    [
        ("two words", 4, Break.WORD),
        ("two words", 3, Break.NONE),
        ("two words", 6, Break.HARD),
        ("你好，世界", 1, Break.WORD),
        ("你好，世界", 2, Break.NONE),
        ("e-mail", 2, Break.WORD),
        ("ความรุนแรงเพศ", 7, Break.SYLLABLE),
        ("นั้น", 3, Break.HARD),
        ("เรื่อง", 1, Break.NONE),
        ("ကျန်းမာ", 5, Break.SYLLABLE),
        ("ကျန်းမာ", 2, Break.NONE),
        ("សម្ងាត់", 1, Break.SYLLABLE),
        ("សម្ងាត់", 3, Break.NONE),
        (f"ការ{ZERO_WIDTH_SPACE}ងារ", 4, Break.WORD),
    ],
)
def test_where_a_line_may_end(text: str, at: int, quality: Break) -> None:
    """Between words, between Chinese signs, where a syllable certainly starts; never where a sign belongs to the one before."""
    assert break_at(text, at) is quality


def test_a_word_without_end_is_cut() -> None:
    """A link that is longer than the line goes on in the next one."""
    block = lay_out("https://" + "a" * 100, "en", STYLE, 400)
    assert all(line.width <= 400 for line in block.lines)


def test_words_that_are_too_many_become_smaller() -> None:
    """The largest size is taken in which they fit; where none does, the smallest."""
    styles = (Style(60), Style(40), Style(20))
    assert fit("short", "en", styles, (400, 100)).style.size == 60
    assert fit("some words " * 4, "en", styles, (400, 180)).style.size == 40
    assert fit("some words " * 90, "en", styles, (400, 100)).style.size == 20


def test_emoji_are_left_out() -> None:
    """No font of ours has them: they are left out, where letters without a form are not."""
    assert drawable("Hi 👋🏽 there ❤️!") == "Hi  there !"
    with pytest.raises(NotDrawn) as refused:
        drawable("ᚠᚢᚦ")
    assert refused.value.why == "no_glyph"


def test_every_letter_of_every_language_can_be_drawn(content: Content) -> None:
    """There is a form for every letter of every catalogue."""
    for locale in content.words.locales:
        letters = sorted({*"".join(content.words.catalogues[locale].values())})
        kept = drawable("".join(letters))
        assert all(letter in kept for letter in letters if letter.isalpha()), locale


def test_a_language_is_set_in_one_font() -> None:
    """A sentence with a Latin name and a number in it is shaped as one, so that its order is the script's own."""
    assert [family for family, _ in runs_of("شركة Example 12", "ar")] == ["noto-sans-arabic"]
    assert [family for family, _ in runs_of("Example 12", "ar")] == ["noto-sans"]


@pytest.fixture
def no_shaping(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine without FriBidi."""
    monkeypatch.setattr(fonts, "can_shape", lambda: False)
    monkeypatch.setattr(canvas, "can_shape", lambda: False)
    get_font.cache_clear()
    yield
    get_font.cache_clear()


@pytest.mark.usefixtures("no_shaping")
def test_without_shaping_nothing_unreadable_is_drawn() -> None:
    """Where letters cannot be shaped, scripts that need it are refused, and Latin and Chinese are drawn all the same."""
    for locale in ("ar", "my", "th", "km"):
        with pytest.raises(NotDrawn) as refused:
            lay_out(SAMPLES[locale], locale, STYLE, 400)
        assert refused.value.why == "no_shaping"
    for locale in ("en", "zh", "am"):
        assert lay_out(SAMPLES[locale], locale, STYLE, 400).width <= 400
