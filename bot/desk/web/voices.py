"""Recordings of what Suar says: how each text stands in a language, one text with its recorder, and the sound itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.content.load import Content
from bot.content.voices import ANSWERS, MORE, places_of
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.files import answer_with
from bot.desk.web.security import FILE_POLICY, read_form, text_of
from bot.desk.web.upload import file_of, read_upload
from bot.editing import voices as work
from bot.editing.voices import STANDINGS, Wanted, may_decide, may_withdraw, standings
from bot.editing.work import get_now
from bot.errors import Conflict, NotFound, NotTaken
from bot.sound import CONTENT_TYPES, MAX_SOUND_S, take_beside
from bot.store import voices

LIST = "/desk/voices"


@dataclass(frozen=True)
class Typed:
    """What stands in the form, and what is wrong with it."""

    note: str = ""
    agrees: bool = False
    problem: str = ""
    status: int = 200


async def show_list(desk: Desk, visit: Visit) -> Response:
    """Show what can be spoken in one language, and what waits for this person to listen."""
    async with desk.services.db.transaction(durable=False) as conn:
        content = (await get_now(conn, desk.services.live)).content
        records = await voices.list_all(conn)
        asked, locales = visit.request.query_params, list(content.words.locales)
        chosen = next(
            c for c in (asked.get("locale"), visit.staff.locale, *locales) if c in locales
        )
        show = asked.get("show", "") if asked.get("show") in STANDINGS else ""
        every = standings(content, records, places_of(content), [chosen])
        values = {
            "to_review": [each for each in records if may_decide(each, visit.staff)],
            "found": [each for each in every if not show or _stands(each, show)],
            "count": len(every),
            "locales": locales,
            "chosen": chosen,
            "show": show,
            "titles": _titles(content, visit.staff.locale),
        }
        return await frame.page(desk, conn, visit, "voices.html", values)


def _stands(standing: work.Standing, state: str) -> bool:
    is_waiting = state == work.WAITING and standing.waiting is not None
    return standing.state == state or is_waiting


async def show(desk: Desk, visit: Visit) -> Response:
    """Show the words of one place in one language, its recorder and its recordings."""
    async with desk.services.db.transaction(durable=False) as conn:
        return await _page(desk, conn, visit, *_where(visit), Typed())


async def send(desk: Desk, visit: Visit) -> Response:
    """Take a recording in, for somebody else to listen to."""
    form = await read_upload(visit.request)
    place, locale = _where(visit)
    note, agrees = text_of(form, "note").strip(), text_of(form, "agrees") == "yes"
    wanted = Wanted(place, locale, text_of(form, "seen").replace("\r\n", "\n"))
    try:
        recording = await take_beside(await file_of(form) or b"")
        async with desk.services.db.transaction() as conn:
            await work.send(
                conn, desk.services.live, visit.staff, wanted, recording, agrees=agrees, note=note
            )
    except NotTaken as exc:
        problem, status = exc.why, 422
    except ValueError as exc:
        problem, status = str(exc), 422
    except Conflict:
        problem, status = "moved", 409
    else:
        return frame.to(f"{LIST}/{locale}/{place}", said="sent_to_review")
    async with desk.services.db.transaction(durable=False) as conn:
        typed = Typed(note, agrees, problem, status)
        return await _page(desk, conn, visit, place, locale, typed)


async def publish(desk: Desk, visit: Visit) -> Response:
    """Let people hear what somebody else has recorded."""
    async with desk.services.db.transaction() as conn:
        await work.publish(conn, desk.services.live, visit.staff, _number(visit))
    return await _done(desk, visit, "published")


async def refuse(desk: Desk, visit: Visit) -> Response:
    """Send a recording back, with the reason."""
    verdict, number = text_of(await read_form(visit.request), "verdict"), _number(visit)
    try:
        async with desk.services.db.transaction() as conn:
            await work.refuse(conn, desk.services.live, visit.staff, number, verdict=verdict)
    except ValueError:
        async with desk.services.db.transaction(durable=False) as conn:
            record = await voices.get(conn, number)
            typed = Typed(problem="verdict", status=422)
            return await _page(desk, conn, visit, record.place, record.locale, typed)
    return await _done(desk, visit, "sent_back")


async def withdraw(desk: Desk, visit: Visit) -> Response:
    """Take a recording back before it is decided."""
    async with desk.services.db.transaction() as conn:
        await work.withdraw(conn, desk.services.live, visit.staff, _number(visit))
    return await _done(desk, visit, "withdrawn")


async def take_back(desk: Desk, visit: Visit) -> Response:
    """Let people hear the recording before this one."""
    async with desk.services.db.transaction() as conn:
        await work.take_back(conn, desk.services.live, visit.staff, _number(visit))
    return await _done(desk, visit, "taken_back")


async def delete(desk: Desk, visit: Visit) -> Response:
    """Delete the sound of a recording for good."""
    async with desk.services.db.transaction() as conn:
        await work.delete(conn, desk.services.live, visit.staff, _number(visit))
    return await _done(desk, visit, "voice_deleted")


async def retire(desk: Desk, visit: Visit) -> Response:
    """Let nothing be heard at a place in a language."""
    place, locale = _where(visit)
    async with desk.services.db.transaction() as conn:
        await work.retire(conn, desk.services.live, visit.staff, place, locale)
    await desk.services.live.look()
    return frame.to(f"{LIST}/{locale}/{place}", said="voice_retired")


async def sound(desk: Desk, visit: Visit) -> Response:
    """Give out a recording in any state, to who may decide about it."""
    async with desk.services.db.transaction(durable=False) as conn:
        found = await voices.find_sound(conn, _number(visit))
    if found is None:
        raise NotFound
    headers = {
        "content-security-policy": FILE_POLICY,
        "accept-ranges": "bytes",
        "content-encoding": "identity",
    }
    wanted = visit.request.headers.get("range", "")
    return answer_with(found.data, wanted, CONTENT_TYPES[found.kind], headers)


async def _done(desk: Desk, visit: Visit, said: str) -> Response:
    await desk.services.live.look()
    async with desk.services.db.transaction(durable=False) as conn:
        record = await voices.get(conn, _number(visit))
    return frame.to(f"{LIST}/{record.locale}/{record.place}", said=said)


async def _page(
    desk: Desk, conn: AsyncConnection, visit: Visit, place: str, locale: str, typed: Typed
) -> Response:
    content = (await get_now(conn, desk.services.live)).content
    work.words_of(content, place, locale)
    history = await voices.list_of_place(conn, place, locale)
    [standing] = standings(content, history, [place], [locale])
    waiting = standing.waiting
    values: dict[str, Any] = {
        "standing": standing,
        "history": history,
        "way": content.words.direction(locale),
        "may_decide": waiting is not None and may_decide(waiting, visit.staff),
        "may_withdraw": waiting is not None and may_withdraw(waiting, visit.staff),
        "note": typed.note,
        "agrees": typed.agrees,
        "problem": typed.problem,
        "max_s": MAX_SOUND_S,
        "titles": _titles(content, visit.staff.locale),
    }
    return await frame.page(desk, conn, visit, "voice.html", values, status=typed.status)


def _titles(content: Content, locale: str) -> dict[str, str]:
    """Return what the answers are about, by their places, in the reader's language."""
    say, named = content.words.say, {}
    for answer in content.answers.values():
        named[f"{ANSWERS}.{answer.id}"] = say(answer.question, locale)
        named[f"{ANSWERS}.{answer.id}.{MORE}"] = f"{say(answer.question, locale)} (2)"
    return named


def _where(visit: Visit) -> tuple[str, str]:
    """Return the place and the language that the address names."""
    place: str = visit.request.path_params["place"]
    locale: str = visit.request.path_params["locale"]
    return place, locale


def _number(visit: Visit) -> UUID:
    voice_id: UUID = visit.request.path_params["voice_id"]
    return voice_id
