"""Referrals on the desk: least data, shown word for word, agreed to in the chat, made once, answered or chased, and forgotten."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pyrage
import pytest
from sqlalchemy import func, select

from bot.errors import Conflict, ConsentMissing, NotFound
from bot.hotline.referrals import access, changes, receivers
from bot.hotline.referrals.states import State
from bot.hotline.staff import Role, Staff, get_by_email
from bot.jobs.tasks.referrals import referrals as chase
from bot.messages import CaseId, Incoming, IncomingKind
from bot.store import belongings, contacts, transcript
from bot.store.tables import (
    CaseEventRow,
    ConsentRow,
    OutboxRow,
    ReferralEventRow,
    ReferralLeftRow,
    ReferralRow,
)
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.support.search import find_in_database

KEY = pyrage.x25519.Identity.generate()
PURPOSE = "A safe place to sleep for two nights"
FIELDS = {"field_name": "Rinawati", "field_safe_time": "after nine in the evening"}


@pytest.fixture
async def supervisor(house: House) -> Staff:
    """Somebody who oversees."""
    return await house.add_staff("Rani", Role.SUPERVISOR)


@pytest.fixture
async def receiver(house: House, supervisor: Staff) -> UUID:
    """An office with a key."""
    async with house.db.transaction() as conn:
        return await receivers.add_receiver(
            conn,
            supervisor,
            name="UPTD PPA Lampung",
            role="women_and_children",
            region="national",
            recipient=str(KEY.to_public()),
            clock=house.clock,
        )


@pytest.fixture
async def case_id(desk: Browser, house: House) -> CaseId:
    """A conversation that the counsellor has."""
    made = await house.add_case("my boss keeps my passport", locale="en")
    await desk.take_next()
    for step in ("identify", "safety"):
        await desk.open(f"/desk/cases/{made}/file")
        await desk.send(f"/desk/cases/{made}/file/step", stage=step, done="yes")
    return made


@pytest.fixture
async def drafted(desk: Browser, case_id: CaseId, receiver: UUID) -> str:
    """The path of a draft."""
    await desk.open(f"/desk/cases/{case_id}/referrals/new")
    answer = await desk.send(
        f"/desk/cases/{case_id}/referrals/new",
        receiver=str(receiver),
        purpose=PURPOSE,
        **FIELDS,
    )
    assert answer.status_code == 303
    return answer.headers["location"].partition("?")[0]


@pytest.fixture
async def shown(desk: Browser, drafted: str) -> str:
    """The path of a referral that the person has before them."""
    await desk.open(drafted)
    assert (await desk.send(f"{drafted}/show")).status_code == 303
    return drafted


def id_of(path: str) -> UUID:
    """Return the id in a referral's path."""
    return UUID(path.rpartition("/")[2])


async def row_of(house: House, path: str) -> ReferralRow:
    """Return a referral as it is stored."""
    async with house.db.transaction() as conn:
        wanted = select(ReferralRow).where(ReferralRow.id == id_of(path))
        return (await conn.execute(wanted)).one()  # type: ignore[return-value]


async def press(house: House, case_id: UUID, button: str) -> None:
    """Let the person of a case press a button."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
    event = Incoming(party.address, house.clock.token(), IncomingKind.BUTTON, button)
    await house.talks.conversations.receive(event)


async def agree(house: House, case_id: UUID, path: str, said: str = "yes") -> None:
    """Let the person answer what they were shown."""
    number = (await row_of(house, path)).number
    await press(house, case_id, f"file.ask.{said}-{number}")


async def send(desk: Browser, path: str, way: str = "age") -> int:
    """Press one of the buttons that make the file; return the status."""
    await desk.open(path)
    return (await desk.send(f"{path}/send", way=way)).status_code


@pytest.fixture
async def sent(desk: Browser, house: House, case_id: CaseId, shown: str) -> str:
    """The path of a referral that was agreed to and made."""
    await agree(house, case_id, shown)
    assert await send(desk, shown) == 303
    return shown


async def test_what_is_not_filled_in_is_not_passed_on(
    desk: Browser, house: House, case_id: CaseId, shown: str
) -> None:
    """The person reads receiver, purpose and the chosen fields, word for word, and nothing of the fields left empty."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        lines = await transcript.of_case(conn, party.key, case_id)
    message = lines[-1].text
    for told in ("UPTD PPA Lampung", PURPOSE, "Rinawati\n", "after nine in the evening"):
        assert told in message
    assert message.count("• ") == len(FIELDS)
    page = words_of(await desk.open(shown))
    assert "Shown, not answered" in page
    assert "There is no yes that holds now." in page


