"""What an open conversation fetches again: what it lacks and no more, and every look at something new is written down."""

import re
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import event

from bot.hotline.staff import Staff
from bot.messages import CaseId
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House

SEEN = re.compile(r'name="seen" value="(\w+)"')
LINE = re.compile(r'data-line="(\d+)"')


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation in which the person has written a first line."""
    made = await house.add_case("before the hand-over")
    await desk.take_next()
    await house.person_writes(made, "one")
    await desk.open(f"/desk/cases/{made}")
    return made


def _version(page: httpx.Response | None) -> str:
    assert page is not None
    [version] = SEEN.findall(page.text)
    return version


async def _look(desk: Browser, case_id: CaseId, seen: str) -> httpx.Response:
    return await desk.part(f"/desk/cases/{case_id}/parts/conversation?seen={seen}")


async def test_what_the_person_wrote_comes_alone_and_once(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """The open page gets the new lines in their order, for the place below what it shows; then there is nothing more."""
    seen = _version(desk.page)
    await house.person_writes(case_id, "two")
    await house.person_writes(case_id, "<b>three</b>")
    answer = await _look(desk, case_id, seen)
    assert answer.headers["hx-retarget"] == "#newest"
    assert answer.headers["hx-reswap"] == "beforeend"
    assert answer.headers["x-desk-after"] == seen
    assert len(LINE.findall(answer.text)) == 2
    assert re.findall(r'lang="id">(.*?)</p>', answer.text) == ["two", "&lt;b&gt;three&lt;/b&gt;"]
    assert "before the hand-over" not in answer.text
    assert (await _look(desk, case_id, _version(answer))).status_code == 204
    assert _version(await desk.open(f"/desk/cases/{case_id}")) == _version(answer)


async def test_a_number_among_the_new_words_is_hidden(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """What leads to the person is as hidden in a line that comes alone as in one that was there before."""
    for words in ("my number is 0812-3456-7890", "or 0812-3456-7891"):
        seen = _version(await desk.open(f"/desk/cases/{case_id}"))
        await house.person_writes(case_id, words)
        answer = await _look(desk, case_id, seen)
        assert "0812" not in answer.text
    # With the first, the page also learns that something is hidden; the second has only the line.
    assert "x-desk-after" in answer.headers


async def test_a_change_above_has_all_drawn_anew(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """A reply of one's own, and a version that is none, bring the whole talk."""
    seen = _version(desk.page)
    await desk.send(f"/desk/cases/{case_id}/reply", htmx=True, text="I am here")
    await house.person_writes(case_id, "two")
    for before in (seen, "", "nonsense"):
        answer = await _look(desk, case_id, before)
        assert "x-desk-after" not in answer.headers
        assert {"before the hand-over", "one", "I am here", "two"} <= set(
            re.findall(r'lang="id">(.*?)</p>', answer.text)
        )


async def test_nothing_comes_after_the_consent_has_ended(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """Whoever leaves takes the talk with them: the page that asks for what it lacks loses what it shows."""
    seen = _version(desk.page)
    await house.person_writes(case_id, "two")
    await house.person_leaves(case_id)
    answer = await _look(desk, case_id, seen)
    assert "x-desk-after" not in answer.headers
    assert "The person has left this conversation" in words_of(answer)
    assert LINE.findall(answer.text) == []


async def test_somebody_else_gets_nothing_with_a_good_version(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """The version opens no door: a colleague who has seen it over a shoulder finds no such conversation."""
    seen = _version(desk.page)
    await house.person_writes(case_id, "two")
    answer = await _look(other_desk, case_id, seen)
    assert answer.status_code == 404
    assert "two" not in answer.text


async def test_every_look_at_new_lines_is_a_line_in_the_audit_log(
    desk: Browser, house: House, case_id: CaseId, counsellor: Staff
) -> None:
    """Lines that come alone are noted as the whole talk is; a look that finds nothing new is not."""
    before = (await house.audited()).count(("case_read", "own"))
    seen = _version(desk.page)
    for count, words in enumerate(("two", "three"), 1):
        await house.person_writes(case_id, words)
        seen = _version(await _look(desk, case_id, seen))
        await _look(desk, case_id, seen)
        assert (await house.audited()).count(("case_read", "own")) == before + count


async def test_a_look_is_few_journeys_to_the_database(
    desk: Browser, house: House, case_id: CaseId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks, the whole conversation, and for what is new the line in the log with its lock before: statements travel together."""
    journeys: list[str] = []
    pipeline = psycopg.AsyncConnection.pipeline

    def counted(conn: Any) -> Any:
        journeys.append("batch")
        return pipeline(conn)

    def alone(*statement: Any) -> None:
        journeys.append(statement[2])

    monkeypatch.setattr(psycopg.AsyncConnection, "pipeline", counted)
    event.listen(house.db.engine.sync_engine, "before_cursor_execute", alone)
    seen = _version(desk.page)
    assert (await _look(desk, case_id, seen)).status_code == 204
    assert journeys == ["batch"] * 3
    await house.person_writes(case_id, "two")
    journeys.clear()
    assert (await _look(desk, case_id, seen)).status_code == 200
    assert journeys == ["batch"] * 4
