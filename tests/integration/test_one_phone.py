"""Several people use one phone: each is on their own, comes back with words, and gets nothing that is another's."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.conversation.holding import Leaving
from bot.conversation.phones import TRIES
from bot.errors import Refused
from bot.hotline import access
from bot.hotline.away import Away, is_away
from bot.hotline.staff import Staff
from bot.jobs.tasks.follow_up import follow_up
from bot.jobs.tasks.purge import KEEP_PARKED, purge
from bot.messages import Address, CaseId, IncomingKind
from bot.store import contacts, held
from bot.store.moving import move
from bot.store.tables import AddressRow, CaseRow, ContactRow, OutboxRow, TranscriptRow
from tests.support.phones import Phone
from tests.support.world import TestHouse

WORDS, OTHERS = "hujan di sawah", "layang putih"
FOUR = re.compile(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+")
TOLD = "my boss keeps my passport and the door is locked"


@pytest.fixture
def phone(house: TestHouse) -> Phone:
    """A phone that nobody has written from."""
    return Phone(house.person())


async def in_talk(phone: Phone) -> tuple[Staff, CaseId]:
    """Let whoever is at the phone talk with a counsellor."""
    await phone.write(TOLD)
    await phone.tap("consent.ask")
    await phone.tap("consent.ask.share")
    counsellor = await phone.house.staff()
    case_id = await phone.house.talks.claim_next(counsellor)
    assert case_id is not None
    return counsellor, case_id


async def reply(phone: Phone, staff: Staff, case_id: CaseId, text: str) -> None:
    """Let a counsellor write."""
    token = str(phone.house.clock.new_id())
    await phone.house.talks.reply(staff, case_id, text, token=token, leaving=Leaving.NOW)


async def count(house: TestHouse, table: type) -> int:
    """Return how many rows a table has."""
    async with house.db.transaction() as conn:
        return await conn.scalar(select(func.count()).select_from(table)) or 0


def texts(phone: Phone) -> list[str]:
    """Return all that came to the phone, the last things last."""
    return [message.text for message in phone.person.inbox()]


async def test_somebody_new_is_a_stranger(phone: Phone) -> None:
    """Whoever comes after another is welcomed like anybody, in their own language, and is another contact."""
    await phone.write("halo")
    await phone.tap("language.choose.to-id")
    before = await phone.party()
    said = await phone.hand_over(WORDS)
    now = await phone.party()
    assert "Suar" in said[0].text
    assert now.contact_id != before.contact_id
    assert (now.locale, now.owner, now.epoch) == ("en", "bot", 0)
    assert now.state is not None
    assert set(now.state["memory"]) <= {"language"}
    assert [each.conversation_id for each in await phone.parked()] == [before.conversation_id]


async def test_the_words_bring_a_person_back(phone: Phone) -> None:
    """In any case and with any stops; where they stood and their language are as before, and the other one is parked."""
    await phone.write("halo")
    await phone.tap("language.choose.to-id")
    first = await phone.party()
    await phone.hand_over(WORDS)
    await phone.write("hello")
    second = await phone.party()
    said = await phone.come_back(" Hujan di SAWAH. ", leaving=OTHERS)
    assert (await phone.party()).conversation_id == first.conversation_id
    assert (await phone.party()).locale == "id"
    assert phone.says(said[-1], "phone.here.text")
    assert [each.conversation_id for each in await phone.parked()] == [second.conversation_id]
    await phone.come_back(OTHERS)
    assert (await phone.party()).conversation_id == second.conversation_id


async def test_words_of_the_bot_are_shown_once_and_work(phone: Phone) -> None:
    """Two words are made in the person's language."""
    await phone.write("halo")
    first = await phone.party()
    await phone.switch()
    await phone.tap("phone.ask.new")
    said = await phone.tap("phone.ask.make")
    made = said[-1].text.split("\n")[0].partition(": ")[2]
    assert len(made.split()) == 2
    await phone.tap("phone.ask.ready")
    await phone.come_back(made)
    assert (await phone.party()).conversation_id == first.conversation_id


