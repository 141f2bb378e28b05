"""What Suar misunderstood, on the desk: marking, the list, one message's form and history, the export."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest

from bot.hotline.staff import Role
from bot.messages import CaseId
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.support.training import load_training_rows

SHARED = "aku Rina di Cirebon, paspor <b>ditahan</b> bos, hp 081234567890"
READING = {
    "language": "id", "intent": "documents", "confidence": 0.62,
    "risk": "none", "kinds": [], "subject": "unknown", "degraded": False,
}  # fmt: skip
FORM = {
    "intent": "disclose", "risk": "high", "kinds": "document_confiscation",
    "subject": "self", "language": "id", "confirmed": "yes",
}  # fmt: skip


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has, whose person shared what they wrote."""
    made = await house.add_case(SHARED, reading=READING)
    await desk.take_next()
    await desk.open(f"/desk/cases/{made}")
    return made


@pytest.fixture
async def campaign_desk(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    campaigner = await house.add_staff("Tari", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(campaigner.email)
        yield browser


async def mark(desk: Browser, case_id: CaseId, *, htmx: bool = False) -> str:
    """Mark the shared line; return the path of what the mark's forms are sent to."""
    page = await desk.open(f"/desk/cases/{case_id}")
    [line] = re.findall(rf'action="(/desk/cases/{case_id}/lines/\d+)/mark"', page.text)
    answer = await desk.send(f"{line}/mark", htmx=htmx, mark="not_understood")
    assert answer.status_code == (200 if htmx else 303)
    return str(line)


async def first(desk: Browser, state: str = "waiting") -> str:
    """Open the first message of a list; return its path."""
    page = await desk.open(f"/desk/review?state={state}")
    found: list[str] = re.findall(r'href="(/desk/review/[0-9a-f-]{36})"', page.text)
    await desk.open(found[0])
    return found[0]


async def send(desk: Browser, path: str, **fields: str) -> int:
    """Send a form of the open page with the version that it shows; return the status."""
    assert desk.page is not None
    [seen, *_] = re.findall(r'name="seen" value="(\d+)"', desk.page.text)
    answer = await desk.send(path, **{"seen": seen, **fields})
    return answer.status_code


async def test_a_line_is_marked_and_unmarked(desk: Browser, case_id: CaseId) -> None:
    """Under a person's message stands the mark, what becomes of it, and its undoing; also without scripts."""
    assert "Misunderstood? Not understood Wrongly flagged" in words_of(desk.page)  # type: ignore[arg-type]
    line = await mark(desk, case_id, htmx=True)
    shown = words_of(await desk.open(f"/desk/cases/{case_id}"))
    assert "Not understood kept only if the person agrees Undo" in shown
    again = await desk.send(f"{line}/mark", htmx=True, mark="not_understood")
    assert again.status_code == 409
    part = await desk.send(f"{line}/unmark", htmx=True)
    assert '<details class="line-mark" open>' in part.text
    assert (await desk.send(f"{line}/unmark")).headers["location"] == f"/desk/cases/{case_id}"


async def test_nobody_else_can_mark(
    desk: Browser, other_desk: Browser, campaign_desk: Browser, house: House, case_id: CaseId
) -> None:
    """Without access to the case a mark is refused like one for a case that never was; an unknown kind or line too."""
    line = await mark(desk, case_id)
    for browser in (other_desk, campaign_desk):
        await browser.open("/desk/settings")
        answers = [
            await browser.send(f"/desk/cases/{any_id}/lines/1/{what}", mark="wrongly_flagged")
            for any_id in (case_id, uuid4())
            for what in ("mark", "unmark")
        ]
        assert {answer.status_code for answer in answers} == {404}
    assert (await desk.send(f"{line}/mark", mark="boring")).status_code == 404
    assert (await desk.send(f"/desk/cases/{case_id}/lines/{2**70}/unmark")).status_code == 404


async def test_nothing_waits_before_the_person_agrees(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """The list is empty, in words, until the consent is there, and again when it is gone."""
    await mark(desk, case_id)
    assert "Nothing to review." in words_of(await desk.open("/desk/review"))
    await house.person_answers(case_id, learn=True)
    page = await desk.open("/desk/review")
    assert "aku name di name , paspor <b>ditahan</b> bos, hp number" in words_of(page)
    assert "081234567890" not in page.text
    path = await first(desk)
    await house.person_answers(case_id, learn=False)
    assert "Nothing to review." in words_of(await desk.open("/desk/review"))
    assert (await desk.open(path)).status_code == 404


async def test_a_campaigner_reviews_without_case_or_person(
    desk: Browser, campaign_desk: Browser, house: House, case_id: CaseId
) -> None:
    """They see the redacted text and how Suar read it; no page leads to the conversation."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    assert "What Suar misunderstood" in words_of(await campaign_desk.open("/desk/"))
    path = await first(campaign_desk)
    assert campaign_desk.page is not None
    shown = words_of(campaign_desk.page)
    for words in (
        "documents 62 %",
        "No danger told",
        "Dewi: marked",
        "legal_route – how to go and work",
    ):
        assert words in shown
    for hidden in ("/cases/", "S-1001", str(case_id), "081234567890", "Cirebon", "Web chat"):
        assert hidden not in campaign_desk.page.text
    assert 'dir="auto"' in campaign_desk.page.text
    assert await send(campaign_desk, f"{path}/save", **FORM, black="4") == 303
    assert (await campaign_desk.open(f"/desk/cases/{case_id}")).status_code == 404
    await campaign_desk.open("/desk/review?state=reviewed")
    assert (await campaign_desk.send("/desk/review/export")).status_code == 404


async def test_a_review_is_saved_shown_and_undone(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """Labels, blackened words and every step stand on the page; undoing lets the message wait with its labels."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    path = await first(desk)
    assert await send(desk, f"{path}/save", **FORM, black="0") == 303
    shown = words_of(await desk.open(path))
    assert "words blackened: 1" in shown
    assert "Dewi: reviewed" in shown
    assert "Before: documents · No danger told · Indonesian" in shown
    assert "After: disclose · High risk · Papers or phone taken away · About themselves" in shown
    assert await send(desk, f"{path}/undo") == 303
    page = await desk.open(path)
    assert '<option value="disclose" selected>' in page.text
    assert "Dewi: undone" in words_of(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"intent": "weather"}, "Choose what the message is about."),
        ({"risk": ""}, "Choose how much danger it tells of."),
        ({"kinds": "boredom"}, "One of the kinds of danger is unknown."),
        ({"subject": "everybody"}, "Choose whom it is about."),
        ({"language": "../../etc"}, "Choose the language."),
        ({"confirmed": ""}, "Confirm that nobody can be recognised."),
    ],
)
async def test_what_is_missing_is_said(
    desk: Browser, house: House, case_id: CaseId, wrong: dict[str, str], said: str
) -> None:
    """Nothing is saved with a label that the taxonomy does not know, or unread; the form keeps what was chosen."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    path = await first(desk)
    assert desk.page is not None
    [seen, *_] = re.findall(r'name="seen" value="(\d+)"', desk.page.text)
    answer = await desk.send(f"{path}/save", **{**FORM, "seen": seen, "black": "1", **wrong})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert 'value="1" checked' in answer.text
    assert "To review 1" in words_of(await desk.open("/desk/review"))


async def test_a_text_of_bars_alone_is_not_saved(
    desk: Browser, house: House, case_id: CaseId
) -> None:
    """When no word would be left, the page says that the message is not usable, which takes a reason."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    path = await first(desk)
    assert desk.page is not None
    numbers = re.findall(r'name="black" value="(\d+)"', desk.page.text)
    [seen, *_] = re.findall(r'name="seen" value="(\d+)"', desk.page.text)
    csrf = re.findall(r'name="csrf" value="([^"]*)"', desk.page.text)[0]
    data = {**FORM, "csrf": csrf, "seen": seen, "black": numbers}
    answer = await desk.client.post(f"{path}/save", data=data)
    assert (answer.status_code, "No word would be left." in words_of(answer)) == (422, True)
    assert await send(desk, f"{path}/unusable", reason="boring") == 422
    assert await send(desk, f"{path}/unusable", reason="tells_who") == 303
    shown = words_of(await desk.open(path))
    assert "Dewi: not usable" in shown
    assert "It still tells who somebody is" in shown


