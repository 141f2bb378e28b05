"""What holds for an edit of a quiz, without the database: what it was written for, and who may do what with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.content.edits import Fate, fingerprint
from bot.content.load import Content
from bot.content.quiz_edits import OverlaidQuizzes, base_of, body_of, plain
from bot.content.quiz_step import QuizStep
from bot.conversation.quiz.round import STEP
from bot.editing.quiz_draft import fitting
from bot.editing.rules import UNDO_ALONE
from bot.hotline.permissions import Permission
from bot.hotline.staff import Staff
from bot.store.content_edits import DRAFT, IN_REVIEW, OPEN, PUBLISHED
from bot.store.quiz_edits import QuizRecord


@dataclass(frozen=True)
class QuizzesNow:
    """What holds inside one transaction: the files, and the edits that are published at this moment."""

    files: Content
    overlaid: OverlaidQuizzes

    @property
    def content(self) -> Content:
        """What is said."""
        return self.overlaid.content

    def body(self, quiz: str) -> dict[str, Any]:
        """Return a quiz as it is live, as an edit begins with it; empty where there is none."""
        return body_of(self.files, self.content, quiz)

    def base(self, quiz: str, words: Mapping[str, Mapping[str, str]]) -> str:
        """Return the fingerprint of what the files say."""
        return base_of(self.files, quiz, words)

    def is_lost(self, record: QuizRecord) -> bool:
        """Tell whether an edit is published and not live: the files have changed under it, or it does not fit."""
        return self.overlaid.fates.get(record.id) in {Fate.CONFLICT, Fate.BROKEN}

    @property
    def covers(self) -> str:
        """The quiz that covers a conversation when somebody may be looking; it can never be retired."""
        step = self.content.step(STEP)
        assert isinstance(step, QuizStep)
        return step.first


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two bodies say the same."""
    return _essence(one) == _essence(other)


def _essence(body: Mapping[str, Any]) -> str:
    if not body:
        return ""
    words = {locale: said for locale, said in body["words"].items() if said}
    return fingerprint({"quiz": fitting(body["quiz"]), "words": words})


def may_write(record: QuizRecord, staff: Staff) -> bool:
    """Tell whether this person may go on writing: their own drafts only."""
    return record.state == DRAFT and record.author_id == staff.id


def may_decide(record: QuizRecord, staff: Staff) -> bool:
    """Tell whether this person may publish or send back: never the author."""
    return record.state == IN_REVIEW and record.author_id != staff.id


def may_withdraw(record: QuizRecord, staff: Staff, now: QuizzesNow) -> bool:
    """Tell whether this person may take an edit back: one's own, anybody's for those who oversee, a lost one everybody."""
    if record.state == PUBLISHED:
        return now.is_lost(record)
    return record.state in OPEN and (record.author_id == staff.id or staff.may(Permission.OVERSEE))


def may_undo(record: QuizRecord, now: QuizzesNow) -> bool:
    """Tell whether an edit is what is live."""
    quiz = now.content.quizzes.get(record.quiz)
    return (
        record.state == PUBLISHED
        and now.overlaid.fates.get(record.id) is Fate.LIVE
        and quiz is not None
        and fingerprint(plain(quiz)) == fingerprint(fitting(record.body["quiz"]))
        and not same(record.body, record.former)
    )


def may_undo_alone(record: QuizRecord, staff: Staff, at: datetime) -> bool:
    """Tell whether this person has published an edit themselves and so lately that they need nobody else."""
    publisher = record.reviewer_id or record.author_id
    return (
        publisher == staff.id
        and record.decided_at is not None
        and at - record.decided_at <= UNDO_ALONE
    )


def moved_on(record: QuizRecord, now: QuizzesNow) -> bool:
    """Tell whether a quiz is another one by now than when its edit was begun."""
    live, former = now.body(record.quiz), record.former
    return (
        live.get("quiz") != former.get("quiz")
        or now.base(record.quiz, record.body["words"]) != record.base
    )
