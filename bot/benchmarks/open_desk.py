"""A counsellor's open desk, as the browser keeps it: signed in, with the live connection and the queue."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pyotp

from bot.errors import SetupError
from bot.local.run import make_setup_link

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
SECRET = re.compile(r'class="secret"[^>]*><code>([A-Z2-7 ]+)</code>')
REFERENCE = re.compile(r'class="reference">([^<]+)<')
SEEN_WITHIN_S = 10.0


@dataclass
class OpenDesk:
    """Looks at the queue again whenever the live connection says so."""

    base_url: str
    http: aiohttp.ClientSession
    events: aiohttp.ClientResponse

    async def queue(self) -> set[str]:
        """Return the references of everybody whom the page shows as waiting."""
        async with self.http.get(f"{self.base_url}/desk/parts/queue") as response:
            response.raise_for_status()
            return set(REFERENCE.findall(await response.text()))

    async def until_somebody_new(self, known: set[str]) -> float:
        """Return the moment (of `time.perf_counter`) at which the queue shows somebody not in `known`.

        Raises:
            TimeoutError: Nobody new came within ten seconds.
        """
        async with asyncio.timeout(SEEN_WITHIN_S):
            async for line in self.events.content:
                if line.strip() == b"event: queue" and await self.queue() - known:
                    return time.perf_counter()
        raise SetupError("the desk's live connection ended.")


@asynccontextmanager
async def opened_desk(base_url: str, dsn: str) -> AsyncIterator[OpenDesk]:
    """Make the first admin over the one-time link, as a person would, and open the desk."""
    jar = aiohttp.CookieJar(unsafe=True)
    forever = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=forever) as http:
        await _set_up(http, base_url, await make_setup_link(dsn) or "")
        async with http.get(f"{base_url}/desk/events") as events:
            events.raise_for_status()
            yield OpenDesk(base_url, http, events)


async def _set_up(http: aiohttp.ClientSession, base_url: str, link: str) -> None:
    url = f"{base_url}/desk/setup"
    async with http.get(url, params={"token": link}) as response:
        found = CSRF.search(await response.text())
    if found is None:
        raise SetupError("the desk's set-up page has no form.")
    form = {
        "csrf": found.group(1),
        "token": link,
        "name": "Bench",
        "email": "bench@example.org",
        "password": secrets.token_urlsafe(16),
        "locale": "en",
    }
    async with http.post(url, data=form) as response:
        page = await response.text()
        if not response.ok:
            raise SetupError(f"the desk cannot be set up: {response.status}.")
    await _set_up_second_step(http, base_url, page)


async def _set_up_second_step(http: aiohttp.ClientSession, base_url: str, page: str) -> None:
    csrf, secret = CSRF.search(page), SECRET.search(page)
    if csrf is None or secret is None:
        raise SetupError("the desk does not show how its second step is set up.")
    code = pyotp.TOTP(secret.group(1).replace(" ", "")).now()
    form = {"csrf": csrf.group(1), "code": code, "next": ""}
    async with http.post(f"{base_url}/desk/second-step", data=form) as response:
        if not response.ok:
            raise SetupError(f"the desk's second step cannot be set up: {response.status}.")
