"""Talks in the topics of the staff's group: who reads and writes what, and that nothing stays behind. Real database, faithful fake."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import text

from bot.conversation.together import Together
from bot.desk.telegram.replies import MAX_REPLY_CHARS
from bot.desk.telegram.rights import examine_bot
from bot.desk.telegram.topics import AGAIN
from bot.hotline import consent
from bot.hotline.staff import Role
from bot.store import belongings
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.house import House
from tests.integration.desk.staff_bot import GROUP, RIGHTS, Member, Stage, staff_bot
from tests.support.telegram_fake import DEFAULT_TOKEN, Fault, running_fake
from tests.support.telegram_fake.records import SentMessage

CALM = Risk(RiskLevel.CONCERN, ())
TOLD = "my boss keeps my passport"


@pytest.fixture
async def stage(house: House) -> AsyncIterator[Stage]:
    """The bot, with topics allowed."""
    async with staff_bot(house, topics=True) as made:
        yield made


async def in_talk(stage: Stage, *shared: str) -> tuple[Member, UUID, int]:
    """Return a counsellor who has taken somebody by the bot, the case, and the topic's number."""
    dewi = await stage.member()
    case_id = await stage.house.add_case(*(shared or (TOLD,)), risk=CALM, locale="en")
    await dewi.send("/next")
    await dewi.hears("in the topic of the group")
    [topic] = await stage.fake.topics(GROUP)
    return dewi, case_id, topic["id"]


async def sent_to_the_person(stage: Stage, case_id: UUID) -> list[str]:
    """Return what lies in the outbox for the person of a case, in order."""
    async with stage.house.db.transaction() as conn:
        party = await stage.house.party_of(conn, case_id)
        rows = await conn.execute(
            text("SELECT message_sealed FROM outbox WHERE author = 'staff' ORDER BY id")
        )
        return [party.key.open_json(row[0], "outbox.message")["text"] for row in rows]


async def topic_is_gone(stage: Stage) -> None:
    """Wait until no topic is left, in Telegram and in the database, and no text in the group."""

    async def gone() -> bool:
        return not await stage.fake.topics(GROUP) and not await stage.ask(
            "SELECT 1 FROM staff_topics"
        )

    await stage.eventually(gone)
    assert [each for each in await stage.fake.messages(GROUP) if not each.deleted] == []
    assert await stage.fake.people_messages(GROUP) == []


async def test_a_talk_gets_a_topic_with_what_was_shared(stage: Stage) -> None:
    """Who takes somebody finds a topic without a name, with the level, the language and the lines that were shared."""
    _, case_id, thread = await in_talk(stage)
    shown = await stage.until(lambda sent: TOLD in sent.text)
    assert shown.thread_id == thread
    assert shown.protect_content
    head = await stage.until(lambda sent: "On the desk" in sent.text)
    assert head.text.startswith("Concern · English")
    [topic] = await stage.fake.topics(GROUP)
    assert topic["name"].startswith("Talk ")
    [(reference,)] = await stage.ask("SELECT reference FROM cases")
    assert all(reference not in sent.text for sent in await stage.fake.messages(GROUP))


async def test_words_go_both_ways(stage: Stage) -> None:
    """The counsellor's words reach the person through the desk's own service, the person's words the topic, each once."""
    dewi, case_id, thread = await in_talk(stage)
    await dewi.send("I am here, are you safe?", thread)

    async def arrived() -> bool:
        return await sent_to_the_person(stage, case_id) == ["I am here, are you safe?"]

    await stage.eventually(arrived)
    for line in ("yes", "for now"):
        await stage.house.person_writes(case_id, line)
    await stage.until(lambda sent: "for now" in sent.text)
    said = "\n\n".join(sent.text for sent in await stage.fake.messages(GROUP))
    assert said.count("yes") == said.count("for now") == 1
    assert said.index("yes") < said.index("for now")


async def test_a_reply_that_comes_twice_is_sent_once(stage: Stage) -> None:
    """What Telegram delivers again is not written to the person again."""
    dewi, case_id, thread = await in_talk(stage)
    happened = await stage.fake.write(dewi.account, "one", chat_id=GROUP, thread_id=thread)
    assert happened.update_id is not None
    await stage.fake.redeliver(happened.update_id)
    await dewi.send("two", thread)

    async def arrived() -> bool:
        return "two" in await sent_to_the_person(stage, case_id)

    await stage.eventually(arrived)
    assert await sent_to_the_person(stage, case_id) == ["one", "two"]


