"""Runs one Bot API call from start to end: faults, flood limits, the method itself, the log."""

import asyncio
import time

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.errors import BotApiError
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.methods import METHODS
from tests.support.telegram_fake.methods.polling import Described
from tests.support.telegram_fake.records import ApiCall, Json
from tests.support.telegram_fake.state import BotAccount

_COUNTED_BY_FLOOD_LIMIT = frozenset(
    name for name in METHODS if name.startswith(("send", "editmessage")) and "action" not in name
)


class LineCut(Exception):
    """The connection has to be closed without an answer, after `delay_s` seconds."""

    def __init__(self, delay_s: float) -> None:
        super().__init__(delay_s)
        self.delay_s = delay_s


async def perform(account: BotAccount, method: str, params: Params) -> Json:
    """Run a call and remember it.

    Args:
        account: The bot that calls.
        method: The method's name in any case.
        params: Its arguments.

    Returns:
        The answer's JSON object, `ok` true.

    Raises:
        BotApiError: Telegram refuses, or a planned fault says so.
        LineCut: A planned fault swallows the answer.
    """
    name = method.lower()
    at_s = time.time()
    status, description = 200, None
    try:
        return await _perform(account, name, params)
    except BotApiError as exc:
        status, description = exc.code, exc.description
        raise
    except LineCut:
        status = 0
        raise
    finally:
        canonical = METHODS[name][0] if name in METHODS else method
        account.log_call(ApiCall(canonical, params.for_log(), at_s, status, description))


async def _perform(account: BotAccount, name: str, params: Params) -> Json:
    if name not in METHODS:
        raise BotApiError(404, "Not Found")
    chat_id = params.integer("chat_id")
    fault = account.faults.take(name, chat_id)
    if fault:
        await _suffer(fault)
    if account.is_logged_out:
        raise BotApiError(400, "Logged out")
    if account.flood and name in _COUNTED_BY_FLOOD_LIMIT:
        account.flood.check(chat_id, time.monotonic())
    result = await METHODS[name][1](account, params)
    if fault and fault.kind == "hang_after":
        raise LineCut(fault.delay_s)
    if isinstance(result, Described):
        return {"ok": True, "result": result.result, "description": result.description}
    return {"ok": True, "result": result}


async def _suffer(fault: Fault) -> None:
    if refusal := fault.refusal():
        raise refusal
    if fault.kind == "hang_before":
        raise LineCut(fault.delay_s)
    if fault.kind == "slow":
        await asyncio.sleep(fault.delay_s)


def refusal_body(error: BotApiError) -> Json:
    """Return the JSON object with which Telegram refuses."""
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.retry_after_s is not None:
        body["parameters"] = {"retry_after": error.retry_after_s}
    return body
