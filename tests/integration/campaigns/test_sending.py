"""Broadcasts as they are sent: who gets them, who does not, and what stops them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update

from bot.channels.bulk import Bulk
from bot.channels.errors import ContactStopped, RateLimited, Rejected, TemporarilyDown, Unanswered
from bot.channels.testing import NAME, FakeChannel
from bot.content.load import Content
from bot.conversation.broadcasting import Broadcasting
from bot.conversation.state import State
from bot.hotline import consent
from bot.jobs.broadcaster import Broadcaster
from bot.messages import Address, IncomingKind
from bot.store import broadcast_runs, tables
from bot.store.contacts import STATE
from bot.store.engine import Database
from bot.store.tables import (
    BroadcastRecipientRow,
    BroadcastRow,
    BroadcastRunRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    ProfileRow,
)
from tests.support.broadcasts import TEXT, Reader, agree, body, ends, run_state, start_run
from tests.support.clock import FixedClock
from tests.support.gated import GatedChannel
from tests.support.world import Person, TestHouse, make_house

HOUR = timedelta(hours=1)


def broadcaster_of(house: TestHouse, per_second: float | None = None) -> Broadcaster:
    """Return what sends the broadcasts of a house."""
    broadcasting = Broadcasting(house.conversations, house.delivery.holder, "Asia/Jakarta")
    return Broadcaster(broadcasting, Bulk(house.delivery.channels, per_second), house.db.dsn)


@asynccontextmanager
async def sending(house: TestHouse, per_second: float | None = None) -> AsyncIterator[Broadcaster]:
    """Send broadcasts while the block lasts."""
    made = broadcaster_of(house, per_second)
    work = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def until(holds: Callable[[], Coroutine[Any, Any, object]], within_s: float = 20.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within_s):
        while not await holds():
            await asyncio.sleep(0.05)


async def readers_of(house: TestHouse, count: int, **about: Any) -> list[Reader]:
    """Let so many people agree to hear of campaigns."""
    addresses = [Address(NAME, "bot", f"reader-{number}") for number in range(count)]
    return await agree(house.db, house.people, addresses, at=house.clock.now(), **about)


async def send_all(house: TestHouse, run: UUID) -> None:
    """Send a run to its end."""

    async def over() -> bool:
        return await run_state(house.db, run) not in {"running", "planning"}

    async with sending(house):
        await until(over)


def got(house: TestHouse) -> list[str]:
    """Return who was written to, each as often as they were."""
    return sorted(address.value for address, _ in house.channel.sent)


async def test_everybody_who_is_due_gets_it_once(house: TestHouse) -> None:
    """Everybody in a run gets its message once, in their language, with the button that stops it; then the run is done."""
    readers = await readers_of(house, 50)
    run = await start_run(house.db, readers, due_at=house.clock.now())
    await send_all(house, run)
    assert got(house) == sorted(reader.address.value for reader in readers)
    messages = {letter.message for _, letter in house.channel.sent}
    [message] = messages
    assert message.text == TEXT["id"]
    assert [button.id for button in message.buttons] == [
        "broadcast.open.quiz-warning_signs",
        "broadcast.open.stop",
    ]
    assert await ends(house.db, run) == {("sent", None): 50}
    assert await run_state(house.db, run) == "done"


async def test_nobody_is_interrupted(house: TestHouse) -> None:
    """Who has just asked for a person gets nothing between the question and their answer; ten minutes after their last word they do."""
    readers = await readers_of(house, 2)
    person = Person(house, readers[0].address.value)
    await person.press("consent.ask")
    heard = len(person.inbox())
    await start_run(house.db, readers, due_at=house.clock.now())

    async def first() -> bool:
        return got(house).count("reader-1") == 1

    async with sending(house):
        await until(first)
        await asyncio.sleep(0.5)
        assert len(person.inbox()) == heard
        house.clock.pass_(seconds=599)
        await asyncio.sleep(0.5)
        assert len(person.inbox()) == heard
        house.clock.pass_(seconds=2)

        async def second() -> bool:
            return len(person.inbox()) == heard + 1

        await until(second)


async def stopped(house: TestHouse, reader: Reader) -> None:
    async with house.db.transaction() as conn:
        await conn.execute(
            update(ContactRow)
            .where(ContactRow.id == reader.contact_id)
            .values(stopped_at=house.clock.now())
        )


async def withdrawn(house: TestHouse, reader: Reader) -> None:
    at = house.clock.now()
    async with house.db.transaction() as conn:
        await consent.withdraw(conn, reader.contact_id, at=at, case_id=None, scope=consent.NEWS)


async def handed_over(house: TestHouse, reader: Reader) -> None:
    await Person(house, reader.address.value).ask_for_a_person()


async def told_of_danger(house: TestHouse, reader: Reader) -> None:
    await Person(house, reader.address.value).write("my boss keeps my passport and locks the door")


async def shut_out(house: TestHouse, reader: Reader) -> None:
    person = Person(house, reader.address.value)
    await house.conversations.receive(person.event(IncomingKind.BLOCKED, ""))


async def has_had_one(house: TestHouse, reader: Reader) -> None:
    run = await start_run(house.db, [reader], due_at=house.clock.now())
    await send_all(house, run)
    house.channel.sent.clear()
    house.clock.pass_(hours=19)


REFUSED = {
    "stopped": stopped,
    "no_consent": withdrawn,
    "held": handed_over,
    "blocked": shut_out,
    "recent": has_had_one,
}


@pytest.mark.parametrize("why", REFUSED)
async def test_who_must_not_be_written_to_is_left_out(house: TestHouse, why: str) -> None:
    """Whoever stopped, took back, waits for a counsellor, left or has just had one is left out, with the reason; others are not."""
    first, second = await readers_of(house, 2)
    await REFUSED[why](house, first)
    house.channel.sent.clear()
    house.clock.at = house.clock.at.replace(hour=4)
    run = await start_run(house.db, [first, second], due_at=house.clock.now())
    await send_all(house, run)
    assert got(house) == [second.address.value]
    assert await ends(house.db, run) == {("left_out", why): 1, ("sent", None): 1}


async def test_danger_of_the_last_two_weeks_keeps_campaigns_away(house: TestHouse) -> None:
    """Somebody who has told of danger hears of no campaign for two weeks, and then again."""
    [reader] = await readers_of(house, 1)
    await told_of_danger(house, reader)
    for days, told in ((13, []), (2, [reader.address.value])):
        house.clock.pass_(days=days)
        house.channel.sent.clear()
        await send_all(house, await start_run(house.db, [reader], due_at=house.clock.now()))
        assert got(house) == told


async def test_nobody_is_woken(house: TestHouse) -> None:
    """In somebody's night, by their own clock, the message waits for their morning; elsewhere it leaves at once."""
    house.clock.at = house.clock.at.replace(
        hour=13, minute=30
    )  # 20:30 in Jakarta, 22:30 in Jayapura
    here = await agree(
        house.db, house.people, [Address(NAME, "bot", "here")], at=house.clock.now()
    )
    there = await agree(
        house.db, house.people, [Address(NAME, "bot", "there")],
        at=house.clock.now(), zone="Asia/Jayapura",
    )  # fmt: skip
    run = await start_run(house.db, [*here, *there], due_at=house.clock.now())
    async with sending(house):
        await until(lambda: told(house, "here"))
        await asyncio.sleep(0.5)
        assert got(house) == ["here"]
        async with house.db.transaction() as conn:
            due = await conn.scalar(
                select(BroadcastRecipientRow.due_at).where(
                    BroadcastRecipientRow.state == "waiting"
                )
            )
        assert due == house.clock.at.replace(hour=23, minute=0)
        house.clock.at = due
        await until(lambda: told(house, "there"))
        await until(lambda: ended(house, run))
    assert await ends(house.db, run) == {("sent", None): 2}


