"""The words in each language."""

import os
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from bot.content.catalogue import LocaleInfo, Words, load_words
from bot.content.isolates import without_isolates
from bot.errors import ContentError

LOCALES = (
    "source: en\nlocales:\n  xx: {name: Xish, dir: rtl, state: released}\n  yy: {name: Yish}\n"
)


def catalogue(**words: str) -> Catalog:
    """Return a catalogue with these translations."""
    made = Catalog(locale="id")
    for text, translated in words.items():
        made.add(text, translated)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Locales with one released language and an empty catalogue for it."""
    (tmp_path / "locales.yml").write_text(LOCALES, encoding="utf-8")
    (tmp_path / "xx" / "LC_MESSAGES").mkdir(parents=True)
    write(tmp_path, catalogue())
    return tmp_path


def write(folder: Path, made: Catalog) -> Path:
    """Write a catalogue's source; return its path."""
    path = folder / "xx" / "LC_MESSAGES" / "suar.po"
    with path.open("wb") as file:
        write_po(file, made)
    return path


def test_a_text_is_said_in_the_language_asked_for(folder: Path) -> None:
    """With its placeholders filled in."""
    write(folder, catalogue(**{"Hello {name}": "Halo {name}"}))
    said = load_words(folder).say("Hello {name}", "xx", name="Budi")
    assert without_isolates(said) == "Halo Budi"


@pytest.mark.parametrize("locale", ["en", "xx", "yy", "zz"])
def test_a_text_without_translation_is_said_in_the_source_language(
    folder: Path, locale: str
) -> None:
    """Better understood by some than by nobody."""
    assert load_words(folder).say("Hello", locale) == "Hello"


def test_braces_of_a_person_are_left_alone(folder: Path) -> None:
    """What somebody wrote is filled in as it is, never read as a placeholder."""
    words = load_words(folder)
    said = words.say("You wrote: {words}", "xx", words="{secret} {0}")
    assert without_isolates(said) == "You wrote: {secret} {0}"
    assert words.say("{not filled}", "xx") == "{not filled}"


def test_unsure_translations_are_not_said(folder: Path) -> None:
    """What a tool only guessed waits for a translator."""
    made = catalogue(Hello="Halo")
    made["Hello"].flags.add("fuzzy")
    write(folder, made)
    assert load_words(folder).say("Hello", "xx") == "Hello"


def test_only_released_languages_are_offered(folder: Path) -> None:
    """A language in the making is not shown to anybody; each knows its direction."""
    words = load_words(folder)
    assert list(words.locales) == ["xx"]
    assert [words.direction(code) for code in ("xx", "yy", "zz")] == ["rtl", "ltr", "ltr"]


def test_a_compiled_catalogue_is_read_while_it_is_not_older(folder: Path) -> None:
    """A translation changed after compiling is read from its source."""
    source = write(folder, catalogue(Hello="from source"))
    compiled = source.with_suffix(".mo")
    with compiled.open("wb") as file:
        write_mo(file, catalogue(Hello="compiled"))
    os.utime(source, (1, 1))
    assert load_words(folder).say("Hello", "xx") == "compiled"
    os.utime(compiled, (0, 0))
    assert load_words(folder).say("Hello", "xx") == "from source"


@pytest.mark.parametrize("text", ["nonsense\n", 'msgid "a"\nmsgstr[x] "b"\n'])
def test_a_missing_or_broken_catalogue_is_named(folder: Path, text: str) -> None:
    """The file to mend is told."""
    path = folder / "xx" / "LC_MESSAGES" / "suar.po"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=r"^locales/xx/LC_MESSAGES/suar\.po"):
        load_words(folder)
    path.unlink()
    with pytest.raises(ContentError, match="the catalogue is missing"):
        load_words(folder)


