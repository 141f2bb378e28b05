"""Those who work on the desk; what each role may do stands in `bot.hotline.permissions`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission, Role, may, roles_with
from bot.hotline.weight import LIMIT
from bot.messages import StaffId
from bot.store.tables import StaffRow, StaffSessionRow, StaffTelegramRow

ON_DESK = timedelta(seconds=60)
"""Somebody whose open desk was heard of within this time is there."""


BREATHER = timedelta(minutes=10)
"""How long somebody is left in peace who takes a breather; "next person" ends it at any time."""


@dataclass(frozen=True)
class Staff:
    """Somebody of the staff."""

    id: StaffId
    email: str
    name: str
    role: Role
    languages: tuple[str, ...]
    locale: str
    gender: str | None = None
    disabled: bool = False
    skills: frozenset[str] = frozenset()
    """What they say they know well, ids of `matching.Skill`."""
    confirmed: frozenset[str] = frozenset()
    """Those of the skills that a supervisor has confirmed."""
    carries: int = LIMIT
    """The weight of cases up to which they are given one more."""
    rests_until: datetime | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether their role may do something."""
        return may(self.role, permission)


async def add_staff(
    conn: AsyncConnection,
    staff: Staff,
    *,
    password_hash: str,
) -> None:
    """Add somebody.

    Raises:
        Conflict: The e-mail address is taken.
    """
    taken = await conn.scalar(
        select(StaffRow.id).where(func.lower(StaffRow.email) == staff.email.lower())
    )
    if taken is not None:
        raise Conflict(f"{staff.email}: this address is taken")
    await conn.execute(
        insert(StaffRow).values(
            id=staff.id,
            email=staff.email.lower(),
            name=staff.name,
            role=staff.role.value,
            languages=list(staff.languages),
            gender=staff.gender,
            skills=sorted(staff.skills),
            confirmed_skills=sorted(staff.confirmed & staff.skills),
            carries=staff.carries,
            locale=staff.locale,
            password_hash=password_hash,
        )
    )


async def list_staff(conn: AsyncConnection) -> list[Staff]:
    """Return everybody, by name."""
    return [staff_of(row) for row in await conn.execute(select(StaffRow).order_by(StaffRow.name))]


async def get_by_email(conn: AsyncConnection, email: str) -> tuple[Staff, str]:
    """Return somebody and the hash of their password.

    Raises:
        NotFound: Nobody active has this address.
    """
    row = (
        await conn.execute(
            select(StaffRow).where(
                StaffRow.email == email.strip().lower(), StaffRow.disabled_at.is_(None)
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return staff_of(row), row.password_hash


async def get_staff(conn: AsyncConnection, staff_id: UUID) -> Staff:
    """Return somebody, also when disabled.

    Raises:
        NotFound: There is nobody with this id.
    """
    row = (await conn.execute(select(StaffRow).where(StaffRow.id == staff_id))).one_or_none()
    if row is None:
        raise NotFound
    return staff_of(row)


async def disable(conn: AsyncConnection, email: str, at: datetime) -> None:
    """Lock somebody out, at once: their sessions end too, and their Telegram account is theirs alone again.

    Raises:
        NotFound: Nobody active has this address.
    """
    staff, _ = await get_by_email(conn, email)
    await conn.execute(update(StaffRow).where(StaffRow.id == staff.id).values(disabled_at=at))
    await conn.execute(
        update(StaffSessionRow).where(StaffSessionRow.staff_id == staff.id).values(expires_at=at)
    )
    await conn.execute(delete(StaffTelegramRow).where(StaffTelegramRow.staff_id == staff.id))


async def set_locale(conn: AsyncConnection, staff_id: UUID, locale: str) -> None:
    """Keep the language in which somebody reads the desk."""
    await conn.execute(update(StaffRow).where(StaffRow.id == staff_id).values(locale=locale))


async def anyone_exists(conn: AsyncConnection) -> bool:
    """Tell whether there is any staff yet."""
    return bool(await conn.scalar(select(func.count()).select_from(StaffRow)))


async def on_desk(conn: AsyncConnection, now: datetime) -> int:
    """Return how many people who may take a case have the desk open now."""
    return await conn.scalar(select(func.count()).select_from(StaffRow).where(_there(now))) or 0


async def list_on_desk(conn: AsyncConnection, now: datetime) -> list[Staff]:
    """Return those who may take a case and have the desk open now."""
    rows = await conn.execute(select(StaffRow).where(_there(now)).order_by(StaffRow.id))
    return [staff_of(row) for row in rows]


async def rest(conn: AsyncConnection, staff_id: UUID, until: datetime | None) -> None:
    """Let somebody have a breather until then, or end it."""
    await conn.execute(update(StaffRow).where(StaffRow.id == staff_id).values(rests_until=until))


def _there(now: datetime) -> ColumnElement[bool]:
    open_desk = exists().where(
        StaffSessionRow.staff_id == StaffRow.id,
        StaffSessionRow.expires_at > now,
        StaffSessionRow.on_desk_at > now - ON_DESK,
    )
    return (
        StaffRow.role.in_([role.value for role in roles_with(Permission.TALK)])
        & StaffRow.disabled_at.is_(None)
        & open_desk
    )


def staff_of(row: Any) -> Staff:  # noqa: ANN401  # a row with the columns of `StaffRow`
    """Return somebody from their row."""
    return Staff(
        id=StaffId(row.id),
        email=row.email,
        name=row.name,
        role=Role(row.role),
        languages=tuple(row.languages),
        locale=row.locale,
        gender=row.gender,
        disabled=row.disabled_at is not None,
        skills=frozenset(row.skills),
        confirmed=frozenset(row.confirmed_skills),
        carries=row.carries,
        rests_until=row.rests_until,
    )
