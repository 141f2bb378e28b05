"""What was published on the desk is written into the files, and is read from them again."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.check import check_content
from bot.content.edits import Edit, Fate, Overlaid, fields_of, fingerprint, overlay, texts_of
from bot.content.load import ROOT, Content, load_content
from bot.content.parts import MAX_TITLE_CHARS
from bot.content.pofile import read_catalog, write_catalog
from bot.editing.export import export

NAMES = ("what_is_trafficking", "warning_signs_list", "already_paid", "check_offer_real")


def line(max_size: int) -> st.SearchStrategy[str]:
    """Return texts as the form leaves them: no line end but LF, nothing at the edges."""
    letters = st.one_of(
        st.sampled_from("ab \n:#'\"-[]{}%&*!|>•@`,?"),
        st.characters(exclude_categories=("C", "Zl", "Zp"), max_codepoint=0x1F9FF),
    )
    plain = st.text(letters, min_size=1, max_size=max_size)
    return plain.map(lambda text: text.strip()).filter(bool)


def changes(content: Content) -> st.SearchStrategy[dict[str, Any]]:
    """Return what somebody may want an answer to say."""
    return st.fixed_dictionaries(
        {},
        optional={
            "title": line(20),
            "question": line(80),
            "text": line(300),
            "more": st.none() | line(300),
            "sources": st.lists(st.sampled_from(sorted(content.sources)), min_size=1, max_size=4),
            "next": st.lists(st.sampled_from(sorted(content.answers)), max_size=3),
            "action": st.sampled_from([["info"], ["offer", "limits"]]),
            "asked": st.dictionaries(
                st.sampled_from(["id", "en"]), st.lists(line(40), min_size=1, max_size=3)
            ),
            "review_by": st.dates(date(2027, 1, 1), date(2029, 1, 1)).map(date.isoformat),
            "owner": line(20),
        },
    )


def of_source(content: Content, number: int, name: str, **changed: Any) -> Edit:
    """Return an edit of an answer in the source language."""
    said = fields_of(content, name)
    return Edit(UUID(int=number), name, None, {**said, **changed}, fingerprint(said))


def of_words(files: Content, now: Content, number: int, name: str) -> Edit:
    """Return a translation of all that an answer says now: every number, link and placeholder is in it."""
    of = texts_of(now, name)
    words = {
        field: f"{text}." if len(text) < MAX_TITLE_CHARS else text for field, text in of.items()
    }
    return Edit(
        UUID(int=number), name, "id", words, fingerprint(fields_of(files, name, "id", of)), of
    )


def round_trip(files: Content, found: Overlaid) -> tuple[Content, list[Path]]:
    """Export into a new folder and load what stands there."""
    with TemporaryDirectory() as folder:
        paths = export(files, found, root=ROOT, out=Path(folder))
        return load_content(Path(folder)), paths


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_is_exported_is_what_was_live(content: Content, data: st.DataObject) -> None:
    """Files with the edits in them say by themselves what the overlay said, and the edits are done."""
    # Writing the languages that are not released takes seconds each time and has its own test.
    words = replace(content.words, listed=content.words.released)
    content = replace(content, words=words)
    chosen = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)
    edits = [
        of_source(content, number, name, **data.draw(changes(content)))
        for number, name in enumerate(data.draw(chosen))
    ]
    source_live = overlay(content, edits).content
    edits += [
        of_words(content, source_live, number + 100, each.answer)
        for number, each in enumerate(edits)
    ]
    found = overlay(content, edits)
    loaded, _ = round_trip(content, found)
    assert loaded.answers == found.content.answers
    for name in loaded.answers:
        for text in texts_of(loaded, name).values():
            assert loaded.words.say(text, "id") == found.content.words.say(text, "id")
    again = overlay(loaded, edits)
    assert set(again.fates.values()) <= {Fate.IN_FILES, Fate.REPLACED, Fate.BROKEN}
    assert again.content.answers == loaded.answers


def test_without_edits_nothing_is_written(content: Content) -> None:
    """An export changes no file that says the same."""
    assert round_trip(content, overlay(content, []))[1] == []


def test_only_the_words_that_were_edited_change(content: Content, tmp_path: Path) -> None:
    """Comments, order and form of the file stay: the difference is what a reader of the commit expects."""
    edited = of_source(content, 1, "what_is_trafficking", title="Trade in people?", next=[])
    paths = export(content, overlay(content, [edited]), root=ROOT, out=tmp_path)
    path = Path("flows/answers/everyone.yml")
    assert path in paths
    assert {each.suffix for each in paths} == {".yml", ".po", ".pot"}
    before = (ROOT / path).read_text(encoding="utf-8").splitlines()
    after = (tmp_path / path).read_text(encoding="utf-8").splitlines()
    assert [each for each in after if each not in before] == [
        "    title: Trade in people?",
        "    next: []",
    ]
    assert len(after) == len(before)


def test_every_catalogue_gets_the_new_text(content: Content, tmp_path: Path) -> None:
    """A translator of a language that is only planned finds the text that counts, too."""
    edited = of_source(content, 1, "what_is_trafficking", title="Trade in people?")
    export(content, overlay(content, [edited]), root=ROOT, out=tmp_path)
    for path in tmp_path.glob("locales/**/suar.po*"):
        assert 'msgid "Trade in people?"' in path.read_text(encoding="utf-8"), path
        head, before = (folder / path.relative_to(tmp_path) for folder in (tmp_path, ROOT))
        assert head.read_text().split("\n\n")[0] == before.read_text().split("\n\n")[0]


def test_words_for_a_former_text_are_fuzzy(content: Content, tmp_path: Path) -> None:
    """Git gets them marked, so that its check asks for a translation before they are released."""
    edited = of_source(content, 1, "what_is_trafficking", title="Trade in people?")
    found = overlay(content, [edited])
    export(content, found, root=ROOT, out=tmp_path)
    text = (tmp_path / "locales/id/LC_MESSAGES/suar.po").read_text(encoding="utf-8")
    block = text[: text.index('msgid "Trade in people?"')].rsplit("\n\n", 1)[1]
    assert "fuzzy" in block
    assert 'msgid "Trade in people?"\nmsgstr "Apa itu TPPO?"' in text


@pytest.fixture
def released(content: Content) -> Content:
    """The content in the languages that are complete: writing the others takes seconds each time."""
    return replace(content, words=replace(content.words, listed=content.words.released))


def problems(root: Path, name: str) -> list[str]:
    """Return what `suar locales check` finds wrong with the Indonesian words of an answer below `root`."""
    loaded = load_content(root)
    begins = [repr(text[:20])[:-1] for text in texts_of(loaded, name).values()]
    found = check_content(root, loaded, today=date(2026, 11, 22))
    here = [each.problem for each in found if each.where == "locales/id"]
    return [each for each in here if any(begin in each for begin in begins)]


def exported(files: Content, to: Path, *, translated: bool = False) -> Edit:
    """Export an English edit of one answer, with its translation or without; return it."""
    source = of_source(files, 1, "what_is_trafficking", title="Trade in people?")
    edits = [source]
    if translated:
        edits.append(of_words(files, overlay(files, edits).content, 2, source.answer))
    export(files, overlay(files, edits), root=ROOT, out=to)
    return source


def test_a_commit_without_new_words_is_stopped_by_the_check_and_stops_no_bot(
    released: Content, tmp_path: Path
) -> None:
    """The check names the text that has lost its words. A bot that starts with such files runs, and says it in English."""
    edited = exported(released, tmp_path)
    assert problems(tmp_path, edited.answer) == ["not translated: 'Trade in people?'"]
    loaded = load_content(tmp_path)
    assert overlay(loaded, [edited]).fates == {edited.id: Fate.IN_FILES}
    assert loaded.words.say("Trade in people?", "id") == "Trade in people?"


def test_whoever_commits_can_keep_the_former_words(released: Content, tmp_path: Path) -> None:
    """Where they fit the new text as well, taking the mark away is all there is to do."""
    edited = exported(released, tmp_path)
    path = tmp_path / "locales/id/LC_MESSAGES/suar.po"
    catalog = read_catalog(path)
    message = catalog.get("Trade in people?")
    assert message is not None
    message.flags.discard("fuzzy")
    write_catalog(path, catalog)
    assert problems(tmp_path, edited.answer) == []
    assert load_content(tmp_path).words.say("Trade in people?", "id") == "Apa itu TPPO?"


def test_an_edit_that_was_translated_on_the_desk_passes_the_check(
    released: Content, tmp_path: Path
) -> None:
    """Then the export is a commit as it is, and nobody reads a word in another language in between."""
    edited = exported(released, tmp_path, translated=True)
    assert problems(tmp_path, edited.answer) == []
