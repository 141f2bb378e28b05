"""Files and lines that are hard to read, on the desk."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from bot.hotline import cases, consent
from bot.messages import CaseId
from bot.scan import scan
from bot.store import attachments
from bot.store.tables import AttachmentRow, LineVeilRow, TranscriptRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House
from tests.support.files import PDF, picture, voice

TOLD = "he came into my room at night"


async def send_file(house: House, case_id: CaseId, data: bytes) -> UUID:
    """Let the person of a case send a file; return its id."""
    number = house.clock.new_id()
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        case = await cases.find_open(conn, party.conversation_id)
        assert case is not None
        now = house.clock.now()
        line = await cases.relay(conn, party, case, "", now=now)
        await attachments.add(conn, party, case_id, line, scan(data), number=number, at=now)
    return number


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has."""
    made = await house.add_case("hello", locale="en")
    await desk.take_next()
    return made


@pytest.mark.parametrize(
    ("data", "content_type", "way"),
    [
        (picture("PNG"), "image/jpeg", 'inline; filename="picture.jpg"'),
        (voice(), "audio/ogg", 'inline; filename="voice.ogg"'),
        (PDF, "application/pdf", 'attachment; filename="document.pdf"'),
    ],
)
async def test_a_file_is_given_out_as_what_it_is(
    desk: Browser, house: House, case_id: CaseId, data: bytes, content_type: str, way: str
) -> None:
    """With a fixed type that no browser may guess at, a neutral name, nothing to run, and nothing to keep."""
    number = await send_file(house, case_id, data)
    answer = await desk.open(f"/desk/cases/{case_id}/attachments/{number}")
    assert answer.status_code == 200
    assert answer.content == scan(data).data
    assert answer.headers["content-type"] == content_type
    assert answer.headers["content-disposition"] == way
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert (await house.audited())[-1] == ("file_read", "own")


async def test_a_part_of_a_recording(desk: Browser, house: House, case_id: CaseId) -> None:
    """A browser that asks for a part gets that part, and one that asks beyond the end gets all."""
    path = f"/desk/cases/{case_id}/attachments/{await send_file(house, case_id, voice())}"
    part = await desk.open(path, Range="bytes=4-9")
    assert (part.status_code, part.content) == (206, voice()[4:10])
    assert part.headers["content-range"] == f"bytes 4-9/{len(voice())}"
    rest = await desk.open(path, Range="bytes=4-")
    assert (rest.status_code, rest.content) == (206, voice()[4:])
    assert (await desk.open(path, Range=f"bytes={len(voice())}-")).status_code == 200


