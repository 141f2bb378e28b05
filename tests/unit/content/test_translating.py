"""The translators' work: drafts come in, reviews are recorded, and lapse when a word changes."""

from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from bot.content.catalogue import LocaleInfo
from bot.content.extract import build_template
from bot.content.load import ROOT, Content
from bot.content.pofile import (
    as_text,
    is_reviewed,
    mark_reviewed,
    read_catalog,
    read_catalogue,
    write_catalog,
    write_compiled,
)
from bot.content.quality import mistakes
from bot.content.translating import (
    as_list,
    count,
    header_of,
    limit_of,
    read_translations,
    review,
    take_in,
)
from bot.errors import ContentError
from tests.support.languages import DRAFTS

DAY = date(2026, 11, 22)
LINE = "{when}: {name} {number}. {confidentiality}"


@pytest.fixture
def catalog(content: Content) -> Catalog:
    """An empty Arabic catalogue."""
    made = Catalog(locale="ar", domain="suar")
    made.update(build_template(ROOT, content))
    return made


def taken(catalog: Catalog, **pairs: str) -> list[str]:
    """Take translations in; return why any was refused."""
    return [problem for _, problem in take_in(catalog, pairs.items())]


def test_drafts_are_taken_in_unreviewed(catalog: Catalog) -> None:
    """A file of the translators fills the catalogue; nobody has reviewed what it brings."""
    pairs = [*read_translations(DRAFTS / "ar.yml", "ar")]
    assert [*take_in(catalog, pairs)] == []
    assert all(catalog[text].string == words for text, words in pairs)
    tally = count(catalog)["safety"]
    assert (tally.translated, tally.reviewed) == (len(pairs), 0)
    assert tally.wanted > len(pairs)


@pytest.mark.parametrize(
    ("text", "words", "problem"),
    [
        (LINE, "{when}: {name}", "placeholders differ"),
        (LINE, LINE + " {nome}", "placeholders differ"),
        ("Menu", "x" * 21, "21 characters, at most 20"),
        ("I have 4 words", "كلمات", "numbers are missing: 4"),
        ("Menu", "قائمة 110", "numbers that the text does not have: 110"),
        ("Menu", "\u202eقائمة", "marks of direction"),
        ("No such text", "لا", "no text of Suar"),
    ],
)
def test_what_would_mislead_is_refused(
    catalog: Catalog, text: str, words: str, problem: str
) -> None:
    """A draft that loses a number or fits no button does not come in, and says why."""
    assert any(found.startswith(problem) for found in taken(catalog, **{text: words}))


def test_numbers_in_other_digits_are_numbers(catalog: Catalog) -> None:
    """Who writes ٤ has not forgotten the 4."""
    assert taken(catalog, **{"I have 4 words": "لدي ٤ كلمات"}) == []


def test_two_translations_of_one_text_are_refused(catalog: Catalog) -> None:
    """A text stands once; which of two would be said?"""
    found = [*take_in(catalog, [("Menu", "ا"), ("Menu", "ب")])]
    assert found == [("Menu", "stands twice, with two translations")]


@pytest.mark.parametrize("text", ["{}", "- [1]", "- {ar: x}", "- {en: Menu, ar: [x]}"])
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    """The mistake says which entry it is."""
    path = tmp_path / "drafts.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"drafts\.yml"):
        list(read_translations(path, "ar"))


def test_the_list_of_what_is_missing_can_be_filled_in_and_taken(
    catalog: Catalog, tmp_path: Path
) -> None:
    """What `missing` prints is what `import` reads, every text exactly as it is."""
    path = tmp_path / "list.yml"
    listed = as_list(catalog, "ar", "safety")
    path.write_text(listed, encoding="utf-8")
    assert list(read_translations(path, "ar")) == []
    path.write_text(listed.replace("\n  ar:\n", '\n  ar: "\u0627"\n'), encoding="utf-8")
    pairs = dict(read_translations(path, "ar"))
    assert len(pairs) == count(catalog)["safety"].wanted
    assert all(text in catalog for text in pairs)


