"""Which message an answer points to, as each platform wants to be told and as it tells us."""

import pytest

from bot.channels.capabilities import TELEGRAM, WHATSAPP, Capabilities
from bot.channels.fit import fit
from bot.channels.telegram_files import as_method, as_reply
from bot.channels.whatsapp_updates import Heard, read_webhook
from bot.clock import SystemClock
from bot.messages import Incoming, MessageId, Outgoing, SentFile
from bot.store.outbox import Letter
from tests.support.files import picture
from tests.support.whatsapp_fake.meta import PHONE_ID, messages, text, webhook


def test_telegram_is_told_to_send_it_all_the_same() -> None:
    """The number of the message, and that a message that was deleted meanwhile holds nothing up."""
    reply = as_reply("17")
    assert reply is not None
    assert (reply.message_id, reply.allow_sending_without_reply) == (17, True)


@pytest.mark.parametrize("known", [None, "", "wamid.x", "-3"])
def test_what_is_no_number_of_telegram_s_is_not_quoted(known: str | None) -> None:
    """An id of another platform, or none, leads to a message without a quote."""
    assert as_reply(known) is None


@pytest.mark.parametrize("kind", ["picture", "voice", "pdf"])
def test_a_file_on_telegram_points_as_well(kind: str) -> None:
    """Whatever a counsellor sends as an answer carries the number."""
    clock = SystemClock()
    letter = Letter(
        1, MessageId(clock.new_id()), clock.new_id(), 0, "staff",
        Outgoing("", file=SentFile("x", kind)), content=picture(size=(16, 16)), quoted="17",
    )  # fmt: skip
    reply = as_method(7, letter).reply_parameters
    assert reply is not None
    assert reply.message_id == 17


def test_every_message_of_whatsapp_brings_meta_s_own_id() -> None:
    """By it an answer can point to the message; it is shown nowhere."""
    told = webhook(messages(text("wamid.HBgNsecret", "hello")))
    [heard] = read_webhook(told, PHONE_ID)
    assert isinstance(heard, Heard)
    assert heard.incoming.platform_id == "wamid.HBgNsecret"
    assert "wamid" not in repr(heard)


@pytest.mark.parametrize("can", [TELEGRAM, WHATSAPP])
def test_only_the_first_part_points(can: Capabilities) -> None:
    """A long answer quotes once, and what is kept of it reads back as the same."""
    parts = fit([Outgoing("word " * 2_000, quote=5)], can)
    assert len(parts) > 1
    assert [part.quote for part in parts] == [5] + [None] * (len(parts) - 1)
    assert [Outgoing.from_json(part.to_json()) for part in parts] == parts


def test_what_came_in_keeps_its_id_while_it_waits() -> None:
    """An event that is answered later still knows which message it was."""
    told = webhook(messages(text("wamid.1", "hello")))
    [heard] = read_webhook(told, PHONE_ID)
    assert isinstance(heard, Heard)
    event = heard.incoming
    assert Incoming.from_json(event.address, event.event_id, event.to_json()) == event