async def told(house: TestHouse, value: str) -> bool:
    return value in got(house)


async def test_a_covered_phone_shows_no_campaign(house: TestHouse) -> None:
    """While a quiz covers the conversation, because somebody may be looking, a broadcast waits for the cover's end."""
    [reader] = await readers_of(house, 1)
    until_ = house.clock.now() + HOUR
    state = State(locale="id").remembering("watched", hidden_until=until_.isoformat())
    async with house.db.transaction() as conn:
        await conn.execute(
            update(ConversationRow).values(
                state_sealed=reader.key.seal_json(state.to_json(), STATE)
            )
        )
    run = await start_run(house.db, [reader], due_at=house.clock.now())
    broadcasting = broadcaster_of(house).broadcasting
    [open_run] = await broadcasting.list_sendable()
    taken = await broadcasting.take(open_run, 5)
    assert (list(taken.parcels), taken.looked_at) == ([], 1)
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(BroadcastRecipientRow.due_at)) == until_
    house.clock.at = until_
    await send_all(house, run)
    assert got(house) == [reader.address.value]


async def test_a_pause_stops_within_a_second_and_resuming_repeats_nothing(
    house: TestHouse,
) -> None:
    """Paused in the middle, a broadcast reaches nobody more after a second; resumed, it reaches the rest, each once."""
    readers = await readers_of(house, 60)
    run = await start_run(house.db, readers, due_at=house.clock.now())
    async with sending(house, per_second=25):
        await until(lambda: some(house, 10))
        await set_state(house, "paused")
        await asyncio.sleep(1)
        paused_at = len(house.channel.sent)
        assert paused_at < 10 + 25 + 5
        await asyncio.sleep(1)
        assert len(house.channel.sent) == paused_at
        await set_state(house, "scheduled")
        await until(lambda: ended(house, run))
    assert got(house) == sorted(reader.address.value for reader in readers)


