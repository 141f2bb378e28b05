"""From a draft to what people read: one writes, somebody else publishes, and nothing that was is lost."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.edits import (
    TEXTS,
    Edit,
    fields_of,
    fingerprint,
    overlay,
    texts_of,
)
from bot.editing.live import LiveContent
from bot.editing.proof import prove_edit
from bot.editing.rules import (
    Desired,
    Now,
    Sheet,
    may_decide,
    may_undo,
    may_undo_alone,
    may_withdraw,
    moved_on,
    next_review,
)
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import content_edits, notices
from bot.store.content_edits import DRAFT, IN_REVIEW, PUBLISHED, REFUSED, WITHDRAWN, Record

MAX_NOTE_CHARS = 500


async def get_now(conn: AsyncConnection, live: LiveContent) -> Now:
    """Return what is said, with what other processes have published until this moment."""
    return Now(live.files, overlay(live.files, await content_edits.list_published(conn)))


async def get_sheet(conn: AsyncConnection, now: Now, answer: str, locale: str | None) -> Sheet:
    """Return what an edit begins with. Translated is what the source is going to say, if an edit of it is under way.

    Raises:
        NotFound: There is no such answer, or the language is not translated.
    """
    if answer not in now.content.answers:
        raise NotFound
    if locale is None:
        return Sheet(fields_of(now.content, answer), {})
    words = now.content.words
    if locale == words.source or locale not in words.locales:
        raise NotFound
    source = await content_edits.find_open(conn, answer, None)
    of = texts_of(now.content, answer)
    if source is not None:
        of = {name: source.fields[name] for name in TEXTS if source.fields.get(name)}
    return Sheet(fields_of(now.content, answer, locale, of), of)


async def save_draft(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    desired: Desired,
    *,
    kind: str = "edit",
) -> UUID:
    """Keep what somebody writes; it need not fit yet.

    Returns:
        The id of the draft.

    Raises:
        NotFound: There is no such answer or language, or it is not for this role.
        Conflict: Somebody else is at it, or what is said has changed since the writer looked.
        ValueError: Nothing is different.
    """
    _check_role(staff)
    now = await get_now(conn, live)
    sheet = await get_sheet(conn, now, desired.answer, desired.locale)
    if sheet.seen != desired.seen:
        raise Conflict
    is_same = fingerprint(sheet.former) == fingerprint(desired.fields)
    # The words for a former text may fit the new one, too: then saying so is the edit.
    if is_same and not now.overlaid.is_stale(desired.answer, desired.locale or ""):
        raise ValueError("unchanged")
    written = {
        "fields": desired.fields,
        "former": sheet.former,
        "translates": sheet.of,
        "base": now.base(desired.answer, desired.locale, sheet.of),
        "note": desired.note[:MAX_NOTE_CHARS],
        "changed_at": live.clock.now(),
    }
    found = await content_edits.find_open(conn, desired.answer, desired.locale, lock=True)
    if found is not None:
        if found.author_id != staff.id or found.state != DRAFT:
            raise Conflict
        await content_edits.change(conn, found.id, **written)
        return found.id
    return await _add(
        conn, live, staff, desired.answer, desired.locale, kind=kind, state=DRAFT, **written
    )


async def send(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Ask for a review of one's own draft.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is somebody else's, or no draft any more.
        ContentError: It does not fit; `key` says which field.
    """
    record = await _access(conn, staff, edit_id, lock=True)
    if record.author_id != staff.id or record.state != DRAFT:
        raise Conflict
    prove_edit(await get_now(conn, live), record.edit)
    await content_edits.change(conn, edit_id, state=IN_REVIEW, sent_at=live.clock.now())


async def publish(
    conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID, *, verdict: str = ""
) -> None:
    """Publish what somebody else has written.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, it does not wait for a review, or what it was written for has changed since.
        ContentError: It does not fit (any more).
    """
    await content_edits.lock_publishing(conn)
    record = await _access(conn, staff, edit_id, lock=True)
    now = await get_now(conn, live)
    if not may_decide(record, staff) or moved_on(record, now):
        raise Conflict
    prove_edit(now, record.edit)
    await _decide(conn, live, record, PUBLISHED, staff, verdict)
    await notices.to_content(conn)


async def refuse(
    conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID, *, verdict: str
) -> None:
    """Send an edit back, with the reason.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, or it does not wait for a review.
        ValueError: There is no reason.
    """
    record = await _access(conn, staff, edit_id, lock=True)
    if not may_decide(record, staff):
        raise Conflict
    if not verdict.strip():
        raise ValueError("verdict")
    await _decide(conn, live, record, REFUSED, staff, verdict)


