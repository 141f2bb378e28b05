"""The rows of edited answers: added, brought from state to state, never deleted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.content.edits import Edit
from bot.errors import NotFound
from bot.store.tables import ContentEditRow, StaffRow

DRAFT, IN_REVIEW, PUBLISHED, WITHDRAWN, REFUSED = (
    "draft", "in_review", "published", "withdrawn", "refused",
)  # fmt: skip
OPEN = (DRAFT, IN_REVIEW)
_PUBLISHING = 0x5375617204
"""The advisory lock of whoever changes what is published."""


@dataclass(frozen=True)
class Record:
    """An edit with everything that is known of it."""

    id: UUID
    answer: str
    locale: str | None
    kind: str
    fields: dict[str, Any] = field(repr=False)
    former: dict[str, Any] = field(repr=False)
    translates: dict[str, Any] = field(repr=False)
    base: str
    state: str
    author_id: UUID
    author_name: str
    reviewer_id: UUID | None
    reviewer_name: str | None
    note: str
    verdict: str
    undoes: UUID | None
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    retired_at: datetime | None

    @property
    def edit(self) -> Edit:
        """What lies over the files once it is published."""
        return Edit(self.id, self.answer, self.locale, self.fields, self.base, self.translates)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state in OPEN


async def lock_publishing(conn: AsyncConnection) -> None:
    """Keep everybody else from changing what is published until the transaction ends."""
    await conn.execute(select(func.pg_advisory_xact_lock(_PUBLISHING)))


async def list_published(conn: AsyncConnection) -> list[Edit]:
    """Return what lies over the files, in the order in which it was published."""
    wanted = _records().where(
        ContentEditRow.state == PUBLISHED, ContentEditRow.retired_at.is_(None)
    )
    rows = await conn.execute(wanted.order_by(ContentEditRow.decided_at, ContentEditRow.id))
    return [Record(**row._mapping).edit for row in rows]


async def list_current(conn: AsyncConnection) -> list[Record]:
    """Return what is under way and what lies over the files, oldest first."""
    over_the_files = (ContentEditRow.state == PUBLISHED) & ContentEditRow.retired_at.is_(None)
    wanted = _records().where(ContentEditRow.state.in_(OPEN) | over_the_files)
    by = (ContentEditRow.created_at, ContentEditRow.answer, ContentEditRow.locale.nulls_first())
    rows = await conn.execute(wanted.order_by(*by))
    return [Record(**row._mapping) for row in rows]


async def list_of_answer(conn: AsyncConnection, answer: str) -> list[Record]:
    """Return the history of an answer, newest first."""
    wanted = _records().where(ContentEditRow.answer == answer)
    rows = await conn.execute(wanted.order_by(ContentEditRow.created_at.desc()))
    return [Record(**row._mapping) for row in rows]


async def get(conn: AsyncConnection, edit_id: UUID, *, lock: bool = False) -> Record:
    """Return one edit.

    Raises:
        NotFound: There is none of this id.
    """
    wanted = _records().where(ContentEditRow.id == edit_id)
    if lock:
        wanted = wanted.with_for_update(of=ContentEditRow)
    row = (await conn.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return Record(**row._mapping)


async def find_open(
    conn: AsyncConnection, answer: str, locale: str | None, *, lock: bool = False
) -> Record | None:
    """Return the edit of an answer in a language that is still to be decided."""
    wanted = _records().where(
        ContentEditRow.answer == answer,
        ContentEditRow.locale.is_not_distinct_from(locale),
        ContentEditRow.state.in_(OPEN),
    )
    if lock:
        wanted = wanted.with_for_update(of=ContentEditRow)
    row = (await conn.execute(wanted)).one_or_none()
    return Record(**row._mapping) if row else None


async def add(conn: AsyncConnection, **values: Any) -> None:  # noqa: ANN401  # the columns
    """Add an edit."""
    await conn.execute(insert(ContentEditRow).values(**values))


async def change(conn: AsyncConnection, edit_id: UUID, **values: Any) -> None:  # noqa: ANN401
    """Bring an edit forward; the database refuses what would rewrite its history."""
    await conn.execute(update(ContentEditRow).where(ContentEditRow.id == edit_id).values(**values))


async def retire(conn: AsyncConnection, edit_ids: Collection[UUID], at: datetime) -> None:
    """Note that the files say the same by now."""
    await conn.execute(
        update(ContentEditRow)
        .where(ContentEditRow.id.in_(edit_ids), ContentEditRow.retired_at.is_(None))
        .values(retired_at=at)
    )


async def ask_for_reload(conn: AsyncConnection) -> None:
    """Have every process read the files anew: those that hear the notice now, others when they look next."""
    await conn.execute(text("SELECT nextval('content_reloads')"))


async def count_reloads(conn: AsyncConnection) -> int:
    """Return a number that is another one after somebody has asked for a reload."""
    return int(await conn.scalar(text("SELECT last_value FROM content_reloads")) or 0)


def _records() -> Any:  # noqa: ANN401  # a select of all columns
    author, reviewer = aliased(StaffRow), aliased(StaffRow)
    return (
        select(
            *ContentEditRow.__table__.columns,
            author.name.label("author_name"),
            reviewer.name.label("reviewer_name"),
        )
        .join(author, author.id == ContentEditRow.author_id)
        .outerjoin(reviewer, reviewer.id == ContentEditRow.reviewer_id)
    )