async def some(house: TestHouse, count: int) -> bool:
    return len(house.channel.sent) >= count


async def ended(house: TestHouse, run: UUID) -> bool:
    return await run_state(house.db, run) not in {"running", "planning"}


async def set_state(house: TestHouse, state: str) -> None:
    """Let a campaigner press a button on the desk."""
    async with house.db.transaction() as conn:
        await conn.execute(update(BroadcastRow).values(state=state))


async def test_a_cancelled_broadcast_leaves_out_the_rest(house: TestHouse) -> None:
    """Cancelled in the middle, those who have it have it, and everybody else is left out for that reason."""
    readers = await readers_of(house, 60)
    run = await start_run(house.db, readers, due_at=house.clock.now())
    async with sending(house, per_second=25):
        await until(lambda: some(house, 10))
        await set_state(house, "cancelled")
        await until(lambda: nobody_waits(house, run))
    found = await ends(house.db, run)
    assert found["sent", None] + found["left_out", "cancelled"] == 60
    assert found["sent", None] == len(house.channel.sent) < 60


async def nobody_waits(house: TestHouse, run: UUID) -> bool:
    return not {"waiting", "taken"} & {state for state, _ in await ends(house.db, run)}


async def test_after_its_time_nobody_gets_it(house: TestHouse) -> None:
    """At "not after" a run expires, paused or not, and who still waits is left out."""
    readers = await readers_of(house, 3)
    run = await start_run(
        house.db, readers, due_at=house.clock.now(), not_after=house.clock.now() + HOUR
    )
    await set_state(house, "paused")
    house.clock.pass_(hours=1)
    async with sending(house):
        await until(lambda: nobody_waits(house, run))
    assert await ends(house.db, run) == {("left_out", "expired"): 3}
    assert (await run_state(house.db, run), got(house)) == ("expired", [])


async def test_a_refused_text_stops_the_broadcast_and_not_the_people(house: TestHouse) -> None:
    """When the platform refuses the very words, three people miss it, nobody else is tried, and the reason stands there."""
    readers = await readers_of(house, 40)
    house.channel.failures.extend(Rejected() for _ in range(40))
    run = await start_run(house.db, readers, due_at=house.clock.now())
    async with sending(house):
        await until(lambda: ended(house, run))
        await until(lambda: nobody_on_the_way(house, run))
        await asyncio.sleep(0.3)  # a batch that was being taken just then comes back
        await until(lambda: nobody_on_the_way(house, run))
    assert await ends(house.db, run) == {("failed", "rejected"): 3, ("waiting", None): 37}
    async with house.db.transaction() as conn:
        row = (await conn.execute(select(BroadcastRow.state, BroadcastRow.stopped_because))).one()
        because = await conn.scalar(select(BroadcastRunRow.stopped_because))
    assert (tuple(row), because) == (("stopped", "rejected"), "rejected")


