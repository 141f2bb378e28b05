"""The picture of a `flag` question can be read by everybody whom it is shown."""

from itertools import product

import pytest

from bot.content.load import Content
from bot.content.quizzes import Question
from bot.pictures import colours
from bot.pictures.quiz import WIDTH, drawing_of, render
from tests.support.flags import ARABIC, BURMESE, CHAT, advert_question, chat_question, speaking
from tests.unit.pictures.pixels import contrast, marks, opened, rgb

MAX_BYTES = 150_000
LEFT, RIGHT = 44 + 8, WIDTH - 44 - 8
"""Columns of dots just inside the discs of letters, beside the letters themselves."""


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *product((colours.INK, colours.SOFT_INK), (colours.WHITE, colours.TINT, colours.PAPER)),
        (colours.DEEP, colours.PAPER),
        (colours.DEEP, colours.WHITE),
        (colours.ON_DEEP, colours.DEEP),
        (colours.TINT, colours.DEEP),
    ],
)
def test_every_pair_of_colours_is_read_easily(ink: str, ground: str) -> None:
    """Words have a contrast of at least 7 to 1 on all that they stand on."""
    assert contrast(rgb(ink), rgb(ground)) >= 7


@pytest.mark.parametrize("locale", ["en", "id", "ar", "my"])
@pytest.mark.parametrize("question", [chat_question(), advert_question()])
def test_it_is_small_and_as_wide_as_a_phone_wants(
    question: Question, locale: str, content: Content
) -> None:
    """A chat and an advert are 1080 dots wide, and load fast on a slow line."""
    png = render(question, speaking(content.words), locale)
    assert png is not None
    assert opened(png).width == WIDTH
    assert len(png) < MAX_BYTES


def test_the_contrast_holds_in_the_file(content: Content) -> None:
    """What is written has it too: the few colours of the file have not been mixed."""
    png = render(chat_question(), content.words, "en")
    assert png is not None
    image = opened(png)
    by_count = sorted(image.getcolors(100_000) or [], reverse=True)
    grounds = [colour for _, colour in by_count[:3]]
    darkest = min((colour for _, colour in by_count), key=sum)
    assert all(contrast(darkest, ground) >= 7 for ground in grounds)


def test_the_longest_chat_is_small_too(content: Content) -> None:
    """Eight lines as long as a line may be, in the script that needs most room."""
    lines = [("them", (BURMESE[at % 4] * 3)[:90]) for at in range(8)]
    png = render(chat_question(lines, about=(0, 1, 2, 4, 7)), content.words, "en")
    assert png is not None
    assert len(png) < MAX_BYTES
    assert opened(png).height < 3000


@pytest.mark.parametrize("about", [(0, 2, 3), (1, 2, 3), (0, 1, 2, 3)])
@pytest.mark.parametrize("make", [chat_question, advert_question])
def test_each_choice_has_its_letter_beside_its_line(
    about: tuple[int, ...], make: object, content: Content
) -> None:
    """There are as many discs as choices, from above in the choices' order, and lines without a choice have none."""
    assert callable(make)
    question = make(about=about)
    png = render(question, content.words, "en")
    assert png is not None
    drawing = drawing_of(question, content.words, "en")
    assert drawing is not None
    assert [at for at, letter in enumerate(drawing.letters) if letter] == list(about)
    assert [letter for letter in drawing.letters if letter] == list("ABCDE")[: len(about)]
    column = LEFT if question.picture and question.picture.chat else LEFT + 34
    assert len(marks(opened(png), column)) == len(about)


def test_a_language_from_the_right_is_mirrored(content: Content) -> None:
    """In Arabic the letters stand at the right, in the order of the lines; in English at the left."""
    words = speaking(content.words)
    arabic, english = (render(chat_question(), words, locale) for locale in ("ar", "en"))
    assert arabic is not None
    assert english is not None
    assert (len(marks(opened(arabic), RIGHT)), len(marks(opened(arabic), LEFT))) == (3, 0)
    assert (len(marks(opened(english), RIGHT)), len(marks(opened(english), LEFT))) == (0, 3)


def test_what_nobody_has_checked_stands_with_its_original(content: Content) -> None:
    """A translation that nobody has reviewed is drawn with the English words below it."""
    checked = drawing_of(chat_question(), speaking(content.words), "ar")
    unchecked = drawing_of(chat_question(), speaking(content.words, reviewed=False), "ar")
    assert checked is not None
    assert unchecked is not None
    assert [line.text for line in unchecked.lines] == list(ARABIC)
    assert [line.original for line in unchecked.lines] == [text for _, text in CHAT]
    assert not any(line.original for line in checked.lines)


def test_what_is_not_translated_is_drawn_in_its_own_language(content: Content) -> None:
    """A line that a language lacks is set as English, from the left."""
    drawing = drawing_of(advert_question(), content.words, "ur")
    assert drawing is not None
    assert {line.locale for line in drawing.lines} == {"en"}


def test_a_question_without_a_picture_has_none(content: Content) -> None:
    """Only `flag` questions have one."""
    question = next(iter(content.quizzes["warning_signs"].questions))
    assert render(without_picture(question), content.words, "en") is None


def without_picture(question: Question) -> Question:
    """Return a question without its picture."""
    return question.model_copy(update={"picture": None})


def test_the_same_words_are_the_same_picture(content: Content) -> None:
    """A picture is a function of its words and language, to the last byte."""
    one, other = (render(chat_question(), content.words, "id") for _ in range(2))
    assert one == other