async def test_wrong_words_tell_nothing(phone: Phone) -> None:
    """The same is said whether anybody has set words here or not, and after five tries nothing is looked up for an hour."""
    other = Phone(phone.house.person())
    await other.write("hello")
    await phone.hand_over(WORDS)
    said = [[each.text for each in await one.come_back("salah sekali")] for one in (phone, other)]
    assert said[0] == said[1]
    for _ in range(TRIES):
        refused = await phone.write("salah sekali")
    assert phone.says(refused[-1], "phone.ask.too_many")
    await phone.write(WORDS)
    assert len(await phone.parked()) == 1
    assert (await phone.party()).mark is not None
    phone.house.clock.pass_(hours=2)
    await phone.write(WORDS)
    assert (await phone.party()).mark is None


async def test_words_said_anywhere_else_do_nothing(phone: Phone) -> None:
    """They may be said by chance."""
    await phone.hand_over(WORDS)
    second = await phone.party()
    await phone.write(WORDS)
    assert (await phone.party()).conversation_id == second.conversation_id


async def test_words_are_kept_nowhere(phone: Phone) -> None:
    """Neither in the buffer nor in anything that was sent; what a person wrote before stays."""
    await phone.write("halo semua")
    first = await phone.party()
    await phone.hand_over(WORDS)
    second = await phone.party()
    await phone.come_back("salah sekali")
    await phone.write(WORDS)
    async with phone.house.db.transaction() as conn:
        rows = (await conn.execute(select(TranscriptRow))).all()
    keys = {each.conversation_id: each.key for each in (first, second)}
    kept = [keys[row.conversation_id].open(row.text_sealed, "transcript.text") for row in rows]
    assert kept == ["halo semua"]
    assert not any("sawah" in text for text in texts(phone))


@pytest.mark.parametrize("plain", ["abc", "12345", "siapa kamu"])
async def test_words_that_could_be_guessed_are_not_taken(phone: Phone, plain: str) -> None:
    """Too few letters, or what means something to the bot."""
    await phone.write("halo")
    await phone.switch()
    await phone.tap("phone.ask.new")
    phone.house.nlu.tell("siapa kamu", intent="about_bot")
    said = await phone.write(plain)
    assert phone.says(said[-1], "phone.ask.too_plain")
    async with phone.house.db.transaction() as conn:
        assert await conn.scalar(select(AddressRow.return_hash)) is None


async def test_words_of_another_sound_like_words_that_could_be_guessed(phone: Phone) -> None:
    """Setting words must not tell that somebody has them; and it is counted like trying them."""
    await phone.hand_over(WORDS)
    await phone.switch()
    await phone.tap("phone.ask.new")
    assert phone.says((await phone.write(WORDS))[-1], "phone.ask.too_plain")
    for _ in range(TRIES):
        said = await phone.write(WORDS)
    assert phone.says(said[-1], "phone.ask.too_many")


async def test_what_is_for_somebody_away_waits(phone: Phone) -> None:
    """A counsellor's lines are held, shown as such, and come in order when the person is back; nobody else sees them."""
    counsellor, case_id = await in_talk(phone)
    await phone.write("/switch")
    here = await phone.party()
    await reply(phone, counsellor, case_id, "first")
    await phone.house.recovery.look()
    await reply(phone, counsellor, case_id, "second")
    async with phone.house.db.transaction() as conn:
        view = await access.access_case(conn, phone.house.people, counsellor, case_id)
        assert await is_away(conn, case_id)
    assert [(each.author, each.text) for each in view.lines[-3:]] == [
        ("event", "away"), ("staff", "first"), ("staff", "second"),
    ]  # fmt: skip
    assert {each.held_for for each in view.lines[-2:]} == {held.AWAY}
    assert {"first", "second"}.isdisjoint(texts(phone))
    words = next(
        line for text in texts(phone) for line in text.splitlines() if FOUR.fullmatch(line)
    )
    await phone.tap("menu.more.back")
    await phone.write(words)
    await phone.house.recovery.look()
    await phone.house.recovery.look()
    assert texts(phone)[-2:] == ["first", "second"]
    assert (await phone.party()).conversation_id == here.conversation_id


