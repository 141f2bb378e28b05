"""Browsers that are listed and ended, fresh codes before what concerns people, what is hidden, and what is written down."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.messages import CaseId
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import PASSWORD, House

NUMBER = "0812-3456-7890"
ENDS = re.compile(r'action="(/desk/settings/browsers/[0-9a-f-]{36}/end)"')


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has, whose person wrote a number."""
    made = await house.add_case(f"my boss is at {NUMBER}\n<b>now</b>")
    await desk.take_next()
    return made


async def test_browsers_are_listed_and_one_is_ended(
    desk: Browser, stranger: Browser, counsellor: Staff, house: House
) -> None:
    """Somebody sees where they are signed in, and ends the phone that they have lost."""
    stranger.client.headers["user-agent"] = "Mozilla/5.0 (Android 15) Firefox/143.0"
    await stranger.sign_in(counsellor.email)
    page = await desk.open("/desk/settings")
    assert "Firefox · Android" in words_of(page)
    assert words_of(page).count("this one") == 1
    [end] = ENDS.findall(page.text)
    assert (await desk.send(end)).headers["location"] == "/desk/settings?said=browser_ended"
    assert (await stranger.open("/desk/")).headers["location"] == "/desk/sign-in"
    assert (await desk.open("/desk/")).status_code == 200
    assert ("session_ended", None) in await house.audited()


async def test_all_others_are_ended_at_once(
    desk: Browser, stranger: Browser, counsellor: Staff, house: House
) -> None:
    """One press, and only the browser at hand is left."""
    await stranger.sign_in(counsellor.email)
    await desk.open("/desk/settings")
    await desk.send("/desk/settings/browsers/end")
    assert (await stranger.open("/desk/")).status_code == 303
    assert ENDS.findall((await desk.open("/desk/settings")).text) == []


