"""The protocol that a case follows, and which of its steps are done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.casework import NATIONAL, STAGES, Protocol, Stage
from bot.errors import NotFound, Refused
from bot.hotline import cases
from bot.hotline.access import check_access
from bot.hotline.staff import Staff
from bot.store.tables import CaseRow, FileProtocolRow


class StepMissing(Refused):
    """A step that the protocol requires before is not done."""

    def __init__(self, stages: tuple[Stage, ...]) -> None:
        self.stages = stages
        super().__init__(f"steps missing: {', '.join(stages)}")


@dataclass(frozen=True)
class Followed:
    """How far a case has come on its protocol."""

    protocol: Protocol
    done: Mapping[str, datetime]


async def get_followed(
    conn: AsyncConnection, case_id: UUID, known: Mapping[str, Protocol]
) -> Followed:
    """Return the protocol of a case, the national one where none is chosen. The caller has checked who asks."""
    row = (
        await conn.execute(
            select(FileProtocolRow.protocol, FileProtocolRow.done).where(
                FileProtocolRow.case_id == case_id
            )
        )
    ).one_or_none()
    if row is None:
        return Followed(known[NATIONAL], {})
    done = {stage: datetime.fromisoformat(at) for stage, at in row.done.items()}
    return Followed(known.get(row.protocol, known[NATIONAL]), done)


async def choose(
    conn: AsyncConnection,
    staff: Staff,
    case_id: UUID,
    wanted: str,
    known: Mapping[str, Protocol],
) -> None:
    """Let a case follow a province's protocol; the steps done stay done.

    Raises:
        NotFound: The case is not theirs, or there is no such protocol.
    """
    await check_access(conn, staff, case_id)
    if wanted not in known:
        raise NotFound
    await _put(conn, case_id, protocol=wanted)


async def set_done(
    conn: AsyncConnection, staff: Staff, case_id: UUID, stage: str, *, done: bool, now: datetime
) -> None:
    """Note that a step is done, or that it is not after all.

    Raises:
        NotFound: The case is not theirs, or there is no such step.
    """
    await check_access(conn, staff, case_id)
    if stage not in STAGES:
        raise NotFound
    await cases.lock(conn, case_id)
    steps = await conn.scalar(
        select(FileProtocolRow.done).where(FileProtocolRow.case_id == case_id)
    )
    left = {name: at for name, at in (steps or {}).items() if name != stage}
    await _put(conn, case_id, done={**left, stage: now.isoformat()} if done else left)
    kind = "protocol_step_done" if done else "protocol_step_open"
    await cases.add_event(conn, case_id, kind, staff_id=staff.id, at=now, step=stage)


async def check_ready(conn: AsyncConnection, case_id: UUID, protocol: Protocol) -> None:
    """Make sure that everything required before a referral is done.

    Raises:
        StepMissing: Something is not.
    """
    steps = await conn.scalar(
        select(FileProtocolRow.done).where(FileProtocolRow.case_id == case_id)
    )
    missing = tuple(stage for stage in protocol.before_referral if stage not in (steps or {}))
    if missing:
        raise StepMissing(missing)


async def _put(conn: AsyncConnection, case_id: UUID, **values: object) -> None:
    contact_id = await conn.scalar(select(CaseRow.contact_id).where(CaseRow.id == case_id))
    new = {"case_id": case_id, "contact_id": contact_id, "protocol": NATIONAL, **values}
    await conn.execute(
        insert(FileProtocolRow)
        .values(**new)
        .on_conflict_do_update(index_elements=[FileProtocolRow.case_id], set_=values)
    )
