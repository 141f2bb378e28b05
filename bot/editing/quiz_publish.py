"""From a draft of a quiz to what people play: somebody else than the author publishes, and nothing that was is lost.

Taking a quiz away works at once, for it must never wait; bringing it back is published by a second person like everything that people
get to read.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.editing.live import LiveContent
from bot.editing.quiz_draft import Body
from bot.editing.quiz_mistakes import Mistake, find_mistakes
from bot.editing.quiz_rules import (
    QuizzesNow,
    may_decide,
    may_undo,
    may_undo_alone,
    may_withdraw,
    moved_on,
)
from bot.editing.quiz_work import access, add_edit, check_role, get_quizzes
from bot.editing.rules import next_review
from bot.editing.work import MAX_NOTE_CHARS
from bot.errors import Conflict, NotFound
from bot.hotline.staff import Staff
from bot.store import notices, quiz_edits
from bot.store.content_edits import IN_REVIEW, PUBLISHED, REFUSED, WITHDRAWN, lock_publishing
from bot.store.quiz_edits import QuizRecord


async def publish(
    conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID, *, verdict: str = ""
) -> list[Mistake]:
    """Publish what somebody else has written.

    Returns:
        What does not fit any more; empty when it was published.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, it does not wait for a review, or the quiz has changed since.
    """
    await lock_publishing(conn)
    record = await access(conn, staff, edit_id, lock=True)
    now = await get_quizzes(conn, live)
    if not may_decide(record, staff) or moved_on(record, now):
        raise Conflict
    found = find_mistakes(record.body, now.files, now.content)
    if not found:
        await _decide(conn, live, record, PUBLISHED, staff, verdict)
        await notices.to_content(conn)
    return found


async def refuse(
    conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID, *, verdict: str
) -> None:
    """Send an edit back, with the reason.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, or it does not wait for a review.
        ValueError: There is no reason.
    """
    record = await access(conn, staff, edit_id, lock=True)
    if not may_decide(record, staff):
        raise Conflict
    if not verdict.strip():
        raise ValueError("verdict")
    await _decide(conn, live, record, REFUSED, staff, verdict)


async def withdraw(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Take an edit back: see `may_withdraw`.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is not to be withdrawn by this person, or not any more.
    """
    await lock_publishing(conn)
    record = await access(conn, staff, edit_id, lock=True)
    if not may_withdraw(record, staff, await get_quizzes(conn, live)):
        raise Conflict
    at = record.decided_at or live.clock.now()
    await quiz_edits.change(conn, edit_id, state=WITHDRAWN, decided_at=at)
    await notices.to_content(conn)


async def undo(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> bool:
    """Let the quiz be again what it was before an edit; one that was new is retired, for somebody may be in the middle of it.

    Returns:
        Whether that is live at once; else somebody else has to publish it.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is not what is live, or somebody edits the quiz at the moment.
    """
    await lock_publishing(conn)
    record = await access(conn, staff, edit_id, lock=True)
    now, at = await get_quizzes(conn, live), live.clock.now()
    if not may_undo(record, now) or await quiz_edits.find_open(conn, record.quiz):
        raise Conflict
    body = record.former or {**record.body, "quiz": {**record.body["quiz"], "retired": True}}
    if record.former and find_mistakes(body, now.files, now.content):
        raise Conflict
    alone = may_undo_alone(record, staff, at) or body["quiz"]["retired"]
    decided: dict[str, object] = {"state": IN_REVIEW}
    if alone:
        moment = await quiz_edits.after_all(conn, record.quiz, at)
        decided = {"state": PUBLISHED, "decided_at": moment}
    await add_edit(
        conn, live, staff, record.quiz, kind="undo", undoes=record.id, body=body,
        former=now.body(record.quiz), base=now.base(record.quiz, body["words"]), sent_at=at, **decided,
    )  # fmt: skip
    if alone:
        await notices.to_content(conn)
    return alone


async def retire(conn: AsyncConnection, live: LiveContent, staff: Staff, quiz: str) -> None:
    """Offer a quiz to nobody any more, at once; who is in the middle of it can finish.

    Raises:
        NotFound: There is no such quiz, or it is not for this role.
        Conflict: It is retired already.
        ValueError: `covers`: it stands in for the conversation when somebody may be looking.
    """
    now, body = await _at_once(conn, live, staff, quiz)
    if quiz == now.covers:
        raise ValueError("covers")
    if body["quiz"]["retired"]:
        raise Conflict
    await _publish_at_once(conn, live, staff, now, body, kind="retire", retired=True)


async def restore(conn: AsyncConnection, live: LiveContent, staff: Staff, quiz: str) -> UUID:
    """Ask that a retired quiz be offered again; somebody else publishes it.

    Raises:
        NotFound: There is no such quiz, or it is not for this role.
        Conflict: It is not retired, or somebody edits it.
    """
    now, body = await _at_once(conn, live, staff, quiz)
    if not body["quiz"]["retired"]:
        raise Conflict
    wanted = {**body, "quiz": {**body["quiz"], "retired": False}}
    return await add_edit(
        conn, live, staff, quiz, kind="restore", state=IN_REVIEW, body=wanted, former=body,
        base=now.base(quiz, body["words"]), sent_at=live.clock.now(),
    )  # fmt: skip


async def say_still_right(
    conn: AsyncConnection, live: LiveContent, staff: Staff, quiz: str
) -> None:
    """Note that somebody has checked a quiz today against its sources and found it right; only its dates change.

    Raises:
        NotFound: There is no such quiz, or it is not for this role.
        Conflict: An edit of it is published and not live.
    """
    now, body = await _at_once(conn, live, staff, quiz)
    dates = next_review(body["quiz"], live.clock.now().date())
    if dates.items() <= body["quiz"].items():
        return
    await _publish_at_once(conn, live, staff, now, body, kind="still_right", **dates)


async def _at_once(
    conn: AsyncConnection, live: LiveContent, staff: Staff, quiz: str
) -> tuple[QuizzesNow, Body]:
    """Return what is live, locked for a change of it."""
    check_role(staff)
    await lock_publishing(conn)
    now = await get_quizzes(conn, live)
    body = now.body(quiz)
    if not body:
        raise NotFound
    if any(now.is_lost(each) for each in await quiz_edits.list_of_quiz(conn, quiz)):
        raise Conflict
    return now, body


async def _publish_at_once(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    now: QuizzesNow,
    body: Body,
    *,
    kind: str,
    **changed: object,
) -> None:
    """Publish a change that needs nobody else."""
    quiz = body["quiz"]["quiz"]
    at = await quiz_edits.after_all(conn, quiz, live.clock.now())
    wanted = {**body, "quiz": {**body["quiz"], **changed}}
    await add_edit(
        conn, live, staff, quiz, kind=kind, state=PUBLISHED, body=wanted, former=body,
        base=now.base(quiz, body["words"]), sent_at=at, decided_at=at,
    )  # fmt: skip
    await notices.to_content(conn)


async def _decide(
    conn: AsyncConnection,
    live: LiveContent,
    record: QuizRecord,
    state: str,
    staff: Staff,
    verdict: str,
) -> None:
    await quiz_edits.change(
        conn,
        record.id,
        state=state,
        reviewer_id=staff.id,
        verdict=verdict.strip()[:MAX_NOTE_CHARS],
        decided_at=await quiz_edits.after_all(conn, record.quiz, live.clock.now()),
    )
