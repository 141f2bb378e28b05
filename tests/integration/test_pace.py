"""Whoever writes very fast is slowed down and never cut off; danger, and whoever is in a case, never waits."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from starlette.applications import Starlette

from bot.content.load import Content
from bot.faults import WAIT_POINTS
from bot.gateway.health import Health
from bot.messages import IncomingKind
from bot.store import contacts, inbox
from bot.store.engine import Database
from bot.store.paces import Limits
from bot.store.tables import InboxRow, PaceRow, TrafficCountRow, TranscriptRow
from tests.integration.campaigns.test_sending import broadcaster_of, readers_of
from tests.support.broadcasts import start_run
from tests.support.clock import FixedClock
from tests.support.world import Person, TestHouse, make_house

BURST = 30
DANGER = "My boss locks us in and beats us, help me now"
TOLD = "I read everything that you write."


async def flood(person: Person, number: int, word: str = "hello there") -> list[str]:
    """Write so many texts; return what came back, in order."""
    before = len(person.inbox())
    for each in range(number):
        await person.write(f"{word} {each}")
    return [message.text for message in person.inbox()[before:]]


async def counted(house: TestHouse, kind: str) -> int:
    """Return how often something was counted."""
    async with house.db.transaction() as conn:
        query = select(func.coalesce(func.sum(TrafficCountRow.number), 0))
        return await conn.scalar(query.where(TrafficCountRow.kind == kind)) or 0


async def open_events(house: TestHouse) -> int:
    """Return how many events are kept and not answered."""
    async with house.db.transaction() as conn:
        query = select(func.count()).where(InboxRow.processed_at.is_(None))
        return await conn.scalar(query) or 0


async def words_of(house: TestHouse, person: Person) -> list[str]:
    """Return the person's words that are still known, as they were answered."""
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
        assert party is not None
        lines = await conn.scalars(
            select(TranscriptRow.text_sealed)
            .where(TranscriptRow.conversation_id == party.conversation_id)
            .where(TranscriptRow.author == "person")
            .order_by(TranscriptRow.id)
        )
        return [party.key.open(line, "transcript.text") for line in lines]


async def test_a_burst_is_answered_once_and_told_once(house: TestHouse) -> None:
    """Thirty events are answered one by one; the rest waits, is said to, and is answered together, in its order, with nothing lost."""
    person = house.person()
    usual = await flood(person, BURST)
    assert len(usual) >= BURST
    waiting = await flood(person, 20, "more")
    assert [text for text in waiting if TOLD in text] == waiting
    assert len(waiting) == 1
    assert await open_events(house) == 20
    await house.recovery.look()
    assert await open_events(house) == 20, "the pause is not over"
    before = len(person.inbox())
    house.clock.pass_(seconds=2)
    await house.recovery.look()
    assert len(person.inbox()) == before + 1
    assert await open_events(house) == 0
    assert (await words_of(house, person))[-1] == "\n".join(f"more {n}" for n in range(20))
    assert await counted(house, "together") == 1


async def test_the_pauses_grow_up_to_a_minute_and_end_with_calm(house: TestHouse) -> None:
    """Who does not stop is answered after 2, 5, 15 and then 60 seconds; who has been calm is answered at once again."""
    person = house.person()
    await flood(person, BURST)
    for seconds in (2, 5, 15, 60, 60):
        await flood(person, 40)
        before = len(person.inbox())
        house.clock.pass_(seconds=seconds - 0.5)
        await house.recovery.look()
        assert len(person.inbox()) == before
        house.clock.pass_(seconds=0.5)
        await house.recovery.look()
        assert len(person.inbox()) == before + 1
    house.clock.pass_(minutes=2)
    assert len(await flood(person, 3)) >= 3
    assert await open_events(house) == 0