async def test_a_person_comes_back_to_their_talk(phone: Phone) -> None:
    """With words that were set while waiting; the thread says that they were away, and holds none of the words."""
    await phone.write(TOLD)
    await phone.tap("consent.ask")
    await phone.tap("consent.ask.share")
    await phone.tap("phone.ask")
    await phone.tap("phone.ask.new")
    await phone.write(WORDS)
    await phone.tap("phone.ask.ready")
    counsellor = await phone.house.staff()
    case_id = await phone.house.talks.claim_next(counsellor)
    assert case_id is not None
    await reply(phone, counsellor, case_id, "I am here")
    said = await phone.come_back(WORDS)
    assert phone.says(said[-1], "phone.ask.in_talk")
    await phone.house.recovery.look()
    await phone.house.recovery.look()
    assert texts(phone)[-1] == "I am here"
    async with phone.house.db.transaction() as conn:
        view = await access.access_case(conn, phone.house.people, counsellor, case_id)
    assert [each.text for each in view.lines] == [TOLD, "away", "I am here", "here"]


async def test_who_waits_may_still_write_to_the_counsellor(phone: Phone) -> None:
    """At the step that waits for words, what tells of danger or is no word goes to the case."""
    counsellor, case_id = await in_talk(phone)
    await phone.house.talks.release(counsellor, case_id)
    await phone.tap("phone.ask")
    await phone.tap("phone.ask.new")
    await phone.write("he is coming back to the house now")
    async with phone.house.db.transaction() as conn:
        lines = await conn.scalar(
            select(func.count())
            .select_from(TranscriptRow)
            .where(TranscriptRow.case_id.is_not(None))
        )
    assert lines == 2
    assert (await phone.parked()) == []


async def test_without_words_and_case_nothing_is_kept(phone: Phone) -> None:
    """Nobody could come back to it, so it is erased at once."""
    await phone.write("halo")
    first = await phone.party()
    await phone.hand_over(None)
    async with phone.house.db.transaction() as conn:
        row = (
            await conn.execute(select(ContactRow).where(ContactRow.id == first.contact_id))
        ).one()
    assert row.wrapped_key is None
    assert await count(phone.house, AddressRow) == 1
    assert await phone.parked() == []


async def test_a_case_keeps_its_person(phone: Phone) -> None:
    """Without words the case stays where it is; somebody new who tells of danger has a case of their own."""
    _, case_id = await in_talk(phone)
    await phone.write("/switch")
    assert len(await phone.parked()) == 1
    await in_talk(phone)
    async with phone.house.db.transaction() as conn:
        owners = await conn.scalars(select(CaseRow.contact_id))
        assert len(set(owners)) == 2
        assert await is_away(conn, case_id)


async def test_erasing_is_about_oneself(phone: Phone) -> None:
    """Whoever erases everything leaves the others as they are, and the next one is a stranger who can make room for them."""
    await phone.write("halo")
    first = await phone.party()
    await phone.hand_over(WORDS)
    await phone.write("hello")
    await phone.tap("erase.ask")
    await phone.tap("erase.ask.yes")
    await phone.write("hi")
    assert len(await phone.parked()) == 1
    await phone.come_back(WORDS)
    assert (await phone.party()).conversation_id == first.conversation_id


async def test_old_buttons_of_another_do_nothing(phone: Phone) -> None:
    """A button that was shown to somebody else is an old button, in both directions; one's own work again afterwards."""
    await phone.write("halo")
    await phone.tap("erase.ask")
    erase = await phone.shown("erase.ask.yes")
    first = await phone.party()
    await phone.hand_over(WORDS)
    said = await phone.person.press(erase)
    assert phone.says(said[-1], "unclear.old_button.text")
    await phone.tap("erase.ask")
    others = await phone.shown("erase.ask.yes")
    await phone.tap("erase.ask.no")
    await phone.come_back(WORDS)
    assert (await phone.party()).conversation_id == first.conversation_id
    await phone.person.press(others)
    assert (await phone.party()).conversation_id == first.conversation_id
    await phone.person.press(erase)
    assert await phone.parked() == []
    assert await count(phone.house, AddressRow) == 0


async def test_a_block_is_for_everybody_at_the_phone(phone: Phone) -> None:
    """Nothing reaches a phone that has blocked the bot, whoever is there."""
    await phone.hand_over(WORDS)
    party = await phone.party()
    async with phone.house.db.transaction() as conn:
        await contacts.set_blocked(conn, party.address_id, phone.house.clock.now())
    [parked] = await phone.parked()
    assert parked.blocked
    async with phone.house.db.transaction() as conn:
        await contacts.set_blocked(conn, parked.address_id, None)
    assert not (await phone.party()).blocked


