"""Calls the staff for somebody who waits too long: those on duty first, supervisors after that."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.desk.telegram.notices import NEXT
from bot.desk.telegram.post import Choice, Post, Rejected, Unreachable
from bot.desk.telegram.services import StaffBotServices
from bot.hotline import on_call
from bot.hotline.on_call import Call, Due
from bot.hotline.staff_accounts import Linked, list_linked
from bot.store import staff_bot

log = structlog.get_logger(__name__)


@dataclass
class Calls:
    """The calls of this installation. What was called is kept, so that a restart calls nobody twice."""

    services: StaffBotServices
    post: Post

    async def look(self) -> None:
        """Make each call that is due and was not made.

        Raises:
            PostError: Telegram cannot be reached; what was not called is due at the next look.
        """
        services, now = self.services, self.services.clock.now()
        async with services.db.transaction() as conn:
            due = await on_call.list_due(conn, services.people, now)
            await staff_bot.forget_calls(conn, [(each.case_id, each.call.value) for each in due])
            made = await staff_bot.calls(conn)
            linked = await list_linked(conn, services.people)
        for each in due:
            if (each.case_id, each.call.value) not in made:
                await self._call(each, on_call.targets(each.call, linked, each, now))

    async def tell(self, macro: str, who: Sequence[Linked], **values: object) -> int:
        """Say something to several; return how many it reached.

        Raises:
            PostError: Telegram cannot be reached.
        """
        reached = 0
        for each in who:
            words = self.services.say(macro, each.staff.locale, **values)
            choices = (
                [Choice(self.services.say("take", each.staff.locale), NEXT)]
                if macro == Call.WAITS.value
                else []
            )
            try:
                await self.post.say(each.chat_id, words, choices=choices)
                reached += 1
            except (Unreachable, Rejected):
                log.warning("staff_unreachable", staff=str(each.staff.id))
        return reached

    async def _call(self, due: Due, who: Sequence[Linked]) -> None:
        reached = await self.tell(due.call.value, who)
        # Kept only now: after a crash in between somebody is called twice rather than nobody.
        async with self.services.db.transaction() as conn:
            await staff_bot.keep_call(
                conn, due.case_id, due.call.value, now=self.services.clock.now()
            )
        if not reached and due.call is not Call.REMIND:
            log.warning("nobody_on_call", call=due.call.value)
