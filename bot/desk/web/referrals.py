"""Referrals on the desk: the list, writing one, showing it to the person, sending it, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, Response

from bot.content.casework import Protocol
from bot.content.file_step import OwnFile
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.guard import note
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, ConsentMissing, NotSure, Refused, Watched
from bot.hotline import casefile_wishes, protocols
from bot.hotline.access import check_access, check_may_change, note_read
from bot.hotline.away import Away
from bot.hotline.protocols import StepMissing
from bot.hotline.referrals import access, changes
from bot.hotline.referrals import draft as drafts
from bot.hotline.referrals.access import Referral, access_referral, list_referrals
from bot.hotline.referrals.draft import Draft
from bot.hotline.referrals.receivers import fitting, list_receivers, may_keep
from bot.hotline.referrals.states import ANSWERS, REASONS, State
from bot.store.audit import Kind

LIST = "/desk/referrals"
STEP = "file.ask"
PROBLEMS: tuple[tuple[type[Refused], str], ...] = (
    (StepMissing, "steps"),
    (ConsentMissing, "no_consent"),
    (Watched, "watched"),
    (Away, "away"),
    (Conflict, "moved_on"),
    (NotSure, ""),  # the page itself is shut and says why
)


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show the referrals under way, what is late, who waits to read their file, and what receivers still have of erased people."""
    async with desk.services.db.transaction(durable=False) as conn:
        items = await list_referrals(conn, visit.staff)
        values = {
            "items": [item for item in items if item.state is not State.CLOSED],
            "closed": [item for item in items if item.state is State.CLOSED][:30],
            "alarms": [item.number for item in items if item.note == "alarm"],
            "left": await access.list_left(conn, visit.staff),
            "wishes": await casefile_wishes.list_open(conn, visit.staff),
            "keeps": may_keep(visit.staff),
        }
        return await frame.page(desk, conn, visit, "referrals.html", values)


async def show_new(desk: Desk, visit: Visit) -> Response:
    """Show an empty referral."""
    return await _form_page(desk, visit, _case_id(visit), Draft(None))


async def create(desk: Desk, visit: Visit) -> Response:
    """Keep a new draft."""
    case_id, form = _case_id(visit), await read_form(visit.request)
    draft = _draft(desk, form)
    problem = draft.problem(_labels(desk))
    if problem:
        return await _form_page(desk, visit, case_id, draft, problem=problem)
    services = desk.services
    async with services.db.transaction() as conn:
        protocol = await _protocol(desk, conn, case_id)
        made = await drafts.open_draft(
            conn, services.people, visit.staff, case_id, draft, protocol, clock=services.clock
        )
    return frame.to(f"{LIST}/{made}", said="saved")


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one referral."""
    return await _page(desk, visit)


async def edit(desk: Desk, visit: Visit) -> Response:
    """Keep a draft as it is written now."""
    draft = _draft(desk, await read_form(visit.request))
    problem = draft.problem(_labels(desk))
    if problem:
        return await _page(desk, visit, problem=problem, draft=draft)
    services, referral_id = desk.services, _referral_id(visit)
    async with services.db.transaction() as conn:
        row = await changes.lock(conn, referral_id)
        protocol = await _protocol(desk, conn, row.case_id)
        await drafts.change_draft(conn, services.people, visit.staff, referral_id, draft, protocol)
    return _back(visit, said="saved")


async def ask(desk: Desk, visit: Visit) -> Response:
    """Show it to the person in the chat."""
    try:
        await desk.services.referring.show(visit.staff, _referral_id(visit))
    except (Away, Conflict, ConsentMissing, NotSure, Watched) as exc:
        return await _refused(desk, visit, exc, conflict="not_talking")
    return _back(visit, said="referral_shown")


async def to_draft(desk: Desk, visit: Visit) -> Response:
    """Change what was shown and is not answered."""
    services = desk.services
    async with services.db.transaction() as conn:
        await drafts.take_to_draft(conn, visit.staff, _referral_id(visit), clock=services.clock)
    return _back(visit, said="saved")


async def send(desk: Desk, visit: Visit) -> Response:
    """Make the file or the page for the receiver."""
    way = text_of(await read_form(visit.request), "way")

    def render(referral: Referral, protocol: Protocol, now: datetime) -> str:
        values = {
            "referral": referral,
            "protocol": protocol,
            "labels": _labels(desk),
            "day": now.date(),
            "styled": way == "paper",
        }
        page = desk.pages.response("referral_page.html", visit.staff.locale, values)
        return bytes(page.body).decode()

    try:
        await desk.services.referring.send(visit.staff, _referral_id(visit), way, render)
    except (Conflict, ConsentMissing, NotSure, StepMissing) as exc:
        return await _refused(desk, visit, exc)
    return _back(visit, said="referral_sent")


async def fetch(desk: Desk, visit: Visit) -> Response:
    """Return what was made for the receiver: the age file to save, or the page to print."""
    referral_id = _referral_id(visit)
    async with desk.services.db.transaction(durable=False) as conn:
        number, way, package = await access.package_of(
            conn, desk.services.people, visit.staff, referral_id
        )
    await note(desk, visit, Kind.REFERRAL_FETCHED, subject_id=referral_id)
    if way == "paper":
        return HTMLResponse(package)
    headers = {"content-disposition": f'attachment; filename="{number}.html.age"'}
    return Response(package, media_type="application/octet-stream", headers=headers)


async def answer(desk: Desk, visit: Visit) -> Response:
    """Note what the receiver says."""
    said = text_of(await read_form(visit.request), "answer")
    async with desk.services.db.transaction() as conn:
        await changes.note_answer(conn, visit.staff, _referral_id(visit), said, at=desk.now())
    return _back(visit, said="saved")


async def close(desk: Desk, visit: Visit) -> Response:
    """End it."""
    reason = text_of(await read_form(visit.request), "reason")
    async with desk.services.db.transaction() as conn:
        await changes.close(conn, visit.staff, _referral_id(visit), reason, at=desk.now())
    return _back(visit, said="saved")


async def take_back(desk: Desk, visit: Visit) -> Response:
    """End the person's yes, because they have told the counsellor so."""
    async with desk.services.db.transaction() as conn:
        await changes.take_back_for(conn, visit.staff, _referral_id(visit), at=desk.now())
    return _back(visit, said="referral_taken_back")


