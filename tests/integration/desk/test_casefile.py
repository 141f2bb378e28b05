"""The case file: texts with versions, danger over time, those around the person, days at their pace, and their wish to read it."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest
from jinja2 import Environment
from sqlalchemy import func, select

from bot.content.casework import ROLES, STAGES, WrapUp
from bot.content.load import Content
from bot.desk.web.casefile import Around
from bot.desk.web.pages import TEMPLATES, Pages
from bot.desk.web.risk_chart import draw_risks
from bot.hotline import casefile_days, cases, check_question, consent
from bot.hotline.casefile import INVOLVE, TEXTS, RiskPoint
from bot.hotline.casefile_days import Pace
from bot.hotline.referrals.states import PERSON_NO, REASONS, WITHDRAWN, State
from bot.hotline.staff import Staff, get_by_email
from bot.messages import CaseId, Incoming, IncomingKind
from bot.store import belongings, follow_ups
from bot.store.files import OWNED, SEALED
from bot.store.tables import Base, CaseRow, FileDateRow, FileTextRow
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import LOCALES, House, Words
from tests.support.search import find_in_database

AROUND = {
    "who": "Aunt Sulastri", "family": "yes", "purpose": "fetch my papers",
    "channel": "her own phone", "may_know": "that I am on my way", "agreed": "yes",
}  # fmt: skip


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has."""
    made = await house.add_case("my boss keeps my passport", locale="en")
    await desk.take_next()
    return made


@pytest.fixture
def here(case_id: CaseId) -> str:
    """The path of its file."""
    return f"/desk/cases/{case_id}/file"


async def write(desk: Browser, here: str, text: str, kind: str = "summary") -> int:
    """Write a text on the page as it stands now; return the status."""
    page = await desk.open(here)
    seen = re.search(
        rf'name="kind" value="{kind}">\s*<input type="hidden" name="seen" value="(\d+)"', page.text
    )
    assert seen
    answer = await desk.send(f"{here}/text", kind=kind, text=text, seen=seen[1])
    return answer.status_code


