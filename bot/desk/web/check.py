"""The agreed check question on the conversation page: agree on one, ask it, judge the answer."""

from starlette.responses import Response

from bot.conversation.holding import Leaving
from bot.desk.web import frame
from bot.desk.web.desk import Desk, Visit
from bot.desk.web.security import read_form, text_of
from bot.desk.web.talk_page import address_of, case_of
from bot.errors import NotFound
from bot.hotline import check_question
from bot.hotline.claimed import access_claimed

MAX_CHARS = 200


async def agree(desk: Desk, visit: Visit) -> Response:
    """Keep the question and the answer that were agreed; both empty drops what was there."""
    form = await read_form(visit.request)
    question, answer = (text_of(form, name).strip() for name in ("question", "answer"))
    if bool(question) != bool(answer) or max(len(question), len(answer)) > MAX_CHARS:
        return frame.to(address_of(visit), said="check_incomplete")
    services, case_id = desk.services, case_of(visit)
    async with services.db.transaction() as conn:
        party, _ = await access_claimed(conn, services.people, visit.staff, case_id)
        if question:
            await check_question.agree(
                conn,
                party,
                visit.staff,
                case_id,
                question=question,
                answer=answer,
                now=desk.now(),
            )
        else:
            await check_question.forget(conn, visit.staff, case_id)
    return frame.to(address_of(visit), said="saved")


async def ask(desk: Desk, visit: Visit) -> Response:
    """Send the question to the person, like any reply."""
    services, case_id = desk.services, case_of(visit)
    token = text_of(await read_form(visit.request), "token")
    async with services.db.transaction() as conn:
        party, _ = await access_claimed(conn, services.people, visit.staff, case_id)
        check = await check_question.find(conn, party, case_id)
        if check is None:
            raise NotFound
        await check_question.note_asked(conn, case_id, now=desk.now())
    await services.talks.reply(
        visit.staff, case_id, check.question, token=token, leaving=Leaving.UNDOABLE
    )
    return frame.to(address_of(visit))


async def judge(desk: Desk, visit: Visit) -> Response:
    """Keep whether it is the person who answers."""
    right = text_of(await read_form(visit.request), "is_them") == "yes"
    services, case_id = desk.services, case_of(visit)
    async with services.db.transaction() as conn:
        await access_claimed(conn, services.people, visit.staff, case_id)
        await check_question.judge(conn, visit.staff, case_id, right=right, now=desk.now())
    return frame.to(address_of(visit), said="check_passed" if right else "check_failed")