@pytest.mark.parametrize("known", [True, False])
async def test_others_cannot_answer(stage: Stage, known: bool) -> None:
    """Whoever has not taken the person is told so in the topic, a colleague as well as a stranger."""
    dewi, case_id, thread = await in_talk(stage)
    account = (await stage.member("Budi")).account if known else 8_001
    await stage.fake.write(account, "hello there", chat_id=GROUP, thread_id=thread)
    answer = await stage.until(lambda sent: "Only who has taken this person" in sent.text)
    assert answer.thread_id == thread
    assert await sent_to_the_person(stage, case_id) == []


async def test_what_is_no_new_text_is_not_sent(stage: Stage) -> None:
    """A change to what was sent, too many words, an unknown command: none of it reaches the person, and it is said."""
    dewi, case_id, thread = await in_talk(stage)
    happened = await stage.fake.write(dewi.account, "first", chat_id=GROUP, thread_id=thread)
    assert happened.message_id is not None
    await stage.fake.edit(dewi.account, happened.message_id, "changed", chat_id=GROUP)
    await stage.until(lambda sent: "still sees what you wrote first" in sent.text)
    await dewi.send("a" * (MAX_REPLY_CHARS + 1), thread)
    await stage.until(lambda sent: "too long" in sent.text)
    await dewi.send("/nonsense", thread)
    await dewi.hears("/next · ")
    assert await sent_to_the_person(stage, case_id) == ["first"]


async def test_without_consent_nothing_goes_either_way(stage: Stage) -> None:
    """When the consent to talk is withdrawn, the topic goes with its texts, and what is written too late is not sent."""
    dewi, case_id, thread = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    await stage.stop()
    async with stage.house.db.transaction() as conn:
        party = await stage.house.party_of(conn, case_id)
        now = stage.house.clock.now()
        await consent.withdraw(conn, party.contact_id, at=now, case_id=case_id, scope=consent.TALK)
    await dewi.send("are you there?", thread)
    await stage.start()
    await topic_is_gone(stage)
    assert await sent_to_the_person(stage, case_id) == []


async def test_closing_deletes_the_topic(stage: Stage) -> None:
    """The button in the topic asks how the talk ended; then the topic is gone with everything in it."""
    dewi, _, thread = await in_talk(stage)
    await dewi.send("take care", thread)
    head = await stage.until(lambda sent: "On the desk" in sent.text)
    await dewi.press(head, head.button_data()[0])
    asked = await stage.until(lambda sent: "How did the talk end?" in sent.text)
    await dewi.press(asked, asked.button_data()[0])
    await dewi.hears("The talk is closed")
    await topic_is_gone(stage)
    assert (await stage.ask("SELECT outcome FROM cases"))[0].outcome == "helped"


async def ask_to_hand_over(stage: Stage, dewi: Member) -> SentMessage:
    """Press “Hand over” in the topic, and return the question to whom."""
    head = await stage.until(lambda sent: "On the desk" in sent.text)
    await dewi.press(head, head.button_data()[1])
    return await stage.until(
        lambda sent: bool(sent.button_data()) and sent.message_id != head.message_id
    )


async def test_a_colleague_takes_a_talk_over(stage: Stage) -> None:
    """Who is asked hears who asks and how urgent it is, nothing else; accepted, the talk is in a topic of their own, and the first is told."""
    dewi, case_id, thread = await in_talk(stage)
    budi = await stage.member("Budi")
    await budi.go_on_duty()
    asked = await ask_to_hand_over(stage, dewi)
    assert asked.button_texts() == ["Budi", "Back to the queue"]
    await dewi.press(asked, asked.button_data()[0])
    await dewi.hears("The talk stays yours until they have accepted")
    offered = await budi.hears("Dewi asks you to take over a talk.")
    assert offered.text == "Dewi asks you to take over a talk. Concern"
    await dewi.send("still with you", thread)
    await budi.press(offered, offered.button_data()[0])
    await budi.hears("in the topic of the group")
    await dewi.hears("Budi has taken your talk over.")

    async def one_topic() -> bool:
        topics = await stage.fake.topics(GROUP)
        return len(topics) == 1 and topics[0]["id"] != thread

    await stage.eventually(one_topic)
    assert (await stage.ask("SELECT claimed_by FROM cases"))[0].claimed_by == budi.staff.id
    said = await sent_to_the_person(stage, case_id)
    assert said[0] == "still with you"
    assert "Budi" in said[1]


