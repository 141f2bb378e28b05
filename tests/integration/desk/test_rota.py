"""The rota on the desk: planning a week, days off, undo, who may, and bad input."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.desk.web.pages import TEMPLATES
from bot.errors import Conflict
from bot.hotline import shifts
from bot.hotline.hours import WEEK, Shift, on_duty
from bot.hotline.staff import Role, Staff, disable
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

MONDAY = date(2027, 3, 15)
WEEK_OF = {"week": str(MONDAY), "zone": "WIB"}
PAGE = f"/desk/rota?week={MONDAY}"
EVER = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


async def kept(house: House) -> list[Shift]:
    """Return what the rota holds."""
    async with house.db.transaction() as conn:
        return await shifts.list_shifts(conn, *EVER)


async def plan(desk: Browser, who: Staff, **changed: str) -> int:
    """Send the form of a shift: Monday from 20:00 to 04:00 unless it is changed; return the status."""
    await desk.open(PAGE)
    fields = {**WEEK_OF, "staff": str(who.id), "day": "mon", "from": "20:00", "to": "04:00"}
    answer = await desk.send("/desk/rota", **{**fields, **changed})
    desk.page = answer if answer.status_code == 422 else desk.page
    return answer.status_code


async def test_a_shift_over_midnight_is_planned_and_shown_in_each_zone(
    supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """Eight in the evening to four in Jakarta is on duty until the last minute, and ten to six in Papua."""
    assert await plan(supervisor_desk, counsellor) == 303
    [shift] = await kept(house)
    assert shift.starts_at == datetime(2027, 3, 15, 13, 0, tzinfo=UTC)
    last = shift.starts_at + timedelta(hours=8)
    assert on_duty([shift], last - timedelta(seconds=1), "en") == [shift]
    assert on_duty([shift], last) == []
    page = words_of(await supervisor_desk.open(PAGE))
    assert "Dewi 20:00–04:00 +1 English" in page
    assert "22:00–06:00" in words_of(await supervisor_desk.open(PAGE + "&zone=WIT"))


async def test_nobody_is_planned_twice_at_once(
    supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """A second window that overlaps is refused with a reason, one beside it is taken; two at once leave one."""
    await plan(supervisor_desk, counsellor)
    assert await plan(supervisor_desk, counsellor, **{"from": "03:00", "to": "09:00"}) == 303
    assert await plan(supervisor_desk, counsellor, **{"from": "21:00", "to": "22:00"}) == 422
    assert "on duty already" in words_of(supervisor_desk.page)  # type: ignore[arg-type]  # was just opened
    assert len(await kept(house)) == 2
    by = await house.add_staff("Sari", Role.SUPERVISOR)

    async def once() -> None:
        async with house.db.transaction() as conn:
            await shifts.add(
                conn, by, by.id, [MONDAY], datetime.min.time().replace(hour=8),
                datetime.min.time().replace(hour=9), zone="WIB", languages=(), clock=house.clock,
            )  # fmt: skip

    done = await asyncio.gather(*(once() for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(each, Conflict) for each in done) == 3
    assert len(await kept(house)) == 3


async def test_a_week_is_copied_without_its_days_off_and_undone_whole(
    supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """The copy keeps the times, leaves out the operator's day and a public holiday, and one press takes it back."""
    for day in ("mon", "tue", "fri"):
        await plan(supervisor_desk, counsellor, day=day)
    off = {**WEEK_OF, "on": str(MONDAY + timedelta(days=8)), "kind": "off", "name": "Retreat"}
    assert (await supervisor_desk.send("/desk/rota/days", **off)).status_code == 303
    copied = await supervisor_desk.send("/desk/rota/copy", **WEEK_OF)
    page = await supervisor_desk.open(copied.headers["location"])
    assert "Shifts on days off" in words_of(page)
    assert "Retreat" in words_of(page)
    assert "Good Friday" in words_of(page)
    begins = [shift.starts_at for shift in await kept(house)]
    assert [moment - WEEK for moment in begins[3:]] == begins[:1]
    undo = re.search(r'action="(/desk/rota/changes/[^"]+/undo)"', page.text)
    assert undo is not None
    assert (await supervisor_desk.send(undo[1], **WEEK_OF)).status_code == 303
    assert len(await kept(house)) == 3
    again = await supervisor_desk.send(undo[1], **WEEK_OF)
    assert again.status_code == 422
    assert "Something newer" in words_of(again)


