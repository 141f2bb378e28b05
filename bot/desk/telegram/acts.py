"""What the staff do in the bot: link an account, go on duty, take somebody, close, give back, call a supervisor.

Every act asks anew whose account it is; what they may do is decided where the desk's acts are decided too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from bot.desk.telegram.calls import Calls
from bot.desk.telegram.handing import GIVE, HAND, LEAVE, TAKE, Handing
from bot.desk.telegram.post import Choice, Post
from bot.desk.telegram.services import StaffBotServices
from bot.errors import Conflict, NotFound, Refused, TooManyTries
from bot.hotline import claiming, lists, staff_accounts
from bot.hotline.cases import OUTCOMES
from bot.hotline.staff import BREATHER, rest
from bot.hotline.staff_accounts import DUTY, Linked, may_be_alarmed
from bot.store import staff_bot

OFF_DUTY = "off_duty"


@dataclass
class Acts:
    """The acts, each for somebody whose account is known, but for the first."""

    services: StaffBotServices
    post: Post
    calls: Calls
    changed: Callable[[], None]
    """Says that there is something to look at."""

    @property
    def handing(self) -> Handing:
        """What hands talks to colleagues."""
        return Handing(self.services, self.post, self.changed)

    async def find(self, account: int) -> Linked | None:
        """Return whose account this is."""
        async with self.services.db.transaction(durable=False) as conn:
            return await staff_accounts.find(conn, self.services.people, account)

    async def link(self, account: int, code: str, locale: str) -> None:
        """Link an account by a code, or say why not."""
        services, now = self.services, self.services.clock.now()
        try:
            async with services.db.transaction() as conn:
                await staff_accounts.count_try(conn, services.people, account, now)
            async with services.db.transaction() as conn:
                staff = await staff_accounts.link(conn, services.people, code, account, now=now)
        except TooManyTries:
            words = services.say("too_many_tries", locale)
        except NotFound:
            words = services.say("wrong_code", locale)
        except Conflict:
            words = services.say("linked_elsewhere", locale)
        else:
            words = services.say("linked", staff.locale, name=staff.name)
        await self.post.say(account, words)

    async def help(self, who: Linked) -> None:
        """Say what the bot is for."""
        await self._tell(who, "help")

    async def duty(self, who: Linked) -> None:
        """Go on duty, or off duty again."""
        now = self.services.clock.now()
        if who.is_on_duty(now):
            await self.end_duty(who)
            return
        async with self.services.db.transaction() as conn:
            await staff_accounts.set_duty(conn, who.staff.id, now + DUTY)
            await rest(conn, who.staff.id, None)
        choice = Choice(self.services.say("end_duty", who.staff.locale), OFF_DUTY)
        await self.post.say(
            who.chat_id, self.services.say("on_duty", who.staff.locale), choices=[choice]
        )
        self.changed()

    async def end_duty(self, who: Linked) -> None:
        """Go off duty."""
        async with self.services.db.transaction() as conn:
            await staff_accounts.set_duty(conn, who.staff.id, None)
        await self._tell(who, "off_duty")
        self.changed()

    async def take_breather(self, who: Linked) -> None:
        """Be left in peace for a while."""
        until = self.services.clock.now() + BREATHER
        async with self.services.db.transaction() as conn:
            await rest(conn, who.staff.id, until)
        await self._tell(who, "resting")
        self.changed()

    async def take_next(self, who: Linked) -> None:
        """Take the next person who fits, in the very transaction of the desk."""
        services = self.services
        case_id = await services.talks.claim_next(who.staff)
        if case_id is None:
            async with services.db.transaction(durable=False) as conn:
                now = services.clock.now()
                why = (await claiming.look(conn, services.people, who.staff, now=now)).why
            await self._tell(who, f"why_{why}")
            return
        await self.handing.begin(who, case_id)
        self.changed()

    async def close(self, who: Linked, thread: int | None) -> None:
        """Ask how a talk ended: the one of a topic, or the only one."""
        services = self.services
        async with services.db.transaction(durable=False) as conn:
            topic = await staff_bot.topic_at(conn, thread) if thread is not None else None
            mine = [item.id for item in await lists.list_mine(conn, who.staff)]
        if topic is not None and topic.case_id in mine:
            await self.ask_outcome(who, topic.case_id, thread)
        elif len(mine) == 1:
            await self.ask_outcome(who, mine[0], None)
        elif mine:
            links = [services.link_to(case_id) for case_id in mine]
            await self._tell(who, "close_where", links=links)
        else:
            await self._tell(who, "nothing_to_close")

    async def ask_outcome(self, who: Linked, case_id: UUID, thread: int | None) -> None:
        """Show the outcomes as buttons."""
        words = self.services.listed("ENDS", who.staff.locale)
        choices = [
            Choice(words[outcome], f"close:{outcome}:{case_id.hex}") for outcome in OUTCOMES
        ]
        asked = self.services.say("ask_outcome", who.staff.locale)
        await self.handing.put(who, asked, choices, thread)

    async def end_talk(self, who: Linked, case_id: UUID, outcome: str) -> None:
        """Close a talk; its topic goes.

        Raises:
            Refused: It is not theirs (any more).
        """
        await self.services.talks.close(who.staff, case_id, outcome)
        self.changed()
        await self._tell(who, "closed")

    async def give_back(self, who: Linked, case_id: UUID) -> None:
        """Give a person back to the queue, where whoever fits gets them.

        Raises:
            Refused: They are not theirs (any more).
        """
        async with self.services.db.transaction(durable=False) as conn:
            mine = {item.id for item in await lists.list_mine(conn, who.staff)}
        if case_id not in mine:
            raise NotFound
        await self.services.talks.release(who.staff, case_id)
        self.changed()
        await self._tell(who, "given_back")

    async def alarm(self, who: Linked) -> None:
        """Call the supervisors."""
        services = self.services
        async with services.db.transaction(durable=False) as conn:
            linked = await staff_accounts.list_linked(conn, services.people)
        others = [
            each for each in linked if may_be_alarmed(each.staff) and each.staff.id != who.staff.id
        ]
        reached = await self.calls.tell("alarm", others, name=who.staff.name)
        if reached:
            await self._tell(who, "alarm_sent", count=reached)
        else:
            await self._tell(who, "alarm_nobody")

    async def press(self, who: Linked, data: str, thread: int | None) -> str | None:
        """Do what a button says; return what its owner is told where it cannot be done."""
        what, _, rest_of = data.partition(":")
        try:
            if what == "next":
                await self.take_next(who)
            elif what == OFF_DUTY:
                await self.end_duty(who)
            elif what == "ask":
                await self._ask(who, UUID(rest_of), thread)
            elif what == "back":
                await self.give_back(who, UUID(rest_of))
            elif what in {HAND, GIVE, TAKE, LEAVE}:
                await self._hand(who, what, rest_of, thread)
            elif what == "close":
                outcome, _, case = rest_of.partition(":")
                await self.end_talk(who, UUID(case), outcome)
        except (Refused, ValueError) as exc:
            if what == GIVE and isinstance(exc, Conflict):
                return self.services.say("offered_already", who.staff.locale)
            return self.services.say("gone", who.staff.locale)
        return None

    async def _hand(self, who: Linked, what: str, data: str, thread: int | None) -> None:
        if what == HAND:
            await self.handing.ask(who, UUID(data), thread)
        elif what == GIVE:
            await self.handing.offer(who, data)
        else:
            await self.handing.answer(who, UUID(data), accepts=what == TAKE)

    async def _ask(self, who: Linked, case_id: UUID, thread: int | None) -> None:
        async with self.services.db.transaction(durable=False) as conn:
            mine = {item.id for item in await lists.list_mine(conn, who.staff)}
        if case_id not in mine:
            raise NotFound
        await self.ask_outcome(who, case_id, thread)

    async def _tell(self, who: Linked, macro: str, **values: object) -> None:
        await self.post.say(who.chat_id, self.services.say(macro, who.staff.locale, **values))
