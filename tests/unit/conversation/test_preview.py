"""A preview is what the turn says."""

from datetime import UTC, datetime, timedelta

from bot.content.load import Content
from bot.conversation.preview import play_answer
from tests.unit.conversation.talk import Talk

NAME = "what_is_trafficking"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_preview_is_what_a_person_would_get(content: Content) -> None:
    """The same messages with the same buttons as in a conversation, in each language."""
    for locale in content.words.locales:
        talk = Talk.greeted(content, locale)
        talk.now = NOW
        talk.press(f"answer.give.{NAME}")
        assert talk.result is not None
        assert play_answer(content, NAME, locale, now=NOW) == talk.result.outgoing


def test_the_second_page_is_shown_too(content: Content) -> None:
    """What stands under "Tell me more" comes when asked for."""
    [message] = play_answer(content, NAME, "en", now=NOW, more=True)
    assert message.text == content.answers[NAME].more


def test_an_answer_that_is_dark_is_not_given(content: Content) -> None:
    """The preview of an overdue answer is what people get: that it is out of date."""
    late = datetime.combine(content.answers[NAME].review_by, NOW.timetz()) + timedelta(days=91)
    assert content.answers[NAME].text not in play_answer(content, NAME, "en", now=late)[0].text