async def test_nothing_is_made_before_the_persons_own_yes(
    desk: Browser, house: House, case_id: CaseId, drafted: str
) -> None:
    """Neither a draft nor what is only shown can be sent or fetched, whatever the counsellor presses."""
    assert await send(desk, drafted) == 409
    await desk.send(f"{drafted}/show")
    assert await send(desk, drafted) == 409
    assert (await desk.open(f"{drafted}/file")).status_code == 409
    assert (await row_of(house, drafted)).package_sealed is None


async def test_nothing_is_shown_while_somebody_may_be_looking(
    desk: Browser, house: House, case_id: CaseId, drafted: str
) -> None:
    """Under the cover of the quiz a referral is not put on the person's screen; the counsellor reads why, and it stays a draft."""
    async with house.db.transaction() as conn:
        party = await house.party_of(conn, case_id)
        said = await conn.scalar(select(func.count()).select_from(OutboxRow))
    conversations = house.talks.conversations
    until = (house.clock.now() + timedelta(minutes=5)).isoformat()
    covered = conversations.state_of(party).remembering("watched", hidden_until=until)
    async with house.db.batch() as batch:
        contacts.save_state(batch, party, covered.to_json(), locale="en", at=None)
    await desk.open(drafted)
    answer = await desk.send(f"{drafted}/show")
    assert answer.status_code == 409
    assert "somebody may be looking" in words_of(answer)
    assert (await row_of(house, drafted)).state == State.DRAFTED
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(func.count()).select_from(OutboxRow)) == said


async def test_only_the_receiver_opens_the_file(desk: Browser, sent: str) -> None:
    """The file is age's own format: the receiver's key opens it and finds exactly what was shown; another key does not."""
    fetched = await desk.open(f"{sent}/file")
    assert fetched.content.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----")
    page = pyrage.decrypt(fetched.content, [KEY]).decode()
    for words in (PURPOSE, "What to call me", *FIELDS.values()):
        assert words in page
    for kept_back in ("passport", "Dewi", "S-10", "person-1", "webchat"):
        assert kept_back not in page
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(fetched.content, [pyrage.x25519.Identity.generate()])


async def test_it_is_made_once_and_stays_the_same(desk: Browser, house: House, sent: str) -> None:
    """Pressing again makes no second file; the one there is can be fetched as often as needed, byte for byte."""
    first = (await desk.open(f"{sent}/file")).content
    assert await send(desk, sent) == 409
    assert (await desk.open(f"{sent}/file")).content == first
    async with house.db.transaction() as conn:
        kinds = list(await conn.scalars(select(ReferralEventRow.kind)))
    assert kinds.count("sent") == 1


async def test_on_paper_it_is_one_page(
    desk: Browser, house: House, case_id: CaseId, shown: str
) -> None:
    """Printed, it holds the chosen fields and no other, and looks the same as what goes into the file."""
    await agree(house, case_id, shown)
    assert await send(desk, shown, "paper") == 303
    page = await desk.open(f"{shown}/file")
    assert page.headers["content-type"].startswith("text/html")
    words = words_of(page)
    assert "Rinawati" in words
    assert "passport" not in words


async def test_a_no_closes_it(desk: Browser, house: House, case_id: CaseId, shown: str) -> None:
    """A no is recorded like a yes, and nothing can be made any more."""
    await agree(house, case_id, shown, "no")
    row = await row_of(house, shown)
    assert (row.state, row.reason) == ("closed", "person_no")
    assert await send(desk, shown) == 409


async def test_an_old_button_agrees_to_nothing_new(
    desk: Browser, house: House, case_id: CaseId, shown: str
) -> None:
    """Once the counsellor changes what was shown, the yes under the old words does nothing."""
    old = (await row_of(house, shown)).number
    await desk.open(shown)
    await desk.send(f"{shown}/draft")
    await desk.send(f"{shown}/show")
    await press(house, case_id, f"file.ask.yes-{old}")
    assert (await row_of(house, shown)).state == State.SHOWN
    await agree(house, case_id, shown)
    assert (await row_of(house, shown)).state == State.CONSENTED


async def test_nobody_else_can_answer(house: House, case_id: CaseId, shown: str) -> None:
    """Another person who knows the number agrees to nothing."""
    other = await house.add_case("hello", locale="en")
    number = (await row_of(house, shown)).number
    await press(house, other, f"file.ask.yes-{number}")
    assert (await row_of(house, shown)).state == State.SHOWN


async def test_the_consent_is_a_row_of_its_own(house: House, case_id: CaseId, sent: str) -> None:
    """The ledger names this referral, the fingerprint of the words and the channel."""
    row = await row_of(house, sent)
    async with house.db.transaction() as conn:
        wanted = select(ConsentRow).where(ConsentRow.scope == f"refer:{row.id}")
        line = (await conn.execute(wanted)).one()
    assert (line.granted, line.text_version, line.channel) == (True, row.text_version, "webchat")
    assert line.case_id == case_id