async def nobody_on_the_way(house: TestHouse, run: UUID) -> bool:
    return "taken" not in {state for state, _ in await ends(house.db, run)}


async def test_who_left_the_platform_is_noted(house: TestHouse) -> None:
    """403 marks a person as having left: they are counted, and not written to again."""
    readers = await readers_of(house, 5)
    house.channel.failures.append(ContactStopped())
    run = await start_run(house.db, readers, due_at=house.clock.now())
    await send_all(house, run)
    assert await ends(house.db, run) == {("failed", "blocked"): 1, ("sent", None): 4}
    house.clock.pass_(hours=24)
    again = await start_run(house.db, readers, due_at=house.clock.now())
    await send_all(house, again)
    assert await ends(house.db, again) == {("left_out", "blocked"): 1, ("sent", None): 4}


async def test_slow_down_is_obeyed_for_that_chat(house: TestHouse) -> None:
    """A chat that is to be left alone for a while gets its message after that, once; the others do not wait."""
    readers = await readers_of(house, 5)
    house.channel.failures.append(RateLimited(30))
    run = await start_run(house.db, readers, due_at=house.clock.now())
    async with sending(house):
        await until(lambda: some(house, 4))
        await asyncio.sleep(1.5)
        assert len(house.channel.sent) == 4
        house.clock.pass_(seconds=31)
        await until(lambda: ended(house, run))
    assert got(house) == sorted(reader.address.value for reader in readers)


async def test_a_platform_that_is_away_is_tried_again(house: TestHouse) -> None:
    """What the platform did not take is sent later; what it did not answer is asked for first, and not sent twice."""
    readers = await readers_of(house, 8)
    house.channel.failures.extend([TemporarilyDown(), Unanswered()])
    run = await start_run(house.db, readers, due_at=house.clock.now())
    async with sending(house):
        await until(lambda: some(house, 6))
        house.clock.pass_(seconds=60)
        await until(lambda: ended(house, run))
    assert got(house) == sorted(reader.address.value for reader in readers)


async def test_two_workers_send_once(db: Database, clock: FixedClock, content: Content) -> None:
    """Of two workers one leads; when it goes, the other goes on, and nobody gets anything twice."""
    channel = FakeChannel()
    house = partial(make_house, db, clock, content, channel)
    async with house() as town:
        readers = await readers_of(town, 120)
        run = await start_run(db, readers, due_at=clock.now())
        async with (
            house() as one,
            house() as other,
            sending(one, per_second=80),
            sending(other, per_second=80),
        ):
            await until(lambda: some(town, 20))
        assert await run_state(db, run) == "running"
        async with house() as last, sending(last):
            await until(lambda: ended(town, run))
        assert got(town) == sorted(reader.address.value for reader in readers)


@pytest.mark.parametrize("state", ["draft", "scheduled"])
async def test_a_test_goes_to_testers_only(house: TestHouse, state: str) -> None:
    """A test reaches those who look at a broadcast beforehand and nobody else, however often they look, and leaves the broadcast as it is."""
    readers = await readers_of(house, 3)
    async with house.db.transaction() as conn:
        await conn.execute(
            insert(tables.TesterRow).values(contact_id=readers[0].contact_id, label="Rina")
        )
    for times in (1, 2):
        await start_run(house.db, readers, due_at=house.clock.now(), state=state, test=True)
        async with sending(house):
            await until(lambda times=times: some(house, times))
            await asyncio.sleep(0.5)
        assert got(house) == [readers[0].address.value] * times
    async with house.db.transaction() as conn:
        assert set(await conn.scalars(select(BroadcastRow.state))) == {state}


async def test_nobody_gets_what_is_not_approved(house: TestHouse) -> None:
    """A run of a broadcast that is a draft again goes to nobody, testers or not."""
    readers = await readers_of(house, 2)
    run = await start_run(house.db, readers, due_at=house.clock.now(), state="draft")
    async with sending(house):
        await asyncio.sleep(1)
    assert got(house) == []
    assert await ends(house.db, run) == {("waiting", None): 2}


