"""What is written in a topic: the counsellor's words go out by the desk's own service, everybody else is told that theirs do not."""

from collections.abc import Callable
from dataclasses import dataclass

from telegram import Message

from bot.desk.telegram.post import Post
from bot.desk.telegram.services import StaffBotServices
from bot.errors import ConsentMissing, Refused
from bot.hotline.staff_accounts import Linked
from bot.store import staff_bot
from bot.store.staff_bot import Topic

MAX_REPLY_CHARS = 2_048
"""This process has no channel to people, so nothing longer than the narrowest one takes would be split."""


@dataclass
class Replies:
    """The words of the staff in the group."""

    services: StaffBotServices
    post: Post
    changed: Callable[[], None]

    async def take(self, message: Message, who: Linked | None, *, edited: bool) -> None:
        """Send what was written in a topic of ours to its person; say so where it was not sent.

        The number of the message makes sure that what Telegram delivers again is not sent again.
        """
        assert self.services.group is not None
        thread = message.message_thread_id
        async with self.services.db.transaction(durable=False) as conn:
            topic = await staff_bot.topic_at(conn, thread) if thread is not None else None
        if topic is None:
            return
        problem = "edited" if edited else await self._send(message, topic, who)
        locale = who.staff.locale if who else self.services.pages.fallback
        numbers = [] if edited else [message.message_id]
        if problem is not None:
            words = self.services.say(problem, locale)
            numbers.append(
                await self.post.say(
                    self.services.group, words, thread=thread, reply_to=message.message_id
                )
            )
        async with self.services.db.transaction() as conn:
            for number in numbers:
                await staff_bot.add_message(conn, topic.id, number)
        self.changed()

    async def _send(self, message: Message, topic: Topic, who: Linked | None) -> str | None:
        """Send, or return the id of the words that say why not."""
        if who is None or who.staff.id != topic.staff_id:
            return "not_yours"
        if not topic.holds or topic.case_id is None:
            return "gone"
        if message.text is None:
            return "only_text"
        if len(message.text) > MAX_REPLY_CHARS:
            return "too_long"
        token = f"telegram-{message.chat_id}-{message.message_id}"
        try:
            await self.services.talks.reply(who.staff, topic.case_id, message.text, token=token)
        except ConsentMissing:
            return "no_consent"
        except Refused:
            return "gone"
        return None
