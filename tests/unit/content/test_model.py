"""What the content promises its readers."""

import re

import pytest

from bot.content.load import Content
from bot.content.texts import texts_of

PLACEHOLDER = re.compile(r"\{(\w*)\}")


@pytest.mark.parametrize("locale", ["en", "id"])
def test_every_text_fits_its_place_in_every_language(content: Content, locale: str) -> None:
    """Titles and messages are within their limits also when translated."""
    for text in texts_of(content):
        assert (
            text.max_chars is None or len(content.words.say(text.text, locale)) <= text.max_chars
        ), text


def test_every_text_is_translated(content: Content) -> None:
    """Nobody who reads Indonesian meets an English sentence in the chat."""
    known = content.words.catalogues["id"]
    assert [text.text for text in texts_of(content) if text.text not in known] == []


def test_translations_keep_their_placeholders(content: Content) -> None:
    """What is filled in is filled in everywhere."""
    for text, translated in content.words.catalogues["id"].items():
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(translated)), text


def test_no_two_choices_of_a_step_read_the_same(content: Content) -> None:
    """A typed title means one button, in every language."""
    for locale in content.words.locales:
        for flow in content.flows.values():
            for name, step in flow.steps.items():
                titles = [
                    content.words.say(choice.title, locale)
                    for choice in getattr(step, "choices", ())
                ]
                assert len(set(titles)) == len(titles), f"{flow.flow}.{name} ({locale})"


def test_no_answer_holds_a_telephone_number(content: Content) -> None:
    """Numbers live in the directory, where they are checked."""
    number = re.compile(r"\+62\d|\b08\d{7,}")
    assert [
        answer.id
        for answer in content.answers.values()
        if number.search(answer.text + (answer.more or ""))
    ] == []
