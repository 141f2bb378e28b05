"""Talks in the topics of the staff's group: made, filled with the person's lines, and deleted, by what the database says.

Only where the operator allows it. Everything is decided anew at each look, so that a crash leaves nothing half done: a
line is on its way, with a note of it, before it is sent, and called unsure where nobody knows what became of it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.desk.telegram.calls import Calls
from bot.desk.telegram.handing import HAND
from bot.desk.telegram.post import (
    Choice,
    Down,
    Gone,
    NoRights,
    Post,
    PostError,
    Rejected,
    Unreachable,
    Unsure,
)
from bot.desk.telegram.services import StaffBotServices
from bot.errors import NotFound
from bot.hotline import access, consent, pauses
from bot.hotline.access import CaseView
from bot.hotline.staff_accounts import Linked, find_of, list_linked, may_be_alarmed
from bot.hotline.watched import EVENT
from bot.store import staff_bot
from bot.store.staff_bot import LINE, SENT, UNDELIVERED, UNSURE, Topic
from bot.store.transcript import Line

log = structlog.get_logger(__name__)

AT_ONCE_CHARS = 2000
"""Half of what a message takes: Telegram counts some characters twice."""
AGAIN = timedelta(minutes=10)
TOLD_FOR = timedelta(hours=1)
STEPS = 3
"""A topic that somebody has deleted is found to be gone, made anew, and filled."""


@dataclass
class Topics:
    """The topics of one group."""

    services: StaffBotServices
    post: Post
    calls: Calls
    group: int
    _again: dict[int, datetime] = field(default_factory=dict)
    """When a topic that could not be deleted is tried again."""
    _told: dict[str, datetime] = field(default_factory=dict)

    async def begin(self) -> None:
        """Call unsure what was on its way when the last process ended, and say so where it matters."""
        async with self.services.db.transaction() as conn:
            doubtful = await staff_bot.doubt_interrupted(conn)
            found = [each for each in await staff_bot.topics(conn) if each.id in doubtful]
        for topic in found:
            with suppress(PostError):
                await self._say_unsure(topic)

    async def look(self) -> None:
        """Bring every topic to what holds now: one that was just made is filled in the same look."""
        for _ in range(STEPS):
            async with self.services.db.transaction(durable=False) as conn:
                found = await staff_bot.topics(conn)
            if not any([await self._try_to_bring(topic) for topic in found]):
                return

    async def _try_to_bring(self, topic: Topic) -> bool:
        """Bring one topic on; return whether there is a further step to it at once."""
        try:
            return await self._bring(topic)
        except PostError as error:
            log.warning("topic_failed", error=type(error).__name__)
            return False

    async def _bring(self, topic: Topic) -> bool:
        async with self.services.db.transaction(durable=False) as conn:
            who = await self._who_may(conn, topic)
        if who is None:
            await self._end(topic)
            return False
        if topic.greeted:
            return await self._forward(topic, who)
        await self._open(topic, who)
        return True

    async def _who_may(self, conn: AsyncConnection, topic: Topic) -> Linked | None:
        """Return the counsellor of a topic while the case is theirs and its person agrees to talk."""
        if not topic.holds or topic.case_id is None:
            return None
        if not await consent.holds(conn, topic.case_id, consent.TALK):
            return None
        return await find_of(conn, self.services.people, topic.staff_id)

    async def _open(self, topic: Topic, who: Linked) -> None:
        assert topic.case_id is not None
        link, locale = self.services.link_to(topic.case_id), who.staff.locale
        try:
            thread = topic.thread_id or await self._make(topic, locale)
            greeted = await self._greet(topic, thread, who)
        except (NoRights, Rejected, Unreachable, Gone):
            await self._change(topic, None)
            await self._tell_supervisors("group_without_rights")
            await self.post.say(who.chat_id, self.services.say("taken", locale, link=link))
            return
        if greeted:
            address = self._address(thread)
            words = self.services.say("taken_topic", locale, topic=address, link=link)
            await self.post.say(who.chat_id, words)

    async def _make(self, topic: Topic, locale: str) -> int:
        name = self.services.say("topic_name", locale, number=topic.id)
        # A crash between these two leaves an empty topic behind, in which nothing is ever written.
        thread = await self.post.open_topic(self.group, name)
        await self._change(topic, {"thread_id": thread})
        return thread

    async def _greet(self, topic: Topic, thread: int, who: Linked) -> bool:
        assert topic.case_id is not None
        view = await self._read(topic, who)
        if view is None:
            return False
        case, locale = topic.case_id.hex, who.staff.locale
        words = self.services.say(
            "topic_head",
            locale,
            level=view.level.label,
            language=view.locale,
            fit=view.fit,
            link=self.services.link_to(topic.case_id),
        )
        choices = [
            Choice(self.services.say("close", locale), f"ask:{case}"),
            Choice(self.services.say("hand_over", locale), f"{HAND}:{case}"),
        ]
        number = await self.post.say(self.group, words, thread=thread, choices=choices)
        await self._change(topic, {"greeted": True})
        await self.note(topic.id, number)
        return True

    async def _forward(self, topic: Topic, who: Linked) -> bool:
        """Show what the person has written since; return whether the topic turned out to be gone."""
        async with self.services.db.transaction(durable=False) as conn:
            # A case is read, and its reading noted, only where there is something to be shown.
            if not await staff_bot.has_news(conn, topic):
                return False
            now = self.services.clock.now()
            if topic.case_id is None or await pauses.holds(conn, topic.case_id, now=now):
                return False
        view = await self._read(topic, who)
        if view is None:
            return False
        async with self.services.db.transaction(durable=False) as conn:
            shown = await staff_bot.shown(conn, topic.id, LINE)
            said = await staff_bot.shown(conn, topic.id, UNDELIVERED)
        theirs = [line for line in view.lines if line.author in {"person", EVENT}]
        for some in _packed([line for line in theirs if line.id not in shown]):
            words = [self._words_of(line, who) for line in some]
            if some[0].shared and not shown:
                words.insert(0, self.services.say("shared_before", who.staff.locale))
            if not await self._put(topic, LINE, some, "\n\n".join(words)):
                return True
            shown |= {line.id for line in some}
        lost = [line for line in view.lines if line.status == "dead" and line.id not in said]
        if lost:
            link = self.services.link_to(view.id)
            words = [self.services.say("undelivered", who.staff.locale, link=link)]
            return not await self._put(topic, UNDELIVERED, lost, words[0])
        return False

    async def _put(self, topic: Topic, kind: str, lines: Sequence[Line], words: str) -> bool:
        """Send lines into their topic: noted before as on their way, and after that as what became of them.

        Returns:
            False when there is no such topic any more.
        """
        assert topic.thread_id is not None
        ids = [line.id for line in lines]
        async with self.services.db.transaction() as conn:
            await staff_bot.begin_lines(conn, topic.id, kind, ids)
        try:
            parts = [words[i : i + AT_ONCE_CHARS] for i in range(0, len(words), AT_ONCE_CHARS)]
            for part in parts:
                number = await self.post.say(self.group, part, thread=topic.thread_id)
                await self.note(topic.id, number)
        except Unsure:
            await self._end_lines(topic, ids, UNSURE)
            await self._say_unsure(topic)
        except Gone:
            await self._end_lines(topic, ids, None)
            await self._begin_anew(topic)
            return False
        except (Down, NoRights, Rejected, Unreachable):
            await self._end_lines(topic, ids, None)
            raise
        else:
            await self._end_lines(topic, ids, SENT)
        return True

    async def _begin_anew(self, topic: Topic) -> None:
        """Plan a new topic for a case whose topic somebody has deleted by hand; it is made at the next look."""
        assert topic.case_id is not None
        async with self.services.db.transaction() as conn:
            await staff_bot.forget_topic(conn, topic.id)
            await staff_bot.add_topic(
                conn, topic.case_id, topic.staff_id, now=self.services.clock.now()
            )

    async def _end_lines(self, topic: Topic, ids: Sequence[int], state: str | None) -> None:
        async with self.services.db.transaction() as conn:
            if state is None:
                await staff_bot.take_lines_back(conn, topic.id, ids)
            else:
                await staff_bot.end_lines(conn, topic.id, ids, state)

    async def _end(self, topic: Topic) -> None:
        """Delete a topic with all that stands in it, or at least what can be, and never leave it open."""
        now = self.services.clock.now()
        if self._again.get(topic.id, now) > now:
            return
        try:
            if topic.thread_id is not None:
                await self.post.delete_topic(self.group, topic.thread_id)
        except (NoRights, Rejected, Unreachable):
            self._again[topic.id] = now + AGAIN
            await self._empty(topic)
            await self._tell_supervisors("topic_left_behind")
            return
        await self._change(topic, None)

    async def _empty(self, topic: Topic) -> None:
        assert topic.thread_id is not None
        async with self.services.db.transaction(durable=False) as conn:
            numbers = await staff_bot.messages_of(conn, topic.id)
        with suppress(PostError):
            await self.post.delete(self.group, numbers)
        with suppress(PostError):
            await self.post.close_topic(self.group, topic.thread_id)

    async def _read(self, topic: Topic, who: Linked) -> CaseView | None:
        """Return the case as its counsellor may see it now: what is not agreed to is not in it."""
        assert topic.case_id is not None
        async with self.services.db.transaction() as conn:
            try:
                return await access.access_case(
                    conn, self.services.people, who.staff, topic.case_id
                )
            except NotFound:
                return None

    async def _say_unsure(self, topic: Topic) -> None:
        async with self.services.db.transaction(durable=False) as conn:
            who = await self._who_may(conn, topic)
        if who is None or topic.case_id is None or topic.thread_id is None:
            return
        link = self.services.link_to(topic.case_id)
        words = self.services.say("unsure", who.staff.locale, link=link)
        number = await self.post.say(self.group, words, thread=topic.thread_id)
        await self.note(topic.id, number)

    async def note(self, topic_id: int, message_id: int) -> None:
        """Remember a message in a topic, to delete it by its number should the topic itself not go."""
        async with self.services.db.transaction() as conn:
            await staff_bot.add_message(conn, topic_id, message_id)

    async def _change(self, topic: Topic, values: dict[str, object] | None) -> None:
        async with self.services.db.transaction() as conn:
            if values is None:
                await staff_bot.forget_topic(conn, topic.id)
            else:
                await staff_bot.change_topic(conn, topic.id, **values)

    async def _tell_supervisors(self, macro: str) -> None:
        """Tell what a supervisor must mend: once an hour at most."""
        now = self.services.clock.now()
        if macro in self._told and now - self._told[macro] < TOLD_FOR:
            return
        self._told[macro] = now
        log.warning("staff_group", trouble=macro)
        async with self.services.db.transaction(durable=False) as conn:
            linked = await list_linked(conn, self.services.people)
        with suppress(PostError):
            await self.calls.tell(macro, [each for each in linked if may_be_alarmed(each.staff)])

    def _words_of(self, line: Line, who: Linked) -> str:
        if line.author == EVENT:
            return self.services.say(line.text, who.staff.locale)
        if line.file is not None:
            came = self.services.say("file_came", who.staff.locale)
            return f"{line.text}\n{came}".strip()
        return line.text

    def _address(self, thread: int) -> str:
        return f"https://t.me/c/{str(self.group).removeprefix('-100')}/{thread}"


def _packed(lines: Sequence[Line]) -> list[list[Line]]:
    """Return lines in as few messages as they fit in: a group takes about twenty a minute."""
    packed: list[list[Line]] = []
    room = 0
    for line in lines:
        if packed and len(line.text) <= room and line.shared == packed[-1][0].shared:
            packed[-1].append(line)
        else:
            packed.append([line])
            room = AT_ONCE_CHARS
        room -= len(line.text) + 2
    return packed
