"""The only door to a case for staff: nobody gets one without naming who asks, and consent is checked here, at the read.

Every read leaves a line in the audit log, in its own transaction. What leads straight to the person is hidden until whoever reads
has said why they need it (`unmask`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NoSuchLine, NotFound, NotSure
from bot.hotline import (
    case_rows,
    cases,
    chats,
    check_question,
    consent,
    drafts,
    guests,
    notes,
    pauses,
    trail,
    transfers,
    translations,
    versions,
    windows,
)
from bot.hotline.case_rows import CaseRows
from bot.hotline.check_question import CheckQuestion
from bot.hotline.consent import ConsentLine
from bot.hotline.details import Details
from bot.hotline.drafts import Draft
from bot.hotline.guests import Guest
from bot.hotline.hiding import REASONS, hide
from bot.hotline.notes import Note
from bot.hotline.pause_rules import Pause
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.hotline.trail import Step
from bot.hotline.transfers import Offer
from bot.hotline.translations import Translation
from bot.hotline.windows import WindowView
from bot.messages import CaseId
from bot.scan import FileKind
from bot.store import attachments, audit, reviews, transcript
from bot.store.audit import Kind
from bot.store.batch import Batch, Rows, at_once
from bot.store.contacts import Party, People
from bot.store.reviews import Marked
from bot.store.transcript import Line
from bot.understanding.model import RiskLevel

OWN, GUEST, TRANSLATES, OVERSIGHT = "own", "guest", "translates", "oversight"
"""Why somebody may read of a case: they have it, are in it with its counsellor, are asked to translate a line, or oversee."""


@dataclass(frozen=True)
class CaseView:
    """A case as the counsellor who has it may see it."""

    id: CaseId
    reference: str
    state: str
    level: RiskLevel
    kinds: tuple[str, ...]
    subject: str
    wishes: Mapping[str, str] = field(repr=False)
    """The name to be called by, the counsellor's gender and language, while the consent to talk holds."""
    locale: str
    channel: str
    also: tuple[str, ...]
    """The channels of the person's other chats."""
    blocked: bool
    opened_at: datetime
    waiting_since: datetime
    claimed_by: UUID | None
    claimed_by_name: str | None
    outcome: str | None
    rating: str | None
    fit: str | None
    """How well its counsellor was matched (`matching.Fit`); None where nobody has it."""
    contact_later: str | None
    """When the person may be written to first: `any`, a time of day, or None for never."""
    consents: tuple[ConsentLine, ...]
    marks: Mapping[int, Marked]
    """The lines, by id, that are marked as misunderstood."""
    lines: tuple[Line, ...] = field(repr=False)
    hides: bool
    """Whether something that leads to the person is hidden."""
    unmasked: bool
    """Whether `staff` has asked for it and sees it now."""
    draft: Draft | None = field(default=None, repr=False)
    """What the one who looks has begun to write."""
    check: CheckQuestion | None = field(default=None, repr=False)
    notes: tuple[Note, ...] = ()
    guests: tuple[Guest, ...] = ()
    """Who is in it beside its counsellor, or asked."""
    offer: Offer | None = None
    """To whom it is offered."""
    pause: Pause | None = None
    """While its counsellor rests from the talk: what the person writes is not among the lines for whoever is in it."""
    trail: tuple[Step, ...] = ()
    translations: Mapping[int, Translation] = field(default_factory=dict)
    """What lines of the person mean, by the line's id."""
    window: WindowView | None = None
    """How long WhatsApp lets us write; None elsewhere."""

    @cached_property
    def version(self) -> str:
        """What stands here now, in short, so that an open page is left in peace while nothing changes."""
        return versions.of(self._beside, self.lines)

    def added_since(self, seen: str) -> tuple[Line, ...]:
        """Return the lines of the person that are all that a page of the version `seen` lacks; none where there is more to it."""
        return versions.added(seen, self._beside, self.lines)

    @cached_property
    def _beside(self) -> str:
        return repr((self, dict(self.wishes)))


async def check_access(conn: AsyncConnection, staff: Staff, case_id: UUID) -> str:
    """Make sure that `staff` may see a case; return why: they have it, are in it with its counsellor, or oversee.

    Raises:
        NotFound: There is no such case, or it is not theirs: from outside the two look the same.
    """
    return _why(
        staff, await at_once(conn, lambda batch: case_rows.ask_door(batch, staff, case_id))
    )


