"""A message whose words were changed afterwards: danger in it is answered, an open question is read anew, and nothing is said twice."""

from itertools import count

from bot.hotline import access
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.understanding.model import Risk, RiskLevel
from tests.support.world import Person, TestHouse

DANGER = "my boss keeps my passport and the door is locked"
QUESTION, ANSWER = "what is human trafficking exactly?", "Human trafficking has three parts:"
_numbers = count(1)


def known(house: TestHouse) -> None:
    """Let the language model know the question."""
    house.nlu.tell(QUESTION, "what_is_trafficking")


async def do(
    person: Person, kind: IncomingKind, text: str, message_id: str, event: str | None = None
) -> list[Outgoing]:
    """Write a message with this number, or change it; return what comes back."""
    before = len(person.inbox())
    event = event or f"{person.value}-e{next(_numbers)}"
    address = person.address
    await person.house.conversations.receive(
        Incoming(address, event, kind, text, "en", message_id=message_id)
    )
    return person.inbox()[before:]


async def write(person: Person, text: str, message_id: str) -> list[Outgoing]:
    """Write a message with this number."""
    return await do(person, IncomingKind.TEXT, text, message_id)


async def edit(person: Person, text: str, message_id: str) -> list[Outgoing]:
    """Change the message with this number."""
    return await do(person, IncomingKind.EDITED, text, message_id)


async def test_danger_in_a_change_is_answered_however_old_the_message(house: TestHouse) -> None:
    """Somebody tells of danger by changing what they wrote long before."""
    person = house.person()
    await write(person, "/menu", "1")
    await person.press("quiz.play")
    [support] = await edit(person, DANGER, "1")
    assert "I believe you" in support.text


async def test_danger_that_was_answered_is_not_answered_again_for_a_comma(
    house: TestHouse,
) -> None:
    """The last message told of it already: changing its spelling brings nothing new; more danger does."""
    person = house.person()
    await write(person, DANGER, "1")
    assert await edit(person, f"{DANGER}!", "1") == []
    worse = "he will kill me tonight"
    house.nlu.tell(worse, "disclose", risk=Risk(RiskLevel.IMMEDIATE, ("violence",), "self"))
    assert await edit(person, worse, "1") != []


async def test_words_that_were_not_understood_are_read_anew(house: TestHouse) -> None:
    """While nothing else has happened, the change counts as if it had just been written."""
    known(house)
    person = house.person()
    await person.press("menu.main")
    await write(person, "waht is himan trafiking exactli", "1")
    answer = await edit(person, QUESTION, "1")
    assert answer[-1].text.startswith(ANSWER)


async def test_the_same_is_not_said_twice(house: TestHouse) -> None:
    """A change that leads to the same answer is met with silence, and the conversation stays usable."""
    known(house)
    house.nlu.tell(f"{QUESTION}?", "what_is_trafficking")
    person = house.person()
    await person.press("menu.main")
    [first] = await write(person, QUESTION, "1")
    assert first.text.startswith(ANSWER)
    assert await edit(person, f"{QUESTION}?", "1") == []
    other = "what does human trafficking mean exactly?"
    house.nlu.tell(other, "what_is_trafficking")
    assert await edit(person, other, "1") == []
    [sources] = await person.press("answer.give.from-what_is_trafficking")
    assert sources.text


async def test_a_change_counts_no_more_once_the_conversation_has_gone_on(
    house: TestHouse,
) -> None:
    """After a press, or a later message, only danger in it would be answered."""
    known(house)
    person = house.person()
    await person.press("menu.main")
    await write(person, "hm", "1")
    await person.press("menu.main")
    assert await edit(person, QUESTION, "1") == []
    await write(person, "hm", "2")
    await write(person, "well", "3")
    assert await edit(person, QUESTION, "2") == []


async def test_an_answer_to_a_step_is_not_given_twice(house: TestHouse) -> None:
    """The name was noted and the conversation went on: the change is no word for what comes next."""
    person = house.person()
    await person.press("watched.word")
    said = await write(person, "mango77", "1")
    assert "mango77" in said[0].text
    assert await edit(person, "mango78", "1") == []


async def test_the_safe_word_works_in_a_change_too(house: TestHouse) -> None:
    """Whoever has no second to lose may change any message into it."""
    person = house.person()
    await person.press("watched.word")
    await write(person, "mango77", "1")
    await person.press("menu.main")
    said = await edit(person, "mango77", "1")
    assert said[-1].text.startswith(("Question", "Soal", "Pertanyaan"))
    assert await edit(person, "hello there", "1") == []


async def test_an_event_that_comes_again_has_no_second_effect(house: TestHouse) -> None:
    """Telegram delivers a change again after a crash."""
    person = house.person()
    await write(person, "/menu", "1")
    for _ in range(3):
        await do(person, IncomingKind.EDITED, DANGER, "1", event="again")
    assert sum("I believe you" in each.text for each in person.inbox()) == 1


async def test_the_counsellor_sees_the_change_beside_what_it_was(house: TestHouse) -> None:
    """The old words stay in the talk; the new ones stand below with a mark; the bot says nothing."""
    person, counsellor = house.person(), await house.staff()
    await person.write(DANGER)
    await person.ask_for_a_person()
    case_id = await house.talks.claim_next(counsellor)
    assert case_id is not None
    await write(person, "I am at the back door", "5")
    assert await edit(person, "I am at the front door", "5") == []
    async with house.db.transaction() as conn:
        view = await access.access_case(conn, house.people, counsellor, case_id)
    lines = [(line.text, line.edited) for line in view.lines][-2:]
    assert lines == [("I am at the back door", False), ("I am at the front door", True)]


async def test_a_change_commands_nothing_in_a_talk(house: TestHouse) -> None:
    """A counsellor reads it; it ends no talk."""
    person, counsellor = house.person(), await house.staff()
    await person.write(DANGER)
    await person.ask_for_a_person()
    assert await house.talks.claim_next(counsellor) is not None
    await write(person, "wait", "5")
    assert await edit(person, "/leave", "5") == []
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, person.address)
    assert party is not None
    assert party.owner == "staff"
