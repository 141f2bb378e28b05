"""Who takes referrals: offices with a task, kept by those who oversee."""

from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.content.casework import NATIONAL, Protocol, Role
from bot.errors import NotFound
from bot.hotline.permissions import Permission
from bot.hotline.referrals.sealing import is_recipient
from bot.hotline.staff import Staff
from bot.store.tables import ReceiverRow

MAX_NAME_CHARS = 80


@dataclass(frozen=True)
class Receiver:
    """A desk that takes referrals."""

    id: UUID
    name: str
    role: str
    region: str
    age_recipient: str | None


def may_keep(staff: Staff) -> bool:
    """Tell whether `staff` may change the list."""
    return staff.may(Permission.OVERSEE)


async def list_receivers(conn: AsyncConnection, staff: Staff) -> list[Receiver]:
    """Return those in use, by region and name; for those who talk with people.

    Raises:
        NotFound: This role does not.
    """
    if not staff.may(Permission.TALK):
        raise NotFound
    rows = await conn.execute(
        select(ReceiverRow)
        .where(ReceiverRow.retired_at.is_(None))
        .order_by(ReceiverRow.region, ReceiverRow.name)
    )
    return [Receiver(r.id, r.name, r.role, r.region, r.age_recipient) for r in rows]


def fitting(receivers: list[Receiver], protocol: Protocol) -> list[Receiver]:
    """Return those to whom the protocol refers, in its order; those of its own region before those of the whole country."""
    roles: tuple[str, ...] = protocol.refer.receivers
    near = {protocol.protocol, NATIONAL}
    usable = [each for each in receivers if each.role in roles and each.region in near]
    return sorted(usable, key=lambda each: (roles.index(each.role), each.region == NATIONAL))


def problem_of(name: str, role: str, recipient: str) -> str | None:
    """Return what is wrong with a new receiver, as a key of the desk's words; None where nothing is."""
    if not name or len(name) > MAX_NAME_CHARS:
        return "name"
    if role not in get_args(Role):
        return "role"
    return "recipient" if recipient and not is_recipient(recipient) else None


async def add_receiver(
    conn: AsyncConnection,
    staff: Staff,
    *,
    name: str,
    role: str,
    region: str,
    recipient: str,
    clock: Clock,
) -> UUID:
    """Add a receiver; without `recipient` referrals go there on paper only.

    Raises:
        NotFound: This role does not keep the list.
        ValueError: What `problem_of` says.
    """
    if not may_keep(staff):
        raise NotFound
    problem = problem_of(name, role, recipient)
    if problem:
        raise ValueError(problem)
    receiver_id = clock.new_id()
    await conn.execute(
        insert(ReceiverRow).values(
            id=receiver_id,
            name=name,
            role=role,
            region=region,
            age_recipient=recipient or None,
            added_by=staff.id,
            added_at=clock.now(),
        )
    )
    return receiver_id


async def retire(conn: AsyncConnection, staff: Staff, receiver_id: UUID, *, now: datetime) -> None:
    """Take a receiver off the list; what was referred there stays.

    Raises:
        NotFound: This role does not keep the list, or there is no such receiver.
    """
    if not may_keep(staff):
        raise NotFound
    done = await conn.execute(
        update(ReceiverRow)
        .where(ReceiverRow.id == receiver_id, ReceiverRow.retired_at.is_(None))
        .values(retired_at=now)
    )
    if not done.rowcount:
        raise NotFound
