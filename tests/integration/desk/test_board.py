"""The supervisors' board: figures, broken promises, who is there, and giving a case to somebody else."""

import asyncio
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.errors import Conflict
from bot.hotline import board, promised
from bot.hotline.board_reassign import reassign
from bot.hotline.staff import Role, Staff, disable
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

HARM = Risk(RiskLevel.HIGH, ())
BOARD = "/desk/board"


async def promise(house: House, case_id: UUID, due_in: timedelta) -> None:
    """Let somebody have been promised an answer by so long from now."""
    async with house.db.transaction() as conn:
        now = house.clock.now()
        await promised.make(
            conn, case_id, language="en", level="high", made_at=now, due_at=now + due_in,
            told="nothing", covered=False, low=None, high=None,
        )  # fmt: skip


async def talk_of(house: House, staff: Staff) -> UUID:
    """Let a counsellor take somebody; return the case."""
    await house.add_case(risk=HARM, locale="en")
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    return case_id


async def test_the_board_tells_who_waits_and_which_promise_is_broken(
    supervisor_desk: Browser, house: House
) -> None:
    """By class and language with the longest wait; a promise is broken from its moment on until a person has written."""
    await house.add_case(risk=HARM, locale="prs", waited=timedelta(minutes=40))
    await house.add_case(risk=HARM, locale="prs", waited=timedelta(minutes=5))
    late = await house.add_case(risk=HARM, locale="en")
    await promise(house, late, timedelta(minutes=10))
    await house.open_desk(await house.add_staff("Zahra", languages=("prs",)))
    page = words_of(await supervisor_desk.open(BOARD))
    assert "3 waiting" in page
    assert re.search("High risk English 1 .*? No High risk Dari 2 .*? Yes", page)
    assert "0 promises broken now" in page
    house.clock.ahead += timedelta(minutes=11)
    page = words_of(await supervisor_desk.open(BOARD))
    assert "1 promises broken now" in page
    assert "S-1003" in page
    async with house.db.transaction() as conn:
        await promised.note_answer(conn, late, now=house.clock.now())
    assert "0 promises broken now" in words_of(await supervisor_desk.open(BOARD))


async def test_an_unchanged_board_is_left_in_peace(supervisor_desk: Browser, house: House) -> None:
    """The open page asks with the version it shows; only something new brings words."""
    page = await supervisor_desk.open(BOARD)
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    assert (await supervisor_desk.part(f"/desk/parts/board?seen={seen}")).status_code == 204
    await house.add_case()
    assert (await supervisor_desk.part(f"/desk/parts/board?seen={seen}")).status_code == 200


async def test_a_case_is_given_to_somebody_else_with_its_trail(
    supervisor_desk: Browser, desk: Browser, house: House, counsellor: Staff
) -> None:
    """The new counsellor has it and may write, the former one not any more, and the case tells who gave it."""
    other = await house.add_staff("Budi")
    case_id = await talk_of(house, counsellor)
    await supervisor_desk.open(BOARD)
    done = await supervisor_desk.send(
        f"/desk/cases/{case_id}/reassign", former=str(counsellor.id), to=str(other.id)
    )
    assert done.headers["location"].endswith("done=reassigned")
    assert (await desk.open(f"/desk/cases/{case_id}")).status_code == 404
    await house.talks.reply(other, case_id, "I am Budi", token="1")
    async with house.db.transaction() as conn:
        [trail] = (
            await conn.execute(
                text("SELECT data, staff_id FROM case_events WHERE kind = 'case_reassigned'")
            )
        ).all()
    assert (trail.data["from"], trail.data["to"]) == (str(counsellor.id), str(other.id))
    assert trail.staff_id not in {counsellor.id, other.id}


