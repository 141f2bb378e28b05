"""Sending a file from the desk: the form with and without script, and every refusal in words that say how to mend."""

import httpx
import pytest
from sqlalchemy import func, select

from bot.hotline import consent
from bot.messages import MAX_FILE_BYTES, CaseId
from bot.scan import scan
from bot.store.tables import AttachmentRow, OutboxRow
from tests.integration.desk.browser import HIDDEN, Browser, words_of
from tests.integration.desk.house import House
from tests.support.files import PDF, locked_pdf, picture, voice

TEN_MB = 10 * 1024 * 1024


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has, open before her."""
    made = await house.add_case("hello", locale="en")
    await desk.take_next()
    await desk.open(f"/desk/cases/{made}")
    return made


async def attach(
    desk: Browser, case_id: CaseId, data: bytes, *, htmx: bool = False, **fields: str
) -> httpx.Response:
    """Send the form of the open page with a file in it, under a name that tells something."""
    assert desk.page is not None
    filled = {"text": "", **dict(HIDDEN.findall(desk.page.text)), **fields}
    headers = {"HX-Request": "true"} if htmx else {}
    return await desk.client.post(
        f"/desk/cases/{case_id}/reply",
        data=filled,
        files={"file": ("Rina Wulandari.pdf", data, "text/html")},
        headers=headers,
    )


async def kept(house: House) -> int:
    """Return how many files are kept."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(AttachmentRow)) or 0


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (picture("PNG"), "Show picture"),
        (voice(), "A voice message to the person"),
        (PDF, "Fetch the PDF"),
    ],
    ids=["picture", "voice", "pdf"],
)
async def test_a_file_goes_into_the_talk(
    desk: Browser, house: House, case_id: CaseId, data: bytes, shown: str, htmx: bool
) -> None:
    """It stands there with its words and can still be taken back; its name is nowhere, and the log says that it was sent."""
    answer = await attach(desk, case_id, data, text="sign here", htmx=htmx)
    assert answer.status_code == (200 if htmx else 303)
    assert (await house.audited())[-1 - htmx] == ("file_sent", None)
    page = answer if htmx else await desk.open(f"/desk/cases/{case_id}")
    assert shown in page.text
    assert "sign here" in page.text
    assert "data-undo" in page.text
    assert "Rina" not in page.text
    assert "Nobody has looked into it" not in page.text
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        [row] = (await conn.execute(select(AttachmentRow))).all()
        assert party.key.open_bytes(row.bytes_sealed, "attachment.bytes") == scan(data).data


async def test_the_form_can_be_used_by_everybody(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """Without script the field itself is there, with its label and what it takes; words alone need no file."""
    page = (await desk.open(f"/desk/cases/{case_id}")).text
    assert 'enctype="multipart/form-data"' in page
    assert '<label class="attach-label" for="reply-file">Attach a file</label>' in page
    assert f'data-max="{MAX_FILE_BYTES}"' in page
    assert (await attach(desk, case_id, b"", text="words alone")).status_code == 303
    assert await kept(house) == 0
    assert "words alone" in (await desk.open(f"/desk/cases/{case_id}")).text


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"MZ\x90\x00", 415, "What works: a picture (JPEG, PNG or WebP), a PDF, or a voice note"),
        (picture()[:99], 422, "Save it once more, or send a picture of it."),
        (bytes(MAX_FILE_BYTES + 1), 413, "at most 8 MB. Make it smaller"),
        (bytes(TEN_MB), 413, "at most 8 MB. Make it smaller"),
        (locked_pdf(), 422, "Print it"),
        (b"", 422, "There is nothing to send yet."),
    ],
    ids=["type", "broken", "large", "10 MB", "locked", "empty"],
)
async def test_every_refusal_says_how_to_mend(
    desk: Browser, house: House, case_id: CaseId, data: bytes, status: int, said: str, htmx: bool
) -> None:
    """What is not taken is refused in a sentence, in the box or on a page of the desk, and nothing is kept or sent."""
    answer = await attach(desk, case_id, data, htmx=htmx)
    assert answer.status_code == status
    assert said in words_of(answer)
    assert answer.headers["content-type"].startswith("text/html")
    if htmx:
        assert answer.headers["hx-retarget"] == "#refusal"
    else:
        assert f'"/desk/cases/{case_id}' in answer.text
    assert await kept(house) == 0
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(OutboxRow)) == 0
    assert ("form_refused", None) not in await house.audited()


async def test_after_a_refusal_the_words_are_still_there(desk: Browser, case_id: CaseId) -> None:
    """A wrong file costs no words: they stand in the box of the page that says so."""
    answer = await attach(desk, case_id, b"MZ\x90\x00", text="please sign this")
    assert "please sign this</textarea>" in answer.text


async def test_refused_while_it_may_be_somebody_else(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """While the check question is due the desk says to ask it first."""
    await desk.send(f"/desk/cases/{case_id}/check", question="My first cat?", answer="Mimi")
    await house.person_uses_safe_word(case_id, watched=True)
    await desk.open(f"/desk/cases/{case_id}")
    answer = await attach(desk, case_id, picture())
    assert answer.status_code == 409
    assert "Ask the check question first" in words_of(answer)
    assert await kept(house) == 0


async def test_refused_without_consent(desk: Browser, house: House, case_id: CaseId) -> None:
    """Whoever no longer agrees to talk is sent nothing."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=case_id)
    answer = await attach(desk, case_id, picture())
    assert answer.status_code == 409
    assert "no longer agrees to talk" in words_of(answer)
    assert await kept(house) == 0


async def test_a_forged_form_brings_no_file(
    desk: Browser, other_desk: Browser, house: House, case_id: CaseId
) -> None:
    """Without the page's token, and in somebody else's case, nothing is taken; a body that is no form is none."""
    assert (await attach(desk, case_id, picture(), csrf="guessed")).status_code == 403
    await other_desk.open("/desk/")
    answer = await attach(other_desk, case_id, picture(), token="t" * 20)
    assert answer.status_code == 404
    broken = await desk.client.post(
        f"/desk/cases/{case_id}/reply",
        content=b"--x\r\nnothing",
        headers={"Content-Type": "multipart/form-data; boundary=y"},
    )
    assert broken.status_code in {400, 403}
    assert await kept(house) == 0


async def test_a_file_is_sent_once(desk: Browser, house: House, case_id: CaseId) -> None:
    """The same form sent twice is one file."""
    for _ in range(2):
        await attach(desk, case_id, picture())
    assert await kept(house) == 1
