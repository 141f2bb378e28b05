"""Links to WhatsApp: what they have typed already is found again, whatever people make of it, and nothing that they say is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.whatsapp_links import greeting_words, read_start, wa_link
from bot.channels.whatsapp_updates import Heard, read_webhook
from bot.messages import IncomingKind
from tests.support.whatsapp_fake.meta import PHONE_ID, messages, text, webhook

GREETING = greeting_words(["Hello Suar! ({code})", "Halo Suar! ({code})"])
codes = st.from_regex(r"c_[A-Za-z0-9]{2,20}", fullmatch=True)


def test_a_link_says_what_it_carries() -> None:
    """The address is one that any browser takes, with the greeting as it will be read."""
    assert wa_link("628110000000", "Halo Suar! (c_a)") == (
        "https://wa.me/628110000000?text=Halo%20Suar%21%20%28c_a%29"
    )


@pytest.mark.parametrize(
    ("said", "payload"),
    [
        ("Halo Suar! (c_abc)", "c_abc"),
        ("halo suar c_abc", "c_abc"),
        ("C_abc", "c_abc"),
        ("(c_Kota-Kita_1).", "c_Kota-Kita_1"),
        ("Start c_abc", "c_abc"),
        ("\u2022 Hello, Suar! \U0001f642 (quiz_Warning_signs)", "quiz_warning_signs"),
        ("Halo Suar! (j_7kx)", "j_7kx"),
        ("Halo Suar! (t_q2w)", "t_q2w"),
        ("Halo Suar!\n\n( c_abc )", "c_abc"),
    ],
)
def test_a_greeting_is_a_start(said: str, payload: str) -> None:
    """However somebody changes the greeting around the code, it leads where the link does."""
    assert read_start(said, GREETING) == (payload, False)


@pytest.mark.parametrize(
    "said",
    ["hello", "abc_c_abc", "https://t.me/x?start=c_abc", "me@c_abc.id", "c_", "basic_c", "quiz_"],
)
def test_what_is_no_code_is_left_alone(said: str) -> None:
    """Addresses, and words that only look a little like a code, are what they were."""
    assert read_start(said, GREETING) is None


@given(codes, st.text("abc help tolong\n", max_size=40), st.text(" .!()", max_size=5))
def test_nothing_that_was_written_is_lost(code: str, words: str, signs: str) -> None:
    """What people write beside the code is heard too, whole, and after the link."""
    said = f"{words} {signs}({code}) Halo Suar!"
    found = read_webhook(webhook(messages(text("m", said))), PHONE_ID, GREETING)
    events = [event.incoming for event in found if isinstance(event, Heard)]
    assert (events[0].kind, events[0].text) == (IncomingKind.START, code)
    if words.strip():
        assert [(each.kind, each.text) for each in events[1:]] == [(IncomingKind.TEXT, said)]
        assert events[0].event_id != events[1].event_id
    else:
        assert len(events) == 1
