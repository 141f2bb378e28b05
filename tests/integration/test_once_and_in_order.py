"""Every event has its effect once, and one person's events are answered in the order they came."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest_asyncio
from sqlalchemy import func, select

from bot.content.load import Content
from bot.messages import Incoming, IncomingKind
from bot.store.engine import Database
from bot.store.tables import ContactRow, ConversationRow, InboxRow, OutboxRow, TranscriptRow
from bot.understanding.model import Parse
from bot.understanding.service import Reader
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.loaded import the_lexicon
from tests.support.nlu import ToldNlu
from tests.support.world import Person, TestHouse, make_house

TEXT, BUTTON = IncomingKind.TEXT, IncomingKind.BUTTON


@pytest_asyncio.fixture
async def other(house: TestHouse, content: Content) -> AsyncIterator[TestHouse]:
    """A second process on the same database, reaching people over the same channel."""
    database = Database.at(house.db.dsn)
    async with make_house(database, house.clock, content, house.channel) as made:
        yield made
    await database.close()


@dataclass
class SlowNlu(ToldNlu):
    """Thinks about everything until it is told to go on."""

    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def parse(self, text: str) -> Parse:
        """Wait, then answer as the told model does."""
        self.asked.set()
        await self.go_on.wait()
        return await super().parse(text)


async def count(house: TestHouse, table: type) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


def words(person: Person) -> list[str]:
    """Return the words that a person was sent, in order."""
    return [message.text for message in person.inbox()]


async def play(person: Person, script: Sequence[tuple[IncomingKind, str]]) -> list[str]:
    """Let a person do one thing after the other, and return what they were answered."""
    for kind, text in script:
        await person.house.conversations.receive(person.event(kind, text))
    return words(person)


SCRIPT = (
    (TEXT, "what is this"),
    (BUTTON, "menu.main"),
    (BUTTON, "quiz.list.warning_signs"),
    (TEXT, "I do not know"),
    (BUTTON, "emergency.show"),
    (TEXT, "and this"),
    (BUTTON, "language.choose"),
)


async def test_an_event_that_comes_three_times_has_one_effect(house: TestHouse) -> None:
    """A text, a button and a start that are delivered three times each are answered once each."""
    person = house.person()
    for kind, text in ((TEXT, "hello"), (BUTTON, "menu.main"), (IncomingKind.START, "")):
        event = person.event(kind, text)
        before = len(person.inbox())
        await house.conversations.receive(event)
        answered = len(person.inbox())
        assert answered > before
        await house.conversations.receive(event)
        await house.conversations.receive(event)
        assert len(person.inbox()) == answered
    assert await count(house, TranscriptRow) == 1


async def test_an_event_that_comes_three_times_at_once_has_one_effect(
    house: TestHouse, other: TestHouse
) -> None:
    """Three deliveries of one event at the same moment, in two processes, have one effect."""
    for kind, text in ((TEXT, "hello"), (BUTTON, "menu.main")):
        person = house.person()
        event = person.event(kind, text)
        await asyncio.gather(*(h.conversations.receive(event) for h in (house, other, house)))
        assert len(person.inbox()) == 1
    assert await count(house, InboxRow) == 2


async def test_an_event_from_before_a_restart_has_no_second_effect(
    house: TestHouse, content: Content
) -> None:
    """What was answered before a restart is not answered again by the process that comes after."""
    person = house.person()
    event = person.event(TEXT, "hello")
    await house.conversations.receive(event)
    async with make_house(house.db, house.clock, content, house.channel) as reborn:
        await reborn.conversations.receive(event)
        await reborn.recovery.look()
    assert len(person.inbox()) == 1


async def test_two_events_at_once_are_answered_in_order(house: TestHouse) -> None:
    """A text and a button that come at the same moment are answered one after the other."""
    person, twin = house.person(), house.person()
    expected = await play(twin, SCRIPT[:2])
    events = [person.event(kind, text) for kind, text in SCRIPT[:2]]
    await asyncio.gather(*map(house.conversations.receive, events))
    assert words(person) == expected


async def test_many_texts_and_buttons_at_once_keep_their_order(house: TestHouse) -> None:
    """A burst of texts and buttons leads to the same answers as the same things done one by one."""
    person, twin = house.person(), house.person()
    expected = await play(twin, SCRIPT)
    events = [person.event(kind, text) for kind, text in SCRIPT]
    await asyncio.gather(*map(house.conversations.receive, events))
    assert words(person) == expected


async def test_answers_keep_their_order_on_a_slow_channel(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """While the channel still holds the first message of a welcome, the answer to the next event does not come between."""
    channel = GatedChannel()
    script = ((IncomingKind.START, ""), *SCRIPT[:3])
    async with make_house(db, clock, content, channel) as house:
        expected = await play(house.person(), script)
        person = house.person()
        channel.shut()
        doing = [
            asyncio.create_task(house.conversations.receive(person.event(kind, text)))
            for kind, text in script
        ]
        await channel.in_flight()
        await asyncio.sleep(0.2)
        channel.open()
        await asyncio.gather(*doing)
        assert words(person) == expected
        assert [
            letter.message.text for at, letter in channel.handed if at == person.address
        ] == expected


async def test_two_hundred_people_at_once_are_all_answered(house: TestHouse) -> None:
    """Two hundred strangers who write at the same moment each get the answer that one of them gets alone."""
    [alone] = await house.person().write("hello there")
    people = [house.person() for _ in range(200)]
    await asyncio.gather(
        *(house.conversations.receive(person.event(TEXT, "hello there")) for person in people)
    )
    assert all(words(person) == [alone.text] for person in people)
    assert await count(house, ContactRow) == 201


async def test_two_processes_share_a_conversation(house: TestHouse, other: TestHouse) -> None:
    """Events that reach two processes in turn lead to the same answers as in one process."""
    person, twin = house.person(), house.person()
    expected = await play(twin, SCRIPT)
    for number, (kind, text) in enumerate(SCRIPT):
        process = (house, other)[number % 2]
        await process.conversations.receive(person.event(kind, text))
    assert words(person) == expected


async def test_two_processes_answer_a_burst_once_each(house: TestHouse, other: TestHouse) -> None:
    """A burst that is spread over two processes is answered event for event, and no answer is left in the outbox."""
    person = house.person()
    events = [person.event(TEXT, f"word {number}") for number in range(12)]
    await asyncio.gather(
        *((house, other)[n % 2].conversations.receive(e) for n, e in enumerate(events))
    )
    await house.recovery.look()
    assert len(person.inbox()) == len(events)
    async with house.db.transaction() as conn:
        statuses = set(await conn.scalars(select(OutboxRow.status)))
        lines = list(await conn.scalars(select(TranscriptRow.id)))
        unanswered = await conn.scalars(select(InboxRow.id).where(InboxRow.processed_at.is_(None)))
    assert statuses == {"sent"}
    assert len(lines) == len(events)
    assert list(unanswered) == []


async def test_a_stranger_who_reaches_two_processes_at_once_is_one_person(
    house: TestHouse, other: TestHouse
) -> None:
    """The first two messages of a stranger, in two processes at once, make one contact with one conversation."""
    person = house.person()
    events = [person.event(TEXT, "first"), person.event(TEXT, "second")]
    await asyncio.gather(
        house.conversations.receive(events[0]), other.conversations.receive(events[1])
    )
    assert await count(house, ContactRow) == await count(house, ConversationRow) == 1
    assert len(person.inbox()) == 2


async def test_an_event_that_waits_in_a_slow_process_is_answered_in_order_by_another(
    house: TestHouse, other: TestHouse
) -> None:
    """While one process still thinks about the first text, another answers both in order, and the first adds nothing."""
    person, slow = house.person(), SlowNlu()
    house.conversations.reader = Reader(slow, the_lexicon())
    expected = await play(
        other_person := Person(other, "twin"), [(TEXT, "one"), (BUTTON, "menu.main")]
    )
    first, second = person.event(TEXT, "one"), person.event(BUTTON, "menu.main")
    thinking = asyncio.create_task(house.conversations.receive(first))
    await slow.asked.wait()
    await other.conversations.receive(second)
    slow.go_on.set()
    await thinking
    assert words(person) == expected == words(other_person)


async def test_an_event_left_by_a_crash_is_answered_once(house: TestHouse) -> None:
    """A text that was stored but never answered is taken up by the recovery, once."""
    person = house.person()
    event = person.event(TEXT, "is anybody there")
    await leave_unanswered(house, event)
    house.clock.pass_(days=3650)  # the inbox is stamped with the database's own time
    await house.recovery.look()
    await house.recovery.look()
    await house.conversations.receive(event)
    assert len(person.inbox()) == 1


async def test_an_event_left_by_a_crash_is_answered_before_the_next(house: TestHouse) -> None:
    """When the person writes again before the recovery has looked, both texts are answered in order."""
    person, twin = house.person(), house.person()
    expected = await play(twin, [(TEXT, "one"), (BUTTON, "menu.main")])
    await leave_unanswered(house, person.event(TEXT, "one"))
    await house.conversations.receive(person.event(BUTTON, "menu.main"))
    assert words(person) == expected


async def leave_unanswered(house: TestHouse, event: Incoming) -> None:
    """Let a process die after it has stored an event."""
    assert (await house.conversations.intake.keep(event)).is_new
