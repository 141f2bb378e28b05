"""`choose_language`: the languages a page at a time, asked for in each of them."""

import pytest

from bot.content.load import Content
from bot.conversation.steps.choose_language import PAGE
from tests.support.languages import drafts, speaking
from tests.unit.conversation.talk import Talk, text_at

MORE = ("ar", "fa", "ms", "jv", "su", "vi", "th", "km", "tl", "zh")


@pytest.fixture(scope="module")
def many(content: Content) -> Content:
    """Ten more languages, two of which have words for the question."""
    for code in MORE:
        words = drafts(code) if code in {"ar", "fa"} else {}
        content = speaking(content, code, words)
    return content


def test_the_languages_stand_under_their_own_names(content: Content) -> None:
    """Each language is offered by the name its speakers give it."""
    talk = Talk.greeted(content).write("/language")
    names = [info.name for info in content.words.locales.values()]
    assert list(talk.titles[:PAGE]) == names[:PAGE]


def test_the_question_stands_in_every_language(content: Content) -> None:
    """We do not know which language is read, so the question comes in all that stand below, each once."""
    told = Talk.greeted(content, "en").write("/language").words.splitlines()
    asked = {
        content.words.say(text_at(content, "language.choose.text"), code)
        for code in list(content.words.locales)[:PAGE]
    }
    assert set(told) == asked
    assert told[0] == text_at(content, "language.choose.text")


def test_many_languages_come_page_by_page(many: Content) -> None:
    """Released ones first, every one on some page, each page a handful, and the last leads back to the first."""
    talk = Talk.greeted(many).write("/language")
    seen: list[str] = []
    for _ in range(-(-len(many.words.locales) // PAGE)):
        *codes, more = talk.buttons
        assert len(codes) <= PAGE
        seen += [button.rpartition(".")[2] for button in codes]
        talk.press(more)
    assert seen == list(many.words.locales)
    assert seen[:2] == list(many.words.released)
    assert talk.buttons[0] == f"language.choose.{seen[0]}"


def test_a_page_asks_in_its_own_languages_and_those_that_are_released(many: Content) -> None:
    """An unchecked question always has a checked one beside it, so nothing else is said about it."""
    told = Talk.greeted(many, "ar").write("/language").words.splitlines()
    text = text_at(many, "language.choose.text")
    assert told[0] == drafts("ar")[text]
    assert {text, many.words.say(text, "id"), drafts("fa")[text]} <= set(told)
    assert not any("\u2014" in line for line in told)


@pytest.mark.parametrize("page", ["more-9", "more-99", "more-000"])
def test_a_page_that_is_not_there_any_more_is_the_first(many: Content, page: str) -> None:
    """An old button of a longer list still leads to languages."""
    talk = Talk.greeted(many).write("/language").press(f"language.choose.{page}")
    assert talk.buttons[0].startswith("language.choose.")
    assert talk.buttons[0].rpartition(".")[2] == next(iter(many.words.locales))


def test_a_choice_is_kept_and_used_at_once(content: Content) -> None:
    """From the press on everything is in the chosen language, whatever language is written."""
    talk = Talk.greeted(content, "id").press("language.choose.en")
    assert (talk.state.locale, talk.state.locale_chosen) == ("en", True)
    assert talk.says("menu.main.text")


@pytest.mark.parametrize("code", ["tlh", "rhg", "more-x", "less-1"])
def test_a_language_that_is_not_offered_is_an_old_button(content: Content, code: str) -> None:
    """A language that was taken back, or is only planned, is not there."""
    talk = Talk.greeted(content).press(f"language.choose.{code}")
    assert talk.state.at == "unclear.old_button"
    assert talk.state.locale == "en"
