"""When very many people come at once, nobody is cut off: sessions and danger pass, new people come in by turns."""

import asyncio
import hashlib
import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
import websockets
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.webchat.door import (
    BITS_NETWORK,
    NETWORK_GAP_S,
    NOT_TOLD_APART,
    WAIT_S,
    Door,
    Guest,
)
from bot.gateway.webchat.guest import MAX_HELD, Entry
from tests.support.chat_page import ChatPage, open_page, web_process, words
from tests.support.loaded import the_lexicon
from tests.support.world import TestHouse

FLOOD, CALM = "1.1.1.7", "8.8.4.4"
NEIGHBOUR = "1.1.1.9"
DANGER = "they locked me in and took my passport"


@dataclass
class Held:
    """A clock that is moved by hand."""

    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def nonce_for(salt: str, bits: int) -> str:
    """Do the work that a page does."""
    number = 0
    while int.from_bytes(hashlib.sha256(f"{salt}:{number}".encode()).digest(), "big") >> (
        256 - bits
    ):
        number += 1
    return str(number)


def come(door: Door, host: str, **more: Any) -> Guest:
    """Come in from an address."""
    return door.come(door.network_of(host), more.get("turn_away", lambda: None))


def test_calm_days_ask_nobody() -> None:
    """As many as a busy day brings, from one network and from all, come in without a thing."""
    now = Held()
    door = Door(per_minute=200, per_network=60, now=now)
    for _ in range(60):
        assert door.ask(come(door, FLOOD), 0) == 0
    for number in range(140):
        assert door.ask(come(door, f"9.{number}.0.1"), 0) == 0


def test_a_minute_later_all_is_calm_again() -> None:
    """The count forgets: whoever comes after the rush is asked for nothing."""
    now = Held()
    door = Door(per_minute=5, now=now)
    for _ in range(5):
        door.ask(come(door, CALM), 0)
    now.at += 60
    assert door.ask(come(door, CALM), 0) == 0


async def test_a_crowded_network_is_asked_and_others_are_not() -> None:
    """One address that floods costs its own network work, and nobody else."""
    door = Door(per_network=5, now=Held())
    for _ in range(5):
        door.ask(come(door, FLOOD), 0)
    assert door.ask(come(door, NEIGHBOUR), 0) == BITS_NETWORK
    assert door.ask(come(door, CALM), 0) == 0


def test_addresses_that_are_no_public_ones_are_one_unknown_network() -> None:
    """Behind a proxy that does not say for whom it asks, nobody pays for the others; IPv6 counts by the /48 of a household."""
    door = Door()
    for host in ("127.0.0.1", "10.0.0.8", "::1", "", "a name", "::ffff:172.16.0.1"):
        assert door.network_of(host) == NOT_TOLD_APART
    assert door.network_of(FLOOD) == door.network_of(NEIGHBOUR) != door.network_of(CALM)
    assert door.network_of("2606:4700:1::1") == door.network_of("2606:4700:1:9::2")
    assert door.network_of("2606:4700:1::1") != door.network_of("2606:4700:2::1")
    assert door.network_of(FLOOD) == door.network_of(f"::ffff:{FLOOD}")
    assert Door().network_of(FLOOD) != door.network_of(FLOOD)


async def test_who_cannot_work_waits_and_comes_in() -> None:
    """After a few seconds the door opens to an old phone too; the wait goes on where a broken line has cut it."""
    now = Held()
    door = Door(per_network=0, now=now)
    slow, back = come(door, FLOOD), come(door, CALM)
    door.ask(slow, 0)
    door.ask(back, WAIT_S - 1)
    door.let_next_in()
    assert not slow.turn.is_set()
    assert not back.turn.is_set()
    now.at += 1
    door.let_next_in()
    assert (back.turn.is_set(), slow.turn.is_set()) == (True, False)
    now.at += WAIT_S
    door.let_next_in()
    assert slow.turn.is_set()


async def test_who_has_worked_goes_before_those_who_wait() -> None:
    """Among thousands who send and do nothing, somebody real is the next of their network."""
    now = Held()
    door = Door(per_network=0, now=now)
    for _ in range(5_000):
        door.ask(come(door, FLOOD), WAIT_S)
    real = come(door, NEIGHBOUR)
    bits = door.ask(real, 0)
    assert not real.has_worked("0") or bits == 0
    real.proven = real.has_worked(nonce_for(real.salt, bits))
    door.let_next_in()
    assert real.turn.is_set()


async def test_each_network_has_its_turn() -> None:
    """Five thousand of one network do not keep the only one of another waiting behind them."""
    now = Held()
    door = Door(per_minute=0, per_network=0, now=now)
    for _ in range(5_000):
        door.ask(come(door, FLOOD), WAIT_S)
    alone = come(door, CALM)
    door.ask(alone, WAIT_S)
    for _ in range(2):
        door.let_next_in()
    assert alone.turn.is_set()
    before = len(door._waiting[door.network_of(FLOOD)])
    door.let_next_in()
    assert len(door._waiting[door.network_of(FLOOD)]) == before
    now.at += NETWORK_GAP_S
    door.let_next_in()
    assert len(door._waiting[door.network_of(FLOOD)]) == before - 1


