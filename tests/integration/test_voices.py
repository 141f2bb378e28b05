"""A recording reaches people once somebody else has listened to it, goes when its words do, and is never in the way of words."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from starlette.applications import Starlette

from bot.channels.capabilities import TELEGRAM
from bot.channels.errors import TemporarilyDown
from bot.channels.testing import FakeChannel
from bot.channels.voices import StoredVoices
from bot.content.load import Content
from bot.editing import voices as work
from bot.editing import work as editing
from bot.editing.live import LiveContent
from bot.editing.rules import Desired
from bot.editing.voices import Wanted, standings, words_of
from bot.errors import Conflict, NotFound
from bot.gateway.webchat.recordings import ChatRecordings
from bot.hotline.staff import Role, Staff
from bot.messages import VOICE, Media, Outgoing
from bot.sound import Recording, take_recording
from bot.store import voices
from bot.store.engine import Database
from tests.integration.test_interrupted import living
from tests.support.clock import FixedClock
from tests.support.letters import put, rows, words
from tests.support.sounds import opus
from tests.support.world import Person, TestHouse, make_house

NAME = "what_is_trafficking"
PLACE = f"answers.{NAME}"
BUTTON = f"answer.give.{NAME}"


def sound() -> Recording:
    """Return a recording."""
    return take_recording(opus(2))


class Desk:
    """Two people of the staff and the content of a running bot."""

    def __init__(self, house: TestHouse, one: Staff, other: Staff) -> None:
        self.house, self.one, self.other = house, one, other
        self.live = LiveContent(house.db, house.clock, house.content)
        self.live.feed(house.conversations)

    async def send(
        self, staff: Staff | None = None, locale: str = "en", place: str = PLACE
    ) -> UUID:
        """Send a recording for review."""
        wanted = Wanted(place, locale, words_of(self.live.content, place, locale))
        async with self.house.db.transaction() as conn:
            return await work.send(
                conn, self.live, staff or self.one, wanted, sound(), agrees=True
            )

    async def publish(self, staff: Staff | None = None, *, locale: str = "en") -> UUID:
        """Send a recording and let the other one publish it, a minute after whatever was published before."""
        self.house.clock.pass_(minutes=1)
        number = await self.send(staff, locale)
        async with self.house.db.transaction() as conn:
            await work.publish(
                conn, self.live, self.other if staff is not self.other else self.one, number
            )
        await self.live.look()
        return number

    async def change_words(self) -> None:
        """Publish other words of the answer."""
        async with self.house.db.transaction() as conn:
            now = await editing.get_now(conn, self.live)
            sheet = await editing.get_sheet(conn, now, NAME, None)
            fields = {**sheet.former, "text": "Other words."}
            wanted = Desired(NAME, None, fields, sheet.seen)
            edit = await editing.save_draft(conn, self.live, self.one, wanted)
            await editing.send(conn, self.live, self.one, edit)
            await editing.publish(conn, self.live, self.other, edit)
        await self.live.look()


@pytest.fixture
async def desk(house: TestHouse) -> Desk:
    """A writer and a second person."""
    return Desk(house, await house.staff(Role.CAMPAIGNER), await house.staff(Role.SUPERVISOR))


def recordings(messages: list[Outgoing]) -> list[str]:
    """Return the numbers of the recordings among messages."""
    return [message.voice.url for message in messages if message.voice]


async def in_english(house: TestHouse) -> Person:
    """Return somebody who has chosen English."""
    person = house.person()
    await person.start()
    await person.press("welcome.language.en")
    return person


def offers(messages: list[Outgoing]) -> bool:
    """Tell whether the last message can be heard."""
    return any(button.id.startswith("voice.listen") for button in messages[-1].buttons)


async def test_from_a_recording_to_a_person(desk: Desk) -> None:
    """What waits is not heard; once published it is offered at once, without a restart; in its own language alone."""
    person = await in_english(desk.house)
    number = await desk.send()
    await desk.live.look()
    assert not offers(await person.press(BUTTON))
    with pytest.raises(Conflict):
        async with desk.house.db.transaction() as conn:
            await work.publish(conn, desk.live, desk.one, number)
    async with desk.house.db.transaction() as conn:
        await work.publish(conn, desk.live, desk.other, number)
    await desk.live.look()
    assert offers(await person.press(BUTTON))
    await person.press("language.choose.id")
    assert not offers(await person.press(BUTTON))


async def test_changed_words_silence_it(desk: Desk) -> None:
    """When the words change, the recording is not offered, cannot be published, and stands as out of date."""
    person = await in_english(desk.house)
    await desk.publish()
    waiting = await desk.send()
    await desk.change_words()
    assert not offers(await person.press(BUTTON))
    async with desk.house.db.transaction() as conn:
        content = (await editing.get_now(conn, desk.live)).content
        history = await voices.list_of_place(conn, PLACE, "en")
    [standing] = standings(content, history, [PLACE], ["en"])
    assert (standing.state, standing.words) == ("outdated", "Other words.")
    with pytest.raises(Conflict):
        async with desk.house.db.transaction() as conn:
            await work.publish(conn, desk.live, desk.other, waiting)


async def test_undo_retire_and_delete(desk: Desk) -> None:
    """Undo brings the one before back; to retire silences the place; what is deleted is gone for good, and its handles with it."""
    one, two = await desk.publish(), await desk.publish()
    live = desk.live.content.voices.by_locale["en"]
    assert [voice.id for voice in live] == [two]
    db, staff = desk.house.db, desk.other
    async with db.transaction() as conn:
        await work.take_back(conn, desk.live, staff, two)
    await desk.live.look()
    assert [voice.id for voice in desk.live.content.voices.by_locale["en"]] == [one]
    async with db.transaction() as conn:
        await voices.keep_handle(conn, one, "telegram", "bot", "AgAC", desk.house.clock.now())
        await work.delete(conn, desk.live, staff, one)
        assert await voices.find_sound(conn, one) is None
        assert await conn.scalar(text("SELECT count(*) FROM voice_handles")) == 0
        assert await voices.find_sound(conn, two) is not None
    with pytest.raises(Conflict):
        async with db.transaction() as conn:
            await work.retire(conn, desk.live, staff, PLACE, "en")
    await desk.publish()
    async with db.transaction() as conn:
        await work.retire(conn, desk.live, staff, PLACE, "en")
    await desk.live.look()
    assert not desk.live.content.voices.speaks_in("en")


async def test_who_may(desk: Desk) -> None:
    """Only those who edit answers; nothing without the speaker's yes, one at a time, and of words that are read."""
    counsellor = await desk.house.staff()
    with pytest.raises(NotFound):
        await desk.send(counsellor)
    wanted = Wanted(PLACE, "en", words_of(desk.live.content, PLACE, "en"))
    async with desk.house.db.transaction() as conn:
        with pytest.raises(ValueError, match="agrees"):
            await work.send(conn, desk.live, desk.one, wanted, sound(), agrees=False)
        other = Wanted(PLACE, "en", "Other words.")
        with pytest.raises(Conflict):
            await work.send(conn, desk.live, desk.one, other, sound(), agrees=True)
    await desk.send()
    with pytest.raises(Conflict):
        await desk.send(desk.other)
    for place, locale in (("menu.more.text", "en"), (PLACE, "xx"), ("answers.nothing", "en")):
        with pytest.raises(NotFound):
            words_of(desk.live.content, place, locale)