async def test_a_colleague_leaves_a_talk_where_it_is(stage: Stage) -> None:
    """Declined at the desk, the first is told in the bot, once, and offered twice it is said."""
    dewi, case_id, _ = await in_talk(stage)
    budi = await stage.member("Budi")
    await budi.go_on_duty()
    asked = await ask_to_hand_over(stage, dewi)
    await dewi.press(asked, asked.button_data()[0])
    await budi.hears("asks you to take over")
    await dewi.press(asked, asked.button_data()[0])

    async def said_so() -> bool:
        answers = await stage.fake.callback_answers()
        return any("offered to somebody already" in (each.text or "") for each in answers)

    await stage.eventually(said_so)
    await Together(stage.house.talks).answer_offer(budi.staff, case_id, accepts=False)
    await stage.look()
    await dewi.hears("Budi cannot take it over.")
    await stage.look()
    await dewi.send("/help")
    await dewi.hears("/alarm")
    told = [each for each in await dewi.inbox() if "cannot take it over" in each.text]
    assert len(told) == 1
    assert (await stage.ask("SELECT claimed_by FROM cases"))[0].claimed_by == dewi.staff.id


async def test_handing_over_puts_the_person_back(stage: Stage) -> None:
    """“Back to the queue” gives the person to it, a colleague on duty hears of it, and takes them into a new topic."""
    dewi, case_id, _ = await in_talk(stage)
    budi = await stage.member("Budi")
    await budi.go_on_duty()
    asked = await ask_to_hand_over(stage, dewi)
    await dewi.press(asked, asked.button_data()[-1])
    await dewi.hears("Handed over")
    notice = await budi.hears("People are waiting")
    await topic_is_gone(stage)
    await budi.press(notice, "next")
    await budi.hears("in the topic of the group")
    assert (await stage.ask("SELECT claimed_by FROM cases"))[0].claimed_by == budi.staff.id


async def test_others_cannot_close_or_hand_over(stage: Stage) -> None:
    """The buttons of a topic work for its counsellor alone."""
    await in_talk(stage)
    budi = await stage.member("Budi")
    head = await stage.until(lambda sent: "On the desk" in sent.text)
    for data in head.button_data():
        await budi.press(head, data)

    async def answered() -> bool:
        return len(await stage.fake.callback_answers()) == 2

    await stage.eventually(answered)
    assert all("over" in (each.text or "") for each in await stage.fake.callback_answers())
    assert (await stage.ask("SELECT state FROM cases"))[0].state == "claimed"


async def test_who_erases_leaves_no_topic(stage: Stage) -> None:
    """When the person is forgotten, their words leave the group too, and the database keeps no row."""
    _, case_id, _ = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    async with stage.house.db.transaction() as conn:
        party = await stage.house.party_of(conn, case_id)
        await belongings.erase(conn, party.contact_id, stage.house.clock.now())
    await stage.look()
    await topic_is_gone(stage)


async def test_the_person_leaving_ends_the_topic(stage: Stage) -> None:
    """When the person leaves, the topic goes by itself."""
    _, case_id, _ = await in_talk(stage)
    await stage.house.person_leaves(case_id)
    await topic_is_gone(stage)


async def test_a_watched_phone_is_told_in_the_topic(stage: Stage) -> None:
    """A counsellor who talks in a topic is warned like one at the desk."""
    _, case_id, _ = await in_talk(stage)
    await stage.house.person_uses_safe_word(case_id, watched=True)
    await stage.until(lambda sent: "Write nothing until they come back" in sent.text)


async def test_a_line_whose_answer_is_lost_is_said_to_be_unsure(stage: Stage) -> None:
    """Where Telegram does not say whether it took a line, the line is not sent again, and the topic says so."""
    _, case_id, _ = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    await stage.fake.fail_next("sendMessage", Fault("hang_after", delay_s=0, chat_id=GROUP))
    await stage.house.person_writes(case_id, "can you help")
    await stage.until(lambda sent: "some may be missing" in sent.text)
    await stage.house.person_writes(case_id, "please")
    await stage.until(lambda sent: "please" in sent.text)
    said = [sent.text for sent in await stage.fake.messages(GROUP)]
    assert sum("can you help" in words for words in said) == 1