async def test_danger_is_answered_at_once_in_a_flood(house: TestHouse) -> None:
    """A text of danger among thousands is answered in its own turn, after what came before it."""
    person = house.person()
    await flood(person, BURST + 10)
    answer = await person.write(DANGER)
    assert "risk.support.talk" in {button.id for message in answer for button in message.buttons}
    assert await open_events(house) == 0
    assert (await words_of(house, person))[-1] == DANGER
    # Who has just told of danger does not wait, however fast they write.
    assert len(await flood(person, 40)) >= 40


async def test_nobody_in_a_case_waits(house: TestHouse) -> None:
    """While somebody waits in the queue, every word goes to the case at once."""
    person = house.person()
    await person.ask_for_a_person()
    await flood(person, 100)
    assert await open_events(house) == 0
    assert not [message for message in person.inbox() if TOLD in message.text]


async def test_the_way_to_a_person_and_out_is_open_in_a_flood(house: TestHouse) -> None:
    """Asking for a person, numbers, another language, a stop and erasing never wait: pressed, typed or commanded."""
    person = house.person()
    await flood(person, BURST + 5)
    for button in ("unclear.pace.human", "emergency.show", "language.choose", "erase.ask"):
        assert await person.press(button), button
    await flood(person, 5)
    for text in ("/human", "/erase", "stop", "berhenti", "/numbers"):
        assert await person.write(text), text
    assert await open_events(house) == 0


async def test_presses_wait_and_each_is_pressed_once(house: TestHouse) -> None:
    """A flood of the same two buttons waits like texts, and is answered with what the last of them says."""
    person = house.person()
    await flood(person, BURST + 5)
    house.clock.pass_(seconds=2)
    await house.recovery.look()
    before = len(person.inbox())
    for _ in range(10):
        await person.press("topics.pick")
        await person.press("menu.main")
    assert len(person.inbox()) == before
    house.clock.pass_(seconds=5)
    await house.recovery.look()
    [last] = person.inbox()[before:]
    shown = {button.id for button in last.buttons}
    fresh = house.person()
    menu = await fresh.press("menu.main")
    assert shown == {button.id for button in menu[-1].buttons}