async def test_the_database_wants_a_second_person(desk: Desk) -> None:
    """Whatever code does, nobody publishes what they recorded themselves."""
    number = await desk.send()
    for reviewer in ("author_id", "NULL"):
        with pytest.raises(IntegrityError):
            async with desk.house.db.transaction() as conn:
                await conn.execute(
                    text(
                        f"UPDATE voices SET state = 'published', reviewer_id = {reviewer} WHERE id = :id"
                    ),
                    {"id": number},
                )


async def test_words_arrive_whatever_becomes_of_the_recording(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """The words are a message of their own, before the recording: a failure after them loses neither, and repeats neither."""
    channel = FakeChannel(capabilities=TELEGRAM)
    async with make_house(db, clock, content, channel) as house:
        desk = Desk(house, await house.staff(Role.CAMPAIGNER), await house.staff(Role.SUPERVISOR))
        await desk.publish()
        person = await in_english(house)
        await person.press("voice.easier")
        await person.press("voice.easier.voice")
        said = await person.press(BUTTON)
        assert [message.text != "" for message in said] == [True, False]
        assert len(recordings(said)) == 1
        assert said[0].buttons


async def test_a_crash_between_words_and_recording(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """A process that dies after the words leaves the recording to another; the words are not said twice."""
    channel = FakeChannel(capabilities=TELEGRAM)
    async with make_house(db, clock, content, channel) as house:
        person = house.person()
        spoken = Outgoing("", media=(Media(VOICE, str(house.clock.new_id()), "Hello"),))
        async with living(house) as other:
            arrived, _ = await put(house, person, "Hello", spoken, holder=other.number)
            channel.sent.append((person.address, arrived))
            await house.recovery.look()
            assert words(person) == ["Hello"]
        channel.failures.append(TemporarilyDown())
        await house.recovery.look()
        house.clock.pass_(minutes=1)
        await house.recovery.look()
        assert words(person) == ["Hello", ""]
        assert {row.status for row in await rows(house)} == {"sent"}


async def test_handles_are_kept_as_long_as_they_are_good(desk: Desk) -> None:
    """A platform's handle is found until it is too old; only what is published is given to a platform."""
    number, waiting = await desk.publish(), await desk.send(locale="id")
    stored = StoredVoices(desk.house.db, desk.house.clock)
    media = Media(VOICE, str(number), "")
    assert (await stored.find(media)) is not None
    assert (await stored.find(Media(VOICE, str(waiting), ""))) is None
    await stored.keep(media, "whatsapp", "1", "ogg:7")
    await stored.keep(media, "whatsapp", "1", "ogg:8")
    day = timedelta(days=1)
    assert await stored.handle(media, "whatsapp", "1", lasts=day) == "ogg:8"
    assert await stored.handle(media, "whatsapp", "2", lasts=day) is None
    desk.house.clock.pass_(days=2)
    assert await stored.handle(media, "whatsapp", "1", lasts=day) is None
    await stored.forget(media, "whatsapp", "1")
    assert await stored.handle(media, "whatsapp", "1", lasts=9 * day) is None


async def test_a_page_gets_it_in_parts(desk: Desk) -> None:
    """The web chat's page plays what is published, in the parts that a player asks for, and nothing else."""
    number, waiting = await desk.publish(), await desk.send(locale="id")
    app = Starlette(routes=ChatRecordings(desk.house.db).routes())
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://suar") as page:
        whole = await page.get(f"/chat/recording/{number}")
        assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
        part = await page.get(f"/chat/recording/{number}", headers={"range": "bytes=4-9"})
        assert (part.status_code, part.content) == (206, whole.content[4:10])
        assert part.headers["content-range"] == f"bytes 4-9/{len(whole.content)}"
        for far in ("bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000):
            answer = await page.get(f"/chat/recording/{number}", headers={"range": far})
            assert (answer.status_code, answer.content) == (200, whole.content)
        for other in (waiting, UUID(int=7)):
            assert (await page.get(f"/chat/recording/{other}")).status_code == 404
