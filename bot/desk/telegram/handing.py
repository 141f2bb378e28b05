"""Handing a talk to one colleague, away from the desk: whom it is offered to, and what they answer.

What is offered, and what was answered, is heard of as a call (`bot.hotline.on_call`), wherever it was done.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from bot.conversation.together import Together
from bot.desk.telegram.post import Choice, Post
from bot.desk.telegram.services import StaffBotServices
from bot.errors import NotFound
from bot.hotline import lists, staff_accounts
from bot.hotline.staff import Staff, list_on_desk
from bot.hotline.staff_accounts import Linked
from bot.store import staff_bot

HAND, GIVE, TAKE, LEAVE = "hand", "give", "take", "leave"
"""What the buttons begin with."""
AT_MOST = 12
"""So many colleagues are shown as buttons."""


@dataclass(frozen=True)
class Handing:
    """Offers talks to colleagues, and takes their answers."""

    services: StaffBotServices
    post: Post
    changed: Callable[[], None]

    @property
    def together(self) -> Together:
        """What decides and keeps all of it, as for the desk."""
        return Together(self.services.talks)

    async def ask(self, who: Linked, case_id: UUID, thread: int | None) -> None:
        """Show the colleagues who are there as buttons.

        Raises:
            NotFound: The case is not theirs (any more).
        """
        services, locale = self.services, who.staff.locale
        async with services.db.transaction(durable=False) as conn:
            mine = {item.id for item in await lists.list_mine(conn, who.staff)}
        if case_id not in mine:
            raise NotFound
        there = await self._there(who)
        choices = [Choice(each.name, data_of(GIVE, case_id, each.id)) for each in there[:AT_MOST]]
        choices.append(Choice(services.say("give_back", locale), f"back:{case_id.hex}"))
        asked = services.say("ask_colleague" if there else "nobody_there", locale)
        await self.put(who, asked, choices, thread)

    async def put(
        self, who: Linked, words: str, choices: list[Choice], thread: int | None
    ) -> None:
        """Ask something in the topic in which it came up, and else in private."""
        group = self.services.group
        if thread is None or group is None:
            await self.post.say(who.chat_id, words, choices=choices)
            return
        number = await self.post.say(group, words, thread=thread, choices=choices, silent=True)
        async with self.services.db.transaction() as conn:
            topic = await staff_bot.topic_at(conn, thread)
            if topic is not None:
                await staff_bot.add_message(conn, topic.id, number)

    async def offer(self, who: Linked, data: str) -> None:
        """Offer a talk to the colleague whose button was pressed.

        Raises:
            NotFound: The case is not theirs (any more), or the colleague talks with nobody now.
            Conflict: It is offered already.
        """
        case_id, colleague_id = _read(data)
        await self.together.offer(who.staff, case_id, colleague_id, "")
        self.changed()
        await self.post.say(who.chat_id, self.services.say("offered", who.staff.locale))

    async def answer(self, who: Linked, case_id: UUID, *, accepts: bool) -> None:
        """Take a talk over that was offered, with a topic of its own where there are topics, or leave it.

        Raises:
            NotFound: It is not offered to them (any more).
        """
        services = self.services
        await self.together.answer_offer(who.staff, case_id, accepts=accepts)
        if not accepts:
            await self.post.say(who.chat_id, services.say("left_there", who.staff.locale))
        else:
            await self.begin(who, case_id)
        self.changed()

    async def begin(self, who: Linked, case_id: UUID) -> None:
        """Lead somebody to whom they have just taken."""
        services = self.services
        if services.group is None:
            words = services.say("taken", who.staff.locale, link=services.link_to(case_id))
            await self.post.say(who.chat_id, words)
            return
        async with services.db.transaction() as conn:
            await staff_bot.add_topic(conn, case_id, who.staff.id, now=services.clock.now())

    async def _there(self, who: Linked) -> list[Staff]:
        """Return the colleagues who are at the desk or on duty, by name."""
        now = self.services.clock.now()
        async with self.services.db.transaction(durable=False) as conn:
            at_desk = await list_on_desk(conn, now)
            linked = await staff_accounts.list_linked(conn, self.services.people)
        there = [*at_desk, *(each.staff for each in linked if each.is_on_duty(now))]
        found = {each.id: each for each in there if each.id != who.staff.id}
        return sorted(found.values(), key=lambda each: each.name)


def data_of(what: str, *numbers: UUID) -> str:
    """Return what a button gives back: Telegram takes 64 bytes."""
    return ":".join([what, *(urlsafe_b64encode(each.bytes).decode()[:22] for each in numbers)])


def _read(data: str) -> tuple[UUID, UUID]:
    one, two = (UUID(bytes=urlsafe_b64decode(part + "==")) for part in data.split(":"))
    return one, two
