"""Calls the staff for somebody who waits too long: those on duty first, supervisors after that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.desk.telegram.handing import LEAVE, TAKE
from bot.desk.telegram.notices import NEXT
from bot.desk.telegram.post import Choice, Post, Rejected, Unreachable
from bot.desk.telegram.services import StaffBotServices
from bot.hotline import on_call
from bot.hotline.on_call import TO_ONE, Call, Due
from bot.hotline.staff_accounts import Linked, list_linked
from bot.store import staff_bot

log = structlog.get_logger(__name__)

NO_BUTTONS: Mapping[str, str] = {}


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
            await staff_bot.forget_calls(conn, [(each.case_id, each.mark) for each in due])
            made = await staff_bot.calls(conn)
            linked = await list_linked(conn, services.people)
        for each in due:
            if (each.case_id, each.mark) not in made:
                await self._call(each, on_call.targets(each.call, linked, each, now))

    async def tell(
        self,
        macro: str,
        who: Sequence[Linked],
        buttons: Mapping[str, str] = NO_BUTTONS,
        **values: object,
    ) -> int:
        """Say something to several, with buttons (which text, and what it gives back); return how many it reached.

        Raises:
            PostError: Telegram cannot be reached.
        """
        reached = 0
        for each in who:
            say, locale = self.services.say, each.staff.locale
            words = say(macro, locale, **values)
            choices = [Choice(say(title, locale), data) for title, data in buttons.items()]
            try:
                await self.post.say(each.chat_id, words, choices=choices)
                reached += 1
            except (Unreachable, Rejected):
                log.warning("staff_unreachable", staff=str(each.staff.id))
        return reached

    async def _call(self, due: Due, who: Sequence[Linked]) -> None:
        values = {"name": due.name, "level": due.level}
        told = {name: value for name, value in values.items() if value}
        reached = await self.tell(due.call.value, who, _buttons(due), **told)
        # Kept only now: after a crash in between somebody is called twice rather than nobody.
        async with self.services.db.transaction() as conn:
            await staff_bot.keep_call(conn, due.case_id, due.mark, now=self.services.clock.now())
        if not reached and due.call not in TO_ONE:
            log.warning("nobody_on_call", call=due.call.value)


def _buttons(due: Due) -> Mapping[str, str]:
    if due.call is Call.WAITS:
        return {"take": NEXT}
    if due.call is Call.OFFERED:
        case = due.case_id.hex
        return {"take_over": f"{TAKE}:{case}", "leave_there": f"{LEAVE}:{case}"}
    return NO_BUTTONS
