"""getUpdates and the webhook methods: the two ways to get updates, which exclude each other."""

import re

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import BotApiError, refuse
from tests.support.telegram_fake.links import split_link
from tests.support.telegram_fake.records import Json
from tests.support.telegram_fake.state import BotAccount
from tests.support.telegram_fake.updates import WEBHOOK_SET
from tests.support.telegram_fake.webhook import WebhookSender, WebhookSettings

_MAX_POLL_S = 50
_MAX_SECRET_CHARS = 256
_DEFAULT_CONNECTIONS = 40
_MAX_CONNECTIONS = 100
_WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)


class Described:
    """A result that comes with a description, as setWebhook's does."""

    def __init__(self, result: object, description: str) -> None:
        self.result = result
        self.description = description


async def get_updates(account: BotAccount, params: Params) -> list[Json]:
    """Source: https://core.telegram.org/bots/api#getupdates."""
    if account.webhook:
        raise BotApiError(409, _WEBHOOK_ACTIVE)
    account.updates.set_allowed(params.parsed("allowed_updates", "allowed updates"))
    limit = min(max(params.integer("limit", 100), 1), 100)
    timeout_s = min(max(params.integer("timeout"), 0), _MAX_POLL_S)
    return await account.updates.get(params.integer("offset"), limit, timeout_s)


async def set_webhook(account: BotAccount, params: Params) -> Described:
    """Source: https://core.telegram.org/bots/api#setwebhook.

    Plain HTTP is taken, as by a self-hosted server in local mode.
    """
    url = params.text("url")
    if not url:
        return await delete_webhook(account, params)
    settings = _settings(account, params, url)
    account.updates.set_allowed(params.parsed("allowed_updates", "allowed updates"))
    drops = params.flag("drop_pending_updates")
    if account.webhook and account.webhook.settings == settings and not drops:
        return Described(True, "Webhook is already set")
    account.updates.interrupt(BotApiError(409, WEBHOOK_SET))
    await close_webhook(account)
    if drops:
        account.updates.drop()
    _open_webhook(account, settings)
    return Described(True, "Webhook was set")


def _settings(account: BotAccount, params: Params, url: str) -> WebhookSettings:
    parts = split_link(url, "https")
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        refuse("Invalid webhook URL specified")
    secret = params.text("secret_token")
    if len(secret) > _MAX_SECRET_CHARS:
        refuse("Secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", secret):
        refuse("Secret token contains unallowed characters")
    wanted = params.integer("max_connections", _DEFAULT_CONNECTIONS)
    connections = min(max(wanted, 1), _MAX_CONNECTIONS)
    return WebhookSettings(parts.geturl(), secret, connections, account.webhook_retry_unit_s)


def _open_webhook(account: BotAccount, settings: WebhookSettings) -> None:
    account.webhook_error = None
    account.webhook = WebhookSender(settings, account)
    account.updates.listener = account.webhook.offer
    for update in account.updates.pending:
        account.webhook.offer(update)


async def close_webhook(account: BotAccount) -> None:
    """Stop delivering; what was not taken stays pending."""
    sender, account.webhook = account.webhook, None
    account.updates.listener = None
    if sender:
        await sender.close()


async def delete_webhook(account: BotAccount, params: Params) -> Described:
    """Source: https://core.telegram.org/bots/api#deletewebhook."""
    was_set = account.webhook is not None
    await close_webhook(account)
    if params.flag("drop_pending_updates"):
        account.updates.drop()
    return Described(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


async def get_webhook_info(account: BotAccount, params: Params) -> Json:
    """Source: https://core.telegram.org/bots/api#getwebhookinfo."""
    info: Json = {
        "url": account.webhook.settings.url if account.webhook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(account.updates.pending),
    }
    if account.webhook:
        info["max_connections"] = account.webhook.settings.max_connections
        if account.webhook_error:
            info["last_error_date"], info["last_error_message"] = account.webhook_error
    if account.updates.allowed:
        info["allowed_updates"] = account.updates.allowed
    return info
