"""Telephone companies give numbers to new people: on the word of a number alone, nobody gets what is another's."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from bot.channels.errors import ContactStopped
from bot.messages import Address
from bot.store.tables import AddressRow, CaseRow, ContactRow, ConversationRow
from tests.channels.test_contract import letter
from tests.integration.test_coming_back import WORDS
from tests.integration.test_whatsapp import Meta
from tests.support.whatsapp_fake.graph import words_of
from tests.support.whatsapp_fake.meta import NUMBER, PHONE_ID, USER_ID, button, message, text

TOLD = "my boss keeps my passport and the door is locked"
OTHER_ID = "ID.20000000000000000000"
HERE = Address("whatsapp", PHONE_ID, NUMBER)


async def talk_of(meta: Meta, value: str) -> UUID | None:
    """Return which conversation is found at a user id or a number."""
    async with meta.house.db.transaction() as conn:
        party = await meta.house.people.find(conn, Address("whatsapp", PHONE_ID, value))
    return None if party is None else party.conversation_id


async def by_number(meta: Meta, words: str) -> UUID:
    """Let whoever has the number write without a user id; return their conversation."""
    await meta.says(text(meta.next_id(), words), user_id=None)
    found = await talk_of(meta, NUMBER)
    assert found is not None
    return found


async def by_id(meta: Meta, user_id: str, words: str = "halo") -> UUID:
    """Let somebody write with a user id and the number; return their conversation."""
    await meta.says(text(meta.next_id(), words), user_id=user_id)
    found = await talk_of(meta, user_id)
    assert found is not None
    return found


async def open_case(meta: Meta) -> str:
    """Let who writes by number alone ask for a counsellor; return their four words."""
    await by_number(meta, "halo")
    await meta.says(button(meta.next_id(), "consent.ask"), user_id=None)
    said = await meta.says(button(meta.next_id(), "consent.ask.talk"), user_id=None)
    lines = [line for each in said for line in words_of(each).splitlines()]
    return next(line for line in lines if WORDS.fullmatch(line))


async def test_a_young_talk_goes_on(meta: Meta) -> None:
    """Who wrote by number alone within sixty days, and told of no danger, is the same with a user id."""
    before = await by_number(meta, "halo")
    meta.house.clock.pass_(days=59)
    assert await by_id(meta, USER_ID) == before
    assert await talk_of(meta, NUMBER) is None


@pytest.mark.parametrize("days", [60, 400])
async def test_an_old_talk_is_another_persons(meta: Meta, days: int) -> None:
    """After sixty days of silence a number may be somebody else's: a stranger, with a user id or without one, and nothing goes to the old talk any more."""
    before = await by_number(meta, "halo")
    meta.house.clock.pass_(days=days)
    assert await by_number(meta, "halo") != before
    meta.house.clock.pass_(days=days)
    assert await by_id(meta, USER_ID) != before
    async with meta.house.db.transaction() as conn:
        old = await meta.house.people.get(conn, before)
    assert old.blocked
    sent = len(meta.graph.sent)
    with pytest.raises(ContactStopped):
        await meta.channel.send(old.address, letter("are you there?"))
    assert len(meta.graph.sent) == sent


async def test_another_user_id_is_another_person(meta: Meta) -> None:
    """The same number with another user id than the one that it came with before is a stranger, however soon."""
    await by_number(meta, "halo")
    first = await by_id(meta, USER_ID)
    second = await by_id(meta, OTHER_ID)
    assert first != second
    assert await talk_of(meta, USER_ID) == first


async def test_a_case_waits_for_the_four_words(meta: Meta) -> None:
    """Who has a case and comes with a user id for the first time is a stranger until they give their four words; then the case is theirs."""
    words = await open_case(meta)
    before = await talk_of(meta, NUMBER)
    now = await by_id(meta, USER_ID)
    assert now != before
    assert await case_of(meta) == before
    await meta.says(button(meta.next_id(), "passphrase.ask"))
    said = await meta.says(text(meta.next_id(), words))
    assert words_of(said[0]).startswith(("Welcome back", "Selamat datang lagi"))
    assert await case_of(meta) == now


async def case_of(meta: Meta) -> UUID | None:
    """Return in which conversation the only case is."""
    async with meta.house.db.transaction() as conn:
        found: UUID | None = await conn.scalar(select(CaseRow.conversation_id))
    return found


async def test_a_danger_is_not_shown_to_who_has_the_phone(meta: Meta) -> None:
    """Who told of a danger by number alone is a stranger when a user id comes: it may be somebody else's WhatsApp on that number."""
    before = await by_number(meta, TOLD)
    assert await by_id(meta, USER_ID) != before


async def test_meta_says_who_has_moved(meta: Meta) -> None:
    """Where Meta itself tells that a person has another number now, they keep their talk, with a case too."""
    await open_case(meta)
    before = await talk_of(meta, NUMBER)
    changed = {"body": "B", "wa_id": "6281200000008", "type": "user_changed_number"}
    await meta.says(message(meta.next_id(), "system", changed), user_id=None)
    assert await talk_of(meta, "6281200000008") == before
    assert await talk_of(meta, NUMBER) is None


@dataclass
class Model:
    """What may be: who is behind which conversation, as far as the platform has proved it."""

    scoped: dict[UUID, str] = field(default_factory=dict)
    heard_at: dict[UUID, float] = field(default_factory=dict)
    risky: set[UUID] = field(default_factory=set)


acts = st.one_of(
    st.tuples(st.just("days"), st.sampled_from(["1", "30", "59", "61"])),
    st.tuples(st.sampled_from(["halo", TOLD]), st.sampled_from(["", "ID.1", "ID.2", "ID.3"])),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(acts, min_size=2, max_size=9))
async def test_nobody_gets_what_is_anothers(meta: Meta, steps: list[tuple[str, str]]) -> None:
    """Whatever people write from one number, with whichever user ids: no talk ever has two user ids, none goes on after sixty days
    on the number's word, and one in which a danger was told is never carried over to a user id."""
    async with meta.house.db.transaction() as conn:
        for table in (AddressRow, ConversationRow, ContactRow):
            await conn.execute(delete(table))
    model, today = Model(), 0.0
    for what, who in steps:
        if what == "days":
            meta.house.clock.pass_(days=int(who))
            today += int(who)
            continue
        came_by = await (by_id(meta, who, what) if who else by_number(meta, what))
        check(model, came_by, who, today)
        model.heard_at[came_by] = today
        if who:
            model.scoped[came_by] = who
        if what == TOLD:
            model.risky.add(came_by)
    async with meta.house.db.transaction() as conn:
        people = await conn.scalar(select(func.count()).select_from(ContactRow))
    assert people == len(model.heard_at), "nobody is made one with another"


def check(model: Model, talk: UUID, who: str, today: float) -> None:
    """Hold what was found against what may be."""
    if talk not in model.heard_at:
        return
    known = model.scoped.get(talk)
    if known is not None:
        assert known == who
        return
    assert today - model.heard_at[talk] < 60
    assert not (who and talk in model.risky)
