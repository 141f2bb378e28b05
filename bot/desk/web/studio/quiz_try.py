"""Trying a draft: a round of it is played on the desk by the bot's own turn, and nothing of it is kept or counted.

The page carries what was pressed so far; the whole round is played anew each time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.responses import Response

from bot.conversation.preview import Exchange, play_round
from bot.conversation.quiz.round import STEP
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.studio.doors import Door
from bot.desk.web.studio.quiz_edits import EDIT
from bot.desk.web.studio.quiz_frame import Sheet, common, open_sheet
from bot.desk.web.studio.quiz_question import picture_of
from bot.editing.quiz_preview import to_try
from bot.messages import Outgoing

MAX_PRESSES = 200
MAX_SECONDS = 600
_PRESS = re.compile(r"(\d{1,3})@(quiz\.play\.[a-z0-9_.-]{1,80})")
_SEED = re.compile(r"[0-9a-f]{1,32}")


@dataclass(frozen=True)
class Line:
    """One message of the round."""

    message: Outgoing
    picture: str


async def show(desk: Desk, visit: Visit) -> Response:
    """Begin a round, or go on with it after a press."""
    form = await read_form(visit.request) if visit.request.method == "POST" else None
    asked = form or visit.request.query_params
    presses = _presses(str(asked.get("presses", "")))
    seed = str(asked.get("seed", ""))
    seed = seed if _SEED.fullmatch(seed) else desk.services.clock.new_id().hex[-8:]
    if form is not None:
        presses += _presses(f"{_waited(text_of(form, 'shown'), desk)}@{text_of(form, 'press')}")
    async with desk.services.db.transaction(durable=False) as conn:
        sheet = await open_sheet(desk, conn, visit)
        tongue = _tongue(sheet, str(asked.get("tongue", "")), visit)
        values = {
            **common(sheet, desk, visit),
            **await _played(sheet, tongue, presses, seed, desk.now()),
            "tongue": tongue,
            "tongues": list(sheet.now.files.words.locales),
            "seed": seed,
            "presses": " ".join(f"{seconds}@{button}" for seconds, button in presses),
            "shown_at": int(desk.now().timestamp()),
            "own": f"{STEP}.",
            "card": f"{STEP}.card",
        }
        return await frame.page(desk, conn, visit, "studio/quiz_try.html", values)


async def _played(
    sheet: Sheet, tongue: str, presses: list[tuple[int, str]], seed: str, now: datetime
) -> dict[str, Any]:
    """Return the round up to here; or what has to be mended before it can be played."""
    mistakes = sheet.mistakes() if sheet.record.is_open else []
    if mistakes:
        return {"mistakes": mistakes, "exchanges": []}
    content, quiz = to_try(sheet.body, sheet.now.content), sheet.record.quiz
    played = play_round(content, quiz, tongue, presses, seed=seed, now=now.astimezone(UTC))
    shown = [
        (
            exchange.pressed,
            [
                Line(message, await picture_of(content, quiz, message, tongue))
                for message in exchange.messages
            ],
        )
        for exchange in _lately(played)
    ]
    return {"mistakes": [], "exchanges": shown}


def _lately(played: list[Exchange]) -> list[Exchange]:
    """Return the end of the round: what lies further back has been read."""
    return played[-6:]


def _presses(text: str) -> list[tuple[int, str]]:
    found = [(int(seconds), button) for seconds, button in _PRESS.findall(text)]
    return found[:MAX_PRESSES]


def _waited(shown: str, desk: Desk) -> int:
    since = int(shown) if shown.isdecimal() and len(shown) <= 12 else 0  # digits
    return max(0, min(MAX_SECONDS, int(desk.now().timestamp()) - since))


def _tongue(sheet: Sheet, asked: str, visit: Visit) -> str:
    locales = sheet.now.files.words.locales
    wanted = (asked, visit.staff.locale, sheet.now.files.words.source)
    return next(code for code in wanted if code in locales)


DOORS = (
    Door("GET", EDIT + "/try", show),
    Door("POST", EDIT + "/try", show),
)
