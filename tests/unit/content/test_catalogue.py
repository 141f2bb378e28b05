"""The words in each language."""

import os
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po

from bot.content.catalogue import load_words
from bot.errors import ContentError

LOCALES = (
    "source: en\nlocales:\n  xx: {name: Xish, dir: rtl, released: true}\n  yy: {name: Yish}\n"
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
    assert load_words(folder).say("Hello {name}", "xx", name="Budi") == "Halo Budi"


@pytest.mark.parametrize("locale", ["en", "xx", "yy", "zz"])
def test_a_text_without_translation_is_said_in_the_source_language(
    folder: Path, locale: str
) -> None:
    """Better understood by some than by nobody."""
    assert load_words(folder).say("Hello", locale) == "Hello"


def test_braces_of_a_person_are_left_alone(folder: Path) -> None:
    """What somebody wrote is filled in as it is, never read as a placeholder."""
    words = load_words(folder)
    assert words.say("You wrote: {words}", "xx", words="{secret} {0}") == "You wrote: {secret} {0}"
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
