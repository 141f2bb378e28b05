"""WhatsApp's 24 hours: what a counsellor writes waits, and the question whether we may go on is asked once."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from bot.conversation.holding import Leaving
from bot.errors import ConsentMissing, Refused
from bot.hotline import consent
from bot.store import held
from bot.store.tables import OutboxRow
from bot.store.templates import News, tell
from bot.store.window import SOON, WINDOW
from tests.integration.test_whatsapp import SARI, Meta
from tests.support.whatsapp_fake.graph import Fault
from tests.support.whatsapp_fake.meta import ACCOUNT_ID, Json, status, statuses, webhook
from tests.support.whatsapp_fake.templates import payloads_of
from tests.support.whatsapp_talk import Talk, approve_all, on_meta, shut, talk_on
from tests.support.world import TestHouse


@pytest_asyncio.fixture
async def meta(house: TestHouse) -> AsyncIterator[Meta]:
    """Suar on WhatsApp."""
    async with on_meta(house) as made:
        yield made


async def test_while_it_is_open_nothing_is_said_of_it(meta: Meta) -> None:
    """The page is quiet until three hours are left; then it says until when, and once it is over that it is."""
    talk = await talk_on(meta)
    clock = meta.house.clock
    begun = clock.now()
    told = []
    for passed in (timedelta(), WINDOW - SOON - timedelta(minutes=2), WINDOW - SOON, WINDOW):
        clock.at = begun + passed
        window = (await talk.view()).window
        assert window is not None
        told.append(window.stage)
    assert told == ["open", "open", "soon", "shut"]
    clock.at = begun
    before = (await talk.view()).version
    clock.pass_(hours=1)
    assert (await talk.view()).version == before


async def test_nobody_elsewhere_has_a_window(meta: Meta) -> None:
    """Somebody on another channel can be written to at any time, and the page says nothing of hours."""
    talk = await talk_on(meta)
    person = meta.house.person()
    meta.house.delivery.channels = {"fake": meta.house.channel}
    await person.ask_for_a_person()
    case_id = await meta.house.talks.claim_next(talk.staff)
    talk.case_id = case_id  # type: ignore[assignment]
    meta.house.clock.pass_(days=3)
    assert (await talk.view()).window is None


async def test_what_is_written_waits_and_leaves_in_order_when_they_write(meta: Meta) -> None:
    """Outside the window nothing is sent and nothing lost: it leaves by itself, in order, once the person has written."""
    talk = await talk_on(meta)
    shut(talk)
    for words in ("one", "two", "three"):
        await talk.reply(words)
    await meta.house.recovery.look()
    assert not {"one", "two", "three"} & set(talk.said())
    view = await talk.view()
    assert [line.held_for for line in view.lines[-3:]] == ["window"] * 3
    await talk.write("I am here")
    await meta.house.recovery.look()
    assert talk.said()[-3:] == ["one", "two", "three"]


async def test_asked_once_by_the_approved_words(meta: Meta) -> None:
    """The template goes out in a language of the person's, with its two buttons; a second time is refused for 24 hours."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    await talk.reply("here is what I found")
    await talk.ask()
    sent = meta.graph.sent[-1]
    assert sent["type"] == "template"
    assert payloads_of(sent) == ["go_on.ask.yes", "go_on.ask.not_now"]
    assert talk.staff.name in talk.said()[-1]
    with pytest.raises(Refused, match="asked_already"):
        await talk.ask()
    meta.house.clock.pass_(hours=23, minutes=59)
    with pytest.raises(Refused, match="asked_already"):
        await talk.ask()
    meta.house.clock.pass_(minutes=1)
    await talk.ask()
    assert [each["type"] for each in meta.graph.sent].count("template") == 2


async def test_yes_lets_everything_leave(meta: Meta) -> None:
    """A press on Yes is the person's word: what waited leaves, the thread says so, and the bot says nothing."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    await talk.reply("here is what I found")
    await talk.ask()
    before = len(talk.said())
    await talk.press("go_on.ask.yes")
    assert talk.said()[before:] == ["here is what I found"]
    view = await talk.view()
    assert [line.text for line in view.lines if line.author == "event"] == ["go_on"]
    assert view.window is not None
    assert view.window.stage == "open"


@pytest.mark.parametrize("typed", [False, True])
async def test_not_now_is_honoured(meta: Meta, typed: bool) -> None:
    """After "not now", pressed or typed, nothing leaves, what is written afterwards waits too, until they write by themselves."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    await talk.reply("one")
    await talk.ask()
    before = len(talk.said())
    if typed:
        # Approved in Indonesian only, where the person reads it.
        await talk.write("Not now")
    else:
        await talk.press("go_on.ask.not_now")
    await talk.reply("two", Leaving.UNDOABLE)
    meta.house.clock.pass_(minutes=1)
    await meta.house.recovery.look()
    assert talk.said()[before:] == []
    window = (await talk.view()).window
    assert window is not None
    assert window.stage == "not_now"
    with pytest.raises(Refused, match="asked_already"):
        await talk.ask()
    await talk.write("now I can")
    await meta.house.recovery.look()
    assert talk.said()[before:] == ["one", "two"]


