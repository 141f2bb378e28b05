"""The practice room: talks with people who are made up, and what was seen in them. Nothing here touches a real case."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.content.practice import CRITERIA, LANGUAGES, Persona, Practice
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.errors import Conflict, NotFound
from bot.hotline.permissions import Permission
from bot.practice import real, room
from bot.practice.room import Kept
from bot.practice.rubric import Seen, findings_of
from bot.practice.talk import Talk, play

LIST = "/desk/practice"
MAX_NUMBER_CHARS = 4
OWN_ANSWERS = ("yes", "partly", "no", "open")
"""What a trainee may say of a criterion."""


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show the people to practise with, one's own talks, and for a supervisor the shared ones."""
    async with desk.services.db.transaction() as conn:
        return await _list_page(desk, conn, visit)


async def show(desk: Desk, visit: Visit) -> Response:
    """Show one talk; once it has ended, with its rubric."""
    async with desk.services.db.transaction() as conn:
        kept = await _access(desk, conn, visit)
        return await _page(desk, conn, visit, kept)


async def begin(desk: Desk, visit: Visit) -> Response:
    """Begin a talk with somebody."""
    form = await read_form(visit.request)
    persona, language = text_of(form, "persona"), text_of(form, "language")
    if persona not in _practice(desk).personas or language not in LANGUAGES:
        raise NotFound
    keyring, clock = desk.services.people.keyring, desk.services.clock
    async with desk.services.db.transaction() as conn:
        try:
            talk_id = await room.begin(
                conn, keyring, visit.staff.id, persona, language, clock=clock
            )
        except Conflict:
            return await _list_page(desk, conn, visit, is_full=True)
    return frame.to(f"{LIST}/{talk_id}")


async def say(desk: Desk, visit: Visit) -> Response:
    """Hear a line of the trainee; the same form sent twice is heard once."""
    form = await read_form(visit.request)
    line = text_of(form, "text").replace("\r\n", "\n").strip()
    problem = real.problem_with(line, real.known_numbers(desk.services.content()))
    async with desk.services.db.transaction() as conn:
        kept = await _own_open(desk, conn, visit)
        if problem:
            return await _answer(desk, conn, visit, kept, problem=problem, text=line)
        if _seen(text_of(form, "seen")) == len(kept.lines) < room.MAX_LINES:
            await _keep(desk, conn, kept, (*kept.lines, line))
        return await _answer(desk, conn, visit, await _access(desk, conn, visit))


async def undo(desk: Desk, visit: Visit) -> Response:
    """Take the trainee's last line back, and what was said to it."""
    form = await read_form(visit.request)
    async with desk.services.db.transaction() as conn:
        kept = await _own_open(desk, conn, visit)
        is_last = _seen(text_of(form, "seen")) == len(kept.lines)
        taken = kept.lines[-1] if kept.lines and is_last else ""
        if taken:
            await _keep(desk, conn, kept, kept.lines[:-1])
        return await _answer(desk, conn, visit, await _access(desk, conn, visit), text=taken)


async def end(desk: Desk, visit: Visit) -> Response:
    """End the talk and show what was seen."""
    async with desk.services.db.transaction() as conn:
        kept = await _own_open(desk, conn, visit)
        await room.end(conn, kept.id, at=desk.now())
    return frame.to(f"{LIST}/{kept.id}")


async def keep_own(desk: Desk, visit: Visit) -> Response:
    """Keep what the trainee thinks of their own talk."""
    form = await read_form(visit.request)
    answers = {name: text_of(form, f"own-{name}") for name in CRITERIA}
    own: dict[str, str] = {name: said for name, said in answers.items() if said in OWN_ANSWERS}
    own["note"] = text_of(form, "note").strip()[: room.MAX_NOTE_CHARS]
    async with desk.services.db.transaction() as conn:
        kept = await _own_ended(desk, conn, visit)
        keyring = desk.services.people.keyring
        await room.keep_own(conn, keyring, kept.id, own, at=desk.now())
    return frame.to(f"{LIST}/{kept.id}", said="saved")


async def share(desk: Desk, visit: Visit) -> Response:
    """Let supervisors read an ended talk, or no longer."""
    wanted = text_of(await read_form(visit.request), "share") == "yes"
    async with desk.services.db.transaction() as conn:
        kept = await _own_ended(desk, conn, visit)
        await room.share(conn, kept.id, desk.now() if wanted else None)
    return frame.to(f"{LIST}/{kept.id}", said="saved")


async def forget(desk: Desk, visit: Visit) -> Response:
    """Delete a talk of one's own."""
    async with desk.services.db.transaction() as conn:
        await room.lock(conn, _talk_id(visit), visit.staff.id)
        await room.forget(conn, _talk_id(visit))
    return frame.to(LIST)


