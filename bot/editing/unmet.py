"""Questions that met no answer, for those who write answers: grouped by meaning, with what was decided about them.

Nobody reads one without naming who asks; the consent to `learn` stands in the query that reads them (`bot.store.unmet`).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.editing.live import LiveContent
from bot.editing.rules import Desired, moved_on
from bot.editing.work import get_now, get_sheet, save_draft
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store import content_edits, unmet
from bot.store.contacts import People
from bot.store.content_edits import DRAFT
from bot.store.keys import get_notes_key
from bot.store.unmet import Kept
from bot.understanding.grouping import group
from bot.understanding.redaction import pieces_of

KINDS = ("not_understood", "outside", "no_answer", "none_fits", "no_help")
"""Their words stand in the templates, as do those of the decisions."""
BELONGS, WANTED, DONE = "belongs", "wanted", "done"
MAX_GROUPED = 500
"""The newest so many questions are grouped; the page says so where there are more."""
MAX_NOTE_CHARS = 300
MAX_WAY_CHARS = 300
WEEKS = 12
_NOTE = "unmet_decision.note"


@dataclass(frozen=True)
class Group:
    """Questions that mean the same, the newest first."""

    questions: tuple[Kept, ...]

    @property
    def id(self) -> UUID:
        """The question by which the group is found again."""
        return self.questions[0].id

    @property
    def languages(self) -> list[str]:
        """In which languages they were asked, the most frequent first."""
        return [
            code for code, _ in Counter(q.question.language for q in self.questions).most_common()
        ]

    @property
    def since(self) -> date:
        """The day of the first."""
        return min(each.day for each in self.questions)

    @property
    def near(self) -> list[str]:
        """The answers nearest to them, the most frequent first."""
        counted = Counter(name for q in self.questions for name in q.question.near)
        return [name for name, _ in counted.most_common()]

    @property
    def kinds(self) -> list[str]:
        """How they went unmet, the most frequent first."""
        return [kind for kind, _ in Counter(q.kind for q in self.questions).most_common()]


@dataclass(frozen=True)
class Decision:
    """What somebody has decided about a group."""

    id: UUID
    kind: str
    answer: str | None
    number: int
    by_name: str
    at: datetime
    note: str = field(repr=False)


@dataclass(frozen=True)
class Week:
    """How many questions went unmet in a week, by kind."""

    monday: date
    numbers: Mapping[str, int]


async def list_groups(
    conn: AsyncConnection, people: People, staff: Staff, *, today: date
) -> list[Group]:
    """Return what nobody has decided about yet, the largest group first.

    Raises:
        NotFound: It is not for this role.
    """
    _check_role(staff)
    kept = await unmet.list_open(conn, people, today=today, limit=MAX_GROUPED)
    together = group([each.question.meaning for each in kept])
    return [Group(tuple(kept[place] for place in places)) for places in together]


async def access_group(
    conn: AsyncConnection, people: People, staff: Staff, question_id: UUID, *, today: date
) -> Group:
    """Return the group that a question belongs to now.

    Raises:
        NotFound: It is decided, or gone with its consent; or it is not for this role.
    """
    for each in await list_groups(conn, people, staff, today=today):
        if any(question.id == question_id for question in each.questions):
            return each
    raise NotFound


async def decide(
    conn: AsyncConnection,
    people: People,
    staff: Staff,
    question_ids: Collection[UUID],
    kind: str,
    *,
    clock: Clock,
    answer: str | None = None,
    note: str = "",
) -> None:
    """Say what becomes of questions: they leave the list.

    Args:
        conn: The transaction.
        people: Whose keys seal the note.
        staff: Who decides.
        question_ids: Those that they had before them.
        kind: `BELONGS`, `WANTED` or `DONE`.
        clock: What time it is.
        answer: For `BELONGS`, the answer's id.
        note: For `WANTED`: what the answer should be about, in the staff's own words.

    Raises:
        NotFound: It is not for this role.
        Conflict: None of them is left to be decided about.
        ValueError: A new answer is wanted, and nothing tells which.
    """
    _check_role(staff)
    note = note.strip()[:MAX_NOTE_CHARS]
    if kind == WANTED and not note:
        raise ValueError("note")
    now = clock.now()
    found = await unmet.lock_open(conn, question_ids, today=now.date())
    if not found:
        raise Conflict
    sealed = (await get_notes_key(conn, people.keyring)).seal(note, _NOTE) if note else None
    await unmet.add_decision(
        conn, found, id=clock.new_id(), kind=kind, answer=answer, number=len(found),
        staff_id=staff.id, note_sealed=sealed, created_at=now,
    )  # fmt: skip


async def undo(conn: AsyncConnection, staff: Staff, decision_id: UUID, *, at: datetime) -> None:
    """Take a decision back, or take what was wanted off the list; questions that are still kept are open again.

    Raises:
        NotFound: It is not for this role.
        Conflict: There is none, or somebody else was faster.
    """
    _check_role(staff)
    if not await unmet.undo_decision(conn, decision_id, at=at):
        raise Conflict


async def list_decisions(
    conn: AsyncConnection, people: People, staff: Staff, *, now: datetime
) -> list[Decision]:
    """Return what is decided, the newest first: what is wanted, and the rest for as long as questions are kept.

    Raises:
        NotFound: It is not for this role.
    """
    _check_role(staff)
    rows = await unmet.list_decisions(conn, since=now - timedelta(days=unmet.KEEP_DAYS))
    key = await get_notes_key(conn, people.keyring) if any(r.note_sealed for r in rows) else None
    return [
        Decision(
            row.id, row.kind, row.answer, row.number, row.name, row.created_at,
            key.open(row.note_sealed, _NOTE) if key and row.note_sealed else "",
        )
        for row in rows
    ]  # fmt: skip


async def list_weeks(conn: AsyncConnection, staff: Staff, *, today: date) -> list[Week]:
    """Return how many questions of everybody went unmet in the last `WEEKS` weeks, this one first; without words.

    Raises:
        NotFound: It is not for this role.
    """
    _check_role(staff)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in range(WEEKS)]
    counted: dict[date, dict[str, int]] = {each: {} for each in mondays}
    for row in await unmet.sums(conn, since=mondays[-1]):
        counted[row.week][row.kind] = row.number
    return [Week(each, counted[each]) for each in mondays]


async def draft_ways(
    conn: AsyncConnection,
    live: LiveContent,
    staff: Staff,
    answer: str,
    ways: Sequence[tuple[str, str]],
) -> UUID:
    """Put ways of asking into one's draft of an answer, begun now if there is none; a second person publishes as always.

    Args:
        conn: The transaction.
        live: What is said.
        staff: The author.
        answer: The answer's id.
        ways: A language and words each, chosen and read by the author.

    Returns:
        The id of the draft.

    Raises:
        NotFound: There is no such answer, or it is not for this role.
        Conflict: Somebody else edits the answer, or one's own draft is of something that has changed.
        ValueError: `gap` where words stand in for what was taken out; `unchanged` where the answer knows them all.
    """
    _check_role(staff)
    for _, words in ways:
        if any(piece.is_gap for piece in pieces_of(words)):
            raise ValueError("gap")
    now = await get_now(conn, live)
    sheet = await get_sheet(conn, now, answer, None)
    fields, note = dict(sheet.former), ""
    found = await content_edits.find_open(conn, answer, None, lock=True)
    if found is not None:
        if found.author_id != staff.id or found.state != DRAFT or moved_on(found, now):
            raise Conflict
        fields, note = dict(found.fields), found.note
    locales, source = now.content.words.locales, now.content.words.source
    known = [(code if code in locales else source, words) for code, words in ways]
    fields["asked"] = _with_ways(fields["asked"], known)
    return await save_draft(conn, live, staff, Desired(answer, None, fields, sheet.seen, note))


def _with_ways(
    asked: Mapping[str, Sequence[str]], ways: Sequence[tuple[str, str]]
) -> dict[str, list[str]]:
    merged = {code: list(listed) for code, listed in asked.items()}
    for language, words in ways:
        listed = merged.setdefault(language, [])
        tidy = " ".join(words.split())[:MAX_WAY_CHARS]
        if tidy and tidy not in listed:
            listed.append(tidy)
    return {code: listed for code, listed in merged.items() if listed}


def _check_role(staff: Staff) -> None:
    if not staff.may(Permission.WRITE):
        raise NotFound
