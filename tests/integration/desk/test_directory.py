"""The directory on the desk: the lists, one entry, the form for a check, and who may use it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.content.directory import FRESH
from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

ENTRY = "/desk/directory/sapa-129"
FORM = {"tried": "call", "result": "ok", "hours": "yes", "scope": "yes", "note": ""}


async def check(desk: Browser, path: str = ENTRY, **changed: str) -> int:
    """Send the form of an entry with the day that it suggests; return the status."""
    page = await desk.open(path)
    day = page.text.split('name="on" value="')[1][:10]
    answer = await desk.send(f"{path}/check", **{"on": day, **FORM, **changed})
    desk.page = answer if answer.status_code == 422 else desk.page
    return answer.status_code


async def test_everybody_of_the_staff_reads(house: House) -> None:
    """Every role finds the page in the frame, with all entries but those for nobody, and no form for most."""
    for number, role in enumerate(Role):
        staff = await house.add_staff(f"Somebody{number}", role)
        async with open_browser(house) as browser:
            await browser.sign_in(staff.email)
            assert 'href="/desk/directory"' in (await browser.open("/desk/")).text
            page = await browser.open("/desk/directory")
            shown = words_of(page)
            assert "Entries 104" in shown
            assert "Immigration hotline" not in shown
            assert "Not for people: staff only" in shown
            entry = await browser.open(ENTRY)
            assert ("Record a check" in words_of(entry)) == (role in {Role.SUPERVISOR, Role.ADMIN})


async def test_a_stranger_finds_the_door(stranger: Browser) -> None:
    """Nobody reads the directory of the staff without signing in."""
    assert (await stranger.open("/desk/directory")).status_code == 303
    assert (await stranger.open(ENTRY)).status_code == 303


async def test_what_is_for_nobody_or_unknown_is_not_there(supervisor_desk: Browser) -> None:
    """From outside, an entry that must never be shown looks like one that never was."""
    for name in ("imigrasi-hotline", "unheard-of", "..%2Fetc"):
        assert (await supervisor_desk.open(f"/desk/directory/{name}")).status_code == 404


async def test_one_entry_stands_there_whole(desk: Browser) -> None:
    """Its rules, numbers as links, hours in its zone, source, and the notes for the staff."""
    page = await desk.open("/desk/directory/komnas-perempuan")
    shown = words_of(page)
    for words in (
        "This is a complaints service.",
        "Monday , Tuesday , Wednesday , Thursday , Friday 09:00–16:00".replace(" ,", ","),
        "Asia/Jakarta",
        "Dark: never checked",
        "Nobody has checked this entry yet.",
        "Tempo",
        "check.",
    ):
        assert words in shown, words
    assert 'href="tel:+62213903963"' in page.text
    assert 'href="https://wa.me/628111129129"' in (await desk.open(ENTRY)).text


async def test_a_check_lights_an_entry_and_time_darkens_it(
    supervisor_desk: Browser, house: House
) -> None:
    """Kept with who, how and when; off the list; warned of in time; dark after 90 days and back on the list."""
    assert "To check again 104" in words_of(await supervisor_desk.open("/desk/directory"))
    assert await check(supervisor_desk, note="asked for the night line") == 303
    entry = words_of(await supervisor_desk.open(f"{ENTRY}?said=check_kept"))
    for words in ("Shown to people", "Rani: All is right", "A call", "asked for the night line"):
        assert words in entry
    assert "To check again 103" in words_of(await supervisor_desk.open("/desk/directory"))
    for days, count, light in ((77, 104, "Goes dark on"), (92, 104, "Dark: last check too old")):
        house.clock.ahead = timedelta(days=days)
        await supervisor_desk.sign_in("rani@example.org")
        page = await supervisor_desk.open("/desk/directory?due=all")
        assert f"To check again {count}" in words_of(page)
        due = page.text.split('id="all-title"')[0]
        assert due.rfind("/desk/directory/") == due.find(ENTRY), "the newest check comes last"
        assert light in words_of(await supervisor_desk.open(ENTRY))
    assert timedelta(days=90) == FRESH


async def test_wrong_is_said_and_taken_back(
    supervisor_desk: Browser, other_supervisor: Browser
) -> None:
    """What was found wrong is dark; only who said so takes it back; the history keeps both."""
    assert await check(supervisor_desk) == 303
    assert await check(supervisor_desk, result="wrong", note="moved away") == 303
    page = await supervisor_desk.open(ENTRY)
    assert "Dark: found wrong" in words_of(page)
    number = page.text.split('name="check" value="')[1].split('"')[0]
    seen = await other_supervisor.open(ENTRY)
    assert "Take this check back" not in words_of(seen)
    assert (await other_supervisor.send(f"{ENTRY}/undo", check=number)).status_code == 409
    await supervisor_desk.open(ENTRY)
    assert (await supervisor_desk.send(f"{ENTRY}/undo", check=number)).status_code == 303
    shown = words_of(await supervisor_desk.open(ENTRY))
    assert "Shown to people" in shown
    assert "moved away" in shown
    assert "Taken back:" in shown
    for wrong in (number, "x", "9" * 30, ""):
        assert (await supervisor_desk.send(f"{ENTRY}/undo", check=wrong)).status_code == 409


@pytest.fixture
async def other_supervisor(house: House) -> AsyncIterator[Browser]:
    """Another supervisor's browser, signed in."""
    other = await house.add_staff("Wati", Role.SUPERVISOR)
    async with open_browser(house) as browser:
        await browser.sign_in(other.email)
        yield browser


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": ""}, "Choose the day of the check"),
        ({"on": "2020-01-01"}, "Choose the day of the check"),
        ({"tried": ""}, "Choose what you tried."),
        ({"result": "fine"}, "Choose what came of it."),
        ({"hours": ""}, "Say whether the hours are right."),
        ({"scope": ""}, "Say whether it helps whom"),
        ({"hours": "no"}, "choose that something is wrong"),
        ({"result": "wrong"}, "Write what is wrong"),
        ({"note": "x" * 501}, "The note is too long."),
    ],
)
async def test_what_is_missing_is_said(
    supervisor_desk: Browser, wrong: dict[str, str], said: str
) -> None:
    """Nothing is kept; the form keeps what was chosen."""
    assert await check(supervisor_desk, **{"tried": "visit", **wrong}) == 422
    assert supervisor_desk.page is not None
    assert said in words_of(supervisor_desk.page)
    if "tried" not in wrong:
        assert 'name="tried" value="visit" required checked' in supervisor_desk.page.text
    assert "Nobody has checked this entry yet." in words_of(await supervisor_desk.open(ENTRY))


