"""What the pages of quizzes share: where they are, the language beside the source, and who may do what."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from bot.desk.web.desk import Desk, Visit
from bot.editing import quiz_rules
from bot.editing.quiz_draft import said, texts_by_place, unwritten
from bot.editing.quiz_mistakes import Mistake, find_mistakes
from bot.editing.quiz_rules import QuizzesNow
from bot.editing.quiz_work import get_quizzes
from bot.store import quiz_edits
from bot.store.quiz_edits import QuizRecord

LIST = "/desk/campaigns/quizzes"
EDITS = f"{LIST}/edits"


@dataclass(frozen=True)
class Sheet:
    """An edit with all that holds at this moment."""

    record: QuizRecord
    now: QuizzesNow
    other: str
    """The language beside the source."""

    @property
    def body(self) -> dict[str, Any]:
        """The quiz as the edit has it, and its translations."""
        return self.record.body

    def mistakes(self) -> list[Mistake]:
        """Return what has to be mended."""
        return find_mistakes(self.record.body, self.now.files, self.now.content)

    def said(self) -> dict[str, str]:
        """Return the translations into the other language, by text."""
        texts = texts_by_place(self.body["quiz"]).values()
        return {text: said(self.body, self.now.files, self.other, text) for text in texts}

    def fill(self) -> list[tuple[str, int, int]]:
        """Return for each language how many of its texts are there, and of how many: the complete ones first."""
        return fill_of(self.body, self.now)


def fill_of(body: dict[str, Any], now: QuizzesNow) -> list[tuple[str, int, int]]:
    """Return for each language how many texts of a quiz it has, and of how many; released ones and begun ones that have any."""
    words, texts = now.files.words, list(texts_by_place(body["quiz"]).values())
    whole = len(texts) + unwritten(body["quiz"])
    found = []
    for locale in words.locales:
        there = sum(
            locale == words.source or bool(said(body, now.files, locale, text)) for text in texts
        )
        if there or locale in words.released:
            found.append((locale, there, whole))
    return sorted(found, key=lambda each: (-each[1], each[0] != words.source))


async def open_sheet(desk: Desk, conn: AsyncConnection, visit: Visit) -> Sheet:
    """Return the edit that the address names.

    Raises:
        NotFound: There is none.
    """
    record = await quiz_edits.get(conn, edit_id(visit))
    now = await get_quizzes(conn, desk.services.live)
    return Sheet(record, now, other_of(now, visit))


def other_of(now: QuizzesNow, visit: Visit, asked: str = "") -> str:
    """Return the language beside the source: the one asked for, the reader's own, or the first that is released."""
    words = now.files.words
    wanted = (asked, visit.request.query_params.get("with", ""), visit.staff.locale)
    others = [code for code in words.locales if code != words.source]
    return next((code for code in (*wanted, *others) if code in others), words.source)


def common(sheet: Sheet, desk: Desk, visit: Visit) -> dict[str, Any]:
    """Return what every page of an edit shows."""
    record, now, words = sheet.record, sheet.now, sheet.now.files.words
    return {
        "record": record,
        "quiz": record.body["quiz"],
        "other": sheet.other,
        "others": [code for code in words.locales if code != words.source],
        "source": words.source,
        "direction_of": words.direction,
        "here": f"{EDITS}/{record.id}",
        "facts": now.files.facts,
        "sources": now.files.sources,
        "is_new": not record.former,
        "moved": record.is_open and quiz_rules.moved_on(record, now),
        "may_write": quiz_rules.may_write(record, visit.staff),
        "may_decide": quiz_rules.may_decide(record, visit.staff),
        "may_withdraw": quiz_rules.may_withdraw(record, visit.staff, now),
        "may_undo": quiz_rules.may_undo(record, now),
        "undo_alone": quiz_rules.may_undo_alone(record, visit.staff, desk.now()),
    }


def edit_id(visit: Visit) -> UUID:
    """Return the edit that the address names."""
    found: UUID = visit.request.path_params["edit_id"]
    return found


def to(path: str, **query: str) -> Response:
    """Send the browser to a page; what is empty is left out of its address."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return RedirectResponse(f"{path}?{asked}" if asked else path, 303)
