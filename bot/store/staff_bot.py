"""What the staff's Telegram bot remembers between two starts: updates begun, notices shown, calls made, topics open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import (
    CaseRow,
    OutboxRow,
    StaffCallRow,
    StaffNoticeRow,
    StaffTopicMessageRow,
    StaffTopicRow,
    StaffUpdateRow,
    TranscriptRow,
)

LINE, UNDELIVERED, OTHER = "line", "undelivered", "other"
SENDING, SENT, UNSURE = "sending", "sent", "unsure"


async def begin(conn: AsyncConnection, update_id: int, *, now: datetime) -> bool:
    """Note that an update is being dealt with; False when that was begun before."""
    begun = await conn.scalar(
        insert_or(StaffUpdateRow)
        .values(update_id=update_id, at=now)
        .on_conflict_do_nothing()
        .returning(StaffUpdateRow.update_id)
    )
    return begun is not None


async def forget_updates(conn: AsyncConnection, *, before: datetime) -> None:
    """Forget updates so old that Telegram delivers them no more (it keeps them for a day)."""
    await conn.execute(delete(StaffUpdateRow).where(StaffUpdateRow.at < before))


@dataclass(frozen=True)
class Notice:
    """A message that tells somebody how many wait."""

    message_id: int | None = None
    """None while there is none."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """What it says: how many by level."""
    heard: Mapping[str, int] = field(default_factory=dict)
    """Of how many of these there was a sound."""
    loud_at: datetime | None = None
    """When the last one was."""


async def notices(conn: AsyncConnection) -> dict[UUID, Notice]:
    """Return the notices by whom they are for."""
    rows = await conn.execute(select(StaffNoticeRow))
    return {
        row.staff_id: Notice(row.message_id, row.counts, row.heard, row.loud_at) for row in rows
    }


async def keep_notice(conn: AsyncConnection, staff_id: UUID, notice: Notice) -> None:
    """Keep what somebody is shown."""
    values = {
        "message_id": notice.message_id,
        "counts": dict(notice.counts),
        "heard": dict(notice.heard),
        "loud_at": notice.loud_at,
    }
    await conn.execute(
        insert_or(StaffNoticeRow)
        .values(staff_id=staff_id, **values)
        .on_conflict_do_update(index_elements=["staff_id"], set_=values)
    )


async def calls(conn: AsyncConnection) -> set[tuple[UUID, str]]:
    """Return for which cases the staff were called already, and how."""
    rows = await conn.execute(select(StaffCallRow.case_id, StaffCallRow.kind))
    return {(row.case_id, row.kind) for row in rows}


async def keep_call(conn: AsyncConnection, case_id: UUID, kind: str, *, now: datetime) -> None:
    """Note that the staff were called; nothing happens when the person has been erased meanwhile."""
    there = select(CaseRow.id).where(CaseRow.id == case_id).with_for_update(read=True)
    if await conn.scalar(there) is None:
        return
    await conn.execute(
        insert_or(StaffCallRow).values(case_id=case_id, kind=kind, at=now).on_conflict_do_nothing()
    )


async def forget_calls(conn: AsyncConnection, kept: Sequence[tuple[UUID, str]]) -> None:
    """Forget all calls but these: whoever waits again is called for again."""
    for case_id, kind in await calls(conn) - set(kept):
        await conn.execute(
            delete(StaffCallRow).where(StaffCallRow.case_id == case_id, StaffCallRow.kind == kind)
        )


@dataclass(frozen=True)
class Topic:
    """A topic of the group, and how things stand with its case."""

    id: int
    case_id: UUID | None
    staff_id: UUID
    thread_id: int | None
    greeted: bool
    holds: bool
    """Whether its counsellor still has the case."""


async def add_topic(
    conn: AsyncConnection, case_id: UUID, staff_id: UUID, *, now: datetime
) -> int | None:
    """Plan a topic for a case; None where its counsellor has one already. An old one of somebody else's is left to be deleted."""
    await conn.execute(
        update(StaffTopicRow)
        .where(StaffTopicRow.case_id == case_id, StaffTopicRow.staff_id != staff_id)
        .values(case_id=None)
    )
    return await conn.scalar(
        insert_or(StaffTopicRow)
        .values(case_id=case_id, staff_id=staff_id, opened_at=now)
        .on_conflict_do_nothing()
        .returning(StaffTopicRow.id)
    )


async def topics(conn: AsyncConnection) -> list[Topic]:
    """Return every topic, oldest first."""
    return await _topics(conn, StaffTopicRow.id.is_not(None))


async def topic_at(conn: AsyncConnection, thread_id: int) -> Topic | None:
    """Return the topic with Telegram's number `thread_id`."""
    return next(iter(await _topics(conn, StaffTopicRow.thread_id == thread_id)), None)


async def topic_of(conn: AsyncConnection, case_id: UUID) -> Topic | None:
    """Return the topic of a case."""
    return next(iter(await _topics(conn, StaffTopicRow.case_id == case_id)), None)