async def test_without_approved_words_nobody_is_asked(meta: Meta) -> None:
    """A template that is not approved, or not any more, is not sent; the counsellor is told which of it."""
    talk = await talk_on(meta)
    shut(talk)
    with pytest.raises(Refused, match="no_template"):
        await talk.ask()
    desk = await approve_all(meta)
    async with meta.house.db.transaction() as conn:
        for each in (await desk.list_kept())[0]:
            news = News(each.name, each.language, meta.house.clock.now(), "PAUSED")
            await tell(conn, ACCOUNT_ID, news)
    with pytest.raises(Refused, match="no_template"):
        await talk.ask()
    assert not templates_of(meta)


async def test_who_no_longer_agrees_or_is_watched_is_not_asked(meta: Meta) -> None:
    """Consent and cover are looked at where it is sent, and so is the window."""
    talk = await talk_on(meta)
    await approve_all(meta)
    with pytest.raises(Refused, match="window_open"):
        await talk.ask()
    shut(talk)
    house = meta.house
    async with house.db.transaction() as conn:
        party = await house.people.find(conn, SARI)
        assert party is not None
        now = house.clock.now()
        await consent.withdraw(conn, party.contact_id, at=now, case_id=talk.case_id)
    with pytest.raises(ConsentMissing):
        await talk.ask()
    assert not templates_of(meta)


async def test_words_that_meta_refuses_show_and_can_be_asked_again(meta: Meta) -> None:
    """Paused in the very moment: the question is not delivered, with a reason of its own, and does not count as asked."""
    talk = await talk_on(meta)
    desk = await approve_all(meta)
    for each in (await desk.list_kept())[0]:
        meta.graph.templates.set(each.name, each.language, status="PAUSED")
    shut(talk)
    await talk.ask()
    line = (await talk.view()).lines[-1]
    assert (line.status, line.error) == ("dead", "template_refused")
    for each in (await desk.list_kept())[0]:
        meta.graph.templates.set(each.name, each.language, status="APPROVED")
    await talk.ask()
    assert meta.graph.sent[-1]["type"] == "template"


async def test_inside_the_window_no_template_leaves(meta: Meta) -> None:
    """Whoever writes while the question is on its way gets free words, which cost nothing and need nobody's leave."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    meta.graph.faults.append(Fault(code=131016, status=500))
    await talk.ask()
    await talk.write("hello?")
    meta.house.clock.pass_(seconds=30)
    await meta.house.recovery.look()
    assert meta.graph.sent[-1]["type"] == "interactive"
    assert not templates_of(meta)


async def test_that_meta_finds_it_shut_loses_nothing(meta: Meta) -> None:
    """Meta's clock decides: a line that it does not take waits for the person's word instead of ending as undelivered."""
    talk = await talk_on(meta)
    meta.graph.is_open = lambda _: False
    await talk.reply("one")
    [line] = [line for line in (await talk.view()).lines if line.text == "one"]
    assert (line.status, line.held_for) == ("held", "window")
    meta.graph.is_open = None
    await talk.write("hello?")
    assert talk.said()[-1] == "one"


async def test_a_safe_hour_after_the_day_waits_for_their_word(meta: Meta) -> None:
    """A line that was kept for another reason meets the window when its time comes."""
    talk = await talk_on(meta)
    await talk.reply("one", Leaving.UNDOABLE)
    shut(talk)
    await meta.house.recovery.look()
    [line] = [line for line in (await talk.view()).lines if line.text == "one"]
    assert line.held_for == held.WINDOW
    await talk.write("hello?")
    assert talk.said()[-1] == "one"


async def test_what_waits_when_a_talk_is_closed_is_said_to_be_lost(meta: Meta) -> None:
    """After the end of a talk nothing of it turns up by itself weeks later: the thread says that it did not leave."""
    talk = await talk_on(meta)
    shut(talk)
    await talk.reply("one")
    async with meta.house.db.transaction() as conn:
        await held.settle(conn, await conversation_of(meta), now=meta.house.clock.now())
    [line] = [line for line in (await talk.view()).lines if line.text == "one"]
    assert (line.status, line.error) == ("refused", "window_closed")


async def conversation_of(meta: Meta) -> UUID:
    """Return the one conversation."""
    async with meta.house.db.transaction() as conn:
        found = await conn.scalar(select(OutboxRow.conversation_id).limit(1))
        assert found is not None
        return found


async def test_a_crash_after_the_question_left_asks_once(meta: Meta) -> None:
    """Killed between sending and noting: it is waited for Meta's sign, and with it nothing is sent again."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    await talk.ask()
    [asked] = templates_of(meta)
    await forget_that_it_left(meta)
    await meta.house.recovery.look()
    assert len(templates_of(meta)) == 1
    told = status(asked["id"], "sent", asked["biz_opaque_callback_data"])
    await meta.post(webhook(statuses(told)))
    meta.house.clock.pass_(minutes=1)
    await meta.house.recovery.look()
    assert len(templates_of(meta)) == 1
    assert (await talk.view()).lines[-1].status == "sent"


