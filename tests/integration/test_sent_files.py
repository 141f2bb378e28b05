"""A counsellor sends a file to a person: held, sealed and delivered like her words, and gone with them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from bot.channels.errors import TemporarilyDown
from bot.conversation import talks
from bot.conversation.files import Files
from bot.conversation.filing import read_own
from bot.conversation.holding import Leaving
from bot.errors import ConsentMissing, NotFound, NotSure, NotTaken
from bot.hotline import access, check_question, consent, sent_files
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.messages import CaseId, Outgoing
from bot.nameless import scan_nameless
from bot.scan import scan
from bot.store import attachments
from bot.store.outbox import Letter
from bot.store.tables import AttachmentRow, OutboxRow, TranscriptRow
from bot.store.transcript import Line
from tests.integration.test_attachments import Talk, count
from tests.integration.test_coming_back import WORDS, come_back
from tests.integration.test_interrupted import living
from tests.integration.test_kept_back import WORD, last_line, pass_moment, talk
from tests.support.files import PDF, picture, voice
from tests.support.world import Person, TestHouse

PICTURE = picture()


async def send(
    house: TestHouse,
    staff: Staff,
    case_id: UUID,
    data: bytes = PICTURE,
    *,
    words: str = "",
    leaving: Leaving = Leaving.UNDOABLE,
    token: str = "",
) -> None:
    """Let a counsellor send a file."""
    file = await scan_nameless(data)
    token = token or str(house.clock.new_id())
    await house.talks.reply(staff, case_id, words, token=token, leaving=leaving, file=file)


async def covered(house: TestHouse) -> tuple[Person, Staff, CaseId]:
    """Return somebody who has just used their safe word, with the counsellor who has them."""
    person = house.person()
    await person.press("watched.word")
    await person.write(WORD)
    await person.ask_for_a_person()
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    await person.write(WORD)
    return person, staff, case_id


def arrived(person: Person) -> list[tuple[str, bytes]]:
    """Return the words and bytes of the files that a person was sent."""
    sent = person.house.channel.sent
    return [
        (letter.message.text, letter.content)
        for at, letter in sent
        if at == person.address and letter.message.file
    ]


async def files_of(house: TestHouse, staff: Staff, case_id: UUID) -> list[Line]:
    """Return the lines with a file, as the desk reads them."""
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, staff, case_id)
    return [line for line in view.lines if line.file]


@pytest.mark.parametrize("data", [PICTURE, voice(), PDF], ids=["picture", "voice", "pdf"])
async def test_a_file_leaves_after_its_moment(house: TestHouse, data: bytes) -> None:
    """It is one line with its words, kept for five seconds, then sent once, every byte as it was scanned."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id, data, words="sign here")
    assert arrived(person) == []
    line = await last_line(house, staff, case_id)
    assert (line.author, line.text, line.status, line.held_for) == (
        "staff",
        "sign here",
        "held",
        "moment",
    )
    await pass_moment(house)
    await house.recovery.look()
    assert arrived(person) == [("sign here", scan(data).data)]
    [line] = await files_of(house, staff, case_id)
    assert line.file
    assert (line.status, line.file.state, line.file.kind) == ("sent", "kept", scan(data).kind)


async def test_the_counsellor_can_open_what_she_sent(house: TestHouse) -> None:
    """A file that was sent stands in the talk and opens as others do; that it was sent and opened is in the log."""
    _, staff, case_id = await talk(house)
    await send(house, staff, case_id, PDF)
    [line] = await files_of(house, staff, case_id)
    assert line.file
    async with house.db.transaction() as conn:
        kind, data = await access.access_file(conn, house.people, staff, case_id, line.file.id)
    assert (kind, data) == ("pdf", PDF)
    async with house.db.transaction() as conn:
        logged = await conn.execute(
            text(
                "SELECT kind, staff_id, subject_id FROM audit_log"
                " WHERE kind LIKE 'file%' ORDER BY number"
            )
        )
        assert [tuple(row) for row in logged] == [
            ("file_sent", staff.id, case_id),
            ("file_read", staff.id, case_id),
        ]
    async with house.db.transaction() as conn:
        own = await read_own(conn, house.people, case_id)
    # What is said of their own files counts no others.
    assert own
    assert own.files == 0


async def test_the_same_form_sends_once(house: TestHouse) -> None:
    """A form that comes again has no second effect, and no second line in the log."""
    person, staff, case_id = await talk(house)
    for _ in range(2):
        await send(house, staff, case_id, token="once")
    await pass_moment(house)
    assert len(arrived(person)) == 1
    assert await count(house) == 1


async def test_it_can_be_taken_back(house: TestHouse) -> None:
    """Within its moment nothing of it is left but the words, which are the draft again; without words there is no draft."""
    person, staff, case_id = await talk(house)
    for words in ("", "sign here"):
        await send(house, staff, case_id, words=words)
        line = await last_line(house, staff, case_id)
        assert await house.talks.holding.take_back(staff, case_id, line.id) == words
        async with house.db.transaction() as conn:
            view = await access.access_case(conn, house.people, staff, case_id)
        assert (view.draft.text if view.draft else "") == words
    await pass_moment(house)
    assert arrived(person) == []
    assert await count(house) == 0


