"""What Meta tells of our own number: the name that people see, and the number itself, which links need."""

import asyncio
import re
from dataclasses import dataclass, field

import structlog
from pywa_async.api import GraphAPIAsync

from bot.channels.errors import SendError, TemporarilyDown
from bot.channels.whatsapp import asked, make_session

log = structlog.get_logger(__name__)

AGAIN_S = 60.0
"""After this Meta is asked anew where it did not answer."""
_FIELDS = {"fields": "verified_name,display_phone_number"}
_DIGITS = re.compile(r"[0-9]{5,20}")


@dataclass(frozen=True)
class Number:
    """Our number as people see it."""

    name: str
    shown: str
    """As Meta writes it, like `+62 811-0000-000`; empty where it tells none."""

    @property
    def digits(self) -> str | None:
        """The number as links have it; None where none is known."""
        digits = re.sub(r"\D", "", self.shown)
        return digits if _DIGITS.fullmatch(digits) else None


@dataclass
class OwnNumber:
    """Asks Meta for our number once, and keeps it."""

    api: GraphAPIAsync
    account: str
    _found: str | None = None
    _not_before: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def learn(self) -> None:
        """Ask until Meta has told it, so that whoever makes a link need not wait."""
        while await self.get() is None:  # noqa: ASYNC110  # nobody tells us earlier
            await asyncio.sleep(AGAIN_S)

    async def get(self) -> str | None:
        """Return the digits of our number; None while Meta has not told them."""
        async with self._lock:
            now = asyncio.get_running_loop().time()
            if self._found is None and now >= self._not_before:
                self._not_before = now + AGAIN_S
                try:
                    self._found = (await ask(self.api, self.account)).digits
                except SendError as error:
                    log.warning("own_number_unknown", error=error.code)
            return self._found


async def ask(api: GraphAPIAsync, account: str) -> Number:
    """Return what Meta tells of our number.

    Raises:
        SendError: Meta does not know us, or cannot be reached.
    """
    found = await asked(api.send_raw_request("GET", f"/{account}", params=_FIELDS))
    if not isinstance(found, dict):
        raise TemporarilyDown
    return Number(str(found.get("verified_name", "")), str(found.get("display_phone_number", "")))


async def examine_number(api_url: str, token: str, phone_id: str) -> Number:
    """Return under which name and number we write.

    Raises:
        SendError: Meta does not know us, or cannot be reached.
    """
    session, api = make_session(api_url, token)
    async with session:
        return await ask(api, phone_id)
