"""What Suar misunderstood: the list, one message with its form and its history, and the export."""

import io
import zipfile
from collections.abc import Collection
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.responses import Response

from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.hotline import export as exports
from bot.hotline import review
from bot.hotline.permissions import Permission
from bot.hotline.review import STATES, Labels
from bot.store.reviews import WAITING
from bot.understanding.model import RiskLevel
from bot.understanding.redaction import pieces_of
from bot.understanding.taxonomy import LANGUAGES, SUBJECTS, get_taxonomy

LIST = "/desk/review"
MAX_NUMBER_CHARS = 18
LEVELS = {level.label: level for level in RiskLevel}


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show the messages in one state; those that wait unless another is asked for."""
    wanted = visit.request.query_params.get("state", WAITING)
    state = wanted if wanted in STATES else WAITING
    async with desk.services.db.transaction(durable=False) as conn:
        values = {
            "state": state,
            "states": STATES,
            "counts": await review.count_items(conn, visit.staff),
            "items": await review.list_items(conn, desk.services.people, visit.staff, state),
            "levels": LEVELS,
            "pieces": pieces_of,
            "exports": visit.staff.may(Permission.EXPORT),
        }
        return await frame.page(desk, conn, visit, "reviews.html", values)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one message."""
    return await _page(desk, visit)


async def save(desk: Desk, visit: Visit) -> Response:
    """Keep what the reviewer says of a message, without the words they have blackened."""
    form = await read_form(visit.request)
    labels, blackened = _labels(form), _numbers(form)
    problem = labels.problem() or ("" if text_of(form, "confirmed") else "confirm")
    if not problem:
        try:
            async with desk.services.db.transaction() as conn:
                await review.save(
                    conn,
                    desk.services.people,
                    visit.staff,
                    _review_id(visit),
                    labels,
                    blackened=blackened,
                    seen=_seen(form),
                    now=desk.now(),
                )
        except ValueError as exc:
            problem = str(exc)
    if problem:
        return await _page(desk, visit, problem=problem, labels=labels, blackened=blackened)
    return frame.to(LIST, said="reviewed")


async def undo(desk: Desk, visit: Visit) -> Response:
    """Let a message wait again."""
    seen = _seen(await read_form(visit.request))
    people, number = desk.services.people, _review_id(visit)
    async with desk.services.db.transaction() as conn:
        await review.undo(conn, people, visit.staff, number, seen=seen, now=desk.now())
    return frame.to(f"{LIST}/{number}", said="undone")


async def set_unusable(desk: Desk, visit: Visit) -> Response:
    """Say that nothing can be learned from a message."""
    form = await read_form(visit.request)
    reason, seen = text_of(form, "reason"), _seen(form)
    if reason not in review.REASONS:
        return await _page(desk, visit, problem="reason")
    people, number = desk.services.people, _review_id(visit)
    async with desk.services.db.transaction() as conn:
        await review.set_unusable(
            conn, people, visit.staff, number, reason, seen=seen, now=desk.now()
        )
    return frame.to(LIST, said="not_usable")


async def export(desk: Desk, visit: Visit) -> Response:
    """Send all training rows as one archive, laid out like the training data; marks them as exported."""
    people = desk.services.people
    async with desk.services.db.transaction() as conn:
        rows = await exports.export(conn, people, visit.staff, now=desk.now())
    if not rows:
        return frame.to(LIST, said="nothing_reviewed")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in exports.files_of(rows).items():
            archive.writestr(path, text)
    name = f"reviewed-{desk.now():%Y-%m-%d}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(packed.getvalue(), media_type="application/zip", headers=headers)


async def _page(
    desk: Desk,
    visit: Visit,
    *,
    problem: str = "",
    labels: Labels | None = None,
    blackened: Collection[int] = (),
) -> Response:
    async with desk.services.db.transaction(durable=False) as conn:
        item, steps = await review.access_item(
            conn, desk.services.people, visit.staff, _review_id(visit)
        )
        values = {
            "item": item,
            "steps": steps,
            "wish": labels or item.labels or _empty(item.reading),
            "blackened": blackened,
            "problem": problem,
            "taxonomy": get_taxonomy(),
            "languages": LANGUAGES,
            "subjects": SUBJECTS,
            "levels": LEVELS,
            "pieces": pieces_of,
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "review.html", values, status=status)


def _empty(reading: dict[str, Any] | None) -> Labels:
    """Return a form in which nothing of what Suar took the message for suggests itself, but the language."""
    language = (reading or {}).get("language") or ""
    return Labels(risk="", language=language if language in LANGUAGES else "")


def _labels(form: FormData) -> Labels:
    kinds = tuple(kind for kind in form.getlist("kinds") if isinstance(kind, str))
    return Labels(
        intent=text_of(form, "intent"),
        risk=text_of(form, "risk"),
        kinds=kinds,
        subject=text_of(form, "subject") or "unknown",
        language=text_of(form, "language"),
    )


def _numbers(form: FormData) -> frozenset[int]:
    given = (value for value in form.getlist("black") if isinstance(value, str))
    return frozenset(int(value) for value in given if _is_number(value))


def _seen(form: FormData) -> int:
    given = text_of(form, "seen")
    return int(given) if _is_number(given) else -1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_CHARS


def _review_id(visit: Visit) -> UUID:
    review_id: UUID = visit.request.path_params["review_id"]
    return review_id
