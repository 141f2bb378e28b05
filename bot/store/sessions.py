"""Signed-in browsers of the staff, and the one-time link that makes the first admin.

A token leaves this module once, to the browser; the database keeps its hash.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import NotFound
from bot.messages import StaffId
from bot.store.batch import Batch, Rows, at_once, prepared
from bot.store.crypto import hash_token
from bot.store.tables import SecondStepRow, SetupLinkRow, StaffRow, StaffSessionRow

LIFE = timedelta(hours=12)
"""A session ends this long after the sign-in, come what may."""
IDLE = timedelta(minutes=60)
"""A session ends after this long without a hand on the desk."""
SETUP_LIFE = timedelta(hours=24)
_FIRST_ADMIN = 0x73657475
"""The advisory lock under which the first admin is made: the second of two finds the first."""


@dataclass(frozen=True)
class StaffSession:
    """A browser in which somebody of the staff is signed in."""

    token_hash: bytes = field(repr=False)
    id: UUID
    staff_id: StaffId
    csrf: str = field(repr=False)
    expires_at: datetime
    coded_at: datetime | None
    """When a code of the second step was last given in it."""
    has_second_step: bool
    """Whether its owner has set a second step up."""


@dataclass(frozen=True)
class OpenBrowser:
    """A browser in which somebody is signed in, as they see it among their settings."""

    id: UUID
    browser: str
    since: datetime
    seen_at: datetime


async def open_session(
    conn: AsyncConnection,
    staff_id: UUID,
    *,
    clock: Clock,
    browser: str = "",
    coded_at: datetime | None = None,
) -> str:
    """Sign somebody in; return the token for their browser.

    Args:
        conn: The transaction.
        staff_id: Who.
        clock: Gives the time and the token.
        browser: Its kind, for its owner to know it again.
        coded_at: When a code of the second step was given; None opens only the page that asks for it.
    """
    token, now = clock.token(), clock.now()
    await conn.execute(
        insert(StaffSessionRow).values(
            token_hash=hash_token(token),
            id=clock.new_id(),
            staff_id=staff_id,
            csrf=clock.token(),
            browser=browser,
            coded_at=coded_at,
            created_at=now,
            seen_at=now,
            expires_at=now + LIFE,
        )
    )
    return token


def ask_session(batch: Batch, token_hash: bytes, *, now: datetime) -> Rows:
    """Look up the session of a token while it lasts and its owner may work here, for `read_session`.

    A row has the columns of the owner (`StaffRow`) too.
    """
    return batch.add(_FIND, token=token_hash, now=now, idle_since=now - IDLE)


def read_session(rows: Rows) -> StaffSession | None:
    """Return the session that `ask_session` has found."""
    if not rows:
        return None
    row = rows[0]
    return StaffSession(
        row.token_hash,
        row.session_id,
        StaffId(row.id),
        row.csrf,
        row.expires_at,
        row.coded_at,
        row.set_up_at is not None,
    )


async def list_open(conn: AsyncConnection, staff_id: UUID, *, now: datetime) -> list[OpenBrowser]:
    """Return the browsers in which somebody is signed in, the one used last first."""
    rows = await conn.execute(
        select(
            StaffSessionRow.id,
            StaffSessionRow.browser,
            StaffSessionRow.created_at,
            StaffSessionRow.seen_at,
        )
        .where(StaffSessionRow.staff_id == staff_id, *_lasting(now, now - IDLE))
        .order_by(StaffSessionRow.seen_at.desc(), StaffSessionRow.id)
    )
    return [OpenBrowser(*row) for row in rows]


async def end_session(conn: AsyncConnection, staff_id: UUID, session_id: UUID) -> None:
    """Sign one of somebody's own browsers out.

    Raises:
        NotFound: There is none of this id, or it is somebody else's: from outside the two look the same.
    """
    ended = await conn.execute(
        delete(StaffSessionRow).where(
            StaffSessionRow.id == session_id, StaffSessionRow.staff_id == staff_id
        )
    )
    if not ended.rowcount:
        raise NotFound


async def note_code(conn: AsyncConnection, token_hash: bytes, *, at: datetime) -> None:
    """Note that a code of the second step was given in this browser."""
    await conn.execute(
        update(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash).values(coded_at=at)
    )


async def touch(conn: AsyncConnection, token_hash: bytes, *, now: datetime) -> None:
    """Note that somebody has a hand on the desk."""
    await conn.execute(
        update(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash).values(seen_at=now)
    )


async def be_on_desk(conn: AsyncConnection, token_hash: bytes, *, now: datetime) -> None:
    """Note that this browser has the desk open."""
    await at_once(conn, lambda batch: batch.add(_ON_DESK, token=token_hash, now=now))


async def close_session(conn: AsyncConnection, token_hash: bytes) -> None:
    """Sign one browser out."""
    await conn.execute(delete(StaffSessionRow).where(StaffSessionRow.token_hash == token_hash))


async def close_all(conn: AsyncConnection, staff_id: UUID, *, but: bytes | None = None) -> int:
    """Sign somebody out of every browser, or of all but the one with this token's hash; return how many."""
    theirs = delete(StaffSessionRow).where(StaffSessionRow.staff_id == staff_id)
    if but is not None:
        theirs = theirs.where(StaffSessionRow.token_hash != but)
    return (await conn.execute(theirs)).rowcount