async def _list_page(
    desk: Desk, conn: AsyncConnection, visit: Visit, *, is_full: bool = False
) -> Response:
    keyring, mine = desk.services.people.keyring, visit.staff.id
    shared = []
    if visit.may(Permission.OVERSEE):
        shared = await room.list_shared(conn, keyring, apart_from=mine)
    own = await room.list_own(conn, keyring, mine)
    known = _practice(desk).personas
    values = {
        "personas": known,
        "languages": LANGUAGES,
        "open_talks": [kept for kept in own if kept.ended_at is None and kept.persona in known],
        "ended": [kept for kept in own if kept.ended_at is not None and kept.persona in known],
        "shared": [kept for kept in shared if kept.persona in known],
        "is_full": is_full,
    }
    status = 409 if is_full else 200
    return await frame.page(desk, conn, visit, "practice.html", values, status=status)


async def _page(
    desk: Desk, conn: AsyncConnection, visit: Visit, kept: Kept, *, status: int = 200, **said: str
) -> Response:
    values = _values(desk, visit, kept, **said)
    return await frame.page(desk, conn, visit, "practice_talk.html", values, status=status)


async def _answer(
    desk: Desk, conn: AsyncConnection, visit: Visit, kept: Kept, **said: str
) -> Response:
    """Return the talk as it is now, into the open page where there is one."""
    status = 422 if said.get("problem") else 200
    if visit.is_htmx:
        # An open page shows what could not be taken where the talk stands, and it is no trouble of the desk's.
        return frame.fragment(
            desk, visit, "parts/practice_answer.html", _values(desk, visit, kept, **said)
        )
    if said.get("problem") or said.get("text"):
        return await _page(desk, conn, visit, kept, status=status, **said)
    return frame.to(f"{LIST}/{kept.id}")


def _values(
    desk: Desk, visit: Visit, kept: Kept, *, problem: str = "", text: str = ""
) -> dict[str, Any]:
    practice = _practice(desk)
    talk = _played(practice, kept)
    is_mine = kept.staff_id == visit.staff.id
    return {
        "kept": kept,
        "talk": talk,
        "persona": talk.persona,
        "is_mine": is_mine,
        "is_over": talk.left or len(kept.lines) >= room.MAX_LINES,
        "findings": findings_of(talk) if kept.ended_at else (),
        "seen_words": list(Seen),
        "own_answers": OWN_ANSWERS,
        "sources": desk.services.content().sources,
        "read": practice.read,
        "problem": problem,
        "text": text,
        "max_chars": real.MAX_CHARS,
        "max_note": room.MAX_NOTE_CHARS,
    }


def _played(practice: Practice, kept: Kept) -> Talk:
    return play(practice, _persona(practice, kept), kept.language, kept.lines)


def _persona(practice: Practice, kept: Kept) -> Persona:
    persona = practice.personas.get(kept.persona)
    if persona is None:
        raise NotFound  # taken out of the files since
    return persona


async def _access(desk: Desk, conn: AsyncConnection, visit: Visit) -> Kept:
    keyring, oversees = desk.services.people.keyring, visit.may(Permission.OVERSEE)
    return await room.access_talk(
        conn, keyring, _talk_id(visit), visit.staff.id, oversees=oversees
    )


async def _own_open(desk: Desk, conn: AsyncConnection, visit: Visit) -> Kept:
    """Return one's own talk while it goes on, locked."""
    kept = await _own(desk, conn, visit)
    if kept.ended_at is not None:
        raise Conflict
    return kept


async def _own_ended(desk: Desk, conn: AsyncConnection, visit: Visit) -> Kept:
    """Return one's own talk once it has ended, locked."""
    kept = await _own(desk, conn, visit)
    if kept.ended_at is None:
        raise Conflict
    return kept


async def _own(desk: Desk, conn: AsyncConnection, visit: Visit) -> Kept:
    await room.lock(conn, _talk_id(visit), visit.staff.id)
    return await _access(desk, conn, visit)


async def _keep(desk: Desk, conn: AsyncConnection, kept: Kept, lines: tuple[str, ...]) -> None:
    keyring = desk.services.people.keyring
    await room.keep_lines(conn, keyring, kept.id, lines, at=desk.now())


def _practice(desk: Desk) -> Practice:
    return desk.services.content().practice


def _talk_id(visit: Visit) -> UUID:
    talk_id: UUID = visit.request.path_params["talk_id"]
    return talk_id


def _seen(given: str) -> int:
    is_number = given.isascii() and given.isdecimal() and len(given) <= MAX_NUMBER_CHARS
    return int(given) if is_number else -1
