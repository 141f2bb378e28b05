"""The rows of edited quizzes: added, brought from state to state, never deleted."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.content.quiz_edits import QuizEdit
from bot.errors import Conflict, NotFound
from bot.store.content_edits import OPEN, PUBLISHED
from bot.store.tables import QuizEditRow, StaffRow


@dataclass(frozen=True)
class QuizRecord:
    """An edit of a quiz with everything that is known of it."""

    id: UUID
    quiz: str
    kind: str
    body: dict[str, Any] = field(repr=False)
    former: dict[str, Any] = field(repr=False)
    base: str
    state: str
    author_id: UUID
    author_name: str
    reviewer_id: UUID | None
    reviewer_name: str | None
    note: str
    verdict: str
    undoes: UUID | None
    version: int
    created_at: datetime
    changed_at: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    retired_at: datetime | None

    @property
    def edit(self) -> QuizEdit:
        """What lies over the files once it is published."""
        return QuizEdit(self.id, self.quiz, self.body, self.base)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be decided."""
        return self.state in OPEN

    @property
    def title(self) -> str:
        """What the quiz is called in it; empty where it has no title yet."""
        return str(self.body.get("quiz", {}).get("title", ""))


async def list_published(conn: AsyncConnection) -> list[QuizEdit]:
    """Return what lies over the files, in the order in which it was published."""
    wanted = _records().where(QuizEditRow.state == PUBLISHED, QuizEditRow.retired_at.is_(None))
    rows = await conn.execute(wanted.order_by(QuizEditRow.decided_at, QuizEditRow.id))
    return [QuizRecord(**row._mapping).edit for row in rows]


async def list_current(conn: AsyncConnection) -> list[QuizRecord]:
    """Return what is under way and what lies over the files, oldest first."""
    over_the_files = (QuizEditRow.state == PUBLISHED) & QuizEditRow.retired_at.is_(None)
    wanted = _records().where(QuizEditRow.state.in_(OPEN) | over_the_files)
    rows = await conn.execute(wanted.order_by(QuizEditRow.created_at, QuizEditRow.id))
    return [QuizRecord(**row._mapping) for row in rows]


async def list_of_quiz(conn: AsyncConnection, quiz: str) -> list[QuizRecord]:
    """Return the history of a quiz, newest first."""
    wanted = _records().where(QuizEditRow.quiz == quiz)
    rows = await conn.execute(wanted.order_by(QuizEditRow.created_at.desc(), QuizEditRow.id))
    return [QuizRecord(**row._mapping) for row in rows]


async def names(conn: AsyncConnection) -> frozenset[str]:
    """Return the ids of all quizzes that were ever written here: none is given twice, for links and counts may name it."""
    return frozenset(await conn.scalars(select(QuizEditRow.quiz).distinct()))


async def get(conn: AsyncConnection, edit_id: UUID, *, lock: bool = False) -> QuizRecord:
    """Return one edit.

    Raises:
        NotFound: There is none of this id.
    """
    wanted = _records().where(QuizEditRow.id == edit_id)
    if lock:
        wanted = wanted.with_for_update(of=QuizEditRow)
    row = (await conn.execute(wanted)).one_or_none()
    if row is None:
        raise NotFound
    return QuizRecord(**row._mapping)


async def after_all(conn: AsyncConnection, quiz: str, at: datetime) -> datetime:
    """Return `at`, or the first moment after everything that was decided of a quiz: clocks of two machines may differ.

    What was published last is what counts, so its order must not hang on them. The caller holds the lock of whoever publishes.
    """
    last = await conn.scalar(
        select(func.max(QuizEditRow.decided_at)).where(QuizEditRow.quiz == quiz)
    )
    return at if last is None else max(at, last + timedelta(microseconds=1))


async def find_open(conn: AsyncConnection, quiz: str) -> QuizRecord | None:
    """Return the edit of a quiz that is still to be decided."""
    wanted = _records().where(QuizEditRow.quiz == quiz, QuizEditRow.state.in_(OPEN))
    row = (await conn.execute(wanted)).one_or_none()
    return QuizRecord(**row._mapping) if row else None


async def add(conn: AsyncConnection, **values: Any) -> None:  # noqa: ANN401  # the columns
    """Add an edit."""
    await conn.execute(insert(QuizEditRow).values(**values))


async def change(conn: AsyncConnection, edit_id: UUID, **values: Any) -> None:  # noqa: ANN401
    """Bring an edit forward; the database refuses what would rewrite its history."""
    await conn.execute(update(QuizEditRow).where(QuizEditRow.id == edit_id).values(**values))


async def write(conn: AsyncConnection, edit_id: UUID, *, seen: int, **values: Any) -> None:  # noqa: ANN401
    """Keep what a writer has changed in a draft of which they saw the version `seen`.

    Raises:
        Conflict: It has another version by now.
    """
    wanted = update(QuizEditRow).where(QuizEditRow.id == edit_id, QuizEditRow.version == seen)
    done = await conn.execute(wanted.values(version=seen + 1, **values))
    if done.rowcount == 0:
        raise Conflict


async def retire(conn: AsyncConnection, edit_ids: Collection[UUID], at: datetime) -> None:
    """Note that the files say the same by now."""
    await conn.execute(
        update(QuizEditRow)
        .where(QuizEditRow.id.in_(edit_ids), QuizEditRow.retired_at.is_(None))
        .values(retired_at=at)
    )


def _records() -> Any:  # noqa: ANN401  # a select of all columns
    author, reviewer = aliased(StaffRow), aliased(StaffRow)
    return (
        select(
            *QuizEditRow.__table__.columns,
            author.name.label("author_name"),
            reviewer.name.label("reviewer_name"),
        )
        .join(author, author.id == QuizEditRow.author_id)
        .outerjoin(reviewer, reviewer.id == QuizEditRow.reviewer_id)
    )
