"""Keeps one message for each of the staff on duty: how many wait for them, by class, and nothing else."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.desk.telegram.post import Choice, Gone, Post, PostError, Rejected
from bot.desk.telegram.services import StaffBotServices
from bot.hotline import on_call
from bot.hotline.on_call import Act
from bot.hotline.staff_accounts import Linked, list_linked
from bot.store import staff_bot
from bot.store.staff_bot import Notice

log = structlog.get_logger(__name__)

NEXT = "next"


@dataclass
class Notices:
    """The notices of all the staff."""

    services: StaffBotServices
    post: Post

    async def look(self) -> None:
        """Bring every notice to what holds now."""
        services, now = self.services, self.services.clock.now()
        async with services.db.transaction(durable=False) as conn:
            linked = await list_linked(conn, services.people)
            counts = await on_call.count_for(conn, services.people, linked, now)
            before = await staff_bot.notices(conn)
        for each in linked:
            notice = before.get(each.staff.id, Notice())
            try:
                await self._bring(each, notice, counts.get(each.staff.id, {}), now)
            except PostError as error:
                log.warning("notice_failed", error=type(error).__name__)

    async def _bring(
        self, who: Linked, notice: Notice, counts: Mapping[str, int], now: datetime
    ) -> None:
        act = on_call.act_on(notice, counts, now)
        if act is Act.NOTHING:
            return
        number = notice.message_id
        if act in {Act.SOUND, Act.WHISPER}:
            number = await self.post.say(
                who.chat_id,
                self._words(who, counts),
                choices=self._next(who),
                silent=act is Act.WHISPER,
            )
        elif act is Act.EDIT and number is not None:
            # Whoever has deleted it gets the next one when there is something new to hear.
            with suppress(Gone):
                words = self._words(who, counts)
                await self.post.edit(who.chat_id, number, words, self._next(who))
        elif act is Act.DELETE:
            number = None
        async with self.services.db.transaction() as conn:
            kept = on_call.after(act, notice, counts, now, number)
            await staff_bot.keep_notice(conn, who.staff.id, kept)
        if notice.message_id not in {None, number}:
            await self._take_away(who, notice)

    async def _take_away(self, who: Linked, notice: Notice) -> None:
        with suppress(Gone, Rejected):
            assert notice.message_id is not None
            await self.post.delete(who.chat_id, [notice.message_id])

    def _words(self, who: Linked, counts: Mapping[str, int]) -> str:
        return self.services.say("notice", who.staff.locale, counts=counts)

    def _next(self, who: Linked) -> tuple[Choice]:
        return (Choice(self.services.say("take", who.staff.locale), NEXT),)
