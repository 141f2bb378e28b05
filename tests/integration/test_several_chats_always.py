"""What holds whatever several chats of several people do, and wherever a process dies over it."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Sequence
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.faults import JOIN_POINTS, PART_POINTS
from bot.store import belongings
from bot.store.crypto import DataKey
from bot.store.tables import (
    AddressRow,
    CaseRow,
    ConsentRow,
    ContactRow,
    ConversationRow,
    FollowUpRow,
    JoinCodeRow,
)
from tests.integration import join_presser
from tests.support.chats import connect, contact_of, make_code, two_chats
from tests.support.world import Person, TestHouse

WORDS = re.compile(r"^[a-z]+ [a-z]+ [a-z]+ [a-z]+$", re.MULTILINE)
BUTTONS = {
    "talk": ("consent.ask", "consent.ask.talk"),
    "here": ("join.elsewhere.here",),
    "part": ("join.ask", "join.ask.leave", "join.ask.sure"),
    "erase": ("erase.ask", "erase.ask.yes"),
    "follow": ("follow_up.ask", "follow_up.ask.d7"),
}
"""What is pressed, one after the other."""
ACTS = st.sampled_from([*BUTTONS, "write", "stop", "end_talk", "join", "join", "resume", "undo"])
STEPS = st.tuples(ACTS, st.integers(0, 2), st.integers(0, 2))
_names = count()


async def act(people: Sequence[Person], what: str, who: int, other: int) -> None:
    """Let somebody do something in a chat."""
    person = people[who]
    if what in BUTTONS:
        for button in BUTTONS[what]:
            await person.press(button)
    elif what == "join":
        await person.press("join.ask")
        await person.press("join.ask.yes")
        if "Your code is" in person.inbox()[-1].text:
            await connect(people[other], _code(person))
    elif what == "resume":
        told = [found[0] for each in person.inbox() if (found := WORDS.search(each.text))]
        if told:
            await people[other].press("passphrase.ask")
            await people[other].write(told[-1])
    elif what == "undo":
        await person.house.recovery.look()
        undo = [
            button.id
            for each in person.inbox()
            for button in each.buttons
            if button.id.startswith("join.told.undo-")
        ]
        await person.press(undo[-1] if undo else "join.told")
    else:
        said = {"write": "hello, my boss is angry", "stop": "/stop", "end_talk": "/leave"}
        await person.write(said[what])


def _code(person: Person) -> str:
    found = re.search(r"([A-Z]{4})-([A-Z]{4})", person.inbox()[-1].text)
    assert found is not None
    return found[1] + found[2]


@pytest.mark.slow
@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    derandomize=True,
    database=None,
)
@given(steps=st.lists(STEPS, min_size=3, max_size=12))
@example(steps=[("join", 0, 1), ("talk", 1, 0), ("part", 0, 0), ("join", 1, 2), ("here", 2, 0)])
@example(steps=[("talk", 0, 0), ("join", 1, 2), ("resume", 0, 1), ("here", 2, 0), ("undo", 0, 0)])
@example(steps=[("join", 0, 1), ("talk", 1, 0), ("undo", 0, 1), ("erase", 1, 0), ("write", 0, 0)])
async def test_whatever_chats_do_everything_fits_together(
    house: TestHouse, steps: list[tuple[str, int, int]]
) -> None:
    """All that is sealed opens with its person's key, nobody has two open cases, and of whom was erased nothing is left."""
    people = [Person(house, f"always-{next(_names)}") for _ in range(3)]
    for what, who, other in steps:
        house.clock.pass_(hours=2)
        await act(people, what, who, other)
        async with house.db.transaction() as conn:
            await check_whole(house, conn)


async def check_whole(house: TestHouse, conn: AsyncConnection) -> None:
    """Hold the whole database against what must always be so."""
    keys = {
        row.id: house.people.keyring.unwrap(row.wrapped_key)
        for row in (await conn.execute(select(ContactRow))).all()
        if row.wrapped_key is not None
    }
    chats = {row.id: row for row in (await conn.execute(select(ConversationRow))).all()}
    places = {row.id: row for row in (await conn.execute(select(AddressRow))).all()}
    cases = {row.id: row for row in (await conn.execute(select(CaseRow))).all()}
    for chat in chats.values():
        assert chat.contact_id in keys
        assert places[chat.address_id].contact_id == chat.contact_id
    for case in cases.values():
        assert chats[case.conversation_id].contact_id == case.contact_id
    open_cases = [case for case in cases.values() if case.state != "closed"]
    assert len({case.contact_id for case in open_cases}) == len(open_cases)
    owned = {chat.id for chat in chats.values() if chat.owner != "bot"}
    assert owned == {case.conversation_id for case in open_cases}
    await _opens(conn, keys, chats, cases)
    for table in (JoinCodeRow, FollowUpRow):
        for row in (await conn.execute(select(table))).all():
            assert chats[row.conversation_id].contact_id == row.contact_id
    agreed = select(ConsentRow).where(ConsentRow.withdrawn_at.is_(None))
    assert {row.contact_id for row in (await conn.execute(agreed)).all()} <= set(keys)


async def _opens(
    conn: AsyncConnection,
    keys: dict[UUID, DataKey],
    chats: dict[UUID, Any],
    cases: dict[UUID, Any],
) -> None:
    """Open every sealed column of people with the key of whose it is."""
    for table, owned, column, place in belongings._SEALED:
        for row in (await conn.execute(select(table))).all():
            sealed = getattr(row, column)
            if sealed is None:
                continue
            if owned == "contact_id":
                contact = row.contact_id
            elif owned == "case_id":
                contact = cases[row.case_id].contact_id
            else:
                chat = row.id if owned == "id" else row.conversation_id
                contact = chats[chat].contact_id
            keys[contact].open_bytes(sealed, place)


async def press_in_a_process(dsn: str, person: Person, button: str, fault: str) -> int:
    """Press a button in another process; return how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", join_presser.__name__, dsn, person.value, button,
        env={**os.environ, "SUAR_FAULT": fault},
    )  # fmt: skip
    return await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("point", JOIN_POINTS)
async def test_a_death_while_connecting_connects_nothing_by_half(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Killed anywhere before the commit, both are whom they were and the code still works."""
    first, second = house.person(), house.person()
    await second.write("I was here before")
    await first.start()
    code = await make_code(first)
    await second.start(f"j_{code}")
    died = await press_in_a_process(dsn, second, "join.confirm.yes", f"{point}:1")
    assert died == -signal.SIGKILL
    async with house.db.transaction() as conn:
        await check_whole(house, conn)
        assert len((await conn.scalars(select(JoinCodeRow.lookup))).all()) == 1
    assert await contact_of(house, first) != await contact_of(house, second)
    assert "are connected" in (await second.press("join.confirm.yes"))[0].text


@pytest.mark.slow
@pytest.mark.parametrize("point", PART_POINTS)
async def test_a_death_while_parting_parts_nothing_by_half(
    house: TestHouse, dsn: str, point: str
) -> None:
    """Killed in the middle the chats still belong together, and the press can be made again."""
    first, second = await two_chats(house)
    await second.press("join.ask")
    await second.press("join.ask.leave")
    died = await press_in_a_process(dsn, second, "join.ask.sure", f"{point}:1")
    assert died == -signal.SIGKILL
    async with house.db.transaction() as conn:
        await check_whole(house, conn)
    assert await contact_of(house, first) == await contact_of(house, second)
    await second.press("join.ask.sure")
    assert await contact_of(house, first) != await contact_of(house, second, made=True)