async def withdraw(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> None:
    """Take an edit back: one's own, anybody's for those who oversee, a published one that is not live for everybody.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is not to be withdrawn by this person, or not any more.
    """
    await content_edits.lock_publishing(conn)
    record = await _access(conn, staff, edit_id, lock=True)
    if not may_withdraw(record, staff, await get_now(conn, live)):
        raise Conflict
    await content_edits.change(
        conn, edit_id, state=WITHDRAWN, decided_at=record.decided_at or live.clock.now()
    )
    await notices.to_content(conn)


async def undo(conn: AsyncConnection, live: LiveContent, staff: Staff, edit_id: UUID) -> bool:
    """Let the former words be said again, as an edit of its own.

    Returns:
        Whether they are live at once; else somebody else has to publish them.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is not what is said now, or somebody edits the answer at the moment.
        ContentError: The former words do not fit any more.
    """
    await content_edits.lock_publishing(conn)
    record = await _access(conn, staff, edit_id, lock=True)
    now = await get_now(conn, live)
    if not may_undo(record, now):
        raise Conflict
    at = live.clock.now()
    alone = may_undo_alone(record, staff, at)
    base = now.base(record.answer, record.locale, record.translates)
    again = Edit(record.id, record.answer, record.locale, record.former, base, record.translates)
    prove_edit(now, again)
    decided = {"state": PUBLISHED, "decided_at": at} if alone else {"state": IN_REVIEW}
    await _add(
        conn, live, staff, record.answer, record.locale, kind="undo", undoes=record.id,
        fields=record.former, former=record.fields, translates=record.translates, base=base,
        sent_at=at, **decided,
    )  # fmt: skip
    if alone:
        await notices.to_content(conn)
    return alone


async def say_still_right(
    conn: AsyncConnection, live: LiveContent, staff: Staff, answer: str, *, seen: str
) -> None:
    """Note that somebody has checked an answer today against its sources and found it right; only its dates change.

    Raises:
        NotFound: There is no such answer, or it is not for this role.
        Conflict: It has changed since it was looked at, or waits for somebody to solve a conflict.
    """
    _check_role(staff)
    await content_edits.lock_publishing(conn)
    now = await get_now(conn, live)
    sheet = await get_sheet(conn, now, answer, None)
    if sheet.seen != seen or await unsolved(conn, now, answer):
        raise Conflict
    at = live.clock.now()
    dates = next_review(sheet.former, at.date())
    if dates.items() <= sheet.former.items():
        return
    await _add(
        conn, live, staff, answer, None, kind="still_right", state=PUBLISHED,
        fields={**sheet.former, **dates}, former=sheet.former, base=now.base(answer, None, {}),
        sent_at=at, decided_at=at,
    )  # fmt: skip
    await notices.to_content(conn)


async def unsolved(conn: AsyncConnection, now: Now, answer: str) -> list[Record]:
    """Return the published edits of an answer that are not live because the files have changed, or for a mistake."""
    records = await content_edits.list_of_answer(conn, answer)
    return [each for each in records if now.is_lost(each)]


def _check_role(staff: Staff) -> None:
    if not staff.may(Permission.WRITE):
        raise NotFound


async def _access(conn: AsyncConnection, staff: Staff, edit_id: UUID, *, lock: bool) -> Record:
    _check_role(staff)
    return await content_edits.get(conn, edit_id, lock=lock)


async def _decide(
    conn: AsyncConnection,
    live: LiveContent,
    record: Record,
    state: str,
    staff: Staff,
    verdict: str,
) -> None:
    await content_edits.change(
        conn,
        record.id,
        state=state,
        reviewer_id=staff.id,
        verdict=verdict.strip()[:MAX_NOTE_CHARS],
        decided_at=live.clock.now(),
    )


async def _add(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    answer: str,
    locale: str | None,
    **values: Any,  # noqa: ANN401  # the columns
) -> UUID:
    edit_id = live.clock.new_id()
    values.setdefault("translates", {})
    try:
        async with conn.begin_nested():
            await content_edits.add(
                conn,
                id=edit_id,
                answer=answer,
                locale=locale,
                author_id=staff.id,
                created_at=live.clock.now(),
                **values,
            )
    except IntegrityError:
        # Somebody else has begun an edit at this very moment.
        raise Conflict from None
    return edit_id
