"""Writing in a person's file: texts with their versions, what a talk was about, and who around them may know what."""

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.content.casework import WrapUp
from bot.errors import Conflict, NotFound, NotSure, Refused
from bot.hotline import cases, consent
from bot.hotline.access import check_is_them, check_may_change
from bot.hotline.casefile import INVOLVE, TEXTS, WRAP_UP, contact_of
from bot.hotline.staff import Staff
from bot.store.contacts import Party, People
from bot.store.files import PERSON, TEXT
from bot.store.tables import ConsentRow, FilePersonRow, FileTextRow

MAX_TEXT_CHARS = 6000
MAX_LINE_CHARS = 200


class WrapUpMissing(Refused):
    """Nothing is noted yet of what the talk was about, and the operator asks for it before it is closed."""


@dataclass(frozen=True)
class Around:
    """Somebody around the person, as they agree to have them involved."""

    who: str = field(default="", repr=False)
    family: bool = False
    purpose: str = field(default="", repr=False)
    channel: str = field(default="", repr=False)
    may_know: str = field(default="", repr=False)

    def problem(self) -> str | None:
        """Return which line is missing or too long; None where none is."""
        for name in ("who", "purpose", "channel", "may_know"):
            value = getattr(self, name)
            if not value or len(value) > MAX_LINE_CHARS:
                return name
        return None


async def write_text(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    kind: str,
    text: str,
    *,
    seen: int,
    now: datetime,
) -> None:
    """Add a version of a text; the same words again add none.

    Args:
        conn: The transaction.
        people: Opens the person's key.
        staff: Who writes.
        case_id: Through which of the person's cases.
        kind: One of `casefile.TEXTS`.
        text: The words, at most `MAX_TEXT_CHARS`.
        seen: The version that the form showed, 0 for none.
        now: When.

    Raises:
        NotFound: The case is not theirs.
        ConsentMissing: The person does not agree to talk (any more).
        Conflict: Somebody else has written since.
    """
    if kind not in TEXTS or len(text) > MAX_TEXT_CHARS:
        raise NotFound
    party = await _party(conn, people, staff, case_id)
    last = (
        await conn.execute(
            select(FileTextRow.id, FileTextRow.text_sealed)
            .where(
                FileTextRow.contact_id == party.contact_id,
                FileTextRow.kind == kind,
                consent.holding(consent.TALK, FileTextRow.case_id),
            )
            .order_by(FileTextRow.id.desc())
            .limit(1)
        )
    ).one_or_none()
    if (last.id if last else 0) != seen:
        raise Conflict
    if text != (party.key.open(last.text_sealed, TEXT) if last else ""):
        await _add(conn, party, staff, case_id, kind, text, now)


async def wrap_up(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    chosen: Collection[str],
    known: WrapUp,
    *,
    now: datetime,
) -> None:
    """Note what a talk was about; what is not known is left out.

    Raises:
        NotFound: The case is not theirs.
        ConsentMissing: The person does not agree to talk (any more).
    """
    party = await _party(conn, people, staff, case_id)
    named = " ".join(each.id for each in known.categories if each.id in chosen)
    await _add(conn, party, staff, case_id, WRAP_UP, named, now)


async def check_wrapped_up(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, known: WrapUp
) -> None:
    """Make sure that a talk may be closed.

    Raises:
        WrapUpMissing: The operator asks for a category, and none is chosen.
    """
    if not known.required:
        return
    try:
        await check_is_them(conn, people, staff, case_id)
    except NotSure:
        return  # the page on which it is chosen is shut
    sealed = await conn.scalar(
        select(FileTextRow.text_sealed)
        .where(FileTextRow.case_id == case_id, FileTextRow.kind == WRAP_UP)
        .order_by(FileTextRow.id.desc())
        .limit(1)
    )
    conversation_id = await cases.conversation_of(conn, case_id)
    if sealed is None or conversation_id is None:
        raise WrapUpMissing
    party = await people.get(conn, conversation_id)
    if not party.key.open(sealed, TEXT):
        raise WrapUpMissing


async def involve(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    around: Around,
    *,
    locale: str,
    clock: Clock,
) -> UUID:
    """Note somebody whom the person agrees to have involved, with a consent of its own; return its id.

    Raises:
        NotFound: The case is not theirs.
        ConsentMissing: The person does not agree to talk (any more).
    """
    party = await _party(conn, people, staff, case_id)
    person_id, now, told = clock.new_id(), clock.now(), asdict(around)
    await conn.execute(
        insert(FilePersonRow).values(
            id=person_id,
            contact_id=party.contact_id,
            case_id=case_id,
            details_sealed=party.key.seal_json(told, PERSON),
            staff_id=staff.id,
            at=now,
        )
    )
    await consent.record(
        conn,
        party,
        f"{INVOLVE}{person_id}",
        granted=True,
        text_version=hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16],
        locale=locale,
        at=now,
        case_id=case_id,
    )
    await cases.add_event(conn, case_id, "file_involved", staff_id=staff.id, at=now)
    return person_id


async def end_involvement(
    conn: AsyncConnection, staff: Staff, case_id: UUID, person_id: UUID, *, now: datetime
) -> None:
    """End what one of those around the person may know, at once.

    Raises:
        NotFound: The case is not theirs, or there is nobody of that id in the file.
    """
    await check_may_change(conn, staff, case_id)
    scope = f"{INVOLVE}{person_id}"
    ended = await conn.execute(
        update(ConsentRow)
        .where(
            ConsentRow.scope == scope,
            ConsentRow.withdrawn_at.is_(None),
            # In whichever of the person's cases it was noted.
            ConsentRow.contact_id == contact_of(case_id),
        )
        .values(withdrawn_at=now)
    )
    if not ended.rowcount:
        raise NotFound
    await cases.add_event(conn, case_id, "file_involvement_ended", staff_id=staff.id, at=now)


async def end_all_involvement(conn: AsyncConnection, case_id: UUID, *, now: datetime) -> None:
    """End what anybody around the person may know: they have pressed it themselves."""
    await conn.execute(
        update(ConsentRow)
        .where(
            ConsentRow.contact_id == contact_of(case_id),
            ConsentRow.scope.startswith(INVOLVE),
            ConsentRow.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    await cases.add_event(conn, case_id, "file_involvement_ended", at=now)


async def _party(conn: AsyncConnection, people: People, staff: Staff, case_id: UUID) -> Party:
    """Lock a case that `staff` may write in; return its person."""
    await check_may_change(conn, staff, case_id)
    await consent.check(conn, case_id, consent.TALK)
    row = await cases.lock(conn, case_id)
    return await people.get(conn, row.conversation_id)


async def _add(
    conn: AsyncConnection,
    party: Party,
    staff: Staff,
    case_id: UUID,
    kind: str,
    text: str,
    now: datetime,
) -> None:
    await conn.execute(
        insert(FileTextRow).values(
            contact_id=party.contact_id,
            case_id=case_id,
            kind=kind,
            text_sealed=party.key.seal(text, TEXT),
            staff_id=staff.id,
            at=now,
        )
    )
    await cases.add_event(conn, case_id, "file_written", staff_id=staff.id, at=now, part=kind)
