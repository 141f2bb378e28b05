"""Plays one schedule on one conversation, notes what happened when, and holds it to the rules of the owner token."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import select, update

from bot.errors import Refused
from bot.hotline.staff import Staff
from bot.messages import Address, CaseId, IncomingKind, Outgoing
from bot.store import outbox, transcript
from bot.store.contacts import Party
from bot.store.outbox import Letter
from bot.store.tables import CaseRow, InboxRow, OutboxRow, TranscriptRow
from tests.support.gated import GatedChannel
from tests.support.schedules import Act, Step
from tests.support.world import Person, TestHouse

LEAVE, NUMBERS = "consent.waiting.leave", "emergency.show"


@dataclass(frozen=True)
class Cast:
    """The house with a gated channel, and its two counsellors."""

    house: TestHouse
    channel: GatedChannel
    staff: tuple[Staff, Staff]
    unclear: frozenset[str]
    """All the ways in which the bot says that it did not understand: exactly one for each text it owns."""


@dataclass
class Turn:
    """A counsellor's time with the person, between two moments of the example."""

    by: int
    begun: int
    ended: int | None = None
    ending: bool = False


@dataclass
class Example:
    """One schedule on one person."""

    cast: Cast
    person: Person
    party: Party
    case_id: CaseId
    moments: Iterator[int] = field(default_factory=count)
    handed: list[tuple[int, Letter]] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    given_back: list[tuple[int, int | None]] = field(default_factory=list)
    """When the person was given back, and by whom; None when they left by themselves."""

    def on_handed(self, address: Address, letter: Letter) -> None:
        """Note when a letter was handed to the channel."""
        if address == self.person.address:
            self.handed.append((next(self.moments), letter))

    async def play(self, steps: Sequence[Step]) -> None:
        """Let everything happen, and then let everything that waits leave."""
        for step in steps:
            await self._step(step)
        self.cast.channel.failures.clear()

    async def _step(self, step: Step) -> None:
        channel = self.cast.channel
        if step.failure is not None:
            channel.failures.append(step.failure)
        if not step.held:
            await asyncio.gather(*map(self._do, step.acts))
            return
        channel.shut()
        doing = [asyncio.create_task(self._do(step.acts[0]))]
        await asyncio.wait(
            [doing[0], busy := asyncio.create_task(channel.in_flight())],
            return_when=asyncio.FIRST_COMPLETED,
        )
        busy.cancel()
        doing += [asyncio.create_task(self._do(act)) for act in step.acts[1:]]
        if len(doing) > 1 and not doing[0].done():
            await asyncio.wait(doing[1:], timeout=0.08)
        channel.open()
        await asyncio.gather(*doing)

    async def _do(self, act: Act) -> None:
        staff = self.cast.staff[act.by]
        await getattr(self, f"_{act.what}")(act.by, staff)

    async def _write(self, _by: int, _staff: Staff) -> None:
        self.written.append(text := f"words {len(self.written)} of {self.person.value}")
        await self._receive(IncomingKind.TEXT, text)

    async def _numbers(self, _by: int, _staff: Staff) -> None:
        await self._receive(IncomingKind.BUTTON, NUMBERS)

    async def _speak(self, _by: int, _staff: Staff) -> None:
        talk = self.cast.house.conversations
        async with talk.db.batch(durable=False) as batch:
            party = await talk.people.get(batch.conn, self.party.conversation_id, lock=True)
            if party.owner == "staff":
                return
            letters = talk.add(batch, party, [Outgoing("first"), Outgoing("second")])
        await talk.delivery.deliver(party.address, letters())

    async def _leave(self, _by: int, _staff: Staff) -> None:
        begun = next(self.moments)
        for turn in self.turns:
            turn.ending = True
        await self._receive(IncomingKind.BUTTON, LEAVE)
        self._end(begun, None)

    async def _receive(self, kind: IncomingKind, text: str) -> None:
        await self.person.house.conversations.receive(self.person.event(kind, text))

    async def _claim(self, by: int, staff: Staff) -> None:
        asked = next(self.moments)
        case_id = await self.cast.house.talks.claim_next(staff)
        if case_id is None:
            return
        assert case_id == self.case_id, "the queue gave somebody else's case"
        if any(moment > asked and who in {by, None} for moment, who in self.given_back):
            return  # Given back already while the claim was still making sure that the bot is silent.
        others = [turn for turn in self.turns if turn.ended is None and not turn.ending]
        assert not others, "two counsellors have the same person"
        self.turns.append(Turn(by, next(self.moments)))

    async def _reply(self, by: int, staff: Staff) -> None:
        text, asked = f"reply {next(self.moments)}", next(self.moments)
        try:
            await self.cast.house.talks.reply(staff, self.case_id, text, token=text)
        except Refused:
            return
        self.replies.append(text)
        mine = [turn for turn in self.turns if turn.by == by]
        assert any(turn.ended is None or turn.ending or turn.ended > asked for turn in mine), (
            "somebody who does not have the person wrote to them"
        )

    async def _release(self, by: int, staff: Staff) -> None:
        await self._give_back(by, self.cast.house.talks.release(staff, self.case_id))

    async def _close(self, by: int, staff: Staff) -> None:
        await self._give_back(by, self.cast.house.talks.close(staff, self.case_id, "helped"))

    async def _give_back(self, by: int, doing: Any) -> None:
        begun = next(self.moments)
        mine = [turn for turn in self.turns if turn.by == by and turn.ended is None]
        for turn in mine:
            turn.ending = True
        try:
            await doing
        except Refused:
            for turn in mine:
                turn.ending = False
            return
        self._end(begun, by)

    def _end(self, begun: int, by: int | None) -> None:
        self.given_back.append((next(self.moments), by))
        for turn in self.turns:
            if turn.ended is None and by in {turn.by, None}:
                turn.ended = max(begun, turn.begun)

    async def _look(self, _by: int, _staff: Staff) -> None:
        await self.cast.house.recovery.look()

    async def _drain(self, _by: int, _staff: Staff) -> None:
        await self.cast.house.delivery.drain(self.party.conversation_id)

    async def _wait(self, _by: int, _staff: Staff) -> None:
        self.cast.house.clock.pass_(minutes=1)

    async def check(self) -> None:
        """Let everything that waits leave, and hold what happened to the rules of the owner token."""
        rows, lines, unanswered = await self.what_is_kept()
        while any(row.status == "queued" for row in rows):
            self.cast.house.clock.pass_(hours=2)
            await self.cast.house.delivery.drain(self.party.conversation_id)
            rows, lines, unanswered = await self.what_is_kept()
        assert not unanswered, "an event was never answered"
        self._bot_is_silent_during_turns()
        self._every_word_is_kept(lines, rows)
        self._every_letter_has_an_end(rows)

    async def what_is_kept(self) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
        """Return the outbox, the person's lines, and unanswered events; nobody can claim the person any more."""
        mine = self.party.conversation_id
        async with self.cast.house.db.transaction(durable=False) as conn:
            closed = update(CaseRow).where(CaseRow.conversation_id == mine).values(state="closed")
            await conn.execute(closed)
            letters = select(OutboxRow).where(OutboxRow.conversation_id == mine)
            lines = select(TranscriptRow.text_sealed, TranscriptRow.case_id).where(
                TranscriptRow.conversation_id == mine, TranscriptRow.author == "person"
            )
            events = select(InboxRow.id).where(
                InboxRow.conversation_id == mine, InboxRow.processed_at.is_(None)
            )
            return (
                (await conn.execute(letters.order_by(OutboxRow.id))).all(),
                (await conn.execute(lines)).all(),
                (await conn.execute(events)).all(),
            )

    def _bot_is_silent_during_turns(self) -> None:
        for turn in self.turns:
            until = turn.ended if turn.ended is not None else next(self.moments)
            spoken = [
                letter
                for moment, letter in self.handed
                if letter.author == "bot" and turn.begun < moment < until
            ]
            assert not spoken, "the bot spoke while a counsellor had the person"

    def _every_word_is_kept(self, lines: Sequence[Any], rows: Sequence[Any]) -> None:
        kept = [self.party.key.open(line.text_sealed, transcript.TEXT) for line in lines]
        assert sorted(kept) == sorted(self.written), (
            "a message of the person is missing or doubled"
        )
        answered = [line for line in lines if line.case_id is None]
        unclear = [row for row in rows if self._text(row) in self.cast.unclear]
        assert len(unclear) == len(answered), "a message to the bot was not answered once"

    def _every_letter_has_an_end(self, rows: Sequence[Any]) -> None:
        assert {row.status for row in rows} <= {"sent", "refused", "dead"}, (
            "a letter was left behind"
        )
        arrived = [letter.id for at, letter in self.cast.channel.sent if at == self.person.address]
        assert arrived == [row.id for row in rows if row.status == "sent"], (
            "letters arrived twice, out of order, or without being noted"
        )
        texts = [self._text(row) for row in rows if row.author == "staff"]
        assert sorted(texts) == sorted(self.replies), (
            "a counsellor's message is missing or doubled"
        )

    def _text(self, row: Any) -> str:
        sealed = self.party.key.open_json(row.message_sealed, outbox.MESSAGE)
        return Outgoing.from_json(sealed).text
