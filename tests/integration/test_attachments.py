"""A picture, a voice note or a PDF for a counsellor: fetched once, sealed, and gone with the person."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import delete, func, select, text

from bot.channels.errors import Rejected, TemporarilyDown
from bot.conversation import files as filing
from bot.conversation.files import GIVE_UP_AFTER, MAX_IN_CASE, Files
from bot.conversation.filing import read_own
from bot.errors import NotFound
from bot.faults import FILE_POINTS
from bot.hotline import access, consent
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.messages import MAX_FILE_BYTES, CaseId, Incoming, IncomingKind, OfferedFile, Outgoing
from bot.scan import FileKind
from bot.store import belongings, contacts
from bot.store.tables import AttachmentRow, TranscriptRow
from bot.store.transcript import Line
from tests.integration.test_coming_back import WORDS, come_back
from tests.support.files import PDF, picture, voice
from tests.support.world import Person, TestHouse


class Talk:
    """A person whom a counsellor talks with, and who sends files."""

    def __init__(self, house: TestHouse, person: Person, staff: Staff, case_id: CaseId) -> None:
        self.house, self.person, self.staff, self.case_id = house, person, staff, case_id

    async def send(
        self, data: bytes, kind: str = "photo", caption: str = "", size: int | None = None
    ) -> Incoming:
        """Let the platform offer a file, as a turn hears of it; it is not fetched yet."""
        ref = f"ref-{len(self.house.channel.files)}"
        self.house.channel.files[ref] = data
        file = OfferedFile(kind, ref, len(data) if size is None else size)
        how = (IncomingKind.TEXT, caption) if caption else (IncomingKind.UNREADABLE, kind)
        event = self.person.event(*how)
        event = Incoming(event.address, event.event_id, event.kind, event.text, "en", file)
        await self.house.conversations.receive(event)
        return event

    async def fetch(self) -> None:
        """Do what the jobs say that wait in the queue."""
        for number in await jobs(self.house):
            await Files(self.house.conversations).fetch(number)

    async def lines(self, staff: Staff | None = None) -> Sequence[Line]:
        """Return the thread as the desk reads it, from the hand-over on."""
        async with self.house.db.transaction() as conn:
            seen = await access.access_case(
                conn, self.house.people, staff or self.staff, self.case_id
            )
        return [line for line in seen.lines if not line.shared]

    async def open(self, file_id: UUID, staff: Staff | None = None) -> tuple[FileKind, bytes]:
        """Open a file on the desk."""
        async with self.house.db.transaction() as conn:
            return await access.access_file(
                conn, self.house.people, staff or self.staff, self.case_id, file_id
            )


async def jobs(house: TestHouse) -> list[UUID]:
    """Return the files that the queue says are to be fetched."""
    async with house.db.transaction() as conn:
        rows = await conn.scalars(
            text(
                "SELECT args ->> 'attachment_id' FROM procrastinate_jobs"
                " WHERE task_name = 'fetch_file' ORDER BY id"
            )
        )
        return [UUID(row) for row in rows]


async def count(house: TestHouse, table: Any = AttachmentRow) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
async def talk(house: TestHouse) -> Talk:
    """A talk that goes on."""
    person = house.person()
    await person.write("hello")
    await person.ask_for_a_person()
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    return Talk(house, person, staff, case_id)


@pytest.mark.parametrize(
    ("data", "sent_as", "kind"),
    [
        (picture(), "photo", "picture"),
        (picture("PNG"), "document", "picture"),
        (voice(), "voice", "voice"),
        (PDF, "document", "pdf"),
        (PDF, "photo", "pdf"),
    ],
)
async def test_a_file_is_a_line_of_the_person(
    talk: Talk, data: bytes, sent_as: str, kind: str
) -> None:
    """It stands in the talk at once as being on its way, then as what its bytes say, whatever it was sent as."""
    await talk.send(data, sent_as)
    [line] = await talk.lines()
    assert line.file is not None
    assert (line.author, line.text, line.file.state) == ("person", "", "coming")
    await talk.fetch()
    [line] = await talk.lines()
    assert line.file is not None
    assert (line.file.state, line.file.kind) == ("kept", kind)
    found, content = await talk.open(line.file.id)
    assert found.value == kind
    if kind == "picture":
        assert Image.open(BytesIO(content)).format == "JPEG"
    else:
        assert content == data


async def test_whoever_waits_can_send_one_too(house: TestHouse) -> None:
    """After the yes, and before anybody has taken the case, a file is kept for whoever will."""
    person = house.person()
    await person.write("hello")
    await person.ask_for_a_person()
    waiting = Talk(house, person, await house.staff(), CaseId(UUID(int=0)))
    await waiting.send(picture())
    await waiting.fetch()
    waiting.case_id = await house.talks.claim_next(waiting.staff) or waiting.case_id
    [line] = await waiting.lines()
    assert line.file
    assert line.file.state == "kept"


async def test_a_file_that_comes_twice_is_one_line(talk: Talk) -> None:
    """An update that is delivered again, and a job that runs again, change nothing and fetch nothing more."""
    event = await talk.send(picture())
    await talk.house.conversations.receive(event)
    await talk.fetch()
    await talk.fetch()
    assert len(await talk.lines()) == 1
    assert len(await jobs(talk.house)) == 1
    assert len(talk.house.channel.fetched) == 1


async def test_the_words_under_a_picture_are_its_line(talk: Talk) -> None:
    """A caption is read as any words, and stands in one line with the picture."""
    await talk.send(picture(), caption="this is the door")
    await talk.fetch()
    [line] = await talk.lines()
    assert line.text == "this is the door"
    assert line.file
    assert line.file.state == "kept"


async def test_outside_a_case_nothing_is_fetched(house: TestHouse) -> None:
    """The bot fetches no file for itself: it says what works, and answers the words under a picture as ever."""
    person = house.person()
    stranger = Talk(house, person, await house.staff(), CaseId(UUID(int=0)))
    await person.write("hello")
    await stranger.send(picture())
    assert "I cannot see pictures" in person.inbox()[-1].text
    before = len(person.inbox())
    await stranger.send(picture(), caption="thanks")
    said = [message.text for message in person.inbox()[before:]]
    assert said[0].startswith("I have read your words.")
    assert len(said) > 1
    assert await jobs(house) == []
    assert await count(house) == 0


async def test_danger_under_a_picture_is_answered_first(house: TestHouse) -> None:
    """Support and numbers stand first where the words under a picture tell of danger."""
    person = house.person()
    stranger = Talk(house, person, await house.staff(), CaseId(UUID(int=0)))
    await stranger.send(picture(), caption="my boss keeps my passport and the door is locked")
    assert not any("I have read your words" in message.text for message in person.inbox())


async def test_what_is_too_large_is_never_fetched(talk: Talk) -> None:
    """Its size is known before: the person hears what works instead, and the counsellor that something came."""
    before = len(talk.person.inbox())
    await talk.send(b"", size=MAX_FILE_BYTES + 1)
    assert "too large" in talk.person.inbox()[before].text
    assert [line.text for line in await talk.lines()] == ["[photo]"]
    assert await jobs(talk.house) == []


async def test_a_platform_that_understates_the_size_is_cut_off(talk: Talk) -> None:
    """What turns out to be too large while it is fetched is refused, and nothing of it is kept."""
    await talk.send(bytes(MAX_FILE_BYTES + 1), size=10)
    await talk.fetch()
    [line] = await talk.lines()
    assert line.file
    assert (line.file.state, line.file.why) == ("refused", "too_large")
    assert "too large" in talk.person.inbox()[-1].text


async def test_another_type_is_refused_with_words(talk: Talk) -> None:
    """A program that calls itself a document is not kept; the person is told once what works, also when the job runs again."""
    await talk.send(b"MZ\x90\x00" + bytes(100), "document")
    before = len(talk.person.inbox())
    await talk.fetch()
    await talk.fetch()
    said = talk.person.inbox()[before:]
    assert len(said) == 1
    assert "What works" in said[0].text
    [line] = await talk.lines()
    assert line.file
    assert (line.file.state, line.file.why) == ("refused", "not_taken")


async def test_nothing_is_said_while_somebody_may_be_looking(talk: Talk) -> None:
    """Under the cover of the quiz no words about files appear on the screen; the counsellor still sees what came."""
    async with talk.house.db.transaction() as conn:
        party = await talk.house.people.find(conn, talk.person.address)
    assert party is not None
    state = talk.house.conversations.state_of(party)
    until = (talk.house.clock.now() + GIVE_UP_AFTER * 3).isoformat()
    covered = state.remembering("watched", hidden_until=until)
    async with talk.house.db.batch() as batch:
        contacts.save_state(batch, party, covered.to_json(), locale="en", at=None)
    before = len(talk.person.inbox())
    await talk.send(b"", "video")
    await talk.send(b"nothing that is taken", "document")
    await talk.fetch()
    assert talk.person.inbox()[before:] == []
    assert len(await talk.lines()) == 2


async def test_a_crash_after_the_download_loses_nothing(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever dies between download and commit, the file is still noted, and the next try keeps it once."""

    class Died(Exception):
        pass

    await talk.send(picture())
    for point in FILE_POINTS:

        def die(name: str, point: str = point) -> None:
            if name == point:
                raise Died

        monkeypatch.setattr(filing, "fault_point", die)
        with pytest.raises(Died):
            await talk.fetch()
        [line] = await talk.lines()
        assert line.file
        assert line.file.state == "coming"
    monkeypatch.undo()
    await talk.fetch()
    [line] = await talk.lines()
    assert line.file
    assert line.file.state == "kept"


