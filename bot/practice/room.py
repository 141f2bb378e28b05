"""The talks of the practice room as they are kept: one's own, and those that a trainee has shared with supervisors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Conflict, NotFound
from bot.store.crypto import DataKey, Keyring
from bot.store.keys import get_notes_key
from bot.store.tables import PracticeTalkRow, StaffRow

MAX_LINES = 60
MAX_TALKS = 200
"""How many talks one person can keep; a new one is begun once an old one is deleted."""
MAX_NOTE_CHARS = 1000
_LINES = "practice_talk.lines"
_OWN = "practice_talk.own"


@dataclass(frozen=True)
class Kept:
    """A talk as it is kept."""

    id: UUID
    staff_id: UUID
    staff_name: str
    persona: str
    language: str
    lines: tuple[str, ...] = field(repr=False)
    own: Mapping[str, str] = field(repr=False)
    """What the trainee thinks, by criterion, and a `note`."""
    started_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    shared_at: datetime | None


async def list_own(conn: AsyncConnection, keyring: Keyring, staff_id: UUID) -> list[Kept]:
    """Return somebody's own talks, the newest first."""
    wanted = _talks().where(PracticeTalkRow.staff_id == staff_id)
    return await _read(conn, keyring, wanted)


async def list_shared(conn: AsyncConnection, keyring: Keyring, *, apart_from: UUID) -> list[Kept]:
    """Return the talks that others have shared, the newest first. The caller makes sure that a supervisor asks."""
    wanted = _talks().where(
        PracticeTalkRow.shared_at.is_not(None), PracticeTalkRow.staff_id != apart_from
    )
    return await _read(conn, keyring, wanted)


async def access_talk(
    conn: AsyncConnection, keyring: Keyring, talk_id: UUID, staff_id: UUID, *, oversees: bool
) -> Kept:
    """Return a talk to whoever may read it.

    Raises:
        NotFound: There is none, or it is somebody else's who has not shared it.
    """
    found = await _read(conn, keyring, _talks().where(PracticeTalkRow.id == talk_id))
    if not found:
        raise NotFound
    kept = found[0]
    if kept.staff_id != staff_id and not (oversees and kept.shared_at is not None):
        raise NotFound
    return kept


async def begin(
    conn: AsyncConnection,
    keyring: Keyring,
    staff_id: UUID,
    persona: str,
    language: str,
    *,
    clock: Clock,
) -> UUID:
    """Begin a talk; return its id.

    Raises:
        Conflict: So many are kept that one has to be deleted first.
    """
    mine = select(PracticeTalkRow.id).where(PracticeTalkRow.staff_id == staff_id).limit(MAX_TALKS)
    if len((await conn.execute(mine)).all()) >= MAX_TALKS:
        raise Conflict("too many talks are kept")
    key, talk_id, now = await get_notes_key(conn, keyring), clock.new_id(), clock.now()
    await conn.execute(
        insert(PracticeTalkRow).values(
            id=talk_id,
            staff_id=staff_id,
            persona=persona,
            language=language,
            lines_sealed=key.seal_json([], _LINES),
            started_at=now,
            changed_at=now,
        )
    )
    return talk_id


async def keep_lines(
    conn: AsyncConnection, keyring: Keyring, talk_id: UUID, lines: Sequence[str], *, at: datetime
) -> None:
    """Keep the trainee's lines."""
    key = await get_notes_key(conn, keyring)
    await _change(conn, talk_id, lines_sealed=key.seal_json(list(lines), _LINES), changed_at=at)


async def keep_own(
    conn: AsyncConnection, keyring: Keyring, talk_id: UUID, own: Mapping[str, str], *, at: datetime
) -> None:
    """Keep what the trainee thinks of the talk."""
    key = await get_notes_key(conn, keyring)
    await _change(conn, talk_id, own_sealed=key.seal_json(dict(own), _OWN), changed_at=at)


async def end(conn: AsyncConnection, talk_id: UUID, *, at: datetime) -> None:
    """End a talk: its rubric can be read from now on."""
    await _change(conn, talk_id, ended_at=at, changed_at=at)


async def share(conn: AsyncConnection, talk_id: UUID, at: datetime | None) -> None:
    """Let supervisors read a talk, or no longer."""
    await _change(conn, talk_id, shared_at=at)


async def forget(conn: AsyncConnection, talk_id: UUID) -> None:
    """Delete a talk for good."""
    await conn.execute(delete(PracticeTalkRow).where(PracticeTalkRow.id == talk_id))


async def lock(conn: AsyncConnection, talk_id: UUID, staff_id: UUID) -> None:
    """Keep every other writer away from one's own talk until the transaction ends.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    wanted = select(PracticeTalkRow.id).where(
        PracticeTalkRow.id == talk_id, PracticeTalkRow.staff_id == staff_id
    )
    if await conn.scalar(wanted.with_for_update()) is None:
        raise NotFound


async def _change(conn: AsyncConnection, talk_id: UUID, **values: Any) -> None:  # noqa: ANN401  # the columns
    await conn.execute(
        update(PracticeTalkRow).where(PracticeTalkRow.id == talk_id).values(**values)
    )


def _talks() -> Select[Any]:
    return (
        select(*PracticeTalkRow.__table__.columns, StaffRow.name.label("staff_name"))
        .join(StaffRow, StaffRow.id == PracticeTalkRow.staff_id)
        .order_by(PracticeTalkRow.changed_at.desc(), PracticeTalkRow.id)
    )


async def _read(conn: AsyncConnection, keyring: Keyring, wanted: Select[Any]) -> list[Kept]:
    rows = (await conn.execute(wanted)).all()
    key = await get_notes_key(conn, keyring) if rows else None
    return [_kept(row._mapping, key) for row in rows if key is not None]


def _kept(row: Mapping[str, Any], key: DataKey) -> Kept:
    own = row["own_sealed"]
    return Kept(
        id=row["id"],
        staff_id=row["staff_id"],
        staff_name=row["staff_name"],
        persona=row["persona"],
        language=row["language"],
        lines=tuple(key.open_json(row["lines_sealed"], _LINES)),
        own=key.open_json(own, _OWN) if own else {},
        started_at=row["started_at"],
        changed_at=row["changed_at"],
        ended_at=row["ended_at"],
        shared_at=row["shared_at"],
    )