async def test_a_restart_carries_on(stage: Stage) -> None:
    """What was on its way when the process died is said to be unsure; what came meanwhile is shown, and nothing twice."""
    _, case_id, _ = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    await stage.stop()
    await stage.house.person_writes(case_id, "on its way")
    async with stage.house.db.transaction() as conn:
        await conn.execute(
            text(
                "INSERT INTO staff_topic_messages (topic_id, kind, line_id, state) SELECT t.id, "
                "'line', (SELECT max(id) FROM transcript), 'sending' FROM staff_topics t"
            )
        )
    await stage.house.person_writes(case_id, "came meanwhile")
    await stage.start()
    await stage.until(lambda sent: "came meanwhile" in sent.text)
    said = [sent.text for sent in await stage.fake.messages(GROUP)]
    assert sum("some may be missing" in words for words in said) == 1
    assert sum("on its way" in words and "lines" not in words for words in said) == 0
    assert sum(TOLD in words for words in said) == 1


async def test_a_group_without_rights_is_said_to_the_supervisor(stage: Stage) -> None:
    """Where the bot may not make topics the talk goes on at the desk, and a supervisor hears what to mend."""
    rani = await stage.member("Rani", Role.SUPERVISOR)
    dewi = await stage.member()
    await stage.fake.group(GROUP, "Staff", is_forum=True, rights=[])
    case_id = await stage.house.add_case(TOLD, risk=CALM)
    await dewi.send("/next")
    said = await dewi.hears("Talk with them on the desk")
    assert str(case_id) in said.text
    await rani.hears("does not let the bot manage topics")
    assert await stage.ask("SELECT 1 FROM staff_topics") == []
    assert await stage.fake.messages(GROUP) == []


async def test_a_topic_that_cannot_be_deleted_is_emptied_and_closed(stage: Stage) -> None:
    """Without the right to delete, the bot's texts go one by one, nobody can write there, and a supervisor is told."""
    rani = await stage.member("Rani", Role.SUPERVISOR)
    _, case_id, _ = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    await stage.fake.group(GROUP, "Staff", is_forum=True, rights=["can_manage_topics"])
    await stage.house.person_leaves(case_id)
    await rani.hears("could not be deleted")
    assert [each for each in await stage.fake.messages(GROUP) if not each.deleted] == []
    assert [topic["closed"] for topic in await stage.fake.topics(GROUP)] == [True]
    await stage.fake.group(GROUP, "Staff", is_forum=True, rights=RIGHTS)
    stage.house.clock.ahead += AGAIN
    await stage.look()
    await topic_is_gone(stage)


async def test_a_topic_deleted_by_hand_comes_back(stage: Stage) -> None:
    """When somebody deletes the topic of a talk that goes on, a new one has all that was said."""
    _, case_id, thread = await in_talk(stage)
    await stage.until(lambda sent: TOLD in sent.text)
    await stage.fake.delete_topic(GROUP, thread)
    await stage.house.person_writes(case_id, "are you there")
    again = await stage.until(lambda sent: "are you there" in sent.text)
    assert again.thread_id != thread
    await stage.until(lambda sent: TOLD in sent.text)


async def test_a_reply_that_was_given_up_is_said(stage: Stage) -> None:
    """When the person's platform did not take the counsellor's words, the topic says so once."""
    dewi, case_id, thread = await in_talk(stage)
    await dewi.send("hello", thread)

    async def arrived() -> bool:
        return bool(await sent_to_the_person(stage, case_id))

    await stage.eventually(arrived)
    async with stage.house.db.transaction() as conn:
        await conn.execute(text("UPDATE outbox SET status = 'dead' WHERE author = 'staff'"))
    await stage.look()
    await stage.until(lambda sent: "could not be delivered" in sent.text)


@pytest.mark.parametrize(
    ("rights", "is_forum", "found"),
    [
        (RIGHTS, True, "talks in topics"),
        (RIGHTS, False, "no topics"),
        (["can_manage_topics"], True, "rights"),
        (None, True, "rights"),
    ],
)
async def test_the_doctor_sees_what_the_bot_may_do(
    rights: list[str] | None, is_forum: bool, found: str
) -> None:
    """`suar doctor` says whether the bot could make and delete topics, and how to mend it where it cannot."""
    async with running_fake() as fake:
        await fake.group(GROUP, "Staff", is_forum=is_forum, rights=rights)
        seen = await examine_bot(DEFAULT_TOKEN, fake.base_url, GROUP)
    assert found in seen.words
    assert seen.well is (found == "talks in topics")
    assert bool(seen.mend) is not seen.well


async def test_the_doctor_sees_a_wrong_token() -> None:
    """A token that Telegram does not know is said, and never shown."""
    async with running_fake() as fake:
        seen = await examine_bot("42:unknown-to-telegram", fake.base_url, None)
    assert not seen.well
    assert "unknown-to-telegram" not in seen.words + seen.mend
