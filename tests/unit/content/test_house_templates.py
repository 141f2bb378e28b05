"""The house's templates: what Meta would refuse is found before it is submitted."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.content.check import _check_templates
from bot.content.load import Content
from bot.content.whatsapp import LANGUAGES, NEEDED, HouseTemplate, numbered
from bot.conversation.templates import house_wanted

GOOD = {
    "id": "go_on",
    "category": "utility",
    "body": "Hello, it is {counsellor}. I have an answer for you. May we go on?",
    "samples": {"counsellor": "Rina"},
    "buttons": [{"id": "go_on.ask.yes", "title": "Yes"}],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "Go On"},
        {"category": "authentication"},
        {"body": "{counsellor} has an answer for you. May we go on here now?"},
        {"body": "I have an answer for you, and may we go on here, {counsellor}?"},
        {"body": "Hello {counsellor} yes"},
        {"body": "Hello, it is {counsellor}{name}, may we go on here with what you asked us?"},
        {"body": "Hello, may we go on?"},
        {"body": "Hello, it is {counsellor}.\n\n\n\nI have an answer for you. May we go on?"},
        {"body": "Hello, it is {counsellor}.\tI have an answer for you. May we go on?"},
        {"body": "Hello, it is {counsellor}. " + "a" * 550},
        {"body": "It is {counsellor}, and {counsellor} has an answer. May we go on?"},
        {"body": "Hello, it is {counsellor. I have an answer for you. May we go on?"},
        {"samples": {}},
        {"samples": {"counsellor": "Rina", "name": "Sari"}},
        {"buttons": [{"id": "go_on.ask.yes", "title": "A title that is too long by far"}]},
        {"buttons": [{"id": "go_on", "title": "Yes"}]},
        {"buttons": [{"id": f"a.b.c{n}", "title": "Yes"} for n in range(2)]},
        {"buttons": [{"id": f"a.b.c{n}", "title": f"T{n}"} for n in range(11)]},
        {"footer": "Suar"},
    ],
)
def test_what_meta_would_refuse_is_refused(wrong: dict[str, object]) -> None:
    """Name, category, gaps, samples, length, white space and buttons are held to Meta's limits."""
    HouseTemplate.model_validate(GOOD)
    with pytest.raises(ValidationError):
        HouseTemplate.model_validate({**GOOD, **wrong})


def test_gaps_are_numbered_as_meta_wants_them() -> None:
    """A name becomes a number, in the order of the words."""
    assert numbered("It is {b} and {a}.") == "It is {{1}} and {{2}}."


def test_what_is_there_is_complete(content: Content) -> None:
    """The house has what it says by itself, in every released language that WhatsApp knows, each under a name of its own."""
    assert content.templates.keys() >= NEEDED
    wanted = list(house_wanted(content))
    assert {each.locale for each in wanted} == content.words.released.keys() & LANGUAGES.keys()
    assert len({each.name for each in wanted}) == len(wanted)


def test_nothing_loud_shows_on_a_locked_screen(content: Content) -> None:
    """Every language's first 60 characters are looked through, also those of a translation."""
    assert list(_check_templates(content)) == []
    loud = {"en": ("wrote",)}
    found = list(_check_templates(replace(content, loud_words=loud)))
    assert [each.where for each in found] == ["flows/whatsapp: go_on (en)"]


def test_one_letter_makes_another_template(content: Content) -> None:
    """What was approved is what is said: the fingerprint changes with words, language and category, and not with a sample."""
    one = next(each for each in house_wanted(content) if each.source == "go_on")
    body, *buttons = one.components
    other = replace(one, components=[{**body, "text": body["text"] + "!"}, *buttons])
    fingerprints = {
        one.fingerprint,
        other.fingerprint,
        replace(one, components=[body]).fingerprint,
        replace(one, language="ms").fingerprint,
        replace(one, category="marketing").fingerprint,
    }
    assert len(fingerprints) == 5
    sampled = {**body, "example": {"body_text": [["X"]]}}
    assert replace(one, components=[sampled, *buttons]).fingerprint == one.fingerprint