async def test_it_waits_for_the_safe_hours(house: TestHouse) -> None:
    """A file that is to be sent when it is safe is sent then."""
    person, staff, case_id = await talk(house, hours="evening")
    await send(house, staff, case_id, leaving=Leaving.WHEN_SAFE)
    line = await last_line(house, staff, case_id)
    assert line.not_before is not None
    await pass_moment(house, line.not_before - house.clock.now() - timedelta(minutes=1))
    assert (len(arrived(person)), line.held_for) in ((0, "safe_hour"), (1, "moment"))
    await pass_moment(house, timedelta(minutes=1))
    assert len(arrived(person)) == 1


async def test_it_waits_while_the_phone_is_watched(house: TestHouse) -> None:
    """Under the cover nothing leaves, whatever was asked for; after it, the file does."""
    person, staff, case_id = await covered(house)
    await send(house, staff, case_id, leaving=Leaving.NOW)
    line = await last_line(house, staff, case_id)
    assert (line.status, line.held_for) == ("held", "cover")
    await pass_moment(house, timedelta(minutes=5))
    assert arrived(person) == []
    await person.write(WORD)
    await pass_moment(house)
    assert len(arrived(person)) == 1


async def test_nothing_goes_while_it_may_be_somebody_else(house: TestHouse) -> None:
    """While the check question is due words can be sent and files not; once it is answered, they can."""
    person, staff, case_id = await talk(house)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party
        now = house.clock.now()
        await check_question.agree(
            conn, party, staff, case_id, question="cat?", answer="Mimi", now=now
        )
        await check_question.judge(conn, staff, case_id, right=False, now=now)
    with pytest.raises(NotSure):
        await send(house, staff, case_id)
    await house.talks.reply(staff, case_id, "what was your cat's name?", token="words")
    assert await count(house) == 0
    async with house.db.transaction() as conn:
        await check_question.judge(conn, staff, case_id, right=True, now=house.clock.now())
    await send(house, staff, case_id)
    assert await count(house) == 1


async def test_without_consent_nothing_is_taken_or_sent(house: TestHouse) -> None:
    """Withdrawn before, the file is refused and kept nowhere; withdrawn in its moment, it is never sent."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id)
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party
        await consent.withdraw(conn, party.contact_id, at=house.clock.now(), case_id=case_id)
    with pytest.raises(ConsentMissing):
        await send(house, staff, case_id)
    await pass_moment(house)
    assert arrived(person) == []
    assert await count(house) == 1


async def test_nobody_else_sends(house: TestHouse) -> None:
    """A colleague, and a supervisor who has not joined, find no case to send a file to; what they chose is kept nowhere."""
    _, _, case_id = await talk(house)
    for other in (await house.staff(), await house.staff(Role.SUPERVISOR)):
        with pytest.raises(NotFound):
            await send(house, other, case_id)
    assert await count(house) == 0


async def test_a_case_keeps_only_so_many(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After many files one is refused; those of the person have their own room."""
    _, staff, case_id = await talk(house)
    assert sent_files.MAX_SENT_IN_CASE > 1
    monkeypatch.setattr(sent_files, "MAX_SENT_IN_CASE", 1)
    await send(house, staff, case_id)
    with pytest.raises(NotTaken) as refused:
        await send(house, staff, case_id)
    assert refused.value.why == "full"
    async with house.db.transaction() as conn:
        assert await attachments.count(conn, case_id) == 0


async def test_after_the_talk_the_bot_speaks_behind_it(house: TestHouse) -> None:
    """A file in its moment when the talk is closed still arrives, before the bot's first word."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id)
    before = len(person.inbox())
    await house.talks.close(staff, case_id, "helped")
    new: list[Outgoing] = person.inbox()[before:]
    assert new[0].file
    assert len(new) > 1
    assert not any(message.file for message in new[1:])


@pytest.mark.parametrize("point", ["before_reply_commit", "after_reply_commit"])
async def test_a_death_while_it_is_taken(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """Before the commit nothing is there and the form can be sent again; after it, the file is sent, and the form changes nothing."""
    person, staff, case_id = await talk(house)

    class Died(Exception):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Died

    monkeypatch.setattr(talks, "fault_point", die)
    with pytest.raises(Died):
        await send(house, staff, case_id, token="form")
    assert await count(house) == (point == "after_reply_commit")
    monkeypatch.undo()
    await send(house, staff, case_id, token="form")
    await pass_moment(house)
    assert len(arrived(person)) == 1


@pytest.mark.parametrize("had_arrived", [False, True])
async def test_a_process_that_dies_while_sending(house: TestHouse, had_arrived: bool) -> None:
    """The file of a killed process is asked for: sent by another one where it had not arrived, and not again where it had."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id, PDF)
    async with living(house) as other:
        async with house.db.transaction() as conn:
            row = (
                await conn.execute(
                    update(OutboxRow)
                    .where(OutboxRow.status == "held")
                    .values(status="sending", holder=other.number, held_for=None, not_before=None)
                    .returning(OutboxRow)
                )
            ).one()
            party = await house.people.find(conn, person.address)
        assert party
        message = Outgoing.from_json(party.key.open_json(row.message_sealed, "outbox.message"))
        if had_arrived:
            half = Letter(row.id, row.uid, row.conversation_id, row.epoch, "staff", message)
            await house.channel.send(person.address, half)
        await house.recovery.look()
        assert len(arrived(person)) == had_arrived
    await house.recovery.look()
    assert [data for _, data in arrived(person)] == [b"" if had_arrived else PDF]
    assert (await last_line(house, staff, case_id)).status == "sent"