async def set_password_hash(conn: AsyncConnection, staff_id: UUID, password_hash: str) -> None:
    """Keep the hash of a new password (or of the same one, hashed with newer settings)."""
    await conn.execute(
        update(StaffRow).where(StaffRow.id == staff_id).values(password_hash=password_hash)
    )


async def add_setup_link(
    conn: AsyncConnection, *, clock: Clock, life: timedelta = SETUP_LIFE
) -> str:
    """Make a link that makes the first admin; return its token."""
    token = clock.token()
    await conn.execute(
        insert(SetupLinkRow).values(token_hash=hash_token(token), expires_at=clock.now() + life)
    )
    return token


async def check_setup_link(conn: AsyncConnection, token: str, *, now: datetime) -> None:
    """Make sure that a setup link can still be used.

    Raises:
        NotFound: It is unknown, used up or too old, or there is staff already.
    """
    usable = await conn.scalar(
        select(func.count()).select_from(SetupLinkRow).where(*_usable(token, now))
    )
    if not usable or await _anybody(conn):
        raise NotFound


async def use_setup_link(conn: AsyncConnection, token: str, *, now: datetime) -> None:
    """Use a setup link up, in the transaction that makes the first admin.

    Raises:
        NotFound: It is unknown, used up or too old, or there is staff already.
    """
    await conn.execute(select(func.pg_advisory_xact_lock(_FIRST_ADMIN)))
    used = await conn.scalar(
        update(SetupLinkRow)
        .where(*_usable(token, now))
        .values(used_at=now)
        .returning(SetupLinkRow.token_hash)
    )
    if used is None or await _anybody(conn):
        raise NotFound


async def purge(conn: AsyncConnection, *, now: datetime) -> int:
    """Delete sessions and setup links whose time is over; return how many."""
    sessions = await conn.execute(
        delete(StaffSessionRow).where(
            (StaffSessionRow.expires_at <= now) | (StaffSessionRow.seen_at <= now - IDLE)
        )
    )
    links = await conn.execute(
        delete(SetupLinkRow).where(
            (SetupLinkRow.expires_at <= now) | SetupLinkRow.used_at.is_not(None)
        )
    )
    return sessions.rowcount + links.rowcount


def _lasting(now: Any, idle_since: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401  # moments, or parameters
    return StaffSessionRow.expires_at > now, StaffSessionRow.seen_at > idle_since


def _usable(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        SetupLinkRow.token_hash == hash_token(token),
        SetupLinkRow.expires_at > now,
        SetupLinkRow.used_at.is_(None),
    )


async def _anybody(conn: AsyncConnection) -> bool:
    return bool(await conn.scalar(select(func.count()).select_from(StaffRow)))


_FIND = prepared(
    select(
        StaffRow,
        StaffSessionRow.token_hash,
        StaffSessionRow.id.label("session_id"),
        StaffSessionRow.csrf,
        StaffSessionRow.expires_at,
        StaffSessionRow.coded_at,
        SecondStepRow.set_up_at,
    )
    .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
    .outerjoin(SecondStepRow, SecondStepRow.staff_id == StaffSessionRow.staff_id)
    .where(
        StaffSessionRow.token_hash == bindparam("token"),
        *_lasting(bindparam("now"), bindparam("idle_since")),
        StaffRow.disabled_at.is_(None),
    ),
    gives_rows=True,
)
_ON_DESK = prepared(
    update(StaffSessionRow)
    .where(StaffSessionRow.token_hash == bindparam("token"))
    .values(on_desk_at=bindparam("now"))
)
