"""The rows of recorded voices: added, brought from state to state, never deleted; and their handles on the platforms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.content.voices import Voice
from bot.errors import NotFound
from bot.store.tables import StaffRow, VoiceHandleRow, VoiceRow

IN_REVIEW, PUBLISHED, REFUSED, WITHDRAWN, TAKEN_BACK, RETIRED, DELETED = (
    "in_review", "published", "refused", "withdrawn", "taken_back", "retired", "deleted",
)  # fmt: skip
_CHANGING = 0x5375617231
"""The advisory lock of whoever changes what is heard."""


@dataclass(frozen=True)
class VoiceRecord:
    """All that is known of a recording but its sound."""

    id: UUID
    place: str
    locale: str
    words: str = field(repr=False)
    kind: str
    seconds: int
    state: str
    author_id: UUID
    author_name: str
    reviewer_id: UUID | None
    reviewer_name: str | None
    ended_name: str | None
    agreed_at: datetime
    note: str
    verdict: str
    created_at: datetime
    decided_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Sound:
    """A recording's bytes and what they are."""

    data: bytes = field(repr=False)
    kind: str


async def lock(conn: AsyncConnection) -> None:
    """Keep everybody else from changing what is heard until the transaction ends."""
    await conn.execute(select(func.pg_advisory_xact_lock(_CHANGING)))


async def list_live(conn: AsyncConnection) -> dict[str, tuple[Voice, ...]]:
    """Return what may be heard, by language: of each place the recording that was published last."""
    row = VoiceRow
    rows = await conn.execute(
        select(row.locale, row.place, row.id, row.words, row.seconds)
        .ext(distinct_on(row.locale, row.place))
        .where(row.state == PUBLISHED)
        .order_by(row.locale, row.place, row.decided_at.desc(), row.id)
    )
    found: dict[str, tuple[Voice, ...]] = {}
    for each in rows:
        voice = Voice(each.id, each.words, each.seconds)
        found[each.locale] = (*found.get(each.locale, ()), voice)
    return found


async def list_all(conn: AsyncConnection) -> Sequence[VoiceRecord]:
    """Return every recording, the newest first."""
    rows = await conn.execute(_records().order_by(VoiceRow.created_at.desc(), VoiceRow.id))
    return [VoiceRecord(**row._mapping) for row in rows]


async def list_of_place(conn: AsyncConnection, place: str, locale: str) -> Sequence[VoiceRecord]:
    """Return the history of a place in a language, the newest first."""
    wanted = _records().where(VoiceRow.place == place, VoiceRow.locale == locale)
    rows = await conn.execute(wanted.order_by(VoiceRow.created_at.desc(), VoiceRow.id))
    return [VoiceRecord(**row._mapping) for row in rows]


async def get(conn: AsyncConnection, voice_id: UUID) -> VoiceRecord:
    """Return one recording.

    Raises:
        NotFound: There is none of this number.
    """
    row = (await conn.execute(_records().where(VoiceRow.id == voice_id))).one_or_none()
    if row is None:
        raise NotFound
    return VoiceRecord(**row._mapping)


async def find_sound(conn: AsyncConnection, voice_id: UUID) -> Sound | None:
    """Return the sound of a recording; None where there is none (any more)."""
    wanted = select(VoiceRow.sound, VoiceRow.kind).where(VoiceRow.id == voice_id)
    row = (await conn.execute(wanted)).one_or_none()
    return Sound(row.sound, row.kind) if row is not None and row.sound is not None else None


async def find_heard(conn: AsyncConnection, voice_id: UUID) -> Sound | None:
    """Return the sound of a recording that is published; None for any other, which nobody outside may hear."""
    wanted = select(VoiceRow.sound, VoiceRow.kind).where(
        VoiceRow.id == voice_id, VoiceRow.state == PUBLISHED
    )
    row = (await conn.execute(wanted)).one_or_none()
    return Sound(row.sound, row.kind) if row is not None else None


async def add(conn: AsyncConnection, **values: Any) -> None:  # noqa: ANN401  # the columns
    """Add a recording.

    Raises:
        IntegrityError: Another one of this place and language waits to be listened to.
    """
    await conn.execute(insert(VoiceRow).values(**values))


async def change(conn: AsyncConnection, voice_id: UUID, **values: Any) -> None:  # noqa: ANN401
    """Change columns of a recording."""
    await conn.execute(update(VoiceRow).where(VoiceRow.id == voice_id).values(**values))


async def find_handle(
    conn: AsyncConnection, voice_id: UUID, channel: str, account: str, *, since: datetime
) -> str | None:
    """Return by what a platform gives a recording out, where it has had it since then."""
    row = VoiceHandleRow
    wanted = select(row.handle).where(
        row.voice_id == voice_id, row.channel == channel, row.account == account, row.at >= since
    )
    return (await conn.execute(wanted)).scalar_one_or_none()


async def keep_handle(
    conn: AsyncConnection, voice_id: UUID, channel: str, account: str, handle: str, at: datetime
) -> None:
    """Remember by what a platform gives a recording out."""
    new = {"handle": handle, "at": at}
    keys = {"voice_id": voice_id, "channel": channel, "account": account}
    made = upsert(VoiceHandleRow).values(**keys, **new)
    await conn.execute(made.on_conflict_do_update(index_elements=list(keys), set_=new))


async def forget_handles(
    conn: AsyncConnection, voice_id: UUID, channel: str | None = None, account: str | None = None
) -> None:
    """Forget by what platforms give a recording out; all of them, or one account's."""
    gone = delete(VoiceHandleRow).where(VoiceHandleRow.voice_id == voice_id)
    if channel is not None:
        gone = gone.where(VoiceHandleRow.channel == channel, VoiceHandleRow.account == account)
    await conn.execute(gone)


def _records() -> Any:  # noqa: ANN401  # a select of all columns
    author, reviewer, ended = aliased(StaffRow), aliased(StaffRow), aliased(StaffRow)
    row = VoiceRow
    return (
        select(
            row.id, row.place, row.locale, row.words, row.kind, row.seconds, row.state, row.author_id,
            author.name.label("author_name"), row.reviewer_id, reviewer.name.label("reviewer_name"),
            ended.name.label("ended_name"), row.agreed_at, row.note, row.verdict, row.created_at,
            row.decided_at, row.ended_at,
        )
        .join(author, author.id == row.author_id)
        .outerjoin(reviewer, reviewer.id == row.reviewer_id)
        .outerjoin(ended, ended.id == row.ended_by)
    )  # fmt: skip