MADE = Words(
    "en",
    {
        "id": LocaleInfo(name="I", state="released", chain=("en",), also=("in",)),
        "en": LocaleInfo(name="E", state="released"),
        "my": LocaleInfo(name="M", state="begun", chain=("en",)),
        "rhg": LocaleInfo(name="R", state="begun", chain=("my", "en")),
        "jv": LocaleInfo(name="J", state="begun", chain=("id", "en")),
    },
    {
        "id": {"one": "satu", "two": "dua"},
        "my": {"one": "my-one", "two": "my-two"},
        "rhg": {"one": "rhg-one"},
        "jv": {"one": "siji"},
    },
    reviewed={"rhg": frozenset({"one"})},
    ranks={"one": "safety", "two": "safety", "three": "answer"},
    listed={
        "id": LocaleInfo(name="I", chain=("en",), also=("in",)),
        "en": LocaleInfo(name="E"),
        "rhg": LocaleInfo(name="R", chain=("my", "en")),
        "su": LocaleInfo(name="S", chain=("id", "en")),
        "ps": LocaleInfo(name="P", chain=("fa", "en"), also=("pbu",)),
    },
)


@pytest.mark.parametrize(
    ("locale", "text", "said", "tongue"),
    [
        ("rhg", "one", "rhg-one", "rhg"),
        ("rhg", "two", "my-two", "my"),
        ("rhg", "three", "three", "en"),
        ("jv", "one", "siji", "jv"),
        ("jv", "two", "dua", "id"),
        ("en", "two", "two", "en"),
        ("xx", "two", "two", "en"),
    ],
)
def test_a_missing_text_comes_from_the_chain(
    locale: str, text: str, said: str, tongue: str
) -> None:
    """First the person's language, then the next that they may read, then the source; which it was can be told."""
    assert MADE.say(text, locale) == said
    assert MADE.tongue(text, locale) == tongue


@pytest.mark.parametrize(
    ("locale", "text", "unchecked"),
    [
        ("rhg", "one", False),
        ("rhg", "two", True),
        ("rhg", "three", False),
        ("jv", "one", True),
        ("jv", "two", False),
        ("id", "one", False),
    ],
)
def test_a_draft_is_unchecked_wherever_it_is_borrowed(
    locale: str, text: str, unchecked: bool
) -> None:
    """A review frees a text of the mark; released words never had it."""
    assert MADE.is_unchecked(text, locale) is unchecked
    assert MADE.needs_original(text, locale) is unchecked


@pytest.mark.parametrize(("locale", "original"), [("rhg", "en"), ("jv", "id"), ("id", "id")])
def test_the_original_is_the_first_released_language(locale: str, original: str) -> None:
    """Who reads Javanese compares with Indonesian."""
    assert MADE.original(locale) == original


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("id", "id"),
        ("in", "id"),
        ("en-GB", "en"),
        ("rhg-Latn", "rhg"),
        ("su", "id"),
        ("ps", None),
        ("pbu", None),
        ("ru", None),
        ("", None),
    ],
)
def test_the_nearest_language_is_found(code: str, found: str | None) -> None:
    """Scripts, countries and old codes lead to their language, and a planned one to the next that its speakers read."""
    assert MADE.nearest(code) == found


def test_begun_languages_are_offered_after_released_ones(folder: Path) -> None:
    """Whatever their order in the file."""
    text = LOCALES.replace("  xx:", "  zz: {name: Zish, state: begun, chain: [xx]}\n  xx:")
    (folder / "locales.yml").write_text(text, encoding="utf-8")
    (folder / "zz" / "LC_MESSAGES").mkdir(parents=True)
    shutil.copy(folder / "xx/LC_MESSAGES/suar.po", folder / "zz/LC_MESSAGES/suar.po")
    words = load_words(folder)
    assert list(words.locales) == ["xx", "zz"]
    assert list(words.released) == ["xx"]
    assert (words.is_begun("zz"), words.is_begun("xx"), words.is_begun("en")) == (
        True,
        False,
        False,
    )