async def test_taken_back_it_is_not_readable_any_more(
    desk: Browser, house: House, case_id: CaseId, sent: str
) -> None:
    """The person's own press ends the yes at once: what was made cannot be fetched, also by who asks the store itself."""
    await agree(house, case_id, sent, "back")
    row = await row_of(house, sent)
    assert (row.state, row.reason) == ("closed", "withdrawn")
    assert (await desk.open(f"{sent}/file")).status_code == 409
    dewi = await _staff(house, "Dewi")
    async with house.db.transaction() as conn:
        with pytest.raises(ConsentMissing):
            await access.package_of(conn, house.people, dewi, row.id)
    assert "their yes back" in words_of(await desk.open(sent))


async def test_leaving_shuts_it(desk: Browser, house: House, case_id: CaseId, shown: str) -> None:
    """Who leaves the talk ends everything they agreed to: nothing is read, nothing is sent, and the chore closes it."""
    await agree(house, case_id, shown)
    await house.person_leaves(case_id)
    assert (await desk.open(shown)).status_code == 409
    assert "Not to be read now" in words_of(desk.page)  # type: ignore[arg-type]
    await chase(house.db, house.content.protocols, house.clock)
    row = await row_of(house, shown)
    assert (row.state, row.reason) == ("closed", "withdrawn")


async def test_the_protocol_comes_first(
    desk: Browser, house: House, case_id: CaseId, shown: str
) -> None:
    """While a required step is open nothing is sent, and the page says which."""
    await desk.open(f"/desk/cases/{case_id}/file")
    await desk.send(f"/desk/cases/{case_id}/file/step", stage="safety", done="no")
    await agree(house, case_id, shown)
    await desk.open(shown)
    refused = await desk.send(f"{shown}/send", way="age")
    assert refused.status_code == 409
    assert "this protocol asks for the steps" in words_of(refused)
    assert (await row_of(house, shown)).state == State.CONSENTED


async def test_not_theirs_looks_like_not_there(
    house: House, other_desk: Browser, case_id: CaseId, sent: str
) -> None:
    """Another counsellor finds neither the referral nor its file, and can change nothing."""
    for path in (sent, f"{sent}/file", f"/desk/cases/{case_id}/file"):
        assert (await other_desk.open(path)).status_code == 404
    await other_desk.open("/desk/")
    for action in ("close", "take-back", "answer", "send", "show", "draft"):
        answer = await other_desk.send(
            f"{sent}/{action}", reason="done", answer="accepted", way="age"
        )
        assert answer.status_code == 404, action
    assert (await row_of(house, sent)).state == State.SENT


async def test_no_answer_reminds_and_then_alarms(
    desk: Browser, house: House, supervisor: Staff, case_id: CaseId, sent: str
) -> None:
    """After the deadline the counsellor is reminded, a day later supervisors see a strip; each happens once."""
    number = (await row_of(house, sent)).number

    async def pass_(span: timedelta) -> None:
        house.clock.ahead += span
        for _ in range(2):
            await chase(house.db, house.content.protocols, house.clock)

    await pass_(timedelta(hours=71))
    assert (await row_of(house, sent)).state == State.SENT
    await pass_(timedelta(hours=2))
    assert (await row_of(house, sent)).state == State.NO_ANSWER
    await pass_(timedelta(hours=25))
    async with house.db.transaction() as conn:
        kinds = list(
            await conn.scalars(
                select(CaseEventRow.kind).where(CaseEventRow.kind.startswith("referral_"))
            )
        )
    assert [kinds.count(k) for k in ("referral_reminded", "referral_alarm")] == [1, 1]
    async with open_browser(house) as browser:
        await browser.sign_in(supervisor.email)
        strip = words_of(await browser.open("/desk/referrals"))
    assert f"the reminder has led to nothing: {number}" in strip
    await desk.sign_in("dewi@example.org")
    assert "nothing heard since the reminder" in words_of(await desk.open("/desk/referrals"))
    await desk.open(sent)
    assert (await desk.send(f"{sent}/answer", answer="accepted")).status_code == 303
    assert "nothing heard" not in words_of(await desk.open("/desk/referrals"))


