"""Puts what the bot says on its way: into the outbox with the state that it leads to, and to the channel once both are durable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import structlog

from bot.channels.capabilities import NOTHING, Capabilities
from bot.channels.delivery import Delivery
from bot.channels.errors import SendError
from bot.channels.fit import fit
from bot.clock import Clock
from bot.conversation.answering import Answer
from bot.conversation.state import State
from bot.conversation.turn import TurnResult
from bot.conversation.vanish import staff_vanish_s, vanish_s
from bot.messages import Address, Outgoing
from bot.store import contacts, notices, outbox
from bot.store.batch import Batch
from bot.store.contacts import Party
from bot.store.outbox import Letter

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Saying:
    """The bot's side of the outbox."""

    delivery: Delivery
    clock: Clock
    default_locale: str

    def state_of(self, party: Party) -> State:
        """Return where a conversation stands; a new one stands at its beginning."""
        if party.state is None:
            return State(locale=party.locale or self.default_locale)
        return State.from_json(party.state)

    def capabilities(self, address: Address) -> Capabilities:
        """Return what the channel of an address can show; nothing where this process has none."""
        channel = self.delivery.channels.get(address.channel)
        return channel.capabilities if channel else NOTHING

    def fitted(self, party: Party, messages: Sequence[Outgoing]) -> list[Outgoing]:
        """Return messages as the person's channel can show them."""
        channel = self.delivery.channels.get(party.address.channel)
        return fit(messages, channel.capabilities) if channel else list(messages)

    def vanish_s(self, party: Party, messages: Sequence[Outgoing]) -> int | None:
        """Return the seconds after which the sensitive ones of these messages are to go from the person's screen."""
        if not any(message.sensitive for message in messages):
            return None
        deletes = self.capabilities(party.address).deletes
        return vanish_s(self.state_of(party)) if deletes else None

    def staff_vanish_s(self, party: Party) -> int | None:
        """Return the seconds after which a counsellor's line is to go from the person's screen; the desk keeps its own."""
        deletes = self.capabilities(party.address).deletes
        return staff_vanish_s(self.state_of(party)) if deletes else None

    def write(
        self,
        batch: Batch,
        party: Party,
        result: TurnResult,
        answer: Answer,
        *,
        at: datetime | None,
    ) -> Party:
        """Keep the new state, put the messages into the outbox; return the person as they are afterwards.

        `at` is when they wrote, None where they did not.
        """
        state, state_json = result.state, result.state.to_json()
        contacts.save_state(batch, party, state_json, locale=state.locale, at=at)
        spoken = [message.spoken_in(state.locale) for message in result.outgoing]
        after = replace(party, state=state_json, locale=state.locale)
        answer.put.append(self.add(batch, after, spoken))
        return after

    def add(
        self, batch: Batch, party: Party, messages: Sequence[Outgoing]
    ) -> Callable[[], list[Letter]]:
        """Add the bot's messages to the outbox as the channel can show them; this process holds them.

        What is returned gives their letters once the batch has been sent.
        """
        holder = self.delivery.inline_holder(party.address.channel)
        letters = outbox.add(
            batch,
            party,
            self.fitted(party, messages),
            clock=self.clock,
            epoch=party.epoch,
            holder=holder,
            vanish_s=self.vanish_s(party, messages),
        )
        if holder is None and messages:
            notices.add_to_outbox(batch, party.conversation_id)
        return letters

    async def send(self, answer: Answer) -> None:
        """Send what is committed, as far as the channel lets us."""
        letters = answer.letters()
        if self.delivery.inline_holder(answer.address.channel) is not None:
            for _, theirs in groupby(letters, key=attrgetter("conversation_id")):
                await self.delivery.deliver(answer.address, list(theirs))
        channel = self.delivery.channels.get(answer.address.channel)
        for message in answer.spoken:
            if channel is not None:
                try:
                    await channel.say_now(answer.address, message)
                except SendError as error:
                    log.warning("not_said", error=error.code)