async def test_two_processes_share_the_limit(
    house: TestHouse, db: Database, clock: FixedClock, content: Content
) -> None:
    """What one process has counted holds in the other."""
    async with make_house(db, clock, content, house.channel) as other:
        here = house.person()
        there = Person(other, here.value, here._count)
        for _ in range(BURST // 2):
            await here.write("one")
            await there.write("two")
        assert await open_events(house) == 0
        await there.write("three")
        await here.write("four")
        assert await open_events(house) == 2


async def test_an_event_is_not_delayed_before_it_is_read(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who dies between keeping and reading leaves an event that is answered as soon as any other, and not after the pause."""
    person = house.person()
    await flood(person, BURST)
    monkeypatch.setattr("bot.conversation.intake.fault_point", _die_at(WAIT_POINTS[0]))
    with pytest.raises(Died):
        await person.write("once more")
    async with house.db.transaction() as conn:
        await conn.execute(
            update(InboxRow)
            .where(InboxRow.processed_at.is_(None))
            .values(received_at=house.clock.now() - timedelta(seconds=7))
        )
    before = len(person.inbox())
    await house.recovery.look()
    assert len(person.inbox()) > before
    assert await open_events(house) == 0


async def test_what_waits_survives_a_death(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who dies right after letting an event wait loses nothing: it is answered when its pause is over."""
    person = house.person()
    await flood(person, BURST)
    monkeypatch.setattr("bot.conversation.intake.fault_point", _die_at(WAIT_POINTS[1]))
    with pytest.raises(Died):
        await person.write("once more")
    before = len(person.inbox())
    house.clock.pass_(seconds=2)
    await house.recovery.look()
    assert len(person.inbox()) == before + 1
    assert (await words_of(house, person))[-1] == "once more"


async def test_a_death_in_the_answer_to_a_burst_answers_it_once(
    house: TestHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer to a burst is one transaction: before its commit all waits again, after it nothing does."""
    person = house.person()
    await flood(person, BURST + 10)
    house.clock.pass_(seconds=2)
    with monkeypatch.context() as patch:
        patch.setattr("bot.conversation.service.fault_point", _die_at("before_turn_commit"))
        await house.recovery.look()
        assert await open_events(house) == 10
    before = len(person.inbox())
    await house.recovery.look()
    await house.recovery.look()
    assert len(person.inbox()) == before + 1


async def test_too_much_to_keep_is_let_go_and_counted(house: TestHouse) -> None:
    """Of what waits the newest is kept, with all words of danger; the rest is counted."""
    house.conversations.limits = Limits(keep=100)
    person = house.person()
    await flood(person, BURST)
    await flood(person, 250, "much")
    assert await open_events(house) == 100
    assert await counted(house, "let_go") == 150
    house.clock.pass_(seconds=2)
    await house.recovery.look()
    assert (await words_of(house, person))[-1].splitlines()[-1] == "much 249"


async def test_the_wait_is_told_to_nobody_under_a_cover(house: TestHouse) -> None:
    """While a quiz covers the conversation nothing is said of what was written."""
    person = house.person()
    await person.write("hello")
    async with house.db.batch() as batch:
        party = await house.people.get(batch.conn, await _conversation(house, person))
        until = (house.clock.now() + timedelta(minutes=10)).isoformat()
        state = house.conversations.state_of(party).remembering("watched", hidden_until=until)
        contacts.save_state(batch, party, state.to_json(), locale="en", at=None)
    await flood(person, BURST + 5)
    assert not [message for message in person.inbox() if TOLD in message.text]


async def _conversation(house: TestHouse, person: Person) -> object:
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    return party.conversation_id


@pytest.mark.slow
async def test_five_thousand_events_of_one_and_twenty_others(house: TestHouse) -> None:
    """While one person writes five thousand times, twenty others are each answered as usual, and each danger at once."""
    loud, others = house.person(), [house.person() for _ in range(20)]
    dangers = {1_500, 4_999}

    async def write_much() -> None:
        for number in range(5_000):
            if number in dangers:
                answer = await loud.write(DANGER)
                assert answer
                # Long ago, for the rest of the flood: in recent danger nobody waits.
                house.clock.pass_(hours=13)
                await flood(loud, 1)
            else:
                await loud.write(f"again {number}")

    async def write_little(person: Person) -> None:
        for _ in range(5):
            assert await person.write("hello")
            await asyncio.sleep(0)

    await asyncio.gather(write_much(), *map(write_little, others))
    house.clock.pass_(minutes=1)
    await house.recovery.look()
    assert await open_events(house) == 0
    async with house.db.transaction() as conn:
        kept = await conn.scalar(select(func.count()).select_from(InboxRow))
        paces = await conn.scalar(select(func.count()).select_from(PaceRow))
    assert kept is not None
    assert kept < 1_000, "what was let go is not kept"
    assert kept + await counted(house, "let_go") >= 5_000
    assert paces == 21


MOVES = st.lists(
    st.sampled_from(["calm", "burst", "danger", "press", "human", "wait"]), min_size=3, max_size=12
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
async def test_in_any_mixture_nothing_is_lost_and_danger_comes_first(
    house: TestHouse, moves: list[str]
) -> None:
    """Whatever somebody does in whatever order: danger is answered in its turn, and in the end nothing is open or out of order."""
    house.conversations.limits = Limits(burst=5, most=8)
    person, written = house.person(), []

    async def write(text: str) -> list[object]:
        written.append(text)
        return list(await person.write(text))

    for number, move in enumerate(moves):
        if move == "burst":
            for each in range(12):
                await write(f"w{number}-{each}")
        elif move == "calm":
            await write(f"c{number}")
        elif move == "danger":
            assert await write(f"{DANGER} {number}") or await _is_with_somebody(house, person)
            assert await open_events(house) == 0
        elif move == "press":
            await person.press("menu.main")
        elif move == "human":
            assert await person.press("emergency.show")
        else:
            house.clock.pass_(seconds=20)
            await house.recovery.look()
    house.clock.pass_(seconds=61)
    before = len(person.inbox())
    waited = await open_events(house)
    await house.recovery.look()
    assert await open_events(house) == 0
    assert len(person.inbox()) > before or not waited
    if written:
        known = "\n".join(await words_of(house, person)).splitlines()
        assert known == written


async def _is_with_somebody(house: TestHouse, person: Person) -> bool:
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    return party is not None and party.owner != "bot"


class Died(Exception):
    """Stands for a process that is killed."""


def _die_at(name: str) -> object:
    def point(reached: str) -> None:
        if reached == name:
            raise Died

    return point


async def _let_stand(house: TestHouse, person: Person, text: str, *, seconds: int) -> None:
    """Keep an event of somebody that nobody has answered for so long."""
    event = person.event(IncomingKind.TEXT, text)
    await house.conversations.intake.keep(event)
    async with house.db.transaction() as conn:
        await conn.execute(
            update(InboxRow)
            .where(InboxRow.event_id == event.event_id)
            .values(received_at=house.clock.now() - timedelta(seconds=seconds))
        )


async def test_what_tells_of_danger_is_taken_up_first(house: TestHouse) -> None:
    """After an outage the worker answers danger, and people in cases, before those who have waited longer."""
    calm = [house.person() for _ in range(12)]
    for number, person in enumerate(calm):
        await _let_stand(house, person, "hello", seconds=100 - number)
    grave, held = house.person(), house.person()
    await held.ask_for_a_person()
    await _let_stand(house, held, "are you there", seconds=8)
    await _let_stand(house, grave, DANGER, seconds=7)
    house.channel.sent.clear()
    await house.recovery.look()
    assert house.channel.sent[0][0] == grave.address
    assert await open_events(house) == 0


async def test_bulk_waits_until_the_house_has_caught_up(house: TestHouse) -> None:
    """While an event stands unanswered no run of a broadcast goes on; some calm seconds afterwards it does, by itself."""
    [reader] = await readers_of(house, 1)
    await start_run(house.db, [reader], due_at=house.clock.now())
    broadcasting = broadcaster_of(house).broadcasting
    assert await broadcasting.list_sendable()
    await _let_stand(house, house.person(), "hello", seconds=20)
    assert await broadcasting.list_sendable() == []
    await house.recovery.look()
    assert await broadcasting.list_sendable() == [], "it has just caught up"
    house.clock.pass_(seconds=10)
    assert await broadcasting.list_sendable()


async def test_what_waits_on_purpose_or_for_a_fault_of_ours_holds_up_no_campaign(
    house: TestHouse,
) -> None:
    """One who floods, and one whose event cannot be answered, keep nobody else from anything."""
    person = house.person()
    await flood(person, BURST + 10)
    await _let_stand(house, house.person(), "hello", seconds=300)
    async with house.db.transaction() as conn:
        old = house.clock.now() - timedelta(seconds=300)
        await conn.execute(update(InboxRow).where(InboxRow.waits).values(received_at=old))
        await conn.execute(update(InboxRow).where(~InboxRow.waits).values(failures=1))
        assert not (await inbox.get_backlog(conn)).is_too_much(house.clock.now())


async def test_the_numbers_tell_of_floods_and_of_nobody(house: TestHouse) -> None:
    """/metrics counts who waits, what was let go and insults; the state of the house is one of its parts."""
    await flood(house.person(), BURST + 7)
    await house.person().write("you stupid bot")
    health = Health(house.db, house.nlu, telegram=None, reader=house.conversations.reader)
    app = Starlette(routes=health.routes())
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://t"
    ) as client:
        told = (await client.get("/metrics")).text
    assert "suar_inbox_waiting_together 7.0" in told
    assert "suar_people_slowed 1.0" in told
    assert "suar_same_danger_groups 0.0" in told
    assert await counted(house, "insult") == 1
    assert (await health.parts())["traffic"] == "ok"
    old = datetime.now(UTC) - timedelta(minutes=1)
    async with house.db.transaction() as conn:
        await conn.execute(update(InboxRow).values(waits=False, received_at=old))
    assert (await health.parts())["traffic"] == "degraded"