async def test_erasing_forgets_all_but_whom_to_ask(
    desk: Browser, house: House, case_id: CaseId, sent: str
) -> None:
    """After erasing nothing of the referral is left, and the counsellor is told by number which receiver still has something."""
    row = await row_of(house, sent)
    async with house.db.transaction() as conn:
        await belongings.erase(conn, row.contact_id, house.clock.now())
        for table in (ReferralRow, ReferralEventRow):
            assert await conn.scalar(select(func.count()).select_from(table)) == 0
        [left] = (await conn.execute(select(ReferralLeftRow))).all()
    assert left.number == row.number
    page = words_of(await desk.open("/desk/referrals"))
    assert f"{row.number} · UPTD PPA Lampung" in page
    told = await desk.send(f"/desk/referrals/left/{row.number}/told")
    assert told.status_code == 303
    assert row.number not in words_of(await desk.open("/desk/referrals"))


async def test_nothing_of_it_stands_in_clear(house: House, sent: str) -> None:
    """No column of any table holds a word of what is passed on."""
    found = await find_in_database(house.db, ("rinawati", "safe place to sleep", "after nine"))
    assert not found


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"receiver": "nobody"}, "Choose who it goes to."),
        ({"purpose": " "}, "Say in one sentence what it is for."),
        (
            {"field_name": "", "field_safe_time": "", "field_worry": ""},
            "Fill in at least one thing",
        ),
        ({"field_name": "x" * 301}, "room for 300 characters"),
    ],
)
async def test_a_draft_that_is_not_whole_is_kept_on_the_page(
    desk: Browser, case_id: CaseId, receiver: UUID, wrong: dict[str, str], said: str
) -> None:
    """What is missing is said, nothing is stored, and what was written is still there."""
    path = f"/desk/cases/{case_id}/referrals/new"
    await desk.open(path)
    given = {"receiver": str(receiver), "purpose": PURPOSE, **FIELDS, "field_worry": "<b>him</b>"}
    answer = await desk.send(path, **{**given, **wrong})
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert ("&lt;b&gt;him&lt;/b&gt;" in answer.text) is ("field_worry" not in wrong)


async def test_a_receiver_outside_the_protocol_is_refused(
    desk: Browser, house: House, supervisor: Staff, case_id: CaseId
) -> None:
    """A forged form cannot refer to an office that the protocol does not name for this province."""
    async with house.db.transaction() as conn:
        far = await receivers.add_receiver(
            conn, supervisor, name="Far away", role="shelter", region="lampung",
            recipient="", clock=house.clock,
        )  # fmt: skip
    path = f"/desk/cases/{case_id}/referrals/new"
    page = await desk.open(path)
    assert "Far away" not in page.text
    answer = await desk.send(path, receiver=str(far), purpose=PURPOSE, **FIELDS)
    assert answer.status_code == 404


@pytest.fixture
async def keeping(house: House, supervisor: Staff) -> AsyncIterator[Browser]:
    """The supervisor's browser on the list of receivers."""
    async with open_browser(house) as browser:
        await browser.sign_in(supervisor.email)
        await browser.open("/desk/receivers")
        yield browser


async def test_those_who_oversee_keep_the_receivers(keeping: Browser, desk: Browser) -> None:
    """A supervisor adds an office and takes it off again; a counsellor finds no such page."""
    office = {"name": "LBH", "role": "legal_aid", "region": "lampung", "recipient": ""}
    bad = await keeping.send("/desk/receivers", **{**office, "recipient": "age1nonsense"})
    assert bad.status_code == 422
    assert "This is no public age key." in words_of(bad)
    assert (await keeping.send("/desk/receivers", **office)).status_code == 303
    page = await keeping.open("/desk/receivers")
    [path] = re.findall(r'action="(/desk/receivers/[^"]+/retire)"', page.text)
    assert (await keeping.send(path)).status_code == 303
    assert "LBH" not in words_of(await keeping.open("/desk/receivers"))
    assert (await desk.open("/desk/receivers")).status_code == 404
    await desk.open("/desk/")
    assert (await desk.send("/desk/receivers", **office)).status_code == 404


async def test_the_table_of_states_is_kept(house: House, drafted: str) -> None:
    """From no state a referral comes to one that may not follow, whoever asks."""
    dewi = await _staff(house, "Dewi")
    async with house.db.transaction() as conn:
        for doing in (
            changes.note_answer(conn, dewi, id_of(drafted), "accepted", at=house.clock.now()),
            changes.note_answer(conn, dewi, id_of(drafted), "sent", at=house.clock.now()),
            changes.close(conn, dewi, id_of(drafted), "withdrawn", at=house.clock.now()),
        ):
            with pytest.raises(Conflict):
                await doing
        with pytest.raises(NotFound):
            await changes.take_back(conn, "NOSUCH", owners=[], at=house.clock.now())


async def _staff(house: House, name: str) -> Staff:
    async with house.db.transaction() as conn:
        found, _ = await get_by_email(conn, f"{name.lower()}@example.org")
        return found