async def test_a_platform_that_is_away_is_asked_again(talk: Talk) -> None:
    """A fault that passes is left to the next try; after a while, or when the platform refuses, the person is told."""
    await talk.send(picture())
    talk.house.channel.failures.append(TemporarilyDown())
    with pytest.raises(TemporarilyDown):
        await talk.fetch()
    before = len(talk.person.inbox())
    talk.house.clock.at += GIVE_UP_AFTER
    talk.house.channel.failures.append(TemporarilyDown())
    await talk.fetch()
    await talk.send(picture())
    talk.house.channel.failures.append(Rejected())
    await talk.fetch()
    assert [line.file.why for line in await talk.lines() if line.file] == ["lost", "lost"]
    assert len(talk.person.inbox()) == before + 2


async def test_a_talk_keeps_only_so_many(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends very many is asked for words, and no further file is fetched."""
    assert MAX_IN_CASE > 1
    monkeypatch.setattr(filing, "MAX_IN_CASE", 1)
    for _ in range(2):
        await talk.send(picture())
    await talk.fetch()
    assert [line.file.state for line in await talk.lines() if line.file] == ["kept", "refused"]
    assert len(talk.house.channel.fetched) == 1
    assert "many files" in talk.person.inbox()[-1].text


async def test_without_consent_nothing_is_fetched_or_opened(talk: Talk) -> None:
    """Once the consent to talk is withdrawn, what is on its way stays away, and what is here is closed."""
    await talk.send(picture())
    await talk.fetch()
    [line] = await talk.lines()
    assert line.file
    await talk.send(picture())
    async with talk.house.db.transaction() as conn:
        party = await talk.house.people.find(conn, talk.person.address)
        assert party is not None
        await consent.withdraw(
            conn, party.contact_id, at=talk.house.clock.now(), case_id=talk.case_id
        )
    await talk.fetch()
    assert len(talk.house.channel.fetched) == 1
    with pytest.raises(NotFound):
        await talk.open(line.file.id)


@pytest.mark.parametrize("what", ["withdraws", "is_forgotten", "sends_many"])
async def test_what_happens_during_the_download_counts(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """Whoever takes their yes back, asks to be forgotten, or sends one too many while a file is fetched finds it not kept."""
    house = talk.house
    await talk.send(picture())
    fetch = house.channel.fetch

    async def slowly(ref: str, *, limit: int) -> bytes:
        async with house.db.transaction() as conn:
            party = await house.people.find(conn, talk.person.address)
            assert party is not None
            at = house.clock.now()
            if what == "withdraws":
                await consent.withdraw(conn, party.contact_id, at=at, case_id=talk.case_id)
            elif what == "is_forgotten":
                await belongings.erase(conn, party.contact_id, at)
            else:
                monkeypatch.setattr(filing, "MAX_IN_CASE", 0)
        return await fetch(ref, limit=limit)

    monkeypatch.setattr(house.channel, "fetch", slowly)
    await talk.fetch()
    assert len(house.channel.fetched) == 1
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(AttachmentRow.state, AttachmentRow.why))).all()
    why = {
        "withdraws": [("refused", "lost")],
        "is_forgotten": [],
        "sends_many": [("refused", "full")],
    }
    assert [tuple(row) for row in rows] == why[what]


async def test_nobody_else_opens_it(talk: Talk) -> None:
    """A colleague without the case finds nothing; who oversees opens it, and the log says who did and why."""
    await talk.send(picture())
    await talk.fetch()
    [line] = await talk.lines()
    assert line.file
    colleague = await talk.house.staff()
    supervisor = await talk.house.staff(Role.SUPERVISOR)
    with pytest.raises(NotFound):
        await talk.open(line.file.id, colleague)
    with pytest.raises(NotFound):
        await talk.open(UUID(int=5))
    await talk.open(line.file.id, supervisor)
    async with talk.house.db.transaction() as conn:
        logged = await conn.execute(
            text("SELECT staff_id, subject_id, why FROM audit_log WHERE kind = 'file_read'")
        )
        assert [tuple(row) for row in logged] == [(supervisor.id, talk.case_id, "oversight")]


async def test_it_is_sealed_and_goes_with_the_person(talk: Talk) -> None:
    """No column holds the file in clear; with the person, or with its line alone, it is gone."""
    await talk.send(PDF, "document")
    await talk.send(picture())
    await talk.fetch()
    async with talk.house.db.transaction() as conn:
        rows = await conn.execute(select(AttachmentRow.bytes_sealed, AttachmentRow.source_sealed))
        for sealed, source in rows:
            assert source is None
            assert b"%PDF" not in sealed
            assert b"JFIF" not in sealed
        first = select(func.min(AttachmentRow.line_id)).scalar_subquery()
        await conn.execute(delete(TranscriptRow).where(TranscriptRow.id == first))
    assert await count(talk.house) == 1
    await talk.person.write("/erase")
    await talk.person.press("erase.ask.yes")
    assert await count(talk.house) == 0
    assert await count(talk.house, TranscriptRow) == 0


async def test_the_own_file_tells_how_many_are_kept(talk: Talk) -> None:
    """Behind their four words a person reads how many of their files are kept."""
    await talk.send(picture())
    await talk.fetch()
    async with talk.house.db.transaction() as conn:
        own = await read_own(conn, talk.house.people, talk.case_id)
    assert own
    assert own.files == 1


async def test_it_moves_along_to_another_phone(house: TestHouse) -> None:
    """When two contacts become one, files that are kept and those on their way are sealed with the one key and still open."""
    first = house.person()
    await first.write("my boss keeps my passport and the door is locked")
    await first.press("consent.ask")
    said: list[Outgoing] = await first.press("consent.ask.share")
    words = next(line for line in said[0].text.splitlines() if WORDS.fullmatch(line))
    staff = await house.staff()
    case_id = await house.talks.claim_next(staff)
    assert case_id is not None
    talk = Talk(house, first, staff, case_id)
    await talk.send(PDF, "document")
    await talk.fetch()
    await talk.send(voice(), "voice")
    second = house.person()
    await second.write("hello from another phone")
    await come_back(second, words)
    await talk.fetch()
    files = [line.file for line in await talk.lines() if line.file]
    assert [file.state for file in files] == ["kept", "kept"]
    assert [await talk.open(file.id) for file in files] == [
        (FileKind.PDF, PDF),
        (FileKind.VOICE, voice()),
    ]