async def test_an_entry_to_be_tested_first_needs_its_hours(supervisor_desk: Browser) -> None:
    """It is lit only once somebody has confirmed its hours."""
    path = "/desk/directory/kpai"
    assert await check(supervisor_desk, path, hours="unknown") == 422
    assert await check(supervisor_desk, path) == 303
    assert "Shown to people" in words_of(await supervisor_desk.open(path))


async def test_counsellors_cannot_record(desk: Browser) -> None:
    """Without the right to it, the form's address is not there either."""
    await desk.open(ENTRY)
    for what in ("check", "undo"):
        assert (await desk.send(f"{ENTRY}/{what}", **FORM)).status_code == 404


@pytest.mark.parametrize(
    ("query", "names", "count"),
    [
        ("need=danger", ("Polri 110", "Hong Kong Police"), 2),
        ("place=TW", ("Taiwan 1955", "KP2MI"), None),
        ("need=danger&place=HK", ("Hong Kong Police",), 1),
        ("language=zh", ("Taiwan 1955",), 1),
        ("need=danger&language=yue", ("Hong Kong Police",), 1),
        ("q=1955", ("Taiwan 1955",), 1),
        ("q=taipei+KDEI", ("KDEI Taipei",), 1),
        ("q=%3Cscript%3E", (), 0),
        ("need=unheard&q=rainlily", ("RainLily",), 1),
    ],
)
async def test_the_list_is_searched(
    desk: Browser, query: str, names: tuple[str, ...], count: int | None
) -> None:
    """By need, by place and by words, and all of them together."""
    page = await desk.open(f"/desk/directory?{query}")
    found = page.text.split('id="all-title"')[1]
    for name in names:
        assert name in found
    assert (
        "<script>" not in found.split('class="card-body directory-search"')[1].split("</form>")[0]
    )
    assert count is None or found.count('class="person misread"') == count
    assert count != 0 or "No entry fits." in found


async def test_the_words_are_those_of_the_chat_in_the_staffs_language(house: House) -> None:
    """Needs, places and the entries themselves come in Indonesian; a search in it finds them."""
    other = House(house.db, house.content, words=house.content.words)
    staff = await other.add_staff("Sari", Role.SUPERVISOR, locale="id")
    async with open_browser(other) as browser:
        await browser.sign_in(staff.email)
        page = await browser.open("/desk/directory?q=hukum&need=legal")
        shown = words_of(page)
        assert "Bantuan hukum" in shown
        assert "Gelap: belum pernah diperiksa" in shown
        entry = words_of(await browser.open(ENTRY))
    assert "Catat pemeriksaan" in entry
    assert "Perempuan dan anak" in entry