async def test_a_channel_that_is_down_is_tried_again(house: TestHouse) -> None:
    """A fault that passes leaves the file queued; the next try sends it whole."""
    person, staff, case_id = await talk(house)
    house.channel.failures.append(TemporarilyDown())
    await send(house, staff, case_id, PDF, leaving=Leaving.NOW)
    assert (await last_line(house, staff, case_id)).status == "queued"
    await pass_moment(house, timedelta(minutes=1))
    assert [data for _, data in arrived(person)] == [PDF]


async def test_a_file_that_is_gone_is_not_sent_empty(house: TestHouse) -> None:
    """Should its line be gone when it is to leave, nothing is sent, and the desk is shown so."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id)
    async with house.db.transaction() as conn:
        await conn.execute(AttachmentRow.__table__.delete())  # type: ignore[attr-defined]
    await pass_moment(house)
    assert arrived(person) == []
    line = await last_line(house, staff, case_id)
    assert (line.status, line.error) == ("dead", "rejected")


async def test_it_is_sealed_and_goes_with_the_person(house: TestHouse) -> None:
    """No column holds it in clear, and with the person it is gone."""
    person, staff, case_id = await talk(house)
    await send(house, staff, case_id, PDF)
    await send(house, staff, case_id)
    async with house.db.transaction() as conn:
        for sealed in await conn.scalars(select(AttachmentRow.bytes_sealed)):
            assert b"%PDF" not in sealed
            assert b"JFIF" not in sealed
    await pass_moment(house)
    await person.write("/erase")
    await person.press("erase.ask.yes")
    assert await count(house) == 0
    assert await count(house, TranscriptRow) == 0


async def test_it_moves_along_to_another_phone(house: TestHouse) -> None:
    """When two contacts become one, a file of the counsellor is sealed with the one key, and still opens."""
    first = house.person()
    await first.write("my boss keeps my passport and the door is locked")
    await first.press("consent.ask")
    said: list[Outgoing] = await first.press("consent.ask.share")
    words = next(line for line in said[0].text.splitlines() if WORDS.fullmatch(line))
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    await send(house, staff, case_id, PDF)
    second = house.person()
    await second.write("hello from another phone")
    await come_back(second, words)
    [line] = await files_of(house, staff, CaseId(case_id))
    assert line.file
    async with house.db.transaction() as conn:
        _, data = await access.access_file(conn, house.people, staff, case_id, line.file.id)
    assert data == PDF


async def test_only_its_person_is_shown_it(house: TestHouse) -> None:
    """Once it has left, its person opens it and it counts as read; nobody else, not before, and not under the cover."""
    person, staff, case_id = await covered(house)
    await person.write(WORD)
    stranger, *_ = await talk(house)
    files = Files(house.conversations)
    await send(house, staff, case_id)
    [line] = await files_of(house, staff, case_id)
    assert line.file
    number = line.file.id
    with pytest.raises(NotFound):
        await files.show(person.address, number)
    await pass_moment(house)
    assert not (await last_line(house, staff, case_id)).read
    for address, asked in ((stranger.address, number), (person.address, UUID(int=3))):
        with pytest.raises(NotFound):
            await files.show(address, asked)
    assert await files.show(person.address, number) == ("picture", scan(PICTURE).data)
    assert (await last_line(house, staff, case_id)).read
    await person.write(WORD)
    with pytest.raises(NotFound):
        await files.show(person.address, number)


async def test_what_a_person_sent_is_not_given_back(house: TestHouse) -> None:
    """Only the staff's files are shown in the chat: their own may be nobody's business on that screen."""
    person, staff, case_id = await talk(house)
    theirs = Talk(house, person, staff, case_id)
    await theirs.send(picture())
    await theirs.fetch()
    [line] = await files_of(house, staff, case_id)
    assert line.file
    with pytest.raises(NotFound):
        await Files(house.conversations).show(person.address, line.file.id)
