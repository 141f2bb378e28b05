"""The live connection: what it tells, how fast, and whom it counts as being at the desk."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.desk.web import events
from bot.desk.web.events import Changes
from bot.hotline.staff import Role, Staff, disable, on_desk
from tests.integration.desk.browser import Browser
from tests.integration.desk.house import House


@asynccontextmanager
async def _listening(
    house: House, address: str, email: str, query: str = ""
) -> AsyncIterator[AsyncIterator[str]]:
    """Sign in on the real port and open the live connection; gives the names of its events."""
    async with httpx.AsyncClient(base_url=address, timeout=10) as client:
        await Browser(client, house.codes).sign_in(email)
        async with client.stream("GET", f"/desk/events{query}") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _names(answer)


async def _names(answer: httpx.Response) -> AsyncIterator[str]:
    async for line in answer.aiter_lines():
        if line.startswith("event: "):
            yield line.removeprefix("event: ")


async def _next(names: AsyncIterator[str], count: int = 1) -> list[str]:
    async with asyncio.timeout(5):
        return [await anext(names) for _ in range(count)]


async def test_new_person_is_told_by_notice(house: House, counsellor: Staff, address: str) -> None:
    """A new case is told to the open desk long before the next heartbeat."""
    async with _listening(house, address, counsellor.email) as names:
        assert await _next(names, 2) == ["case", "queue"]
        await asyncio.sleep(0.3)
        await house.add_case()
        async with asyncio.timeout(events.HEARTBEAT_S / 2):
            assert await _next(names) == ["queue"]


async def test_only_the_open_conversation_is_looked_at_again(
    house: House, counsellor: Staff, address: str
) -> None:
    """Words in one conversation make its page fetch the thread and no other page anything; a new person is told to all."""
    case_id = await house.add_case()
    async with _listening(house, address, counsellor.email, f"?case={case_id}") as names:
        await _next(names, 2)
        await asyncio.sleep(0.3)
        await house.person_writes(case_id, "halo")
        assert await _next(names) == ["case"]
        other = await house.add_case()
        await house.person_writes(other, "halo")
        await house.person_writes(case_id, "halo lagi")
        assert sorted(await _next(names, 2)) == ["case", "queue"]


async def test_open_desk_counts_as_being_there(
    house: House, counsellor: Staff, address: str
) -> None:
    """Whoever talks with people and has a page open is at the desk; others never are."""
    campaigner = await house.add_staff("Citra", Role.CAMPAIGNER)

    async def there() -> int:
        async with house.db.transaction() as conn:
            return await on_desk(conn, house.clock.now())

    async with _listening(house, address, campaigner.email) as names:
        await _next(names)
        assert await there() == 0
    async with _listening(house, address, counsellor.email) as names:
        await _next(names)
        assert await there() == 1


async def test_closed_page_lets_go(house: House, counsellor: Staff, address: str) -> None:
    """A page that is closed leaves no listener behind."""
    async with _listening(house, address, counsellor.email) as names:
        await _next(names)
        assert len(house.ear._callbacks["suar_desk"]) == 1
    async with asyncio.timeout(3):
        while house.ear._callbacks["suar_desk"]:  # the ear tells nobody
            await asyncio.sleep(0.02)


async def test_end_of_session_reaches_the_open_page(
    house: House, counsellor: Staff, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is disabled is told at the next heartbeat, and the connection ends."""
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.2)
    async with _listening(house, address, counsellor.email) as names:
        await _next(names, 2)
        async with house.db.transaction() as conn:
            await disable(conn, counsellor.email, house.clock.now())
        async with asyncio.timeout(5):
            told = [name async for name in names]
    assert told[-1] == "signed_out"


async def test_every_heartbeat_has_all_looked_at(
    house: House, counsellor: Staff, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notice that got lost costs a heartbeat and not a person."""
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.2)
    async with _listening(house, address, counsellor.email) as names:
        assert await _next(names, 6) == ["case", "queue"] * 3


async def test_stopping_ends_the_connection(house: House, counsellor: Staff, address: str) -> None:
    """An open page does not keep the process from ending."""
    async with _listening(house, address, counsellor.email) as names:
        await _next(names, 2)
        house.services.stopping.set()
        async with asyncio.timeout(2):
            assert [name async for name in names] == []


def test_burst_becomes_one_look() -> None:
    """Fifty notices at once are told once, and an empty one means everything."""
    changes = Changes("mine")
    changes.take()
    for _ in range(50):
        changes.on_notice(json.dumps({"kind": "case_opened", "case": "other"}))
    assert changes.take() == ["queue"]
    changes.on_notice(json.dumps({"kind": "message", "case": "other"}))
    assert not changes.woken.is_set()
    assert changes.take() == []
    changes.on_notice(json.dumps({"kind": "message", "case": "mine"}))
    assert changes.take() == ["case"]
    changes.on_notice("")
    assert changes.take() == ["case", "queue"]