async def test_a_day_off_takes_its_shifts_out_and_its_undo_brings_them_back(
    supervisor_desk: Browser, house: House, counsellor: Staff
) -> None:
    """Who was planned on the day is on duty no more, until it is undone."""
    await plan(supervisor_desk, counsellor)
    off = {**WEEK_OF, "on": str(MONDAY), "kind": "off", "name": "Flood"}
    answer = await supervisor_desk.send("/desk/rota/days", **off)
    assert await kept(house) == []
    page = await supervisor_desk.open(answer.headers["location"])
    assert "its shifts are taken out" in words_of(page)
    undo = re.search(r'action="(/desk/rota/changes/[^"]+/undo)"', page.text)
    assert undo is not None
    await supervisor_desk.send(undo[1], **WEEK_OF)
    assert len(await kept(house)) == 1


async def test_languages_of_a_shift_are_those_its_counsellor_speaks(
    supervisor_desk: Browser, house: House
) -> None:
    """A shift limited to Dari counts for Dari only; a language that she does not speak is left out."""
    who = await house.add_staff("Zahra", languages=("en", "prs"))
    await plan(supervisor_desk, who, language="prs")
    await plan(supervisor_desk, who, day="tue", language="km")
    limited, free = await kept(house)
    assert limited.languages == {"prs"}
    assert free.languages == {"en", "prs"}
    async with house.db.transaction() as conn:
        await disable(conn, who.email, house.clock.now())
    assert await kept(house) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"from": "25:00"},
        {"from": "20:00", "to": "20:00"},
        {"day": "someday"},
        {"staff": "nobody"},
        {"from": "<script>", "to": ""},
    ],
)
async def test_bad_input_changes_nothing_and_says_why(
    supervisor_desk: Browser, house: House, counsellor: Staff, wrong: dict[str, str]
) -> None:
    """Times that are none, no day, nobody: a reason, and the rota as before."""
    assert await plan(supervisor_desk, counsellor, **wrong) == 422
    assert 'role="alert"' in supervisor_desk.page.text  # type: ignore[union-attr]  # was just opened
    assert await kept(house) == []


async def test_counsellors_read_the_rota_and_cannot_change_it(
    desk: Browser, house: House, counsellor: Staff
) -> None:
    """A counsellor sees the week without forms; her own forged form finds nothing."""
    page = await desk.open(PAGE)
    assert page.status_code == 200
    assert "Add shifts" not in words_of(page)
    assert await plan(desk, counsellor) == 404
    forged = await desk.send("/desk/rota/copy", csrf="forged", **WEEK_OF)
    assert forged.status_code == 403
    async with house.db.transaction() as conn:
        assert await conn.scalar(text("SELECT count(*) FROM rota_changes")) == 0


def test_every_line_that_the_pages_name_has_words() -> None:
    """What the code calls done or wrong is in the template of its words."""
    words = (TEMPLATES / "words_hours.html").read_text()
    code = (TEMPLATES.parent / "rota.py").read_text()
    named = {*re.findall(r'_back\(form, "(\w+)"', code), *re.findall(r'problem="(\w+)"', code)}
    named |= set(re.findall(r'(?:Refused|Conflict)\("(\w+)"\)', open(shifts.__file__).read()))  # noqa: PTH123, SIM115
    assert len(named) > 8
    assert all(f'"{name}":' in words for name in named)
