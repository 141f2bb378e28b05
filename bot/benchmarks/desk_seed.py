"""A desk full of people: counsellors who are signed in, each with somebody in conversation."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pyotp
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.benchmarks.contestants import SUAR_TOKEN
from bot.benchmarks.open_desk import CSRF
from bot.clock import SystemClock
from bot.errors import SetupError
from bot.hotline import cases, consent, second_step
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff, add_staff
from bot.messages import Address, StaffId
from bot.store import sessions
from bot.store.contacts import People
from bot.store.crypto import Keyring, read_or_make_secret_keys
from bot.store.engine import Database
from bot.store.keys import get_lookup
from bot.understanding.model import Risk, RiskLevel

COOKIE = "suar_desk"
ACCOUNT = SUAR_TOKEN.partition(":")[0]
CALM = Risk(RiskLevel.NONE, ())
NO_PASSWORD = "!"  # noqa: S105  # nobody signs in with it: their sessions are opened here


@dataclass(frozen=True)
class Seat:
    """A counsellor's browser, and the person they talk with."""

    person: int
    case: str
    http: aiohttp.ClientSession


@asynccontextmanager
async def seated(
    base_url: str, dsn: str, data_dir: Path, people: list[int]
) -> AsyncIterator[list[Seat]]:
    """Seat a counsellor for each person, and let each take theirs over the desk's own "next person".

    Args:
        base_url: Where the desk is.
        dsn: Its database.
        data_dir: Its data folder, for the secret keys.
        people: Their ids on Telegram.
    """
    db, clock = Database.at(dsn, pool_size=2), SystemClock()
    opened: list[Seat] = []
    try:
        keyring = Keyring.of(read_or_make_secret_keys(data_dir))
        async with db.transaction() as conn:
            known = People(keyring, await get_lookup(conn, keyring), clock)
        for person in people:
            async with db.transaction() as conn:
                await _add_case(conn, known, person)
                token = await _add_counsellor(conn, known, person)
            opened.append(await _take(base_url, token, person))
        yield opened
    finally:
        await asyncio.gather(*(seat.http.close() for seat in opened))
        await db.close()


async def _add_counsellor(conn: AsyncConnection, people: People, number: int) -> str:
    """Add somebody who speaks Indonesian, signed in with a code; return the token of their browser."""
    clock = people.clock
    staff_id, now = StaffId(clock.new_id()), clock.now()
    staff = Staff(staff_id, f"bench-{number}@example.org", "Bench", Role.COUNSELLOR, ("id",), "id")
    await add_staff(conn, staff, password_hash=NO_PASSWORD)
    code = pyotp.TOTP(await second_step.begin(conn, people, staff_id)).at(now)
    await second_step.confirm(conn, people, staff_id, code, now=now)
    return await sessions.open_session(conn, staff_id, clock=clock, coded_at=now)


async def _add_case(conn: AsyncConnection, people: People, person: int) -> None:
    """Let somebody wait who has agreed to talk."""
    party = await people.find_or_make(conn, Address("telegram", ACCOUNT, str(person)))
    case_id, _ = await cases.open_case(
        conn,
        party,
        clock=people.clock,
        lookup=people.lookup,
        reference=f"S-{10_000 + person}",
        passphrase=(secrets.token_hex(4), "rain", "boat", "lamp"),
        risk=CALM,
        wishes={},
        locale="id",
        share=[],
    )
    await consent.record(
        conn,
        party,
        consent.TALK,
        granted=True,
        text_version="bench",
        locale="id",
        at=people.clock.now(),
        case_id=case_id,
    )


async def _take(base_url: str, token: str, person: int) -> Seat:
    http = aiohttp.ClientSession(
        cookies={COOKIE: token},
        cookie_jar=aiohttp.CookieJar(unsafe=True),
        connector=aiohttp.TCPConnector(limit=4),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
    )
    async with http.get(f"{base_url}/desk/") as page:
        found = CSRF.search(await page.text())
    if found is None:
        raise SetupError("the desk's queue has no form.")
    form = {"csrf": found.group(1)}
    async with http.post(f"{base_url}/desk/next", data=form, allow_redirects=False) as answer:
        case = answer.headers.get("location", "").removeprefix("/desk/cases/")
    if not case or "/" in case:
        raise SetupError("a counsellor was given nobody.")
    return Seat(person, case, http)
