"""An edit is held to what the prover wants of the files, in every language that it reaches."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.content.edits import Edit, Overlaid, fields_of, texts_of, with_edits
from bot.content.load import Content
from bot.conversation.preview import play_answer
from bot.editing.proof import prove_edit
from bot.editing.rules import Now
from bot.errors import ContentError
from bot.prover import properties
from bot.prover.properties import fits
from bot.prover.talk import NOW

NAME = "what_is_trafficking"
LOUD = "A victim of violence has rights everywhere."


def edit_of(
    content: Content,
    locale: str | None = None,
    of: Mapping[str, str] | None = None,
    **changed: Any,
) -> Edit:
    """Return an edit of an answer; a translation may be one of other texts than those of now."""
    told = dict(of or texts_of(content, NAME)) if locale else {}
    said = fields_of(content, NAME, locale, told if locale else None)
    return Edit(UUID(int=1), NAME, locale, {**said, **changed}, "", told)


def prove(content: Content, edit: Edit) -> None:
    """Prove an edit of content without any other edits."""
    prove_edit(Now(content, Overlaid(content)), edit)


def refused(content: Content, edit: Edit) -> ContentError:
    """Return why an edit is refused."""
    with pytest.raises(ContentError) as caught:
        prove(content, edit)
    return caught.value


def title_of(content: Content, name: str) -> str:
    """Return what stands on the button of an answer."""
    return content.answers[name].title


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_what_the_files_say_passes(content: Content, data: st.DataObject) -> None:
    """Each answer as it stands can be published again: the proof asks for nothing that the files need not hold."""
    name = data.draw(st.sampled_from(sorted(content.answers)))
    locale = data.draw(st.sampled_from([None, "id"]))
    said = fields_of(content, name, locale)
    of = texts_of(content, name) if locale else {}
    prove(content, Edit(UUID(int=1), name, locale, said, "", of))


@pytest.mark.parametrize(
    ("changed", "key", "problem"),
    [
        ({"text": "Write to {somebody}."}, "text", "a placeholder is not filled in"),
        ({"more": "Write to {somebody}."}, "more", "a placeholder is not filled in"),
        ({"title": "Menu"}, "title", "read the same"),
    ],
)
def test_what_no_message_may_be_is_refused(
    content: Content, changed: dict[str, str], key: str, problem: str
) -> None:
    """The field is named, with what to do about it in words."""
    found = refused(content, edit_of(content, **changed))
    assert found.key == key
    assert problem in found.problem
    assert found.mend


def test_more_sources_than_anybody_reads_are_refused(content: Content) -> None:
    """A message in too many parts for a channel is no message."""
    found = refused(content, edit_of(content, sources=list(content.sources)[:60]))
    assert found.key == "sources"
    assert "parts on WhatsApp" in found.problem


def test_a_button_of_another_answer_is_not_doubled(content: Content) -> None:
    """Two follow-ups that read the same: where a title is typed, nobody knows which is meant."""
    parent = next(a for a in content.answers.values() if NAME in a.next and len(a.next) > 1)
    beside = next(name for name in parent.next if name != NAME)
    found = refused(content, edit_of(content, title=title_of(content, beside)))
    assert found.key == "title"


def test_new_neighbours_are_to_be_mended_where_they_are_named(content: Content) -> None:
    """Who changed only the next questions is not sent to the button."""
    first, second = "warning_signs_list", "already_paid"
    same = content.answers[second].model_copy(update={"title": title_of(content, first)})
    doubled = replace(content, answers={**content.answers, second: same})
    assert refused(doubled, edit_of(doubled, next=[first, second])).key == "next"


def test_a_translation_is_held_to_the_same(content: Content) -> None:
    """An Indonesian button that reads like the one for the menu is refused, and the language named."""
    menu = content.words.say("Menu", "id")
    found = refused(content, edit_of(content, "id", title=menu))
    assert found.key == "title"
    assert found.problem.endswith("(id)")


def test_a_text_reaches_readers_of_every_language(content: Content) -> None:
    """An English button is fine among English ones, and doubles one in a language that has not translated it."""
    words = {**content.words.catalogues["id"], "Tell me more": "Trade in people?"}
    words.pop(title_of(content, NAME))
    made = {**content.words.catalogues, "id": words}
    odd = replace(content, words=replace(content.words, catalogues=made))
    found = refused(odd, edit_of(odd, title="Trade in people?"))
    assert found.key == "title"
    assert found.problem.endswith("(id)")


def test_a_translation_may_be_proven_before_its_text_is_published(content: Content) -> None:
    """The words are played with the text that they translate, which still waits for its own review."""
    of = {**texts_of(content, NAME), "text": "Write to {name}."}
    words = fields_of(content, NAME, "id")
    bad = edit_of(content, "id", of, **{**words, "text": "Tulis ke {name}."})
    assert refused(content, bad).key == "text"
    of["text"] = "Write to us."
    prove(content, edit_of(content, "id", of, **{**words, "text": "Tulis ke kami."}))


def test_an_answer_that_is_dark_today_is_proven_all_the_same(content: Content) -> None:
    """An overdue answer says only that it is overdue; its edit is judged by what it will say."""
    old = {"reviewed_on": "2020-01-01", "review_by": "2020-03-01"}
    assert refused(content, edit_of(content, text="{", **old)).key == "text"


def test_answers_begin_as_loudly_as_the_prover_lets_them(
    content: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are exempt while they come only to who has just asked; should that end, edits are held to it at once."""
    loud = edit_of(content, text=LOUD)
    prove(content, loud)
    monkeypatch.setattr(properties, "ASKED_FOR", properties.ASKED_FOR - {"answer"})
    found = refused(content, loud)
    assert found.key == "text"
    assert "gives it away" in found.problem


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_is_proven_fits_every_channel_in_every_language(
    content: Content, data: st.DataObject
) -> None:
    """Whatever somebody writes: it is refused, or no message with it breaks a limit."""
    titles = st.sampled_from([title_of(content, name) for name in sorted(content.answers)[:20]])
    lines = st.text("ab {}\n.", min_size=1, max_size=600).filter(lambda text: bool(text.strip()))
    changed = data.draw(
        st.fixed_dictionaries({}, optional={"title": titles, "text": lines, "more": lines})
    )
    edit = edit_of(content, **changed)
    try:
        prove(content, edit)
    except ContentError:
        return
    said = with_edits(content, [edit])
    for locale in said.words.locales:
        for more in {False, said.answers[NAME].more is not None}:
            messages = play_answer(said, NAME, locale, now=NOW, more=more)
            assert list(fits(messages)) == []
