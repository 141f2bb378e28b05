"""What a counsellor sends is kept back for a moment, for a safe hour, or while the person's phone is watched."""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.conversation.holding import UNDO, Leaving
from bot.errors import Conflict, NotFound, Refused
from bot.faults import HOLD_POINTS
from bot.hotline import access, consent, drafts
from bot.hotline.safe_hours import WINDOWS, is_safe, opens_at
from bot.hotline.staff import Staff
from bot.messages import CaseId
from bot.store.follow_ups import ZONE
from bot.store.tables import DraftRow, OutboxRow
from bot.store.transcript import Line
from tests.integration import looker
from tests.support.world import Person, TestHouse, make_house

WORD = "mango42"


async def talk(house: TestHouse, *, hours: str | None = None) -> tuple[Person, Staff, CaseId]:
    """Return a person (who has named safe hours, if given) with the counsellor who has them."""
    person, counsellor = house.person(), await house.staff()
    await person.ask_for_a_person()
    if hours:
        await person.press(f"consent.waiting.at-{hours}")
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    return person, counsellor, case_id


async def send(
    house: TestHouse,
    staff: Staff,
    case_id: UUID,
    words: str,
    leaving: Leaving = Leaving.UNDOABLE,
) -> None:
    """Let a counsellor write."""
    token = str(house.clock.new_id())
    await house.talks.reply(staff, case_id, words, token=token, leaving=leaving)


async def last_line(house: TestHouse, staff: Staff, case_id: UUID) -> Line:
    """Return the last line of a case as its counsellor sees it."""
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, staff, case_id)
    return view.lines[-1]


def texts(person: Person) -> list[str]:
    """Return what the person was sent, last things last."""
    return [message.text for message in person.inbox()]


async def pass_moment(house: TestHouse, span: timedelta = UNDO) -> None:
    """Let time pass, and the worker look."""
    house.clock.pass_(seconds=span.total_seconds())
    await house.recovery.look()


async def test_a_line_leaves_after_its_moment_and_not_before(house: TestHouse) -> None:
    """For five seconds a line is only kept; then it leaves, once."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "I am Dewi")
    await pass_moment(house, UNDO - timedelta(seconds=1))
    assert "I am Dewi" not in texts(person)
    await pass_moment(house, timedelta(seconds=1))
    await house.recovery.look()
    assert texts(person).count("I am Dewi") == 1
    assert (await last_line(house, counsellor, case_id)).status == "sent"


async def test_a_line_taken_back_was_never_said(house: TestHouse) -> None:
    """Within its moment a line can be taken back: it is gone from the thread, stands in the draft again, and never leaves."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "the wrong words")
    line = await last_line(house, counsellor, case_id)
    words = await house.talks.holding.take_back(counsellor, case_id, line.id)
    await pass_moment(house)
    assert words == "the wrong words"
    assert words not in texts(person)
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    assert words not in [each.text for each in view.lines]
    assert view.draft is not None
    assert view.draft.text == words


async def test_what_has_left_cannot_be_taken_back(house: TestHouse) -> None:
    """After the moment it is too late; and nobody takes back what is not theirs, or not there."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "said")
    line = await last_line(house, counsellor, case_id)
    with pytest.raises(NotFound):
        await house.talks.holding.take_back(await house.staff(), case_id, line.id)
    _, other, other_case = await talk(house)
    for staff, case, number in ((other, other_case, line.id), (counsellor, case_id, 10**9)):
        with pytest.raises(Conflict):
            await house.talks.holding.take_back(staff, case, number)
    await pass_moment(house)
    with pytest.raises(Conflict):
        await house.talks.holding.take_back(counsellor, case_id, line.id)
    assert texts(person).count("said") == 1


async def test_a_process_that_dies_in_the_moment_loses_nothing(house: TestHouse) -> None:
    """What was kept back by a process that is gone is let go by another one."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "still said")
    async with make_house(house.db, house.clock, house.content, house.channel) as other:
        other.clock.pass_(seconds=UNDO.total_seconds())
        await other.recovery.look()
    assert texts(person).count("still said") == 1


