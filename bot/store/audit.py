"""The audit log: lines that are only added, each bound to the one before by a keyed hash.

Whoever has the database alone can change a line, but cannot make its hash, nor those of the lines after it. A line is added as
the last thing in its transaction, because all who add wait for each other until the commit.
"""

import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.batch import Batch, prepared
from bot.store.crypto import Lookup
from bot.store.tables import AuditRow

START = b"\x00" * 32
"""What the first line is bound to."""
_ONE_AT_A_TIME = 0x6175646974
_AT_ONCE = 1000
_BELOW_ALL = -(2**63)
_HEAD_CHARS = 32
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
"""A head in letters alone: the logs take out what looks like somebody's number."""
_TRIGGERS = {"audit_log_stays", "audit_log_stays_whole"}


class Kind(StrEnum):
    """What a line tells of; the words stand in the templates."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    CODE_WRONG = "code_wrong"
    CODE_TOO_OFTEN = "code_too_often"
    RECOVERY_CODE_USED = "recovery_code_used"
    SECOND_STEP_SET_UP = "second_step_set_up"
    SECOND_STEP_RESET = "second_step_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    SESSION_ENDED = "session_ended"
    STAFF_ADDED = "staff_added"
    STAFF_DISABLED = "staff_disabled"
    CASE_READ = "case_read"
    FILE_READ = "file_read"
    FILE_SENT = "file_sent"
    CASE_UNMASKED = "case_unmasked"
    CASE_REFUSED = "case_refused"
    PAGE_REFUSED = "page_refused"
    FORM_REFUSED = "form_refused"
    REVIEWED_EXPORTED = "reviewed_exported"
    REFERRAL_FETCHED = "referral_fetched"
    TALK_PAUSED = "talk_paused"


@dataclass(frozen=True)
class Head:
    """The newest line: its number, and a text that no other log of this length can have there."""

    number: int
    mark: str

    def __str__(self) -> str:
        return f"{self.number}:{self.mark}"

    @classmethod
    def parse(cls, given: str) -> "Head":
        """Read what `str` wrote.

        Raises:
            ValueError: It is not of that form.
        """
        number, _, mark = given.strip().partition(":")
        if not number.isdecimal() or len(mark) != _HEAD_CHARS:
            raise ValueError("a head is written as NUMBER:LETTERS")
        return cls(int(number), mark)


@dataclass(frozen=True)
class Report:
    """What a walk along the chain has found."""

    lines: int
    """How many lines hold together, from the first."""
    head: Head | None
    """The last of them."""
    broken_at: int | None = None
    """The number of the first line that does not hold; None when all do."""
    problem: str = ""
    """`missing`, `changed`, `cut` (it does not reach the head that was noted) or `other` (at that head stands another line)."""


async def append(
    conn: AsyncConnection,
    lookup: Lookup,
    kind: Kind,
    *,
    at: datetime,
    staff_id: UUID | None = None,
    subject_id: UUID | None = None,
    why: str | None = None,
    amount: int | None = None,
) -> None:
    """Add a line, as the last thing in the transaction; see `add`."""
    batch = Batch(conn)
    await add(
        batch,
        lookup,
        kind,
        at=at,
        staff_id=staff_id,
        subject_id=subject_id,
        why=why,
        amount=amount,
    )
    await batch.send()


async def add(
    batch: Batch,
    lookup: Lookup,
    kind: Kind,
    *,
    at: datetime,
    staff_id: UUID | None = None,
    subject_id: UUID | None = None,
    why: str | None = None,
    amount: int | None = None,
) -> None:
    """Add a line, as the last thing in a batch: it travels with the commit, so others wait for one journey only.

    Args:
        batch: The transaction of what the line tells of: both are kept, or neither.
        lookup: Holds the key.
        kind: What happened.
        at: Aware.
        staff_id: Who did it; None for the command line or a stranger.
        subject_id: The case, or whoever of the staff it was done to.
        why: The id of a reason, never a text.
        amount: How many things it was done to.
    """
    batch.add(_LOCK)
    # A statement of its own: it sees what was committed while the lock was waited for.
    last = batch.add(_LAST)
    await batch.send()
    number, before = (last[0].number + 1, last[0].link) if last else (1, START)
    told = [at.astimezone(UTC), staff_id, kind.value, subject_id, why, amount]
    batch.add(
        _ADD,
        number=number,
        at=at,
        staff_id=staff_id,
        kind=kind.value,
        subject_id=subject_id,
        why=why,
        amount=amount,
        link=link_of(lookup, before, [number, *told]),
    )


async def get_head(conn: AsyncConnection) -> Head | None:
    """Return the newest line, to be noted somewhere else; None while the log is empty."""
    row = (
        await conn.execute(
            select(AuditRow.number, AuditRow.link).order_by(AuditRow.number.desc()).limit(1)
        )
    ).one_or_none()
    return Head(row.number, mark_of(row.link)) if row else None


async def verify(conn: AsyncConnection, lookup: Lookup, *, noted: Head | None = None) -> Report:
    """Walk along the chain to the first line that does not hold.

    Args:
        conn: A transaction.
        lookup: Holds the key.
        noted: A head that was written down elsewhere: a log that was cut off at its end holds together, but does not reach it.
    """
    before, count, head = START, 0, None
    async for row in _lines(conn):
        if row.number != count + 1:
            return Report(count, head, count + 1, "missing")
        told = [row.at.astimezone(UTC), row.staff_id, row.kind, row.subject_id, row.why]
        link = link_of(lookup, before, [row.number, *told, row.amount])
        if not hmac.compare_digest(link, row.link):
            return Report(count, head, row.number, "changed")
        before, count, head = link, row.number, Head(row.number, mark_of(link))
        if noted and noted.number == count and noted != head:
            return Report(count - 1, head, count, "other")
    if noted and noted.number > count:
        return Report(count, head, count + 1, "cut")
    return Report(count, head)


async def is_guarded(conn: AsyncConnection) -> bool:
    """Tell whether the triggers that refuse a change are there and switched on."""
    found = await conn.scalars(
        text(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit_log'::regclass AND tgenabled IN ('O', 'A')"
        )
    )
    return set(found) >= _TRIGGERS


def link_of(lookup: Lookup, before: bytes, told: list[Any]) -> bytes:
    """Return what binds a line to the one before: a keyed hash over both."""
    body = json.dumps([_plain(each) for each in told], separators=(",", ":"))
    return lookup.of("audit", before.hex(), body)


def mark_of(link: bytes) -> str:
    """Return the part of a link by which people compare it."""
    return link.hex()[:_HEAD_CHARS].translate(_LETTERS)


def _plain(value: Any) -> str | int | None:  # noqa: ANN401  # a column of a line
    if value is None or isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def _lines(conn: AsyncConnection) -> AsyncIterator[Any]:
    """Yield every line in its order, some at a time."""
    last = _BELOW_ALL
    while True:
        rows = (
            await conn.execute(
                select(AuditRow)
                .where(AuditRow.number > last)
                .order_by(AuditRow.number)
                .limit(_AT_ONCE)
            )
        ).all()
        for row in rows:
            yield row
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].number


_LOCK = prepared(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))
_LAST = prepared(
    select(AuditRow.number, AuditRow.link).order_by(AuditRow.number.desc()).limit(1),
    gives_rows=True,
)
_ADD = prepared(insert(AuditRow.metadata.tables["audit_log"]))