def test_too_many_open_pages_make_room_for_the_newest() -> None:
    """A process keeps only so many sockets open: others of the same crowd come again by themselves, the newest stays."""
    away: list[int] = []
    door = Door(max_guests=100)
    calm = come(door, CALM, turn_away=lambda: away.append(-1))
    for number in range(500):
        come(door, FLOOD, turn_away=lambda number=number: away.append(number))
    assert len(away) == 450
    assert -1 not in away
    assert 499 not in away
    door.gone(calm)
    assert door.network_of(CALM) not in door._guests


def test_what_is_kept_of_networks_is_bounded() -> None:
    """A flood from more networks than can be counted forgets the oldest."""
    door = Door(per_minute=10**9)
    for number in range(5_200):
        guest = come(door, f"{11 + number // 60_000}.{number // 250}.{number % 250}.1")
        door.ask(guest, 0)
        door.gone(guest)
    assert len(door._networks) <= 5_000
    assert not door._guests


@dataclass
class Inside:
    """What an entry lets through."""

    taken: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    async def take(self, frame: dict[str, Any]) -> None:
        """Take an event; another may come meanwhile."""
        await asyncio.sleep(0)
        self.taken.append(frame["id"])

    async def push(self, frame: dict[str, Any]) -> None:
        """Tell the page."""
        self.told.append(frame)


_LEXICON = the_lexicon()
TEXTS = st.lists(st.sampled_from(["hello", "spam spam", DANGER, "…"]), min_size=1, max_size=40)


@given(texts=TEXTS, opens_after=st.integers(0, 40))
async def test_danger_is_never_held_and_nothing_comes_twice_or_out_of_order(
    texts: list[str], opens_after: int
) -> None:
    """Danger is answered with its own frame, the rest follows in order; where not all could be held the page is told to come again."""
    now, inside, away = Held(), Inside(), []
    door = Door(per_network=0, now=now)
    entry = Entry(door, _LEXICON, inside.push, inside.take)
    entry.guest = come(door, FLOOD, turn_away=lambda: away.append(1))
    for number, text in enumerate(texts):
        await entry.event({"type": "text", "id": str(number), "content": text})
        if text == DANGER:
            assert inside.taken[-1] == str(number)
        if number == opens_after and entry.guest is not None:
            await entry.let_in()
    await entry.let_in()
    numbers = [int(each) for each in inside.taken]
    assert numbers == sorted(set(numbers))
    assert away or len(numbers) == len(texts)
    entry.leave()


async def test_a_page_that_sends_more_than_is_held_comes_again() -> None:
    """What is beyond the measure stays with the page, which is told to come again once its session is known."""
    inside, away = Inside(), []
    door = Door(per_network=0, now=Held())
    entry = Entry(door, _LEXICON, inside.push, inside.take)
    entry.guest = come(door, FLOOD, turn_away=lambda: away.append(1))
    for number in range(MAX_HELD + 5):
        await entry.event({"type": "text", "id": str(number), "content": "hello"})
    assert inside.taken == []
    await entry.let_in()
    assert (len(inside.taken), away) == (MAX_HELD, [1])
    entry.leave()


async def prove(page: ChatPage) -> None:
    """Do the work that the page is asked for."""
    asked = await page.next("proof")
    assert asked["bits"] > 0
    await page.send(type="proof", nonce=nonce_for(asked["salt"], asked["bits"]))


@pytest.mark.slow
async def test_five_thousand_new_sessions_keep_nobody_from_being_answered(
    house: TestHouse,
) -> None:
    """While one address opens 5,000 sessions and writes in each: whoever has a session, a new person elsewhere, a new person of the
    very same network and somebody in danger there are all answered."""
    async with web_process(house, door=Door()) as url, open_page(url, at=CALM) as known:
        assert words(await known.text("hello"))
        flooded = asyncio.Event()
        flood = asyncio.create_task(_flood(url, 5_000, flooded))
        await asyncio.wait_for(flooded.wait(), 60)
        async with asyncio.timeout(120):
            assert words(await known.text("are you there?"))
            async with open_page(url, known.session, at=FLOOD) as back:
                assert words(await back.text("I am back"))
            async with open_page(url, at=NEIGHBOUR) as danger:
                await danger.send(type="text", id="1", text=DANGER)
                assert (await danger.next("message"))["text"]
            async with open_page(url, at=NEIGHBOUR) as new:
                await new.send(type="text", id="1", text="good morning")
                await prove(new)
                assert (await new.next("message", within_s=60))["text"]
            async with open_page(url, at="9.9.9.9") as elsewhere:
                await elsewhere.send(type="text", id="1", text="good morning")
                frame = await elsewhere.next("proof", "message", within_s=60)
                if frame["type"] == "proof":
                    nonce = nonce_for(frame["salt"], frame["bits"])
                    await elsewhere.send(type="proof", nonce=nonce)
                    frame = await elsewhere.next("message", within_s=60)
                assert frame["text"]
        assert await flood == 5_000


async def _flood(url: str, count: int, flooded: asyncio.Event) -> int:
    """Open so many new sessions from one address, and write in each; a hundred stay open at a time."""
    opened: deque[websockets.ClientConnection] = deque()
    hello = json.dumps({"type": "hello", "session": None, "locale": "en"})
    for number in range(count):
        line = await websockets.connect(url, additional_headers={"X-Forwarded-For": FLOOD})
        await line.send(hello)
        await line.send(json.dumps({"type": "text", "id": str(number), "text": "buy this"}))
        opened.append(line)
        if len(opened) > 100:
            opened.popleft().transport.abort()
        if number == 500:
            flooded.set()
    for line in opened:
        line.transport.abort()
    return count
