"""Whoever steals the database reads nobody's words and finds nobody's address."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.errors import SetupError
from bot.messages import Address, Incoming, IncomingKind
from bot.store.contacts import People
from bot.store.crypto import Keyring
from bot.store.keys import get_lookup
from bot.store.tables import AddressRow, ContactRow
from tests.support.search import find_in_database
from tests.support.world import TEST_KEY, Person, TestHouse

TOLD = "my boss Antonius keeps my passport and the door is locked"
NEEDLES = ("antonius", "passport", "rinawati", "kuching", "sleeps at noon", "628123456789")


async def live(house: TestHouse) -> Person:
    """Let somebody go through everything that the house can keep of a person, and stop in the middle of a talk."""
    person = Person(house, "628123456789")
    await person.start()
    await person.press("quiz.play")
    await person.press("menu.main")
    await person.write(TOLD)
    await person.write("I am Rinawati in Kuching")
    await person.press("consent.ask")
    await person.press("consent.ask.share")
    await person.press("consent.waiting.at-evening")
    counsellor = await house.staff()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await person.write("he sleeps at noon")
    await house.talks.reply(
        counsellor, case_id, "Rinawati, can you leave while he sleeps at noon?", token="1"
    )
    await house.talks.close(counsellor, case_id, "helped")
    await person.press("feedback.ask.good")
    await person.write("thank you, Rinawati was here")
    unanswered = Incoming(person.address, "last", IncomingKind.TEXT, "Kuching again")
    assert (await house.conversations.intake.keep(unanswered)).is_new
    return person


async def test_no_column_holds_words_or_addresses_in_clear(house: TestHouse) -> None:
    """After a long conversation no column of any table, the job queue's too, holds a word of it or the person's number."""
    await live(house)
    # The fake's event ids are made of the address; real platforms number theirs.
    found = await find_in_database(house.db, NEEDLES)
    assert [place for place in found if not place.startswith("inbox.event_id")] == []


async def test_the_search_itself_finds_what_is_there(house: TestHouse) -> None:
    """The search that proves it would see a word in clear, in text and in bytes."""
    staff = await house.staff()
    await live(house)
    assert f"staff.email: {staff.email}" in await find_in_database(house.db, [staff.email])
    async with house.db.transaction() as conn:
        raw = await conn.scalar(select(ContactRow.wrapped_key)) or b""
    assert await find_in_database(house.db, [bytes(raw).hex()[:40]])


async def test_addresses_are_found_by_a_keyed_hash_only(house: TestHouse) -> None:
    """An address is kept as a hash that nobody can compute without this installation's key."""
    address = Address("fake", "bot", "628123456789")
    await live(house)
    async with house.db.transaction() as conn:
        kept = await conn.scalar(select(AddressRow.lookup))
        stranger = await get_lookup(conn, house.people.keyring)
    assert kept == stranger.of("address", address.channel, address.account, address.value)
    assert len(kept) == 32


async def test_two_people_share_no_key(house: TestHouse) -> None:
    """The key of one person does not open what belongs to another."""
    one, other = house.person(), house.person()
    await one.write("hello")
    await other.write("hello")
    async with house.db.transaction() as conn:
        mine = await house.people.find(conn, one.address)
        theirs = await house.people.find(conn, other.address)
    assert mine is not None
    assert theirs is not None
    sealed = theirs.key.seal("hello", "transcript.text")
    assert theirs.key.open(sealed, "transcript.text") == "hello"
    with pytest.raises(ValueError, match="cannot be opened"):
        mine.key.open(sealed, "transcript.text")
    with pytest.raises(ValueError, match="cannot be opened"):
        theirs.key.open(sealed, "address.value")


async def people_with(house: TestHouse, *keys: str) -> People:
    """Return the people as an installation with these secret keys sees them."""
    keyring = Keyring.of(keys)
    async with house.db.transaction() as conn:
        return People(keyring, await get_lookup(conn, keyring), house.clock)


async def test_a_new_first_key_still_opens_everything(house: TestHouse) -> None:
    """With a new key before the old one everybody is found and read, and new people are wrapped with the new key."""
    person = await live(house)
    new = Fernet.generate_key().decode()
    both = await people_with(house, new, TEST_KEY)
    async with house.db.transaction() as conn:
        old_party = await both.find(conn, person.address)
        fresh = await both.find_or_make(conn, Address("fake", "bot", "somebody-new"))
        wrapped = await conn.scalar(
            select(ContactRow.wrapped_key).where(ContactRow.id == fresh.contact_id)
        )
    assert old_party is not None
    assert old_party.state is not None
    assert Keyring.of((new,)).unwrap(wrapped) == fresh.key  # type: ignore[arg-type]


async def test_a_wrong_key_is_said_in_one_line(house: TestHouse) -> None:
    """With keys that do not fit, the house does not start, and says why without showing a key."""
    wrong = Fernet.generate_key().decode()
    with pytest.raises(SetupError, match="none of the keys opens this database") as refused:
        await people_with(house, wrong)
    assert wrong not in str(refused.value)
    for bad in ((), ("short",)):
        with pytest.raises(SetupError, match="SUAR_SECRET_KEYS"):
            Keyring.of(bad)
