"""What Telegram can do for sensitive messages: they are neither forwarded nor saved, and can be taken back."""

import pytest

from bot.channels.errors import ContactStopped, RateLimited, SendError, TemporarilyDown
from bot.channels.telegram import Telegram, make_bot
from bot.messages import Address, Outgoing
from tests.channels.test_contract import SARI, letter
from tests.support.telegram_fake.faults import Fault, FaultKind
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake

TWO_DAYS = 48 * 3600


@pytest.mark.parametrize("sensitive", [True, False])
async def test_what_is_sensitive_is_protected(sensitive: bool) -> None:
    """Telegram lets nobody forward or save it; everything else may be passed on."""
    async with running_fake() as fake:
        await fake.person(SARI)
        channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url))
        address = Address("telegram", channel.account, str(SARI))
        await channel.send(address, letter(Outgoing("four words", sensitive=sensitive)))
        [sent] = await fake.messages(SARI)
        await channel.bot.session.close()
    assert sent.protect_content is sensitive


async def test_a_message_is_taken_back_while_telegram_lets_it() -> None:
    """Within two days it goes; later, or a second time, it is told that it cannot."""
    async with running_fake() as fake:
        await fake.person(SARI)
        channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url))
        address = Address("telegram", channel.account, str(SARI))
        numbers = [await channel.send(address, letter(Outgoing(text))) for text in ("a", "b")]
        assert numbers[0] is not None
        assert numbers[1] is not None
        assert await channel.delete(address, numbers[0])
        assert not await channel.delete(address, numbers[0])
        await fake.grow_old(SARI, TWO_DAYS + 1)
        assert not await channel.delete(address, numbers[1])
        assert [message.deleted for message in await fake.messages(SARI)] == [True, False]
        await channel.bot.session.close()


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("too_many_requests", RateLimited),
        ("deactivated", ContactStopped),
        ("bad_gateway", TemporarilyDown),
    ],
)
async def test_trouble_while_taking_back_is_one_of_ours(
    kind: FaultKind, ours: type[SendError]
) -> None:
    """Whoever takes it back knows whether to try again."""
    async with running_fake() as fake:
        await fake.person(SARI)
        channel = Telegram(make_bot(DEFAULT_TOKEN, fake.base_url))
        address = Address("telegram", channel.account, str(SARI))
        await fake.fail_next("deleteMessage", Fault(kind))
        with pytest.raises(ours):
            await channel.delete(address, "1")
        await channel.bot.session.close()
