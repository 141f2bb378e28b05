"""Drafts of quizzes: begun from nothing, from a copy or from what is live, written, and sent for a review.

What becomes of them then stands in `bot/editing/quiz_publish.py`.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.quiz_edits import overlay_quizzes
from bot.editing.live import LiveContent
from bot.editing.quiz_draft import Body, blank, carried, copied, pruned, slug_of
from bot.editing.quiz_mistakes import Mistake, find_mistakes
from bot.editing.quiz_rules import (
    QuizzesNow,
    may_write,
    moved_on,
    same,
)
from bot.editing.work import MAX_NOTE_CHARS
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import quiz_edits
from bot.store.content_edits import DRAFT, IN_REVIEW
from bot.store.quiz_edits import QuizRecord


async def get_quizzes(conn: AsyncConnection, live: LiveContent) -> QuizzesNow:
    """Return the quizzes that are live, with what other processes have published until this moment."""
    published = await quiz_edits.list_published(conn)
    return QuizzesNow(live.files, overlay_quizzes(live.files, published, live.overlaid.content))


async def create(
    conn: AsyncConnection, live: LiveContent, staff: Staff, title: str, *, like: str = ""
) -> UUID:
    """Begin a new quiz, from nothing or as a copy of another.

    Returns:
        The id of the draft.

    Raises:
        NotFound: There is no quiz of the name `like`, or it is not for this role.
    """
    check_role(staff)
    now, today = await get_quizzes(conn, live), live.clock.now().date()
    name = slug_of(title, now.content.quizzes.keys() | await quiz_edits.names(conn))
    body = blank(name, title, today)
    if like:
        if like not in now.content.quizzes:
            raise NotFound
        body = copied(now.body(like), name, title, today, lambda: new_question_id(live))
    return await add_edit(conn, live, staff, name, body=body, former={}, base=now.base(name, {}))


def new_question_id(live: LiveContent) -> str:
    """Return an id for a question that no other has, in whatever quiz."""
    return f"q_{live.clock.new_id().hex[-12:]}"


async def begin_edit(
    conn: AsyncConnection, live: LiveContent, staff: Staff, quiz: str, *, body: Body | None = None
) -> UUID:
    """Return the draft in which somebody edits a quiz: the one they have, or a new one.

    Args:
        conn: The transaction.
        live: The content of this process.
        staff: Who edits.
        quiz: The quiz's id.
        body: What the draft begins with; what is live, unless given.

    Raises:
        NotFound: There is no such quiz, or it is not for this role.
        Conflict: Somebody else is at it.
    """
    check_role(staff)
    found = await quiz_edits.find_open(conn, quiz)
    if found is not None:
        if not may_write(found, staff) or body is not None:
            raise Conflict
        return found.id
    now = await get_quizzes(conn, live)
    former = now.body(quiz)
    if not (former or body):
        raise NotFound
    wanted = former if body is None else body
    base = now.base(quiz, wanted["words"])
    return await add_edit(conn, live, staff, quiz, body=wanted, former=former, base=base)


async def take_up(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> UUID:
    """Begin a draft with what an earlier edit said.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: Somebody is at this quiz.
    """
    record = await access(conn, staff, edit_id, lock=False)
    return await begin_edit(conn, live, staff, record.quiz, body=record.body)


async def write(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    edit_id: UUID,
    change: Callable[[Body], Body],
    *,
    seen: int,
) -> None:
    """Change one's own draft; it need not be right yet. Translations go along with their texts.

    Args:
        conn: The transaction.
        live: The content of this process.
        staff: Who writes.
        edit_id: The draft.
        change: Makes the new body of the one that is kept.
        seen: The version that the writer had before them.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is somebody else's, no draft any more, or was saved elsewhere meanwhile.
    """
    record = await access(conn, staff, edit_id, lock=True)
    if not may_write(record, staff):
        raise Conflict
    body = carried(record.body, change(record.body), live.files)
    now = await get_quizzes(conn, live)
    await quiz_edits.write(
        conn, edit_id, seen=seen, body=body, base=now.base(record.quiz, body["words"]),
        changed_at=live.clock.now(),
    )  # fmt: skip


async def rebase(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Note that the writer has seen what has changed since they began, and wants their own words all the same.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is somebody else's, or no draft any more.
    """
    record = await access(conn, staff, edit_id, lock=True)
    if not may_write(record, staff):
        raise Conflict
    now = await get_quizzes(conn, live)
    former, base = now.body(record.quiz), now.base(record.quiz, record.body["words"])
    # Whether it is offered is not the writer's to say: somebody may have retired it meanwhile.
    retired = former.get("quiz", {}).get("retired", False)
    body = {**record.body, "quiz": {**record.body["quiz"], "retired": retired}}
    await quiz_edits.change(conn, edit_id, former=former, base=base, body=body)


async def send(
    conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID, *, note: str = ""
) -> list[Mistake]:
    """Ask for a review of one's own draft.

    Returns:
        What has to be mended first; empty when it was sent.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is somebody else's, no draft any more, or the quiz has changed since it was begun.
        ValueError: Nothing is different.
    """
    record = await access(conn, staff, edit_id, lock=True)
    now = await get_quizzes(conn, live)
    if not may_write(record, staff) or moved_on(record, now):
        raise Conflict
    if same(record.body, record.former):
        raise ValueError("unchanged")
    found = find_mistakes(record.body, now.files, now.content)
    if not found:
        await quiz_edits.change(
            conn, edit_id, state=IN_REVIEW, sent_at=live.clock.now(), note=note[:MAX_NOTE_CHARS],
            body=pruned(record.body),
        )  # fmt: skip
    return found


def check_role(staff: Staff) -> None:
    """Make sure that somebody makes campaigns.

    Raises:
        NotFound: They do not.
    """
    if not staff.may(Permission.CAMPAIGN):
        raise NotFound


async def access(conn: AsyncConnection, staff: Staff, edit_id: UUID, *, lock: bool) -> QuizRecord:
    """Return an edit for somebody who may see it.

    Raises:
        NotFound: There is none, or it is not for this role.
    """
    check_role(staff)
    return await quiz_edits.get(conn, edit_id, lock=lock)


async def add_edit(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    quiz: str,
    **values: Any,  # noqa: ANN401  # the columns
) -> UUID:
    """Add an edit, a draft unless `state` says otherwise; return its id.

    Raises:
        Conflict: There is one already that is to be decided.
    """
    edit_id, at = live.clock.new_id(), live.clock.now()
    values = {"state": DRAFT, "created_at": at, "changed_at": at, **values}
    try:
        async with conn.begin_nested():
            await quiz_edits.add(conn, id=edit_id, quiz=quiz, author_id=staff.id, **values)
    except IntegrityError:
        # Somebody else has begun an edit at this very moment.
        raise Conflict from None
    return edit_id