def test_a_review_is_recorded_by_rank_and_place(catalog: Catalog) -> None:
    """Who has read the menu has not read the rest."""
    take_in_all = [*take_in(catalog, read_translations(DRAFTS / "ar.yml", "ar"))]
    assert take_in_all == []
    assert review(catalog, "BS", DAY, rank="answer", places=()) == 0
    read = review(catalog, "BS", DAY, rank="safety", places=("menu",))
    assert 0 < read < count(catalog)["safety"].translated
    assert count(catalog)["safety"].reviewed == read
    assert is_reviewed(catalog["Menu"])
    assert not is_reviewed(catalog["More numbers"])


def test_a_review_lapses_when_a_word_changes(catalog: Catalog) -> None:
    """In whatever tool a translation is changed: what was read is not what stands there now."""
    message = catalog["Menu"]
    message.string = "القائمة"
    mark_reviewed(message, "BS", DAY)
    assert is_reviewed(message)
    message.string = "قائمة"
    assert not is_reviewed(message)


def test_a_review_lapses_when_the_source_changes(content: Content) -> None:
    """A changed text is another text: its translation is fuzzy, not said and not reviewed."""
    old = Catalog(locale="ar")
    old.add("I pass nothing on, ever, to anybody.", "x")
    mark_reviewed(old["I pass nothing on, ever, to anybody."], "BS", DAY)
    template = Catalog()
    template.add("I pass nothing on, ever, to anyone.")
    old.update(template)
    (message,) = (m for m in old if m.id)
    assert message.fuzzy
    message.flags.discard("fuzzy")
    assert not is_reviewed(message)


def test_reviews_survive_files_updates_and_compiling(catalog: Catalog, tmp_path: Path) -> None:
    """Written and read back, as source and compiled; a second review takes the place of the first."""
    path = tmp_path / "ar" / "LC_MESSAGES" / "suar.po"
    catalog["Menu"].string = "القائمة"
    catalog["Language"].string = "اللغة"
    mark_reviewed(catalog["Menu"], "AB", DAY)
    mark_reviewed(catalog["Menu"], "BS", DAY)
    write_catalog(path, catalog)
    again = read_catalog(path)
    assert [c for c in again["Menu"].user_comments if "AB" in c] == []
    assert read_catalogue(tmp_path, "ar").reviewed == {"Menu"}
    write_compiled(path, again)
    path.unlink()
    compiled = read_catalogue(tmp_path, "ar")
    assert compiled.words == {"Menu": "القائمة", "Language": "اللغة"}
    assert compiled.reviewed == {"Menu"}


def test_a_review_by_hand_without_a_fingerprint_does_not_count(catalog: Catalog) -> None:
    """Nobody can tell which words it was about."""
    catalog["Menu"].string = "القائمة"
    catalog["Menu"].user_comments.append("reviewed: BS, 2026-11-22")
    assert not is_reviewed(catalog["Menu"])


def test_an_unread_catalogue_says_so_at_its_top() -> None:
    """Who opens the file is told what it is worth, unless the language is released."""
    begun = LocaleInfo(name="العربية", state="begun")
    assert "NOT CHECKED" in header_of("ar", begun)
    assert "العربية (ar)" in header_of("ar", begun)
    assert "NOT CHECKED" not in header_of("id", LocaleInfo(name="x", state="released"))


def test_the_file_names_its_language() -> None:
    """Also where Babel has another name for it, or none."""
    assert '"Language: tl\\n"' in as_text(Catalog(locale="fil_PH"), "tl")
    assert '"Language: qps\\n"' in as_text(Catalog(), "qps")


def test_the_narrowest_limit_counts(catalog: Catalog) -> None:
    """A text that stands on a button and in a message fits the button."""
    message = catalog["Menu"]
    message.auto_comments.append("At most 9 characters.")
    assert limit_of(message) == 9


@given(st.text(), st.integers(1, 700))
def test_a_text_is_a_faithful_translation_of_itself(text: str, limit: int) -> None:
    """No rule finds fault with what is the same, but for its length and marks of direction."""
    found = [each for each in mistakes(text, text, limit) if "direction" not in each]
    assert bool(found) == (len(text) > limit)