async def change_topic(conn: AsyncConnection, topic_id: int, **values: Any) -> None:  # noqa: ANN401  # columns
    """Change what is known of a topic."""
    await conn.execute(update(StaffTopicRow).where(StaffTopicRow.id == topic_id).values(**values))


async def forget_topic(conn: AsyncConnection, topic_id: int) -> None:
    """Forget a topic that is no more, with the numbers of its messages."""
    await conn.execute(delete(StaffTopicRow).where(StaffTopicRow.id == topic_id))


async def has_news(conn: AsyncConnection, topic: Topic) -> bool:
    """Tell whether a thread may have something that its topic has not: without reading any of it."""

    def missing(kind: str) -> ColumnElement[bool]:
        return ~exists().where(
            StaffTopicMessageRow.topic_id == topic.id,
            StaffTopicMessageRow.kind == kind,
            StaffTopicMessageRow.line_id == TranscriptRow.id,
        )

    theirs = TranscriptRow.author.in_(("person", "event")) & missing(LINE)
    lost = (OutboxRow.status == "dead") & missing(UNDELIVERED)
    wanted = (
        select(TranscriptRow.id)
        .outerjoin(OutboxRow, OutboxRow.id == TranscriptRow.outbox_id)
        .where(TranscriptRow.case_id == topic.case_id, theirs | lost)
        .limit(1)
    )
    return await conn.scalar(wanted) is not None


async def shown(conn: AsyncConnection, topic_id: int, kind: str) -> set[int]:
    """Return which lines of a thread stand in its topic, or may do so."""
    return set(
        await conn.scalars(
            select(StaffTopicMessageRow.line_id).where(
                StaffTopicMessageRow.topic_id == topic_id,
                StaffTopicMessageRow.kind == kind,
                StaffTopicMessageRow.line_id.is_not(None),
            )
        )
    )


async def begin_lines(
    conn: AsyncConnection, topic_id: int, kind: str, line_ids: Sequence[int]
) -> None:
    """Note that lines are on their way into a topic, before they are."""
    rows = [
        {"topic_id": topic_id, "kind": kind, "line_id": line_id, "state": SENDING}
        for line_id in line_ids
    ]
    await conn.execute(insert(StaffTopicMessageRow), rows)


async def end_lines(
    conn: AsyncConnection,
    topic_id: int,
    line_ids: Sequence[int],
    state: str,
) -> None:
    """Note what became of lines that were on their way."""
    await conn.execute(
        update(StaffTopicMessageRow)
        .where(
            StaffTopicMessageRow.topic_id == topic_id,
            StaffTopicMessageRow.line_id.in_(line_ids),
            StaffTopicMessageRow.state == SENDING,
        )
        .values(state=state)
    )


async def take_lines_back(conn: AsyncConnection, topic_id: int, line_ids: Sequence[int]) -> None:
    """Note that lines were refused: they are certainly not in the topic."""
    await conn.execute(
        delete(StaffTopicMessageRow).where(
            StaffTopicMessageRow.topic_id == topic_id,
            StaffTopicMessageRow.line_id.in_(line_ids),
            StaffTopicMessageRow.state == SENDING,
        )
    )


async def doubt_interrupted(conn: AsyncConnection) -> set[int]:
    """Call unsure what a process was sending when it died; return in which topics."""
    rows = await conn.scalars(
        update(StaffTopicMessageRow)
        .where(StaffTopicMessageRow.state == SENDING)
        .values(state=UNSURE)
        .returning(StaffTopicMessageRow.topic_id)
    )
    return set(rows)


async def add_message(conn: AsyncConnection, topic_id: int, message_id: int) -> None:
    """Note that a message that is no line of the thread stands in a topic."""
    await conn.execute(
        insert(StaffTopicMessageRow).values(
            topic_id=topic_id, kind=OTHER, state=SENT, message_id=message_id
        )
    )


async def messages_of(conn: AsyncConnection, topic_id: int) -> list[int]:
    """Return the numbers of all messages that are known to stand in a topic."""
    rows = await conn.scalars(
        select(StaffTopicMessageRow.message_id)
        .where(
            StaffTopicMessageRow.topic_id == topic_id,
            StaffTopicMessageRow.message_id.is_not(None),
        )
        .order_by(StaffTopicMessageRow.message_id)
        .distinct()
    )
    return [number for number in rows if number is not None]


async def _topics(conn: AsyncConnection, only: Any) -> list[Topic]:  # noqa: ANN401  # a condition
    rows = await conn.execute(
        select(StaffTopicRow, CaseRow.state, CaseRow.claimed_by)
        .outerjoin(CaseRow, CaseRow.id == StaffTopicRow.case_id)
        .where(only)
        .order_by(StaffTopicRow.id)
    )
    return [
        Topic(
            row.id,
            row.case_id,
            row.staff_id,
            row.thread_id,
            row.greeted,
            row.state == "claimed" and row.claimed_by == row.staff_id,
        )
        for row in rows
    ]
