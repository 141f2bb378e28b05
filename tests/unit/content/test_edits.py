"""Published edits lie over the files; the files stay the source."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.edits import (
    FIELDS,
    Edit,
    Fate,
    Overlaid,
    fields_of,
    fingerprint,
    overlay,
    texts_of,
)
from bot.content.load import Content

NAME = "what_is_trafficking"
OTHER = "warning_signs_list"


def edit(
    content: Content, number: int = 1, locale: str | None = None, name: str = NAME, **changed: Any
) -> Edit:
    """Return an edit of an answer that was written for `content`."""
    of = texts_of(content, name) if locale else {}
    said = fields_of(content, name, locale)
    return Edit(UUID(int=number), name, locale, {**said, **changed}, fingerprint(said), of)


def in_files(content: Content, name: str = NAME, **changed: Any) -> Content:
    """Return content whose files say something else."""
    answer = content.answers[name].model_copy(update=changed)
    return replace(content, answers={**content.answers, name: answer})


def fates(found: Overlaid) -> Mapping[int, Fate]:
    """Return what became of each edit, by its number."""
    return {number.int: fate for number, fate in found.fates.items()}


def test_without_edits_the_files_speak(content: Content) -> None:
    """Nothing published, nothing different: nobody has to prepare anything anew."""
    assert overlay(content, []).content is content
    assert overlay(content, [edit(content)]).content is content


def test_an_edit_is_said_everywhere(content: Content) -> None:
    """The answer is found under its id and its intent with the new words; all others stay."""
    found = overlay(content, [edit(content, title="Trade")])
    answer = found.content.answers[NAME]
    assert fates(found) == {1: Fate.LIVE}
    assert answer.title == "Trade"
    assert answer in found.content.by_intent[answer.intent]
    assert found.content.answers[OTHER] is content.answers[OTHER]
    assert content.answers[NAME].title == "What is trafficking?"


def test_the_newest_edit_counts(content: Content) -> None:
    """An edit is whole: the one published last replaces the one before it."""
    found = overlay(content, [edit(content, 1, title="First"), edit(content, 2, text="Second.")])
    assert fates(found) == {1: Fate.REPLACED, 2: Fate.LIVE}
    assert found.content.answers[NAME].title == "What is trafficking?"
    assert found.content.answers[NAME].text == "Second."


def test_when_the_files_say_the_same_all_before_it_is_done(content: Content) -> None:
    """Once git has the newest words, neither that edit nor an older one is needed any more."""
    edits = [edit(content, 1, title="First"), edit(content, 2, title="Second")]
    found = overlay(in_files(content, title="Second"), edits)
    assert fates(found) == {1: Fate.IN_FILES, 2: Fate.IN_FILES}
    assert found.content.answers[NAME].title == "Second"


def test_what_git_has_changed_is_never_overwritten(content: Content) -> None:
    """Git changed the answer under the edit: the files speak, the edit waits for somebody to look."""
    files = in_files(content, text="From git.")
    edits = [edit(content, 1, title="First"), edit(content, 2, title="Second")]
    found = overlay(files, edits)
    assert fates(found) == {1: Fate.REPLACED, 2: Fate.CONFLICT}
    assert found.content == overlay(files, []).content


def test_an_answer_that_git_has_removed_stays_away(content: Content) -> None:
    """An edit brings no answer back."""
    gone = {name: each for name, each in content.answers.items() if name != NAME}
    found = overlay(replace(content, answers=gone), [edit(content, title="Trade")])
    assert fates(found) == {1: Fate.CONFLICT}
    assert NAME not in found.content.answers


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"title": "x" * 21}, "title"),
        ({"sources": ["nobody_knows"]}, f"{NAME}.sources"),
        ({"next": ["nothing"]}, f"{NAME}.next"),
        ({"action": ["shout"]}, "action.0"),
        ({"review_by": "soon"}, "review_by"),
        ({"review_by": "2020-01-01"}, "review_by"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_does_not_fit_leaves_the_last_good_words(
    content: Content, changed: dict[str, Any], key: str
) -> None:
    """A broken edit is told by its key; the good one published before it goes on being said."""
    found = overlay(content, [edit(content, 1, title="Good"), edit(content, 2, **changed)])
    assert fates(found) == {1: Fate.LIVE, 2: Fate.BROKEN}
    assert found.content.answers[NAME].title == "Good"
    assert found.problems[UUID(int=2)].key == key


def test_a_translation_lies_over_its_catalogue(content: Content) -> None:
    """Only the words of that language are other ones."""
    found = overlay(content, [edit(content, locale="id", title="Apa itu?")])
    assert found.content.words.say("What is trafficking?", "id") == "Apa itu?"
    assert found.content.answers[NAME] is content.answers[NAME]
    assert content.words.say("What is trafficking?", "id") == "Apa itu TPPO?"


@pytest.mark.parametrize("words", ["", " ", "x" * 21, "Apa itu {x}?", "Telepon 12345"])
def test_a_translation_that_does_not_fit_is_broken(content: Content, words: str) -> None:
    """Empty words, a title that fits no button, and what would mislead are not said."""
    found = overlay(content, [edit(content, locale="id", title=words)])
    assert fates(found) == {1: Fate.BROKEN}
    assert found.content == overlay(content, []).content


@pytest.mark.parametrize("locale", ["en", "xx"])
def test_only_released_languages_are_translated(content: Content, locale: str) -> None:
    """The source language and an unknown one have no translation that could be live."""
    wrong = replace(edit(content, locale="id", title="Apa itu?"), locale=locale)
    assert fates(overlay(content, [wrong]))[1] in {Fate.BROKEN, Fate.CONFLICT}


def test_a_new_text_is_said_in_its_former_words(content: Content) -> None:
    """Until it is translated, people get the words for the text before it, in their own language."""
    source = edit(content, 1, title="Trade")
    found = overlay(content, [source])
    assert found.content.words.say("Trade", "id") == "Apa itu TPPO?"
    assert found.is_stale(NAME, "id")
    assert not found.is_stale(OTHER, "id")
    translation = edit(found.content, 2, "id", title="Dagang")
    translation = replace(
        translation, base=fingerprint(fields_of(content, NAME, "id", translation.of))
    )
    both = overlay(content, [source, translation])
    assert both.content.words.say("Trade", "id") == "Dagang"
    assert not both.stale


def begun(content: Content) -> Content:
    """Return content in which Indonesian is only begun, and a native speaker has read all of `NAME`."""
    info = content.words.locales["id"].model_copy(update={"state": "begun"})
    words = replace(
        content.words,
        locales={**content.words.locales, "id": info},
        reviewed={"id": frozenset(texts_of(content, NAME).values())},
    )
    return replace(content, words=words)


def test_other_words_are_not_those_that_were_reviewed(content: Content) -> None:
    """In a begun language an edit ends the review of the words it changes, and of no others."""
    files = begun(content)
    found = overlay(files, [edit(files, locale="id", title="Apa itu?")]).content.words
    answer = files.answers[NAME]
    assert not files.words.is_unchecked(answer.title, "id")
    assert found.say(answer.title, "id") == "Apa itu?"
    assert found.is_unchecked(answer.title, "id")
    assert not found.is_unchecked(answer.text, "id")


def test_words_of_a_former_text_are_not_reviewed(content: Content) -> None:
    """A begun language that says a new text in the words of the one before it has them unchecked."""
    files = begun(content)
    found = overlay(files, [edit(files, title="Trade")]).content.words
    assert found.say("Trade", "id") == "Apa itu TPPO?"
    assert found.is_unchecked("Trade", "id")


def test_a_new_text_has_the_rank_of_its_place(content: Content) -> None:
    """As much hangs on it as if it stood in the file; what stands among words of safety stays one of them."""
    safety = next(text for text, rank in content.words.ranks.items() if rank == "safety")
    found = overlay(content, [edit(content, question="A new one?", text=safety)]).content.words
    assert found.ranks["A new one?"] == "answer"
    assert found.ranks[safety] == "safety"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "x"]), inside, max_size=3)
    ),
    max_leaves=8,
)


@given(fields=JSON, of=JSON, locale=st.sampled_from([None, "id", "en", "xx"]))
def test_whatever_a_row_holds_nobody_falls_silent(
    content: Content, fields: Any, of: Any, locale: str | None
) -> None:
    """An edit of any shape is live, told as broken, or left; it never keeps the rest from being said."""
    for base in ("", _base(content, locale, of)):
        found = overlay(content, [Edit(UUID(int=1), NAME, locale, fields, base, of)])
        assert found.content.answers.keys() == content.answers.keys()
        assert found.fates.keys() == {UUID(int=1)}
        assert (UUID(int=1) in found.problems) == (fates(found)[1] is Fate.BROKEN)


def _base(content: Content, locale: str | None, of: Any) -> str:
    try:
        return fingerprint(fields_of(content, NAME, locale, of))
    except (AttributeError, KeyError, TypeError):
        return ""


@given(
    titles=st.lists(
        st.tuples(st.sampled_from([NAME, OTHER]), st.sampled_from(["A", "B", "", "x" * 21])),
        max_size=6,
    ),
    git=st.sampled_from([None, "A", "C"]),
)
def test_whatever_is_published_every_answer_can_be_given(
    content: Content, titles: list[tuple[str, str]], git: str | None
) -> None:
    """Any edits over any files leave all answers there, each title one that is in the files or was asked for, and fitting."""
    files = in_files(content, title=git) if git else content
    edits = [
        edit(content, number, name=name, title=title)
        for number, (name, title) in enumerate(titles)
    ]
    found = overlay(files, edits)
    assert found.content.answers.keys() == files.answers.keys()
    assert set(found.fates) == {each.id for each in edits}
    for name in (NAME, OTHER):
        wanted = [title for which, title in titles if which == name and title in {"A", "B"}]
        title = found.content.answers[name].title
        live = [fates(found)[n] for n, (which, _) in enumerate(titles) if which == name]
        assert title in {files.answers[name].title, *wanted[-1:]}
        assert live.count(Fate.LIVE) <= 1
        if Fate.CONFLICT in live:
            assert title == files.answers[name].title