async def test_a_case_of_somebody_disabled_can_be_given_away(
    supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """The board says that its counsellor is gone; another one gets the person without a wait in the queue."""
    other = await house.add_staff("Budi")
    case_id = await talk_of(house, counsellor)
    async with house.db.transaction() as conn:
        await disable(conn, counsellor.email, house.clock.now())
    page = await supervisor_desk.open(BOARD)
    assert "may not sign in any more" in words_of(page)
    assert f'value="{counsellor.id}"' in page.text
    assert page.text.count(f'<option value="{counsellor.id}"') == 0
    await supervisor_desk.send(
        f"/desk/cases/{case_id}/reassign", former=str(counsellor.id), to=str(other.id)
    )
    await house.talks.reply(other, case_id, "I am here", token="1")


async def test_two_supervisors_at_once_move_a_case_once(house: House, counsellor: Staff) -> None:
    """Of two who give the same case to different people one is too late, and nothing is half done."""
    by = await house.add_staff("Rani", Role.SUPERVISOR)
    others = [await house.add_staff("Budi"), await house.add_staff("Sari")]
    case_id = await talk_of(house, counsellor)

    async def give(to: Staff) -> None:
        async with house.db.transaction() as conn:
            await reassign(
                conn, by, case_id, former=counsellor.id, to=to.id, now=house.clock.now()
            )

    done = await asyncio.gather(*(give(each) for each in others), return_exceptions=True)
    assert [type(each) for each in done if each is not None] == [Conflict]
    async with house.db.transaction() as conn:
        case, owner = (
            await conn.execute(
                text(
                    "SELECT claimed_by, owner_staff_id FROM cases "
                    "JOIN conversations ON conversations.id = conversation_id"
                )
            )
        ).one()
    assert case == owner
    assert owner in {each.id for each in others}


@pytest.mark.parametrize("to", ["nobody", "00000000-0000-4000-8000-000000000001", "auditor"])
async def test_a_wrong_hand_is_refused(
    supervisor_desk: Browser, house: House, counsellor: Staff, to: str
) -> None:
    """Somebody who does not exist, or does not talk with people, gets no case; all stays as it was."""
    auditor = await house.add_staff("Ayu", Role.AUDITOR)
    case_id = await talk_of(house, counsellor)
    await supervisor_desk.open(BOARD)
    wanted = str(auditor.id) if to == "auditor" else to
    answer = await supervisor_desk.send(
        f"/desk/cases/{case_id}/reassign", former=str(counsellor.id), to=wanted
    )
    assert answer.status_code == 404
    async with house.db.transaction() as conn:
        owner = await conn.scalar(text("SELECT claimed_by FROM cases"))
    assert owner == counsellor.id


async def test_counsellors_find_no_board(desk: Browser, house: House, counsellor: Staff) -> None:
    """Its page, its part and its action look as if they did not exist, and nothing moves."""
    case_id = await talk_of(house, counsellor)
    await desk.open("/desk/")
    forged = await desk.send(
        f"/desk/cases/{case_id}/reassign", former=str(counsellor.id), to=str(counsellor.id)
    )
    assert forged.status_code == 404
    assert (await desk.open(BOARD)).status_code == 404
    assert (await desk.part("/desk/parts/board")).status_code == 404


async def test_the_board_shows_no_word_of_anybody(supervisor_desk: Browser, house: House) -> None:
    """What a person wrote does not stand on it, and alarms are told by keys that name nobody."""
    case_id = await house.add_case("they took my passport", risk=HARM)
    await promise(house, case_id, timedelta(seconds=-1))
    page = await supervisor_desk.open(BOARD)
    assert "passport" not in page.text
    assert f'data-board-alarms="{case_id}:late"' in page.text
    async with house.db.transaction() as conn:
        await conn.execute(text("UPDATE cases SET returned_at = now(), alarmed_at = now()"))
    page = await supervisor_desk.open(BOARD)
    assert "nobody has taken them since: S-1001" in words_of(page)
    assert f"{case_id}:left" in page.text


async def test_the_board_knows_who_should_be_there(house: House, counsellor: Staff) -> None:
    """Whoever is at the desk is there; their load and their limit stand beside them."""
    by = await house.add_staff("Rani", Role.SUPERVISOR)
    await house.open_desk(counsellor)
    await talk_of(house, counsellor)
    async with house.db.transaction() as conn:
        seen = await board.look(conn, house.people, by, now=house.clock.now())
    [dewi] = seen.colleagues
    assert (dewi.there, dewi.cases, dewi.load, dewi.limit) == (True, 1, 3, 6)
    assert dewi.planned is False
