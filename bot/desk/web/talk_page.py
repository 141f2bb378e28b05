"""What every part of the conversation page stands on: which case and line are meant, and all that its templates show."""

from base64 import b64encode
from functools import partial
from typing import Any
from uuid import UUID

from bot.conversation.templates import could_be_said
from bot.desk.web.desk import Desk, Visit
from bot.errors import NoSuchLine, NotFound
from bot.hotline import guests
from bot.hotline.access import CaseView, access_case
from bot.hotline.cases import OUTCOMES
from bot.hotline.hiding import REASONS
from bot.hotline.permissions import Permission
from bot.messages import MAX_FILE_BYTES
from bot.store.transcript import Line
from bot.store.window import GO_ON
from bot.understanding.redaction import pieces_of

MAX_REPLY_CHARS = 4000
"""Fits into one message of the narrowest channel (Telegram takes 4,096)."""
MAX_BIGINT = 2**63 - 1
MAX_BIGINT_DIGITS = 19
QUOTE_CHARS = 80
"""So much of a line is shown above what answers it."""


async def read(desk: Desk, visit: Visit, *, durable: bool = False) -> dict[str, Any]:
    """Return what the page shows of the case that is asked for.

    That a page was opened is on disk before anything is shown (`durable`). What an open page fetches again may be forgotten by a
    crash of the database in the same moment: that it was open is known.

    Raises:
        NotFound: There is none, or it is not theirs.
    """
    async with desk.services.db.transaction(durable=durable) as conn:
        view = await access_case(conn, desk.services.people, visit.staff, case_of(visit))
    return values_of(desk, visit, view)


def values_of(desk: Desk, visit: Visit, view: CaseView) -> dict[str, Any]:
    """Return what the page shows of a case."""
    mine = view.claimed_by == visit.staff.id
    claimed = view.state == "claimed"
    joined = any(
        each.kind == guests.JOIN and each.staff_id == visit.staff.id for each in view.guests
    )
    return {
        "view": view,
        "mine": mine and claimed,
        "joined": joined,
        "may_write": claimed and (mine or joined),
        "may_join": claimed and not mine and not joined and visit.staff.may(Permission.OVERSEE),
        "may_whisper": claimed and not mine and visit.staff.may(Permission.OVERSEE),
        "may_give_back": view.state == "claimed" and (mine or visit.staff.may(Permission.OVERSEE)),
        "refusal": "",
        "text": "",
        "quoted": line_in(view, view.draft.quote if view.draft else None),
        "quoted_by": partial(line_in, view),
        "quote_chars": QUOTE_CHARS,
        "outcomes": OUTCOMES,
        "opened": None,
        "token": desk.services.clock.token(),
        "max_chars": MAX_REPLY_CHARS,
        "max_file_bytes": MAX_FILE_BYTES,
        "version": view.version,
        "pieces": pieces_of,
        "can_ask": _can_ask(desk, view),
        "asked": "",
        "as_data": as_data,
        "reasons": REASONS if view.hides and visit.may(Permission.UNMASK) else (),
    }


def line_in(view: CaseView, number: int | None) -> Line | None:
    """Return the line of the person that an answer points to, as far as whoever looks may read it now."""
    for line in view.lines:
        if line.id == number and line.author == "person" and not line.masked:
            return line
    return None


def quote_in(given: str) -> int | None:
    """Return which line a form or an address says is answered; None for none.

    Raises:
        NoSuchLine: No line can have that number.
    """
    if not given:
        return None
    if not (given.isascii() and given.isdecimal() and len(given) < MAX_BIGINT_DIGITS):
        raise NoSuchLine
    return int(given)


def _can_ask(desk: Desk, view: CaseView) -> bool:
    """Tell whether there are approved words, in a language of the person's, that ask whether we may go on."""
    if view.window is None:
        return False
    ways = could_be_said(desk.services.content(), GO_ON, view.locale)
    return any(each.fingerprint in view.window.approved for each in ways)


def as_data(picture: bytes) -> str:
    """Return the few dots of a picture as an address that needs no request."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


def case_of(visit: Visit) -> UUID:
    """Return which case is asked for."""
    case_id: UUID = visit.request.path_params["case_id"]
    return case_id


def line_of(visit: Visit) -> int:
    """Return which line is asked for.

    Raises:
        NotFound: No line can have that number.
    """
    number: int = visit.request.path_params["line_id"]
    if number > MAX_BIGINT:
        raise NotFound
    return number


def address_of(visit: Visit) -> str:
    """Return where the page of the case is."""
    return f"/desk/cases/{case_of(visit)}"