async def test_a_crash_before_the_question_left_asks_all_the_same(meta: Meta) -> None:
    """Killed before it was posted: no sign comes, and after some seconds it is sent."""
    talk = await talk_on(meta)
    await approve_all(meta)
    shut(talk)
    meta.graph.faults.append(Fault(page=b"<html>", status=502))
    await talk.ask()
    await forget_that_it_left(meta)
    for _ in range(6):
        await meta.house.recovery.look()
        meta.house.clock.pass_(seconds=20)
    assert len(templates_of(meta)) == 1


def templates_of(meta: Meta) -> list[Json]:
    """Return the templates that were sent."""
    return [each for each in meta.graph.sent if each["type"] == "template"]


async def forget_that_it_left(meta: Meta) -> None:
    """Leave the last message as a process leaves it that dies before it notes anything: held by nobody who lives."""
    async with meta.house.db.transaction() as conn:
        last = select(OutboxRow.id).order_by(OutboxRow.id.desc()).limit(1).scalar_subquery()
        await conn.execute(
            update(OutboxRow)
            .where(OutboxRow.id == last)
            .values(status="sending", holder=1, platform_id=None, sent_at=None, not_before=None)
        )


ACTS = st.lists(
    st.one_of(
        st.sampled_from(["reply", "ask", "write", "yes", "not_now", "look"]),
        st.floats(0.01, 30).map(lambda hours: f"pass {hours}"),
        # Right at the edges of the window, and of the 24 hours between two questions.
        st.sampled_from(["pass 23.98", "pass 23.99", "pass 24", "pass 0.01666"]),
    ),
    max_size=14,
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ACTS)
async def test_never_outside_without_a_template_and_never_one_inside(
    meta: Meta, acts: list[str]
) -> None:
    """Whatever people do and however the clock jumps: Meta never has to refuse, nobody is asked twice in a day, and at the end all is said, in order."""
    await approve_all(meta)
    talk = await talk_on(meta)
    watcher = Watcher(talk)
    for act in [*acts, "write"]:
        await watcher.do(act)
    await meta.house.recovery.look()
    said = [words for words in talk.said()[watcher.begun :] if words.startswith("reply ")]
    assert (watcher.faults, said) == ([], watcher.replies)
    meta.graph.is_open = None
    await meta.house.talks.close(talk.staff, talk.case_id, "helped")


class Watcher:
    """Does what a story says, and looks over the fake's shoulder."""

    def __init__(self, talk: Talk) -> None:
        self.talk, self.replies, self.faults = talk, list[str](), list[str]()
        self.heard_at = talk.meta.house.clock.now()
        self.asked_at: list[datetime] = []
        self.begun = self.seen = len(talk.meta.graph.sent)
        talk.meta.graph.is_open = self.is_open

    def is_open(self, _: str) -> bool:
        """Tell what Meta knows: whether the person wrote within 24 hours; note that it had to refuse."""
        there = self.talk.meta.house.clock.now() - self.heard_at < WINDOW
        if not there:
            self.faults.append("refused")
        return there

    async def do(self, act: str) -> None:
        """Do one thing, and look at what was sent for it."""
        talk, clock = self.talk, self.talk.meta.house.clock
        match act.split():
            case ["pass", hours]:
                clock.at += timedelta(hours=float(hours))
            case ["reply"]:
                self.replies.append(f"reply {len(self.replies)}")
                await talk.reply(self.replies[-1])
            case ["ask"]:
                with suppress(Refused):
                    await talk.ask()
            case ["look"]:
                await talk.meta.house.recovery.look()
            case [word]:
                self.heard_at = clock.now()
                if word == "write":
                    await talk.write("something")
                else:
                    await talk.press(f"go_on.ask.{word}")
        self._look(clock.now())

    def _look(self, now: datetime) -> None:
        sent = self.talk.meta.graph.sent
        for each in sent[self.seen :]:
            if each["type"] != "template":
                continue
            if now - self.heard_at < WINDOW - timedelta(minutes=1):
                self.faults.append("a template inside")
            if self.asked_at and now - self.asked_at[-1] < WINDOW:
                self.faults.append("asked twice")
            self.asked_at.append(now)
        self.seen = len(sent)