@pytest.mark.parametrize("somebody_is_here", [True, False])
async def test_a_number_that_moves_takes_everybody_along(
    phone: Phone, *, somebody_is_here: bool
) -> None:
    """Whoever is parked is found at the new number with the same words, also where the one who was there has been erased."""
    await phone.write("halo")
    first = await phone.party()
    await phone.hand_over(WORDS)
    if not somebody_is_here:
        await phone.tap("erase.ask")
        await phone.tap("erase.ask.yes")
    moved = Phone(phone.house.person())
    before, after = phone.person.address, moved.person.address
    async with phone.house.db.transaction() as conn:
        assert (await move(conn, phone.house.people, before, after) is None) != somebody_is_here
    await moved.write("hello")
    await moved.come_back(WORDS)
    back = await moved.party()
    assert (back.conversation_id, back.address) == (first.conversation_id, after)


async def test_what_the_bot_writes_first_waits(phone: Phone) -> None:
    """A greeting that somebody agreed to is not said to another; it comes when they are back."""
    await phone.tap("follow_up.ask")
    await phone.tap("follow_up.ask.d7")
    await phone.hand_over(WORDS)
    phone.house.clock.pass_(days=8)
    heard = len(phone.person.inbox())
    await follow_up(phone.house.db, phone.house.conversations, phone.house.clock)
    assert len(phone.person.inbox()) == heard
    await phone.come_back(WORDS)
    heard = len(phone.person.inbox())
    await follow_up(phone.house.db, phone.house.conversations, phone.house.clock)
    assert len(phone.person.inbox()) > heard


async def test_nobody_stays_parked_for_ever(phone: Phone) -> None:
    """After thirty days whoever has no case is forgotten; whoever has one stays."""
    other = Phone(phone.house.person())
    await in_talk(other)
    await other.write("/switch")
    await phone.write("halo")
    await phone.hand_over(WORDS)
    for span, left in ((KEEP_PARKED, 1), (timedelta(minutes=1), 0)):
        phone.house.clock.pass_(seconds=span.total_seconds())
        await purge(phone.house.db, phone.house.clock, keep_words=timedelta(hours=24))
        assert len(await phone.parked()) == left
    assert len(await other.parked()) == 1


async def test_the_end_of_a_talk_waits_as_well(phone: Phone) -> None:
    """A counsellor closes while the person is away: the last words wait, and nobody is asked how it was."""
    await phone.write("halo")
    await phone.switch()
    await phone.tap("phone.ask.new")
    await phone.write(WORDS)
    counsellor, case_id = await in_talk(phone)
    await phone.write("/switch")
    heard = len(phone.person.inbox())
    await reply(phone, counsellor, case_id, "take care")
    await phone.house.talks.close(counsellor, case_id, "helped")
    await phone.house.recovery.look()
    assert len(phone.person.inbox()) == heard
    await phone.come_back(WORDS)
    await phone.house.recovery.look()
    await phone.house.recovery.look()
    assert texts(phone)[-1] == "take care"


async def test_a_page_of_the_web_has_nobody_else(house: TestHouse) -> None:
    """On the web every page is a chat of its own, which is said, and nobody makes room."""
    web = Address("web", "web", "a-token-of-a-page")
    for number, (kind, text) in enumerate(
        (
            (IncomingKind.TEXT, "/switch"),
            (IncomingKind.BUTTON, "phone.ask.new"),
            (IncomingKind.BUTTON, "phone.ask.none"),
        )
    ):
        event = house.person().event(kind, text)
        await house.conversations.receive(
            type(event)(web, f"web-{number}", kind, text, client_language="en")
        )
    async with house.db.transaction() as conn:
        rows = (await conn.execute(select(OutboxRow))).all()
        party = await house.people.find(conn, web)
    assert party is not None
    assert len(rows) == 3
    assert await count(house, ContactRow) == 1


def test_away_is_a_refusal() -> None:
    """Whatever cannot be shown is refused, and stops nothing else."""
    assert issubclass(Away, Refused)