def _why(staff: Staff, rows: Rows) -> str:
    """Return why `staff` may see a case, from a row with `claimed_by` and `is_guest`."""
    if not rows or not staff.may(Permission.TALK):
        raise NotFound
    if rows[0].claimed_by == staff.id:
        return OWN
    if rows[0].is_guest:
        return GUEST
    if not staff.may(Permission.OVERSEE):
        raise NotFound
    return OVERSIGHT


async def check_may_change(conn: AsyncConnection, staff: Staff, case_id: UUID) -> None:
    """Make sure that `staff` may write in what is kept of a case: who only looks at it with its counsellor may not.

    Raises:
        NotFound: They may not, or there is no such case.
    """
    why = await check_access(conn, staff, case_id)
    if why == GUEST and not await guests.may_write(conn, staff, case_id):
        raise NotFound


async def access_case(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID
) -> CaseView:
    """Return a case with what its person has agreed to show, and note in the audit log that it was read.

    What was written before the hand-over is there only while the consent to share holds, and nothing of the
    thread is there once the consent to talk has been withdrawn. The note is the last thing in the transaction.

    Raises:
        NotFound: See `check_access`.
    """
    batch = Batch(conn)
    why, view = await _view(batch, people, staff, case_id)
    await _note_read(batch, people, staff, case_id, why)
    await batch.send()
    return view


async def access_changes(
    batch: Batch, people: People, staff: Staff, case_id: UUID, *, seen: str
) -> CaseView | None:
    """Do as `access_case`, unless the reader has this `version` before them already: then nothing is shown or noted.

    The note travels with the commit of the batch.

    Raises:
        NotFound: See `check_access`.
    """
    why, view = await _view(batch, people, staff, case_id)
    if view.version == seen:
        return None
    await _note_read(batch, people, staff, case_id, why)
    return view


async def note_read(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    why: str,
    *,
    kind: Kind = Kind.CASE_READ,
) -> None:
    """Note that `staff` read something of a case; `why` is what `check_access` told. It is the last thing in the transaction."""
    batch = Batch(conn)
    await _note_read(batch, people, staff, case_id, why, kind)
    await batch.send()


async def _note_read(
    batch: Batch,
    people: People,
    staff: Staff,
    case_id: UUID,
    why: str,
    kind: Kind = Kind.CASE_READ,
) -> None:
    await audit.add(
        batch,
        people.lookup,
        kind,
        at=people.clock.now(),
        staff_id=staff.id,
        subject_id=case_id,
        why=why,
    )


async def check_line(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    case_id: UUID,
    line_id: int,
    *,
    readable: bool = False,
) -> None:
    """Make sure that `staff` may see a line of a case and that the person wrote it; nothing of it is shown.

    With `readable` its words must not be covered, either.

    Raises:
        NotFound: They may not, or there is none.
    """
    _, view = await _view(Batch(conn), people, staff, case_id)
    for line in view.lines:
        if line.id == line_id and line.author == "person" and not (readable and line.masked):
            return
    raise NotFound


async def check_quote(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, line_id: int
) -> None:
    """Make sure that `staff` may answer this very line: the person wrote it, in this case, and its words are not covered.

    Raises:
        NoSuchLine: They may not, or there is none.
    """
    try:
        await check_line(conn, people, staff, case_id, line_id, readable=True)
    except NotFound:
        raise NoSuchLine from None


async def check_is_them(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID
) -> None:
    """Make sure that nobody doubts who writes in a case: what else is read of it than its thread asks here first.

    Raises:
        NotFound: See `check_access`.
        NotSure: The check question is due.
    """
    _, view = await _view(Batch(conn), people, staff, case_id)
    if view.check is not None and view.check.is_due:
        raise NotSure