async def later(house: House, case_id: UUID) -> None:
    """Let the person agree to be written to first."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.record(
            conn, party, consent.CONTACT_LATER, granted=True, text_version="v", locale="en",
            at=house.clock.now(), case_id=case_id,
        )  # fmt: skip


async def days(house: House) -> list[date]:
    """Return the days that are planned."""
    async with house.db.transaction() as conn:
        planned = select(FileDateRow.on).where(FileDateRow.state == "planned")
        return list(await conn.scalars(planned.order_by(FileDateRow.on)))


async def test_every_version_stays_with_who_wrote_it(
    desk: Browser, house: House, here: str
) -> None:
    """A second text lies over the first, which can still be read; the same words again make no version."""
    for text in (
        "Wants to go home.",
        "Wants to go home, not to her uncle.",
        "Wants to go home, not to her uncle.",
    ):
        assert await write(desk, here, text) == 303
    page = words_of(await desk.open(here))
    assert "Versions: 2" in page
    assert page.index("not to her uncle") < page.rindex("Wants to go home. ")
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(FileTextRow)) == 2


async def test_nobody_overwrites_what_they_have_not_seen(desk: Browser, here: str) -> None:
    """Whoever saves an older page is told so, and their words are still there."""
    await write(desk, here, "first")
    await desk.open(here)
    answer = await desk.send(f"{here}/text", kind="summary", text="<i>second</i>", seen="0")
    assert answer.status_code == 422
    assert "Somebody else has written here" in words_of(answer)
    assert "&lt;i&gt;second&lt;/i&gt;" in answer.text


async def test_it_is_one_file_over_all_talks(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """A later talk of the same person opens the same file, with both talks and how danger went."""
    await write(desk, here, "Wants to go home.")
    await house.talks.close(await _dewi(house), case_id, "helped")
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        second, _ = await cases.open_case(
            conn, party, clock=house.clock, lookup=house.people.lookup, reference="S-2000",
            passphrase=("a", "b", "c", "d"), risk=Risk(RiskLevel.CONCERN, (), "self"),
            locale="en", share=(),
        )  # fmt: skip
        await consent.record(
            conn, party, consent.TALK, granted=True, text_version="v", locale="en",
            at=house.clock.now(), case_id=second,
        )  # fmt: skip
    await desk.take_next()
    page = await desk.open(f"/desk/cases/{second}/file")
    words = words_of(page)
    assert "Wants to go home." in words
    assert "S-1001" in words
    assert "High risk" in words
    assert page.text.count('class="chart-mark"') == 2


async def test_leaving_shuts_the_file(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """Once the person has left, what was written is not read any more."""
    await write(desk, here, "Wants to go home.")
    await house.person_leaves(case_id)
    answer = await desk.open(here)
    assert answer.status_code == 409
    assert "Wants to go home." not in answer.text


async def test_while_somebody_else_may_be_writing_the_file_is_shut(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """Once somebody may have had the phone, nothing of the file is shown until the check question is answered; closing asks for no page that is shut."""
    wrap_up = house.content.wrap_up.model_copy(update={"required": True})
    house.talks.conversations.content = _with(house, wrap_up)
    await write(desk, here, "Wants to go home.")
    dewi, now = await _dewi(house), house.clock.now
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        agreed = {"question": "What colour is the boat?", "answer": "blue", "now": now()}
        await check_question.agree(conn, party, dewi, case_id, **agreed)
    assert "Wants to go home." in (await desk.open(here)).text
    house.clock.ahead += timedelta(minutes=1)
    await house.person_uses_safe_word(case_id, watched=True)
    answer = await desk.open(here)
    assert answer.status_code == 409
    assert "until the check question is answered" in answer.text
    assert "Wants to go home." not in answer.text
    async with house.db.transaction() as conn:
        await check_question.judge(conn, dewi, case_id, right=True, now=now())
    assert "Wants to go home." in (await desk.open(here)).text
    async with house.db.transaction() as conn:
        await check_question.judge(conn, dewi, case_id, right=False, now=now())
    await desk.open(f"/desk/cases/{case_id}")
    answer = await desk.send(f"/desk/cases/{case_id}/close", outcome="no_answer")
    assert answer.headers["location"].startswith("/desk/?said=closed")


async def test_family_is_a_consent_like_any_other(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """Somebody is involved only once the person has said yes to exactly this, and it ends with one press, at once."""
    await desk.open(here)
    refused = await desk.send(f"{here}/people", **{**AROUND, "agreed": ""})
    assert refused.status_code == 422
    assert (await desk.send(f"{here}/people", **AROUND)).status_code == 303
    page = await desk.open(here)
    assert "May know: that I am on my way" in words_of(page)
    [end] = re.findall(rf'action="({here}/people/[^"]+/end)"', page.text)
    assert (await desk.send(end)).status_code == 303
    words = words_of(await desk.open(here))
    assert "May know: nothing any more" in words
    assert (await desk.send(end)).status_code == 404
    async with house.db.transaction() as conn:
        assert not await consent.holds(conn, case_id, INVOLVE + end.split("/")[-2])


async def test_never_twice_on_one_day(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """A day is planned only with the person's consent, once, and the bot keeps quiet on it."""
    day = house.clock.now().astimezone(follow_ups.ZONE).date() + timedelta(days=3)
    form = {"on": day.isoformat(), "purpose": "the letter from the office"}
    await desk.open(here)
    unwanted = await desk.send(f"{here}/days", **form)
    assert "does not want to be written to first. Ask them" in words_of(unwanted)
    await later(house, case_id)
    assert (await desk.send(f"{here}/days", **form)).status_code == 303
    taken = await desk.send(f"{here}/days", **form)
    assert taken.status_code == 422
    assert await days(house) == [day]
    await house.talks.close(await _dewi(house), case_id, "helped")
    noon = datetime.combine(day, datetime.min.time(), follow_ups.ZONE) + timedelta(hours=12)
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await consent.record(
            conn, party, consent.FOLLOW_UP, granted=True, text_version="v", locale="en",
            at=house.clock.now(),
        )  # fmt: skip
        await follow_ups.plan(conn, party, days=1, hours=None, now=house.clock.now())
        assert await follow_ups.due(conn, now=noon) == []
        assert len(await follow_ups.due(conn, now=noon + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("pace", "ahead"), [("slower", [4, 62, 124]), ("pause", [32, 61, 92]), ("stop", [])]
)
async def test_slower_pause_and_stop_move_every_day(
    house: House, case_id: CaseId, pace: Pace, ahead: list[int]
) -> None:
    """One press moves all planned days alike, also where one lands on another's old day."""
    await later(house, case_id)
    dewi, now = await _dewi(house), house.clock.now()
    today = now.astimezone(follow_ups.ZONE).date()
    async with house.db.transaction() as conn:
        for number in (2, 31, 62):
            await casefile_days.plan_day(
                conn,
                house.people,
                dewi,
                case_id,
                today + timedelta(days=number),
                "x",
                clock=house.clock,
            )
        await casefile_days.change_pace_for(conn, dewi, case_id, pace, now=now)
    assert [(day - today).days for day in await days(house)] == ahead


async def test_the_person_reads_and_corrects(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """They ask with their four words, a counsellor releases a text, they read it, and their correction stands beside it."""
    await write(desk, here, "Works in Medan.")
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        row = (await conn.execute(select(CaseRow).where(CaseRow.id == case_id))).one()
    await house.talks.close(await _dewi(house), case_id, "helped")

    async def do(kind: IncomingKind, text: str) -> None:
        event = Incoming(party.address, house.clock.token(), kind, text)
        await house.talks.conversations.receive(event)

    await do(IncomingKind.BUTTON, "file.ask")
    await do(IncomingKind.TEXT, "moon rain boat sea")
    await do(IncomingKind.BUTTON, "file.ask.show")
    assert "S-1001" not in words_of(await desk.open("/desk/referrals"))
    await cases_passphrase(house, row.id)
    await do(IncomingKind.TEXT, "moon rain boat lamp")
    await do(IncomingKind.BUTTON, "file.ask.show")
    assert "Want to read what is written about them S-1001" in words_of(
        await desk.open("/desk/referrals")
    )
    page = await desk.open(here)
    [release] = re.findall(rf'action="({here}/wishes/[^"]+/release)"', page.text)
    assert (await desk.send(release, text="")).status_code == 422
    assert (
        await desk.send(release, text="You told us that you work in Medan.")
    ).status_code == 303
    await do(IncomingKind.BUTTON, "file.ask.correct")
    await do(IncomingKind.TEXT, "It is Batam")
    words = words_of(await desk.open(here))
    assert "You told us that you work in Medan." in words
    assert "It is Batam" in words


async def test_closing_can_ask_what_it_was_about(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """Where the operator asks for it, a talk is closed only after a category is chosen."""
    wrap_up = house.content.wrap_up.model_copy(update={"required": True})
    conversations = house.talks.conversations
    conversations.content = _with(house, wrap_up)
    await desk.open(f"/desk/cases/{case_id}")
    answer = await desk.send(f"/desk/cases/{case_id}/close", outcome="helped")
    assert answer.headers["location"] == f"{here}?said=choose_wrap_up"
    await desk.open(here)
    assert (await desk.send(f"{here}/wrap-up", category="wages")).status_code == 303
    await desk.open(f"/desk/cases/{case_id}")
    answer = await desk.send(f"/desk/cases/{case_id}/close", outcome="helped")
    assert answer.headers["location"].startswith("/desk/?said=closed")


async def test_nothing_of_it_stands_in_clear_and_all_of_it_is_erased(
    desk: Browser, house: House, case_id: CaseId, here: str
) -> None:
    """No column holds a word of the file, and erasing the person leaves no row of it."""
    await write(desk, here, "Wants to go home to Ponorogo.")
    await desk.open(here)
    await desk.send(f"{here}/people", **AROUND)
    assert not await find_in_database(house.db, ("ponorogo", "sulastri", "on my way"))
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        await belongings.erase(conn, party.contact_id, house.clock.now())
        for table in OWNED:
            assert await conn.scalar(select(func.count()).select_from(table)) == 0, table


def test_every_table_of_the_file_is_erased_and_sealed_anew() -> None:
    """No table that names a person, and no sealed column of one, is forgotten by erasing or by joining two contacts."""
    mine = {
        table
        for table in Base.metadata.tables.values()
        if table.name.startswith(("file_", "referrals")) and "contact_id" in table.columns
    }
    assert mine == {row.__table__ for row in OWNED}
    sealed = {
        (table.name, column.name)
        for table in mine
        for column in table.columns
        if column.name.endswith("_sealed")
    }
    assert sealed == {(row.__tablename__, column) for row, column, _ in SEALED}


def test_the_drawing_holds_every_point() -> None:
    """Points lie from left to right inside the field, and more danger lies higher."""
    start = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    levels = [RiskLevel.CONCERN, RiskLevel.IMMEDIATE, RiskLevel.NONE]
    points = [RiskPoint(start + timedelta(days=n), level, "S-1") for n, level in enumerate(levels)]
    chart = draw_risks(points, start + timedelta(days=4))
    assert chart is not None
    assert [mark.x for mark in chart.marks] == sorted(mark.x for mark in chart.marks)
    assert chart.marks[1].y < chart.marks[0].y < chart.marks[2].y
    assert all(0 <= mark.x <= chart.width and 0 <= mark.y <= chart.height for mark in chart.marks)
    assert draw_risks([], start) is None


def test_every_id_has_words() -> None:
    """Texts, steps, roles, states, reasons and problems are all named."""
    environment: Environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    words = environment.get_template("parts/file_words.html").module
    source = (TEMPLATES.parent / "casefile.py").read_text()
    for name, ids in {
        "TEXTS": TEXTS,
        "TEXT_HINTS": TEXTS,
        "PACES": get_args(Pace),
        "STAGES": STAGES,
        "ROLE_NAMES": ROLES,
        "REFERRAL_STATES": [state.value for state in State],
        "REFERRAL_ICONS": [state.value for state in State],
        "CLOSED_BECAUSE": [*REASONS, PERSON_NO, WITHDRAWN],
        "REFERRAL_NOTES": ["reminded", "alarm"],
        "FILE_PROBLEMS": [
            *re.findall(r'Wrong\("(\w+)"', source),
            "moved_on",
            Around().problem(),
            "may_know",
        ],
        "REFERRAL_PROBLEMS": [
            "receiver",
            "purpose",
            "fields",
            "value",
            "long",
            "steps",
            "no_consent",
            "not_talking",
            "moved_on",
        ],
        "RECEIVER_PROBLEMS": ["name", "role", "region", "recipient"],
    }.items():
        assert set(ids) <= set(getattr(words, name)), name


async def cases_passphrase(house: House, case_id: UUID) -> None:
    """Give a case four words that can be typed."""
    lookup = cases.passphrase_lookup(house.people.lookup, ("moon", "rain", "boat", "lamp"))
    async with house.db.transaction() as conn:
        await cases._set_state(conn, case_id, passphrase_lookup=lookup)


def _with(house: House, wrap_up: WrapUp) -> Content:
    return replace(house.content, wrap_up=wrap_up)


async def _dewi(house: House) -> Staff:
    async with house.db.transaction() as conn:
        return (await get_by_email(conn, "dewi@example.org"))[0]
