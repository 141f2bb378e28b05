"""`choose_language`: the released languages, asked for in each of them."""

from bot.content.load import Content
from tests.unit.conversation.talk import Talk, text_at


def test_the_languages_stand_under_their_own_names(content: Content) -> None:
    """Each released language is offered by the name its speakers give it."""
    talk = Talk.greeted(content).write("/language")
    assert talk.titles == tuple(info.name for info in content.words.locales.values())


def test_the_question_stands_in_every_language(content: Content) -> None:
    """We do not know which language is read, so the question comes in all of them, each once."""
    told = Talk.greeted(content, "en").write("/language").words.splitlines()
    asked = {
        content.words.say(text_at(content, "language.choose.text"), code)
        for code in content.words.locales
    }
    assert set(told) == asked
    assert told[0] == text_at(content, "language.choose.text")


def test_a_choice_is_kept_and_used_at_once(content: Content) -> None:
    """From the press on everything is in the chosen language, whatever language is written."""
    talk = Talk.greeted(content, "id").press("language.choose.en")
    assert (talk.state.locale, talk.state.locale_chosen) == ("en", True)
    assert talk.says("menu.main.text")


def test_a_language_that_is_not_released_is_an_old_button(content: Content) -> None:
    """A language that was taken back is not there any more."""
    talk = Talk.greeted(content).press("language.choose.tlh")
    assert talk.state.at == "unclear.old_button"
    assert talk.state.locale == "en"
