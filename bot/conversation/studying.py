"""The study of learning between the turn and the database: looked up where a turn needs it, kept, and asked again weeks later."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.campaigns.learning.answers import Phase
from bot.campaigns.learning.probes import Probe
from bot.campaigns.quiet import TALKING, is_quiet
from bot.conversation.effects import NoteStudyAnswer
from bot.conversation.state import State, World
from bot.conversation.study import FLOW, LATER, STEPS, Measured, StudyLook, guise
from bot.messages import Incoming, IncomingKind
from bot.store import campaigning, study
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.study import Entry

if TYPE_CHECKING:  # the service decides with what stands here
    from bot.conversation.service import Conversations


async def known(
    batch: Batch, party: Party, state: State, incoming: Incoming, world: World
) -> World:
    """Return the world with how a person stands to the study, where this message is to or about it."""
    pressed = incoming.kind is IncomingKind.BUTTON and incoming.text.startswith(f"{FLOW}.")
    if not pressed and state.at not in STEPS:
        return world
    return replace(world, study=await look(await batch.connection(), party))


async def look(conn: AsyncConnection, party: Party) -> StudyLook:
    """Look up how a person stands to the study."""
    found = await study.look(conn, party.contact_id)
    open_now = (
        Measured(each.quiz, each.fact, cast("Phase", each.phase), each.question)
        for each in found.entries
        if each.is_open
    )
    asked = frozenset(each.fact for each in found.entries)
    return StudyLook(found.agrees, asked, tuple(open_now), rotation_of(party))


def rotation_of(party: Party) -> int:
    """Return a number by which guises and facts are spread over people; the contact's own is drawn by chance."""
    return party.contact_id.int % 2**32


async def note(
    conn: AsyncConnection, effect: NoteStudyAnswer, party: Party, locale: str, *, at: datetime
) -> None:
    """Keep an answer; nothing is kept of somebody who does not agree (any more)."""
    entry = Entry(effect.quiz, effect.fact, effect.phase, effect.question)
    await study.keep(
        conn,
        party,
        entry,
        locale=locale,
        choices=effect.choices,
        right=effect.right,
        on=study.day_of(at),
    )


async def ask_again(conversations: "Conversations", probe: Probe, *, home: str) -> bool:
    """Ask somebody a fact again who agreed to it, once; False when that is not to be (any more), or not at this hour.

    Whom and on which days says `bot.campaigns.learning.reading.read_due`.

    Args:
        conversations: They hold the lock.
        probe: What, of whom.
        home: The zone of those who have not told theirs.

    Raises:
        NotFound: The conversation is gone.
    """
    content = conversations.content

    async def take(conn: AsyncConnection, party: Party, now: datetime) -> bool:
        zone = await campaigning.zone_of(conn, party.contact_id) or home
        quiz = content.quizzes.get(probe.quiz)
        if await campaigning.heard_since(conn, probe.conversation_id, now - TALKING):
            return False
        if is_quiet(now, zone) or quiz is None or probe.fact not in quiz.measures:
            return False
        rotation = rotation_of(party) // len(quiz.measures)
        question = guise(quiz, probe.fact, probe.phase, rotation)
        if question is None:
            return False
        entry = Entry(probe.quiz, probe.fact, probe.phase, question.id)
        locale = conversations.state_of(party).locale
        return await study.ask(conn, party, entry, locale=locale, on=study.day_of(now))

    return await conversations.write_first(probe.conversation_id, LATER, take)