async def test_what_is_missing_in_a_language_is_said_so(house: TestHouse) -> None:
    """Somebody in whose language a broadcast is not there is left out, with the reason."""
    readers = await readers_of(house, 2)
    run = await start_run(house.db, readers, due_at=house.clock.now(), locale="my")
    await send_all(house, run)
    assert await ends(house.db, run) == {("left_out", "no_locale"): 2}


async def test_content_that_cannot_be_read_stops_the_run(house: TestHouse) -> None:
    """A button that leads nowhere, or content of another make, stops the run before anybody is written to."""
    readers = await readers_of(house, 2)
    bad = body(id={"text": "x", "buttons": [{"title": "t", "target": "step:no.where"}]})
    run = await start_run(house.db, readers, due_at=house.clock.now(), content=bad)
    await send_all(house, run)
    assert await ends(house.db, run) == {("waiting", None): 2}
    async with house.db.transaction() as conn:
        assert await conn.scalar(select(BroadcastRow.stopped_because)) == "leads_nowhere"


async def test_its_buttons_can_be_pressed_and_typed(house: TestHouse) -> None:
    """A button of a broadcast opens its quiz, pressed or typed; the one that stops ends the consent, and can be taken back at once."""
    [reader] = await readers_of(house, 1)
    await send_all(house, await start_run(house.db, [reader], due_at=house.clock.now()))
    person = Person(house, reader.address.value)
    title = person.inbox()[-1].buttons[0].title
    [intro, *_] = await person.write(title.upper())
    assert "quiz.play.begin" in {button.id for button in intro.buttons}
    [gone] = await person.press("broadcast.open.stop")
    assert {button.id for button in gone.buttons} >= {"broadcast.open.undo", "consent.ask"}
    assert await agreed(house) == (False, 0)
    await person.press("broadcast.open.undo")
    assert await agreed(house) == (True, 1)
    await person.press("broadcast.open.stop")
    await person.press("broadcast.open.undo")
    await person.press("broadcast.open.stop")
    house.clock.pass_(hours=30)
    run = await start_run(house.db, [reader], due_at=house.clock.now().replace(hour=4))
    await send_all(house, run)
    assert await ends(house.db, run) == {("left_out", "no_consent"): 1}


async def agreed(house: TestHouse) -> tuple[bool, int]:
    """Return whether the only person agrees to news, and how many profiles there are."""
    async with house.db.transaction() as conn:
        holds = ConsentRow.granted & ConsentRow.withdrawn_at.is_(None)
        grants = await conn.scalars(select(ConsentRow.id).where(holds, ConsentRow.scope == "news"))
        profiles = await conn.scalars(select(ProfileRow.contact_id))
        return bool(list(grants)), len(list(profiles))


async def test_a_reply_behind_a_broadcast_is_not_forgotten(
    db: Database, clock: FixedClock, content: Content
) -> None:
    """While a broadcast is on its way to somebody who writes just then, the answer follows it at once, from another process."""
    channel = GatedChannel()
    async with make_house(db, clock, content, channel) as worker:
        [reader] = await readers_of(worker, 1)
        run = await start_run(db, [reader], due_at=clock.now())
        channel.shut()
        async with sending(worker), make_house(db, clock, content, channel) as web:
            await channel.in_flight()
            await web.conversations.receive(
                Person(web, reader.address.value).event(IncomingKind.BUTTON, "menu.main")
            )
            channel.open()
            await until(lambda: some(worker, 2))
            await until(lambda: ended(worker, run))
    texts = channel.texts(reader.address)
    assert texts[0] == TEXT["id"]
    assert len(texts) == 2


async def test_a_run_that_stands_still_is_found(house: TestHouse) -> None:
    """Where people are due for long and nothing leaves, it is told; not while it is paused, nor while it goes on."""
    readers = await readers_of(house, 2)
    run = await start_run(house.db, readers, due_at=house.clock.now())
    span = timedelta(minutes=15)
    for minutes, state, found in (
        (0, "scheduled", []),
        (16, "scheduled", [run]),
        (0, "paused", []),
    ):
        house.clock.pass_(minutes=minutes)
        await set_state(house, state)
        async with house.db.transaction() as conn:
            still = await broadcast_runs.list_standing_still(
                conn, now=house.clock.now(), for_=span
            )
        assert [each.run_id for each in still] == found