async def access_file(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, file_id: UUID
) -> tuple[FileKind, bytes]:
    """Return a file of a line that `staff` may read now, and note in the audit log that it was opened.

    The note is the last thing in the transaction.

    Raises:
        NotFound: There is no such file, it is not kept, or its line is not for them: from outside these look the same.
    """
    why, view = await _view(Batch(conn), people, staff, case_id)
    if not any(line.file and line.file.id == file_id for line in view.lines):
        raise NotFound
    conversation_id = await cases.conversation_of(conn, case_id)
    assert conversation_id is not None  # a case that is seen has one
    party = await people.get(conn, conversation_id)
    found = await attachments.read(conn, party.key, case_id, file_id)
    if found is None:
        raise NotFound
    await note_read(conn, people, staff, case_id, why, kind=Kind.FILE_READ)
    return found


async def unmask(
    conn: AsyncConnection, people: People, staff: Staff, case_id: UUID, reason: str
) -> None:
    """Let `staff` see for a while what leads to the person; the line in the audit log is what opens it.

    Raises:
        NotFound: See `check_access`; or this role never sees it.
        ValueError: There is no such reason.
    """
    await check_access(conn, staff, case_id)
    if not staff.may(Permission.UNMASK):
        raise NotFound
    if reason not in REASONS:
        raise ValueError("reason")
    await audit.append(
        conn,
        people.lookup,
        Kind.CASE_UNMASKED,
        at=people.clock.now(),
        staff_id=staff.id,
        subject_id=case_id,
        why=reason,
    )


async def _view(batch: Batch, people: People, staff: Staff, case_id: UUID) -> tuple[str, CaseView]:
    now = people.clock.now()
    asked = case_rows.ask(batch, staff, case_id, now=now)
    await batch.send()
    why = _why(staff, asked.case)
    party = people.read(asked.party)
    if party is None:
        raise NotFound
    return why, _opened(asked, staff, party, why=why, now=now)


def _opened(asked: CaseRows, staff: Staff, party: Party, *, why: str, now: datetime) -> CaseView:
    """Open what may be shown of a case; the caller knows that `staff` may see it."""
    row: Any = asked.case[0]
    claimed = row.state == "claimed"
    details = Details.opened(row.details_sealed, party.key)
    agreed = check_question.read(asked.check, party)
    pause = pauses.read(asked.pause, now)
    told = tuple(
        line
        for line in _thread(asked, party)
        if pause is None or why == OVERSIGHT or not pause.keeps_back(line.id, line.author)
    )
    _, check = check_question.masked(told, agreed)
    # While nobody is sure who writes, the rest of what the person told is kept back with the thread.
    hidden = check is not None and check.is_due
    talks = not hidden and asked.consents.holds(consent.TALK)
    whole = (told, details.wishes if talks else {})
    unmasked = bool(asked.unmasked)
    lines, wishes = whole if unmasked else hide(*whole, own=why == OWN)
    return CaseView(
        id=CaseId(row.id),
        reference=row.reference,
        state=row.state,
        level=RiskLevel.of(row.level),
        kinds=() if hidden else details.kinds,
        subject="unknown" if hidden else details.subject,
        wishes=wishes,
        locale=row.locale,
        channel=party.address.channel,
        also=chats.read_also(asked.also),
        blocked=party.blocked,
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        claimed_by=row.claimed_by,
        claimed_by_name=row.claimed_by_name,
        outcome=row.outcome,
        rating=row.rating,
        fit=row.fit if claimed else None,
        contact_later=asked.consents.contact_later(party.key),
        consents=asked.consents.lines,
        marks=reviews.read_marks(asked.marks),
        hides=(lines, wishes) != whole,
        unmasked=unmasked,
        lines=check_question.masked(lines, agreed)[0],
        draft=drafts.read(asked.draft, party),
        check=check,
        notes=notes.read(asked.notes, party, staff, row.claimed_by),
        guests=guests.read(asked.guests) if claimed else (),
        offer=transfers.read(asked.offer),
        pause=pause,
        trail=trail.read(asked.trail),
        translations=translations.read(asked.translations, party) if talks else {},
        window=windows.view(asked.window, now) if claimed else None,
    )


def _thread(asked: CaseRows, party: Party) -> list[Line]:
    if not asked.consents.holds(consent.TALK):
        return []
    lines = transcript.read_case(asked.lines, party.key)
    if asked.consents.holds(consent.SHARE):
        return lines
    return [line for line in lines if not line.shared]