@pytest.mark.slow
@pytest.mark.parametrize("point", HOLD_POINTS)
async def test_a_death_while_a_line_is_let_go_says_it_once(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Killed while it lets a line go, the worker has not let it go; the next one does, once."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "still said")
    house.clock.pass_(seconds=UNDO.total_seconds())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", looker.__name__, dsn, house.clock.now().isoformat(),
        env={**os.environ, "SUAR_FAULT": f"{point}:1"},
    )  # fmt: skip
    assert await process.wait() == -signal.SIGKILL
    assert (await last_line(house, counsellor, case_id)).status == "held"
    for _ in range(2):
        await house.recovery.look()
    assert texts(person).count("still said") == 1


async def test_a_kept_line_holds_up_nothing_else(house: TestHouse) -> None:
    """What is said at once goes past a line that waits for a safe hour."""
    person, counsellor, case_id = await talk(house, hours="morning")
    house.clock.at = _local(20)
    await send(house, counsellor, case_id, "in the morning", Leaving.WHEN_SAFE)
    await send(house, counsellor, case_id, "now", Leaving.NOW)
    assert texts(person)[-1] == "now"
    assert (await last_line(house, counsellor, case_id)).status == "sent"


async def test_it_is_sent_when_it_is_safe(house: TestHouse) -> None:
    """A line for the safe hours waits for them, is shown with its time, and leaves when they begin."""
    person, counsellor, case_id = await talk(house, hours="evening")
    house.clock.at = _local(12)
    await send(house, counsellor, case_id, "here is the address", Leaving.WHEN_SAFE)
    line = await last_line(house, counsellor, case_id)
    assert (line.status, line.held_for) == ("held", "safe_hour")
    assert line.not_before == _local(17)
    await pass_moment(house, timedelta(hours=4, minutes=59))
    assert "here is the address" not in texts(person)
    await pass_moment(house, timedelta(minutes=1))
    assert texts(person)[-1] == "here is the address"


async def test_a_safe_hour_that_ended_meanwhile_is_waited_for_again(house: TestHouse) -> None:
    """A worker that was away through the whole window sends nothing at night."""
    person, counsellor, case_id = await talk(house, hours="evening")
    house.clock.at = _local(12)
    await send(house, counsellor, case_id, "kept", Leaving.WHEN_SAFE)
    await pass_moment(house, timedelta(hours=11))
    assert "kept" not in texts(person)
    assert (await last_line(house, counsellor, case_id)).not_before == _local(17) + timedelta(1)


async def test_without_leave_to_write_later_nothing_waits(house: TestHouse) -> None:
    """Who did not agree to be written to later is not; and who takes it back is not sent what waits."""
    _, counsellor, case_id = await talk(house)
    with pytest.raises(Refused):
        await send(house, counsellor, case_id, "later", Leaving.WHEN_SAFE)
    person, counsellor, case_id = await talk(house, hours="evening")
    house.clock.at = _local(12)
    await send(house, counsellor, case_id, "later", Leaving.WHEN_SAFE)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        now, scope = house.clock.now(), consent.CONTACT_LATER
        await consent.withdraw(conn, party.contact_id, at=now, case_id=case_id, scope=scope)
    await pass_moment(house, timedelta(hours=6))
    line = await last_line(house, counsellor, case_id)
    assert (line.status, line.error) == ("refused", "no_consent")
    assert "later" not in texts(person)


async def test_nothing_reaches_a_phone_that_is_watched(house: TestHouse) -> None:
    """What was written before the safe word and has not left, and all that is written after it, waits until the person is back."""
    person = house.person()
    await person.press("watched.word")
    await person.write(WORD)
    await person.ask_for_a_person()
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await send(house, counsellor, case_id, "before")
    await person.write(WORD)
    await send(house, counsellor, case_id, "meanwhile", Leaving.NOW)
    await pass_moment(house, timedelta(minutes=5))
    assert not {"before", "meanwhile"} & set(texts(person))
    assert (await last_line(house, counsellor, case_id)).held_for == "cover"
    await person.write(WORD)
    await house.recovery.look()
    assert texts(person)[-2:] == ["before", "meanwhile"]


async def test_the_end_of_the_hour_lets_nothing_go_by_itself(house: TestHouse) -> None:
    """When the cover ends by the clock nobody knows who holds the phone: the line waits until it is taken back, and is refused at the close."""
    person = house.person()
    await person.press("watched.word")
    await person.write(WORD)
    await person.ask_for_a_person()
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await person.write(WORD)
    await send(house, counsellor, case_id, "meanwhile")
    await pass_moment(house, timedelta(hours=2))
    assert (await last_line(house, counsellor, case_id)).held_for == "cover"
    await house.talks.close(counsellor, case_id, "helped")
    await house.recovery.look()
    line = next(
        each for each in (await view_lines(house, counsellor, case_id)) if each.text == "meanwhile"
    )
    assert (line.status, line.error) == ("refused", "watched")
    assert "meanwhile" not in texts(person)