async def test_not_theirs_and_not_there_look_the_same(
    other_desk: Browser, house: House, desk: Browser, case_id: CaseId
) -> None:
    """Somebody without the case, a wrong number, a file of another case and one on its way all find nothing."""
    number = await send_file(house, case_id, picture())
    path = f"/desk/cases/{case_id}/attachments/{number}"
    second = await house.add_case(locale="en")
    answers = [
        await other_desk.open(path),
        await desk.open(f"/desk/cases/{case_id}/attachments/{second}"),
        await desk.open(f"/desk/cases/{second}/attachments/{number}"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert "file_read" not in {kind for kind, _ in await house.audited()}
    async with house.db.transaction() as conn:
        await conn.execute(AttachmentRow.__table__.update().values(state="coming"))  # type: ignore[attr-defined]
    assert (await desk.open(path)).status_code == 404


async def test_an_interpreter_sees_no_pictures(
    other_desk: Browser, house: House, desk: Browser, case_id: CaseId
) -> None:
    """Who is asked to translate a line sees its words; the file that came with it is neither shown nor given out."""
    number = await send_file(house, case_id, picture())
    async with house.db.transaction() as conn:
        line = await conn.scalar(select(AttachmentRow.line_id))
        party = await house.party_of(conn, case_id)
        sealed = party.key.seal("this is the house", "transcript.text")
        await conn.execute(
            TranscriptRow.__table__.update()  # type: ignore[attr-defined]
            .where(TranscriptRow.id == line)
            .values(text_sealed=sealed)
        )
    budi = str((await house_staff(house))["Budi"])
    await desk.open(f"/desk/cases/{case_id}")
    await desk.send(f"/desk/cases/{case_id}/lines/{line}/translation", do="ask", staff=budi)
    page = await other_desk.open("/desk/interpret")
    assert "this is the house" in page.text
    assert "attachments" not in page.text
    path = f"/desk/cases/{case_id}/attachments/{number}"
    assert (await other_desk.open(path)).status_code == 404


async def house_staff(house: House) -> dict[str, Any]:
    """Return the staff's ids by their names."""
    from bot.store.tables import StaffRow  # noqa: PLC0415

    async with house.db.transaction() as conn:
        return {row.name: row.id for row in await conn.execute(select(StaffRow))}


async def test_a_file_is_covered_with_its_line(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """While nobody is sure who writes, a file from before is neither named on the page nor given out."""
    number = await send_file(house, case_id, picture())
    await desk.open(f"/desk/cases/{case_id}")
    await desk.send(f"/desk/cases/{case_id}/check", question="My first cat?", answer="Mimi")
    await house.person_uses_safe_word(case_id, watched=True)
    await house.person_uses_safe_word(case_id, watched=False)
    page = await desk.open(f"/desk/cases/{case_id}")
    assert "Covered until you are sure" in page.text
    assert str(number) not in page.text
    assert (await desk.open(f"/desk/cases/{case_id}/attachments/{number}")).status_code == 404


async def test_the_page_shows_each_kind_as_it_should(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """A picture is a few dots with a button, a recording plays only when asked, a PDF is fetched; opening the page opens no file."""
    for data in (picture(), voice(), PDF):
        await send_file(house, case_id, data)
    page = await desk.open(f"/desk/cases/{case_id}")
    assert 'src="data:image/jpeg;base64,' in page.text
    assert "Show picture" in words_of(page)
    assert re.search(r'<audio controls preload="none" src="/desk/cases/', page.text)
    assert re.search(r'download="document.pdf"', page.text)
    assert "file_read" not in {kind for kind, _ in await house.audited()}


async def test_without_consent_the_file_is_closed(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """The consent is asked at the read: once it is withdrawn, the address that worked finds nothing."""
    path = f"/desk/cases/{case_id}/attachments/{await send_file(house, case_id, picture())}"
    assert (await desk.open(path)).status_code == 200
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=case_id)
    assert (await desk.open(path)).status_code == 404


async def veils(house: House) -> list[bool]:
    """Return what the staff have said of lines."""
    async with house.db.transaction() as conn:
        return list(await conn.scalars(select(LineVeilRow.veiled)))


async def line_path(house: House, case_id: CaseId) -> str:
    """Return the path of the newest line of a case."""
    async with house.db.transaction() as conn:
        newest = select(TranscriptRow.id).where(TranscriptRow.case_id == case_id)
        line = await conn.scalar(newest.order_by(TranscriptRow.id.desc()).limit(1))
    return f"/desk/cases/{case_id}/lines/{line}"


async def test_a_line_is_marked_and_unmarked(
    desk: Browser, supervisor_desk: Browser, house: House, case_id: CaseId
) -> None:
    """What one of the staff marks as hard to read is blurred for everybody, out of what is read aloud, until the mark is taken back."""
    await house.person_writes(case_id, TOLD)
    path = await line_path(house, case_id)
    here = f"/desk/cases/{case_id}"
    assert 'aria-hidden="true"><p class="words"' not in " ".join(
        (await desk.open(here)).text.split()
    )
    await desk.send(f"{path}/veil", veiled="yes")
    for browser in (desk, supervisor_desk):
        page = " ".join((await browser.open(here)).text.split())
        assert f'aria-hidden="true"><p class="words" dir="auto" lang="en">{TOLD}</p>' in page
        assert "Show what is hard to read" in page
    await desk.open(here)
    await desk.send(f"{path}/veil", veiled="no")
    assert await veils(house) == [False]
    assert "Show what is hard to read" not in (await desk.open(here)).text


async def test_only_who_sees_a_line_marks_it(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """Somebody without the case, and anybody while the line is covered, finds nothing to mark."""
    await house.person_writes(case_id, TOLD)
    path = await line_path(house, case_id)
    await other_desk.open("/desk/")
    assert (await other_desk.send(f"{path}/veil", veiled="yes")).status_code == 404
    await desk.open(f"/desk/cases/{case_id}")
    await desk.send(f"/desk/cases/{case_id}/check", question="My first cat?", answer="Mimi")
    await house.person_uses_safe_word(case_id, watched=True)
    assert (await desk.send(f"{path}/veil", veiled="yes")).status_code == 404
    assert await veils(house) == []


@pytest.mark.parametrize(
    ("kind", "veiled"),
    [("sexual_violence", True), ("self_harm", True), ("debt_bondage", False)],
)
async def test_what_was_shared_of_the_hardest_begins_blurred(
    desk: Browser, house: House, kind: str, veiled: bool
) -> None:
    """What was written before the hand-over and read as sexual violence or self-harm waits for whoever wants to read it."""
    made = await house.add_case(TOLD, locale="en", reading={"kinds": [kind]})
    await desk.take_next()
    page = await desk.open(f"/desk/cases/{made}")
    assert ("Show what is hard to read" in page.text) is veiled
    await desk.send(f"{await line_path(house, made)}/veil", veiled="no")
    assert "Show what is hard to read" not in (await desk.open(f"/desk/cases/{made}")).text
