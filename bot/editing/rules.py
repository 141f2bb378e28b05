"""What holds for an edit, without the database: what it was written for, and who may do what with it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.content.edits import Fate, Overlaid, fields_of, fingerprint
from bot.content.load import Content
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.content_edits import IN_REVIEW, OPEN, PUBLISHED, Record

UNDO_ALONE = timedelta(minutes=10)
"""Whoever has published something may take it back alone for this long."""
REVIEW_SPANS = (timedelta(days=30), timedelta(days=180))
"""The shortest and the longest time between two reviews of an answer."""


@dataclass(frozen=True)
class Now:
    """What holds inside one transaction: the files, and the edits that are published at this moment."""

    files: Content
    overlaid: Overlaid

    @property
    def content(self) -> Content:
        """What is said."""
        return self.overlaid.content

    def is_lost(self, record: Record) -> bool:
        """Tell whether an edit is published and not live: the files have changed under it, or it does not fit."""
        return self.overlaid.fates.get(record.id) in {Fate.CONFLICT, Fate.BROKEN}

    def base(self, answer: str, locale: str | None, of: dict[str, Any]) -> str:
        """Return the fingerprint of what the files say."""
        return fingerprint(fields_of(self.files, answer, locale, of))


@dataclass(frozen=True)
class Desired:
    """What somebody wants an answer to say."""

    answer: str
    locale: str | None
    fields: dict[str, Any]
    seen: str
    """The fingerprint of the `Sheet` that the writer had before them."""
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What a writer has before them: what is said now, and for a translation, what is to be translated."""

    former: dict[str, Any]
    of: dict[str, Any]

    @property
    def seen(self) -> str:
        """Return what changes when either does."""
        return fingerprint({"former": self.former, "of": self.of})


def next_review(former: dict[str, Any], today: date) -> dict[str, str]:
    """Return the dates of a review today; the next one is as far away as it was before."""
    span = date.fromisoformat(former["review_by"]) - date.fromisoformat(former["reviewed_on"])
    shortest, longest = REVIEW_SPANS
    until = today + min(max(span, shortest), longest)
    return {"reviewed_on": today.isoformat(), "review_by": until.isoformat()}


def may_decide(record: Record, staff: Staff) -> bool:
    """Tell whether this person may publish or refuse an edit: never its author."""
    return record.state == IN_REVIEW and record.author_id != staff.id


def may_withdraw(record: Record, staff: Staff, now: Now) -> bool:
    """Tell whether this person may take an edit back: see `bot.editing.work.withdraw`."""
    if record.state == PUBLISHED:
        return now.is_lost(record)
    return record.state in OPEN and (record.author_id == staff.id or staff.may(Permission.OVERSEE))


def may_undo(record: Record, now: Now) -> bool:
    """Tell whether an edit is what is said now."""
    return (
        record.state == PUBLISHED
        and record.answer in now.content.answers
        and fingerprint(record.fields)
        == fingerprint(fields_of(now.content, record.answer, record.locale, record.translates))
        and fingerprint(record.fields) != fingerprint(record.former)
    )


def may_undo_alone(record: Record, staff: Staff, at: datetime) -> bool:
    """Tell whether this person has published an edit themselves and so lately that they need nobody else."""
    publisher = record.reviewer_id or record.author_id
    return (
        publisher == staff.id
        and record.decided_at is not None
        and at - record.decided_at <= UNDO_ALONE
    )


def moved_on(record: Record, now: Now) -> bool:
    """Tell whether an answer says something else by now than when its edit was written."""
    if record.answer not in now.content.answers:
        return True
    said = fields_of(now.content, record.answer, record.locale, record.translates)
    base = now.base(record.answer, record.locale, record.translates)
    return fingerprint(said) != fingerprint(record.former) or base != record.base