async def view_lines(house: TestHouse, staff: Staff, case_id: UUID) -> tuple[Line, ...]:
    """Return the lines of a case."""
    async with house.db.transaction() as conn:
        return (await access.access_case(conn, house.people, staff, case_id)).lines


@pytest.mark.parametrize("how", ["close", "release"])
async def test_what_was_said_last_still_arrives(house: TestHouse, how: str) -> None:
    """A counsellor who closes or gives back within the moment has said it: it arrives, also before the bot asks how it was."""
    person, counsellor, case_id = await talk(house)
    await send(house, counsellor, case_id, "goodbye")
    if how == "close":
        await house.talks.close(counsellor, case_id, "helped")
    else:
        await house.talks.release(counsellor, case_id)
        await pass_moment(house)
    assert texts(person).count("goodbye") == 1
    if how == "close":
        assert texts(person)[-1] != "goodbye", "the bot asks afterwards"


async def test_leaving_and_erasing_end_what_was_kept(house: TestHouse) -> None:
    """Whoever leaves or has everything erased is not sent what was kept back."""
    for target in ("/leave", "erase"):
        person, counsellor, case_id = await talk(house)
        await send(house, counsellor, case_id, "too late now")
        if target == "erase":
            await person.press("erase.ask")
            await person.press("erase.ask.yes")
        else:
            await person.write(target)
        await pass_moment(house)
        assert "too late now" not in texts(person)
    async with house.db.transaction() as conn:
        left = await conn.scalars(select(OutboxRow.status).where(OutboxRow.author == "staff"))
        assert set(left) <= {"refused"}


async def test_a_draft_is_the_counsellors_own_and_goes_with_the_case(house: TestHouse) -> None:
    """The draft of one is not shown to another, is dropped when it is sent or the case closes, and nothing is left of it after an erasure."""
    person, counsellor, case_id = await talk(house)
    await draft(house, counsellor, case_id, "half a sentence")
    other = await house.staff()
    with pytest.raises(NotFound):
        await draft(house, other, case_id, "not mine")
    async with house.db.transaction() as conn:
        sealed = await conn.scalar(select(DraftRow.text_sealed))
        assert sealed is not None
        assert b"sentence" not in sealed
    await house.talks.reply(counsellor, case_id, "half a sentence", token="t1")
    assert await drafts_left(house) == 0
    await draft(house, counsellor, case_id, "half a sentence", token="t1")
    assert await drafts_left(house) == 0, "what comes in after its reply is late"
    await draft(house, counsellor, case_id, "another")
    assert await drafts_left(house) == 1
    await draft(house, counsellor, case_id, " ")
    assert await drafts_left(house) == 0
    await draft(house, counsellor, case_id, "again")
    await house.talks.close(counsellor, case_id, "helped")
    assert await drafts_left(house) == 0
    person, counsellor, case_id = await talk(house)
    await draft(house, counsellor, case_id, "again")
    await person.press("erase.ask")
    await person.press("erase.ask.yes")
    assert await drafts_left(house) == 0


async def draft(
    house: TestHouse, staff: Staff, case_id: UUID, text: str, token: str = "t-other"
) -> None:
    """Keep a draft."""
    async with house.db.transaction() as conn:
        await drafts.save(
            conn, house.people, staff, case_id, text, token=token, now=house.clock.now()
        )


async def drafts_left(house: TestHouse) -> int:
    """Return how many drafts there are."""
    async with house.db.transaction() as conn:
        return len((await conn.scalars(select(DraftRow.id))).all())


@given(
    st.sampled_from(sorted(WINDOWS)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_the_next_safe_moment_is_safe_and_the_first(hours: str, moment: datetime) -> None:
    """It is safe when the window opens, within a day, and no minute before it is."""
    opens = opens_at(hours, moment)
    assert moment <= opens <= moment + timedelta(days=1)
    assert is_safe(hours, opens)
    if opens > moment:
        assert not is_safe(hours, opens - timedelta(seconds=1))


def _local(hour: int) -> datetime:
    return datetime(2026, 11, 23, hour, tzinfo=ZONE)