async def told(desk: Desk, visit: Visit) -> Response:
    """Note that a receiver has been asked to delete what it has of somebody who was erased here."""
    number = str(visit.request.path_params["number"])
    async with desk.services.db.transaction() as conn:
        await access.note_told(conn, visit.staff, number)
    return frame.to(LIST, said="saved")


async def _page(
    desk: Desk, visit: Visit, *, problem: str = "", draft: Draft | None = None, status: int = 422
) -> Response:
    services = desk.services
    referral_id = _referral_id(visit)
    async with services.db.transaction() as conn:
        try:
            referral = await access_referral(conn, services.people, visit.staff, referral_id)
        except (ConsentMissing, NotSure) as exc:
            shut = {"unsure": isinstance(exc, NotSure)}
            return await frame.page(desk, conn, visit, "file_shut.html", shut, status=409)
        case_id = referral.item.case_id
        protocol = await _protocol(desk, conn, case_id)
        kept = Draft(referral.receiver_id, referral.purpose, referral.fields)
        values = {
            "referral": referral,
            "item": referral.item,
            "draft": draft or kept,
            "protocol": protocol,
            "receivers": fitting(await list_receivers(conn, visit.staff), protocol),
            "labels": _labels(desk),
            "limits": drafts,
            "answers": ANSWERS,
            "reasons": REASONS,
            "problem": problem,
        }
        why = await check_access(conn, visit.staff, case_id)
        await note_read(conn, services.people, visit.staff, case_id, why)
    # Whoever notes a read waits for all others, so nothing is drawn meanwhile.
    async with services.db.transaction(durable=False) as conn:
        return await frame.page(
            desk, conn, visit, "referral.html", values, status=status if problem else 200
        )


async def _form_page(
    desk: Desk, visit: Visit, case_id: UUID, draft: Draft, *, problem: str = ""
) -> Response:
    async with desk.services.db.transaction(durable=False) as conn:
        await check_may_change(conn, visit.staff, case_id)
        protocol = await _protocol(desk, conn, case_id)
        values = {
            "case_id": case_id,
            "draft": draft,
            "protocol": protocol,
            "receivers": fitting(await list_receivers(conn, visit.staff), protocol),
            "labels": _labels(desk),
            "limits": drafts,
            "keeps": may_keep(visit.staff),
            "problem": problem,
        }
        status = 422 if problem else 200
        return await frame.page(desk, conn, visit, "referral_new.html", values, status=status)


async def _refused(
    desk: Desk, visit: Visit, exc: Refused, *, conflict: str = "moved_on"
) -> Response:
    """Say on the page why nothing was done."""
    problem = next(name for kind, name in PROBLEMS if isinstance(exc, kind))
    if problem == "moved_on":
        problem = conflict
    return await _page(desk, visit, problem=problem, status=409)


async def _protocol(desk: Desk, conn: AsyncConnection, case_id: UUID) -> Protocol:
    known = desk.services.content().protocols
    return (await protocols.get_followed(conn, case_id, known)).protocol


def _labels(desk: Desk) -> Mapping[str, str]:
    """Return what each field is called, in the words that the person reads too."""
    step = desk.services.content().step(STEP)
    assert isinstance(step, OwnFile)
    return step.fields


def _draft(desk: Desk, form: FormData) -> Draft:
    try:
        receiver: Any = UUID(text_of(form, "receiver"))
    except ValueError:
        receiver = None
    fields = {name: _line(form, f"field_{name}") for name in _labels(desk)}
    return Draft(
        receiver,
        _line(form, "purpose"),
        {name: value for name, value in fields.items() if value},
    )


def _line(form: FormData, name: str) -> str:
    return " ".join(text_of(form, name).split())


def _case_id(visit: Visit) -> UUID:
    case_id: UUID = visit.request.path_params["case_id"]
    return case_id


def _referral_id(visit: Visit) -> UUID:
    referral_id: UUID = visit.request.path_params["referral_id"]
    return referral_id


def _back(visit: Visit, *, said: str) -> Response:
    return frame.to(f"{LIST}/{_referral_id(visit)}", said=said)
