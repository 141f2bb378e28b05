"""A local fake of Telegram's Bot API server, spoken to over real HTTP.

Point SUAR_TELEGRAM_API_URL (aiogram: `TelegramAPIServer.from_base`) at it. Error texts and the
behaviour of polling and webhooks follow the open source Bot API server. `README.md` beside this
file says what is faithful and what is not.
"""

from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.control import TelegramFake
from tests.support.telegram_fake.errors import ControlError
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.records import (
    ApiCall,
    CallbackAnswer,
    Happened,
    SentMessage,
    WebhookDelivery,
)
from tests.support.telegram_fake.runner import DEFAULT_TOKEN, running_fake

__all__ = [
    "DEFAULT_TOKEN",
    "ApiCall",
    "CallbackAnswer",
    "ControlError",
    "Fault",
    "Happened",
    "SentMessage",
    "TelegramFake",
    "TelegramFakeClient",
    "WebhookDelivery",
    "running_fake",
]