async def test_an_old_page_changes_nothing(desk: Browser, house: House, case_id: CaseId) -> None:
    """Who saves what somebody else has saved meanwhile is told that somebody was faster."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    path = await first(desk)
    assert await send(desk, f"{path}/save", **FORM) == 303
    assert await send(desk, f"{path}/save", **FORM) == 409
    for action in ("save", "undo", "unusable"):
        answer = await desk.send(f"/desk/review/{uuid4()}/{action}", **FORM, reason="other")
        assert answer.status_code == 404


async def test_a_supervisor_exports_rows_that_train(
    desk: Browser, supervisor_desk: Browser, house: House, case_id: CaseId, tmp_path: Path
) -> None:
    """The archive holds a file a language as the loader reads it, and the history; without anything reviewed it says so."""
    await mark(desk, case_id)
    await house.person_answers(case_id, learn=True)
    await supervisor_desk.open("/desk/review")
    empty = await supervisor_desk.send("/desk/review/export")
    assert empty.headers["location"] == "/desk/review?said=nothing_reviewed"
    path = await first(desk)
    assert await send(desk, f"{path}/save", **FORM) == 303
    answer = await supervisor_desk.send("/desk/review/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert sorted(archive.namelist()) == ["history.jsonl", "id/reviewed.yml"]
        archive.extractall(tmp_path)
    [row] = load_training_rows(tmp_path)
    assert row["text"].endswith("paspor <b>ditahan</b> bos, hp [number]")
    assert (row["intent"], row["risk"], row["language"]) == ("disclose", "high", "id")
    assert "Exported 1" in words_of(await desk.open("/desk/review?state=exported"))
    history = (tmp_path / "history.jsonl").read_text()
    for hidden in (str(case_id), "Dewi", "Rani", "S-1001"):
        assert hidden not in history


async def test_auditors_find_nothing(house: House) -> None:
    """The page is not there for whoever neither talks with people nor campaigns."""
    auditor = await house.add_staff("Adi", Role.AUDITOR)
    async with open_browser(house) as browser:
        await browser.sign_in(auditor.email)
        assert (await browser.open("/desk/review")).status_code == 404
        assert "/desk/review" not in (await browser.open("/desk/")).text


async def test_the_page_is_read_in_indonesian(house: House) -> None:
    """The taxonomy's lines come in the language of the desk, like everything else on the page."""
    other = House(house.db, house.content, words=house.content.words)
    case_id = await other.add_case("halo", reading=READING)
    counsellor = await other.add_staff("Sari", locale="id")
    async with open_browser(other) as desk:
        await desk.sign_in(counsellor.email)
        await desk.take_next()
        await mark(desk, case_id)
        await other.person_answers(case_id, learn=True)
        await first(desk)
        assert desk.page is not None
        shown = words_of(desk.page)
    assert "cara pergi dan bekerja ke luar negeri secara resmi" in shown
    assert "Seberapa besar bahaya yang diceritakan" in shown
