"""From a recording to what people hear: one records, somebody else listens and publishes, and nothing but the sound itself is ever deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.load import Content
from bot.content.voices import places_of, words_at
from bot.editing.live import LiveContent
from bot.editing.work import MAX_NOTE_CHARS, get_now
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.sound import Recording
from bot.store import notices, voices
from bot.store.voices import (
    DELETED,
    IN_REVIEW,
    PUBLISHED,
    REFUSED,
    RETIRED,
    TAKEN_BACK,
    WITHDRAWN,
    VoiceRecord,
)

NONE, WAITING, HEARD, OUTDATED = STANDINGS = ("none", "waiting", "heard", "outdated")
"""How a place stands in a language: `outdated` is a recording of other words than people read by now. It is not heard."""


@dataclass(frozen=True)
class Wanted:
    """A place in a language as it was shown to whoever records it."""

    place: str
    locale: str
    words: str


@dataclass(frozen=True)
class Standing:
    """How one place stands in one language."""

    place: str
    locale: str
    words: str
    state: str
    live: VoiceRecord | None
    """What is published, also where it is outdated."""
    waiting: VoiceRecord | None


def standings(
    content: Content, records: Sequence[VoiceRecord], places: Iterable[str], locales: Iterable[str]
) -> list[Standing]:
    """Return how each of some places stands in each of some languages; `records` newest first."""
    live: dict[tuple[str, str], VoiceRecord] = {}
    waiting: dict[tuple[str, str], VoiceRecord] = {}
    for record in records:
        key = (record.place, record.locale)
        if record.state == IN_REVIEW:
            waiting[key] = record
        elif record.state == PUBLISHED and _is_newer(record, live.get(key)):
            live[key] = record
    wanted = [(place, code) for place in places for code in locales]
    return [
        _standing(content, place, code, live.get((place, code)), waiting.get((place, code)))
        for place, code in wanted
    ]


def _is_newer(one: VoiceRecord, other: VoiceRecord | None) -> bool:
    if other is None or other.decided_at is None or one.decided_at is None:
        return other is None
    return one.decided_at > other.decided_at


def _standing(
    content: Content,
    place: str,
    locale: str,
    live: VoiceRecord | None,
    waiting: VoiceRecord | None,
) -> Standing:
    words = words_at(content, place, locale) or ""
    state = NONE
    if live is not None:
        state = HEARD if live.words == words else OUTDATED
    elif waiting is not None:
        state = WAITING
    return Standing(place, locale, words, state, live, waiting)


def words_of(content: Content, place: str, locale: str) -> str:
    """Return what a recording of a place in a language speaks.

    Raises:
        NotFound: It is no place that is spoken, or no language that is offered.
    """
    words = words_at(content, place, locale) if place in set(places_of(content)) else None
    if words is None or locale not in content.words.locales:
        raise NotFound
    return words


async def send(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    wanted: Wanted,
    recording: Recording,
    *,
    agrees: bool,
    note: str = "",
) -> UUID:
    """Ask for somebody to listen to a recording.

    Returns:
        Its number.

    Raises:
        NotFound: There is no such place or language, or it is not for this role.
        Conflict: People read other words by now, or another recording of them waits.
        ValueError: `agrees`: nobody has said that the speaker agrees.
    """
    _check_role(staff)
    if not agrees:
        raise ValueError("agrees")
    now = await get_now(conn, live)
    if words_of(now.content, wanted.place, wanted.locale) != wanted.words:
        raise Conflict
    number, at = live.clock.new_id(), live.clock.now()
    try:
        async with conn.begin_nested():
            await voices.add(
                conn, id=number, place=wanted.place, locale=wanted.locale, words=wanted.words,
                kind=recording.kind, sound=recording.data, seconds=recording.seconds, state=IN_REVIEW,
                author_id=staff.id, agreed_at=at, note=note.strip()[:MAX_NOTE_CHARS], created_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise Conflict from None
    return number


async def publish(conn: AsyncConnection, live: LiveContent, staff: Staff, voice_id: UUID) -> None:
    """Let people hear what somebody else has recorded.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, it does not wait, or people read other words by now.
    """
    record = await _access(conn, staff, voice_id)
    now = await get_now(conn, live)
    if not may_decide(record, staff):
        raise Conflict
    if words_at(now.content, record.place, record.locale) != record.words:
        raise Conflict
    decided = {"reviewer_id": staff.id, "decided_at": live.clock.now()}
    await voices.change(conn, voice_id, state=PUBLISHED, **decided)
    await notices.to_content(conn)


async def refuse(
    conn: AsyncConnection, live: LiveContent, staff: Staff, voice_id: UUID, *, verdict: str
) -> None:
    """Send a recording back, with the reason.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is one's own, or it does not wait.
        ValueError: `verdict`: there is no reason.
    """
    record = await _access(conn, staff, voice_id)
    if not may_decide(record, staff):
        raise Conflict
    if not verdict.strip():
        raise ValueError("verdict")
    decided = {"reviewer_id": staff.id, "decided_at": live.clock.now()}
    said = verdict.strip()[:MAX_NOTE_CHARS]
    await voices.change(conn, voice_id, state=REFUSED, verdict=said, **decided)


async def withdraw(conn: AsyncConnection, live: LiveContent, staff: Staff, voice_id: UUID) -> None:
    """Take a recording back before it is decided: one's own, anybody's for those who oversee.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is somebody else's, or it does not wait.
    """
    record = await _access(conn, staff, voice_id)
    if not may_withdraw(record, staff):
        raise Conflict
    await _end(conn, live, staff, voice_id, WITHDRAWN)


async def take_back(
    conn: AsyncConnection, live: LiveContent, staff: Staff, voice_id: UUID
) -> None:
    """Let people hear the recording before this one again, where it still speaks what they read; else none.

    Nobody else is needed for it: two have listened to the former one, or words alone are left.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is not published.
    """
    record = await _access(conn, staff, voice_id)
    if record.state != PUBLISHED:
        raise Conflict
    await _end(conn, live, staff, voice_id, TAKEN_BACK)
    await notices.to_content(conn)


async def retire(
    conn: AsyncConnection, live: LiveContent, staff: Staff, place: str, locale: str
) -> None:
    """Let nothing be heard at a place in a language any more.

    Raises:
        NotFound: It is not for this role.
        Conflict: Nothing is published there.
    """
    _check_role(staff)
    await voices.lock(conn)
    records = await voices.list_of_place(conn, place, locale)
    published = [record for record in records if record.state == PUBLISHED]
    if not published:
        raise Conflict
    for record in published:
        await _end(conn, live, staff, record.id, RETIRED)
    await notices.to_content(conn)


async def delete(conn: AsyncConnection, live: LiveContent, staff: Staff, voice_id: UUID) -> None:
    """Delete the sound of a recording for good: its speaker does not agree any more.

    Raises:
        NotFound: There is none, or it is not for this role.
        Conflict: It is deleted already.
    """
    record = await _access(conn, staff, voice_id)
    if record.state == DELETED:
        raise Conflict
    await voices.forget_handles(conn, voice_id)
    await _end(conn, live, staff, voice_id, DELETED, sound=None)
    await notices.to_content(conn)


def may_decide(record: VoiceRecord, staff: Staff) -> bool:
    """Tell whether this person may publish or refuse a recording: never who brought it."""
    return record.state == IN_REVIEW and record.author_id != staff.id


def may_withdraw(record: VoiceRecord, staff: Staff) -> bool:
    """Tell whether this person may take a recording back before it is decided."""
    is_theirs = record.author_id == staff.id or staff.may(Permission.OVERSEE)
    return record.state == IN_REVIEW and is_theirs


def _check_role(staff: Staff) -> None:
    if not staff.may(Permission.WRITE):
        raise NotFound


async def _access(conn: AsyncConnection, staff: Staff, voice_id: UUID) -> VoiceRecord:
    _check_role(staff)
    await voices.lock(conn)
    return await voices.get(conn, voice_id)


async def _end(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    voice_id: UUID,
    state: str,
    **more: bytes | None,
) -> None:
    at = live.clock.now()
    await voices.change(conn, voice_id, state=state, ended_by=staff.id, ended_at=at, **more)
