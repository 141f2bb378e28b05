"""The staff's accounts on Telegram: linked by a code that the desk shows once, unlinked at any time.

An account is found by a keyed hash, and opened only to write to it. Somebody who is locked out has none.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff, get_staff
from bot.store import throttle
from bot.store.contacts import People
from bot.store.keys import get_accounts_key
from bot.store.tables import StaffRow, StaffTelegramCodeRow, StaffTelegramRow

CODE_LIFE = timedelta(minutes=10)
CODE_CHARS = 10
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without what is easily taken for something else; ten of these are 49 bits of chance."""
TRIES, WINDOW = 5, timedelta(minutes=10)
DUTY = timedelta(hours=12)
"""Who forgets to go off duty is left in peace after this."""
ACCOUNT = "staff.account"


@dataclass(frozen=True)
class Linked:
    """Somebody of the staff with their Telegram account."""

    staff: Staff
    chat_id: int = field(repr=False)
    """The account's number, which is also that of their chat with the bot."""
    duty_until: datetime | None = None

    def is_on_duty(self, now: datetime) -> bool:
        """Tell whether they want to hear now of people who wait."""
        return may_talk(self.staff) and self.duty_until is not None and self.duty_until > now

    def rests(self, now: datetime) -> bool:
        """Tell whether they take a breather now."""
        return self.staff.rests_until is not None and self.staff.rests_until > now


def may_talk(staff: Staff) -> bool:
    """Tell whether somebody may use the bot at all: whoever may take people from the queue."""
    return staff.may(Permission.TALK) and not staff.disabled


def may_be_alarmed(staff: Staff) -> bool:
    """Tell whether somebody hears of alarms."""
    return staff.may(Permission.OVERSEE) and not staff.disabled


async def count_code(conn: AsyncConnection, people: People, staff: Staff, now: datetime) -> None:
    """Count that somebody wants a code; commit it apart.

    Raises:
        TooManyTries: Not again so soon.
    """
    key = people.lookup.of("staff-code", str(staff.id))
    await throttle.hit(conn, key, limit=TRIES, window=WINDOW, now=now)


async def make_code(conn: AsyncConnection, people: People, staff: Staff) -> str:
    """Return a new code for somebody; an older one of theirs is worth nothing from now on.

    Raises:
        NotFound: This role has nothing to do with the bot.
    """
    if not may_talk(staff):
        raise NotFound
    code = "".join(people.clock.choice(ALPHABET) for _ in range(CODE_CHARS))
    values = {
        "code_hash": _hash_of(people, code),
        "expires_at": people.clock.now() + CODE_LIFE,
    }
    await conn.execute(
        insert(StaffTelegramCodeRow)
        .values(staff_id=staff.id, **values)
        .on_conflict_do_update(index_elements=["staff_id"], set_=values)
    )
    return code


async def count_try(conn: AsyncConnection, people: People, account: int, now: datetime) -> None:
    """Count that an account tries a code; commit it apart.

    Raises:
        TooManyTries: It has guessed enough for now.
    """
    key = people.lookup.of("staff-code-try", str(account))
    await throttle.hit(conn, key, limit=TRIES, window=WINDOW, now=now)


async def link(
    conn: AsyncConnection, people: People, code: str, account: int, *, now: datetime
) -> Staff:
    """Link an account to whoever made the code; the code is used up.

    Raises:
        NotFound: The code is wrong, used or too old, or its owner may not use the bot any more.
        Conflict: The account is linked to somebody else.
    """
    staff_id = await conn.scalar(
        delete(StaffTelegramCodeRow)
        .where(
            StaffTelegramCodeRow.code_hash == _hash_of(people, code),
            StaffTelegramCodeRow.expires_at > now,
        )
        .returning(StaffTelegramCodeRow.staff_id)
    )
    if staff_id is None:
        raise NotFound
    staff = await get_staff(conn, staff_id)
    if not may_talk(staff):
        raise NotFound
    lookup = _lookup_of(people, account)
    other = await conn.scalar(
        select(StaffTelegramRow.staff_id).where(StaffTelegramRow.lookup == lookup)
    )
    if other is not None and other != staff_id:
        raise Conflict
    key = await get_accounts_key(conn, people.keyring)
    values = {
        "lookup": lookup,
        "account_sealed": key.seal(str(account), ACCOUNT),
        "linked_at": now,
        "duty_until": None,
    }
    await conn.execute(
        insert(StaffTelegramRow)
        .values(staff_id=staff_id, **values)
        .on_conflict_do_update(index_elements=["staff_id"], set_=values)
    )
    return staff


async def unlink(conn: AsyncConnection, staff_id: UUID) -> None:
    """Let somebody's account go, with a code that waits."""
    for table in (StaffTelegramRow, StaffTelegramCodeRow):
        await conn.execute(delete(table).where(table.staff_id == staff_id))


async def linked_since(conn: AsyncConnection, staff_id: UUID) -> datetime | None:
    """Return since when somebody has a linked account, if they have."""
    return await conn.scalar(
        select(StaffTelegramRow.linked_at).where(StaffTelegramRow.staff_id == staff_id)
    )


async def find(conn: AsyncConnection, people: People, account: int) -> Linked | None:
    """Return whose account this is, if it is somebody's who may use the bot."""
    found = await _read(conn, people, StaffTelegramRow.lookup == _lookup_of(people, account))
    return found[0] if found else None


async def find_of(conn: AsyncConnection, people: People, staff_id: UUID) -> Linked | None:
    """Return somebody's account, if they have one and may use the bot."""
    found = await _read(conn, people, StaffTelegramRow.staff_id == staff_id)
    return found[0] if found else None


async def list_linked(conn: AsyncConnection, people: People) -> list[Linked]:
    """Return everybody who has an account and may use the bot."""
    return await _read(conn, people, StaffTelegramRow.staff_id.is_not(None))


async def set_duty(conn: AsyncConnection, staff_id: UUID, until: datetime | None) -> None:
    """Let somebody hear of people who wait, until then; None ends it."""
    await conn.execute(
        update(StaffTelegramRow)
        .where(StaffTelegramRow.staff_id == staff_id)
        .values(duty_until=until)
    )


async def _read(conn: AsyncConnection, people: People, only: Any) -> list[Linked]:  # noqa: ANN401  # a condition
    rows = await conn.execute(
        select(StaffTelegramRow)
        .join(StaffRow, StaffRow.id == StaffTelegramRow.staff_id)
        .where(only, StaffRow.disabled_at.is_(None))
        .order_by(StaffTelegramRow.staff_id)
    )
    key = None
    found = []
    for row in rows.all():
        staff = await get_staff(conn, row.staff_id)
        if may_talk(staff):
            key = key or await get_accounts_key(conn, people.keyring)
            account = int(key.open(row.account_sealed, ACCOUNT))
            found.append(Linked(staff, account, row.duty_until))
    return found


def _lookup_of(people: People, account: int) -> bytes:
    return people.lookup.of("staff-account", str(account))


def _hash_of(people: People, code: str) -> bytes:
    return people.lookup.of("staff-code-hash", code.strip().upper())
