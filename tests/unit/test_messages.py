"""What comes in and what goes out."""

from hypothesis import given
from hypothesis import strategies as st

from bot.messages import (
    MAX_TEXT_CHARS,
    Address,
    Button,
    Incoming,
    IncomingKind,
    Media,
    Outgoing,
    clean_text,
)

ADDRESS = Address("test", "bot", "1")
incoming = st.builds(
    Incoming,
    st.just(ADDRESS),
    st.just("1"),
    st.sampled_from(IncomingKind),
    st.text(),
    st.sampled_from([None, "id"]),
)
outgoing = st.builds(
    Outgoing,
    st.text(),
    st.lists(st.builds(Button, st.text(), st.text()), max_size=3).map(tuple),
    st.lists(st.builds(Media, st.text(), st.text(), st.text()), max_size=2).map(tuple),
    st.booleans(),
)


@given(incoming)
def test_an_event_is_read_back_as_it_was_stored(event: Incoming) -> None:
    """The address is stored apart; with it the event is whole again."""
    assert "1" not in event.to_json()
    assert Incoming.from_json(ADDRESS, "1", event.to_json()) == event


@given(outgoing)
def test_a_message_is_read_back_as_it_was_stored(message: Outgoing) -> None:
    """Words, buttons, pictures and whether it is sensitive survive."""
    assert Outgoing.from_json(message.to_json()) == message


def test_a_message_needs_nothing_but_words() -> None:
    """Buttons, pictures and sensitivity may be missing in what was stored."""
    assert Outgoing.from_json({"text": "hello"}) == Outgoing("hello")


@given(st.text(st.characters(), max_size=200))
def test_a_cleaned_text_can_be_stored(text: str) -> None:
    """No NUL and no lone surrogate is left; cleaning twice changes nothing."""
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert clean_text(cleaned) == cleaned


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    """Half a character from a broken phone does not break the message."""
    assert clean_text("a\ud83db") == "a?b"


def test_a_long_text_is_cut() -> None:
    """What is beyond the limit is not kept."""
    assert clean_text("a" * (MAX_TEXT_CHARS + 5)) == "a" * MAX_TEXT_CHARS


def test_nothing_of_a_person_shows_in_a_trace() -> None:
    """Neither words nor the person's number stand in `repr`."""
    event = Incoming(Address("telegram", "bot", "628129"), "1", IncomingKind.TEXT, "secret")
    assert "secret" not in repr(event)
    assert "628129" not in repr(event)
    assert "secret" not in repr(Outgoing("secret"))