async def test_nobody_ends_anybody_elses_browser(
    desk: Browser, other_desk: Browser, stranger: Browser, counsellor: Staff
) -> None:
    """Somebody else's and one that never was look the same, and go on."""
    await stranger.sign_in(counsellor.email)
    [theirs] = ENDS.findall((await desk.open("/desk/settings")).text)
    await other_desk.open("/desk/settings")
    answers = [
        await other_desk.send(path) for path in (theirs, f"/desk/settings/browsers/{uuid4()}/end")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert (await stranger.open("/desk/")).status_code == 200


async def test_changing_the_password_keeps_the_second_step(desk: Browser, house: House) -> None:
    """Whoever has just given a code is not asked again for having changed the password."""
    await desk.open("/desk/settings")
    await desk.send("/desk/settings/password", current=PASSWORD, password="a new long one")
    assert (await desk.open("/desk/")).status_code == 200
    assert ("password_changed", None) in await house.audited()


async def test_what_leads_to_the_person_is_hidden_until_a_reason_is_given(
    desk: Browser, case_id: CaseId, house: House
) -> None:
    """A mark stands in the number's place; with a reason it shows, as text, and the reason is written down."""
    page = await desk.open(f"/desk/cases/{case_id}")
    assert NUMBER not in page.text
    assert '<span class="gap">number</span>\n&lt;b&gt;now&lt;/b&gt;</p>' in page.text
    without = await desk.send(f"/desk/cases/{case_id}/unmask")
    assert without.headers["location"] == f"/desk/cases/{case_id}?said=choose_reason"
    assert NUMBER not in (await desk.open(f"/desk/cases/{case_id}")).text
    answer = await desk.send(f"/desk/cases/{case_id}/unmask", reason="danger")
    assert answer.headers["location"] == f"/desk/cases/{case_id}?said=unmasked"
    page = await desk.open(f"/desk/cases/{case_id}")
    assert f"{NUMBER}\n&lt;b&gt;now&lt;/b&gt;</p>" in page.text
    assert "Why do you need them?" not in page.text
    assert ("case_unmasked", "danger") in await house.audited()


async def test_who_only_oversees_does_not_see_the_name(
    desk: Browser, supervisor_desk: Browser, house: House
) -> None:
    """The counsellor calls the person by it; the supervisor has to say why they want it."""
    made = await house.add_case(wishes={"name": "Kak Ray"})
    await desk.take_next()
    assert "Kak Ray" in (await desk.open(f"/desk/cases/{made}")).text
    assert "Something is hidden" not in desk.page.text
    page = await supervisor_desk.open(f"/desk/cases/{made}")
    assert "Kak Ray" not in page.text
    await supervisor_desk.send(f"/desk/cases/{made}/unmask", reason="complaint")
    assert "Kak Ray" in (await supervisor_desk.open(f"/desk/cases/{made}")).text


async def test_an_old_code_is_asked_for_again_before_anything_is_shown(
    desk: Browser, case_id: CaseId, counsellor: Staff, house: House
) -> None:
    """Ten minutes after the code, a reason alone shows nothing: a code comes first, then the page again, with its talk."""
    house.clock.ahead += timedelta(minutes=11)
    await desk.open(f"/desk/cases/{case_id}")
    token = desk.client.cookies["suar_desk"]
    answer = await desk.send(f"/desk/cases/{case_id}/unmask", reason="danger")
    wanted = answer.headers["location"]
    assert wanted == f"/desk/code?next=%2Fdesk%2Fcases%2F{case_id}"
    assert ("case_unmasked", "danger") not in await house.audited()
    answer = await desk.give_code(house.code_of(counsellor), wanted)
    assert answer.headers["location"] == f"/desk/cases/{case_id}?said=code_given"
    assert desk.client.cookies["suar_desk"] == token
    await desk.open(f"/desk/cases/{case_id}")
    answer = await desk.send(f"/desk/cases/{case_id}/unmask", reason="danger")
    assert answer.headers["location"] == f"/desk/cases/{case_id}?said=unmasked"


async def test_an_export_asks_for_a_fresh_code(supervisor_desk: Browser, house: House) -> None:
    """What leaves the house leaves it with a code of the last ten minutes."""
    await supervisor_desk.open("/desk/review")
    answer = await supervisor_desk.send("/desk/review/export")
    assert answer.headers["location"] == "/desk/review?said=nothing_reviewed"
    house.clock.ahead += timedelta(minutes=11)
    answer = await supervisor_desk.send("/desk/review/export")
    assert answer.headers["location"] == "/desk/code?next=%2Fdesk%2Freview"
    kinds = [kind for kind, _ in await house.audited()]
    assert kinds.count("reviewed_exported") == 1


async def test_reads_and_refusals_are_written_down(
    desk: Browser, other_desk: Browser, supervisor_desk: Browser, case_id: CaseId, house: House
) -> None:
    """Opening a conversation is a line with its why; another's and one that never was are refused alike, and both noted."""
    noted = len(await house.audited())
    await desk.open(f"/desk/cases/{case_id}")
    await supervisor_desk.open(f"/desk/cases/{case_id}")
    await other_desk.open("/desk/settings")
    for path in (f"/desk/cases/{case_id}", f"/desk/cases/{uuid4()}"):
        pages = [
            await other_desk.client.get(path),
            await other_desk.part(f"{path}/parts/conversation"),
        ]
        assert [page.status_code for page in pages] == [404, 404]
        unmask = await other_desk.send(f"{path}/unmask", reason="danger")
        assert unmask.status_code == 404
    assert (await house.audited())[noted:] == [
        ("case_read", "own"),
        ("case_read", "oversight"),
        *[("case_refused", None)] * 6,
    ]


async def test_a_forged_form_is_written_down(desk: Browser, house: House) -> None:
    """A form that is not from our page has no effect but a line."""
    answer = await desk.client.post("/desk/next", data={"csrf": "forged"})
    assert answer.status_code == 403
    assert (await house.audited())[-1] == ("form_refused", None)


async def test_wrong_passwords_are_written_down_without_the_address(
    stranger: Browser, counsellor: Staff, house: House
) -> None:
    """A wrong password and an unknown address each leave one line."""
    for email in (counsellor.email, "nobody@example.org"):
        await stranger.sign_in(email, "not the password")
    assert await house.audited() == [("sign_in_failed", None)] * 2


@pytest.fixture
async def auditor_desk(house: House) -> object:
    """An auditor's browser, signed in."""
    auditor = await house.add_staff("Tari", Role.AUDITOR)
    async with open_browser(house) as browser:
        await browser.sign_in(auditor.email)
        yield browser


async def test_an_auditor_reads_who_did_what_and_no_text(
    desk: Browser, auditor_desk: Browser, case_id: CaseId, house: House
) -> None:
    """Who, when, which conversation and why stand on the page; what was said does not, and no way leads to it."""
    await desk.open(f"/desk/cases/{case_id}")
    assert 'href="/desk/audit"' in (await auditor_desk.open("/desk/")).text
    page = await auditor_desk.open("/desk/audit")
    shown = words_of(page)
    assert "Dewi Read a conversation S-1001 has the conversation" in shown
    assert "my boss" not in page.text
    assert str(case_id) not in page.text
    assert (await auditor_desk.open(f"/desk/cases/{case_id}")).status_code == 404
    head = re.search(r"<code[^>]*>(\d+:[a-p]{32})</code>", page.text)
    assert head is not None


async def test_the_log_is_narrowed_and_paged(
    desk: Browser, auditor_desk: Browser, counsellor: Staff, case_id: CaseId
) -> None:
    """By who, what, conversation and day; older lines are a press away and keep what was asked for."""
    for _ in range(52):
        await desk.open(f"/desk/cases/{case_id}")
    page = await auditor_desk.open("/desk/audit?case=s-1001&kind=case_read")
    assert page.text.count("<tr>") == 51
    [older] = re.findall(r'href="(/desk/audit\?[^"]*before=[^"]*)"', page.text)
    rest = await auditor_desk.open(older.replace("&amp;", "&"))
    assert rest.text.count("<tr>") == 3
    assert "Older lines" not in rest.text
    for query in ("case=S-9999", "kind=code_wrong", "since=2999-01-01", f"staff={uuid4()}"):
        assert "No line fits." in words_of(await auditor_desk.open(f"/desk/audit?{query}"))
    odd = await auditor_desk.open("/desk/audit?before=x&since=y&staff=z&kind=w&until=0")
    assert odd.status_code == 200
