"""How hard a text is to read: what is counted, and that the measure is fair to both languages."""

from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import readability
from bot.content.check import wonder_at_answers
from bot.content.load import Content
from bot.content.readability import HARD, LONG, read_answers, read_text

OFFICIAL = (
    "Notwithstanding contractual stipulations, repatriation responsibilities encompassing accommodation, subsistence and "
    "transportation expenditure devolve exclusively upon participating recruitment organisations."
)
"""As no answer should be written."""


def test_the_figure_is_that_of_its_formula() -> None:
    """Ten words in two sentences, two of them long: 10 / 2 + 100 × 2 / 10."""
    found = read_text("You keep your passport. Nobody else may hold your documents.", "en")
    assert (found.words, found.sentences, found.long_words, found.longest) == (10, 2, 2, 6)
    assert found.figure == pytest.approx(25)
    assert found.words_per_sentence == 5


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Call 110. They answer day and night.", 2),
        ("Law No. 18 of 2017 says so.", 1),
        ("Ask for e.g. a receipt.", 1),
        ("What you need:\n• a passport\n• a visa", 3),
        ("Look at https://www.kemlu.go.id/a.b. It is free.", 2),
        ("Really?! Yes … and no.", 3),
    ],
)
def test_a_sentence_ends_where_a_reader_stops(text: str, sentences: int) -> None:
    """At a point, a colon and a line; not inside an address or a law's number."""
    assert read_text(text.replace("https", "see https"), "en").sentences == sentences


def test_numbers_and_addresses_are_no_long_words() -> None:
    """A line to call is not harder for having many digits."""
    found = read_text(
        "Pay 1.500.000 at peduliwni.kemlu.go.id, or write to tolong@example.org.", "en"
    )
    assert (found.words, found.sentences, found.long_words) == (7, 1, 0)


def test_plain_words_of_indonesian_are_not_long() -> None:
    """What has an English word of six letters has an Indonesian one of seven."""
    assert read_text("dokumen", "id").long_words == 0
    assert read_text("dokumen", "en").long_words == 1


def test_both_languages_are_measured_alike(content: Content) -> None:
    """The same answers come to about the same figure; with any other limit for Indonesian they would not."""

    def apart(limit: int) -> float:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(readability.LONG, "id", limit)
            found = read_answers(content)
        medians = (median(each.readings[code].figure for each in found) for code in ("en", "id"))
        english, indonesian = medians
        return abs(english - indonesian)

    assert min(range(4, 11), key=apart) == LONG["id"]
    assert apart(LONG["id"]) < 4


@given(st.text(), st.sampled_from(sorted(LONG)))
def test_any_text_can_be_counted(text: str, locale: str) -> None:
    """Whatever an editor types, there is a figure, and no part is larger than the whole."""
    found = read_text(text, locale)
    assert 0 <= found.long_words <= found.words
    assert found.sentences <= found.words
    assert found.longest <= found.words
    assert found.figure >= 0


@given(st.lists(st.sampled_from(["We help you.", "It is free.", "Who asks for money?"])))
def test_the_order_of_sentences_changes_nothing(sentences: list[str]) -> None:
    """The figure is one of the whole."""
    assert read_text(" ".join(sentences), "en") == read_text("\n".join(reversed(sentences)), "en")


def test_a_hard_answer_is_warned_of(content: Content) -> None:
    """The check names answer, language and figure, and does not fail."""
    assert [*wonder_at_answers(content)] == []
    name = "what_is_trafficking"
    edited = content.answers[name].model_copy(update={"text": OFFICIAL, "more": None})
    hard = replace(content, answers={**content.answers, name: edited})
    [found] = wonder_at_answers(hard)
    assert found.where == name
    assert found.warning
    assert found.problem.startswith("hard to read in en: ")
    assert read_text(OFFICIAL, "en").figure >= HARD
    assert read_answers(hard)[0].answer == name


def test_what_is_not_translated_has_no_figure(content: Content) -> None:
    """English words are not counted as Indonesian ones."""
    name = "what_is_trafficking"
    edited = content.answers[name].model_copy(update={"text": "Something new."})
    [found] = read_answers(replace(content, answers={name: edited}))
    assert list(found.readings) == ["en"]
