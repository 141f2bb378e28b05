"""What one batch of a broadcast has decided of its people, and how it is written down: everything in one journey, with the commit on it."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from bot.channels.bulk import Parcel
from bot.clock import Clock
from bot.conversation.broadcast_gate import Facts
from bot.conversation.broadcast_words import Said
from bot.messages import MessageId
from bot.store import broadcasts
from bot.store.batch import Batch, Rows
from bot.store.broadcasts import Put
from bot.store.contacts import STATE, Party
from bot.store.outbox import MESSAGE, Letter


@dataclass(frozen=True)
class _Chosen:
    """Somebody who gets it now."""

    put: Put
    party: Party
    said: Said
    state: bytes = field(repr=False)
    zone: str
    doubted: bool


@dataclass
class Basket:
    """Gathers a batch of a run."""

    clock: Clock
    holder: int
    run_id: UUID
    now: datetime
    taken_at: float
    """On the loop's clock."""
    known: dict[tuple[str, str], str] = field(default_factory=dict)
    """The highest number that is known of each account of a channel."""
    left_out: list[tuple[UUID, str]] = field(default_factory=list)
    later: list[tuple[UUID, datetime]] = field(default_factory=list)
    _chosen: dict[UUID, _Chosen] = field(default_factory=dict)
    _taken: Rows = field(default_factory=list)

    def add(self, party: Party, facts: Facts, said: Said, *, doubted: bool) -> None:
        """Let somebody get what is said; of an account of which no number is known only one, so that then one is.

        Without a number, a message that is interrupted could not be asked for.
        """
        known = self.known.get(party.channel_account)
        if known is None and self._chosen:
            return
        shown = said.marked(party.mark)
        put = Put(
            self.clock.new_id(), party.contact_id, party.conversation_id, party.epoch,
            party.key.seal_bytes(shown.plain, MESSAGE), known,
        )  # fmt: skip
        # Typing the title of one of its buttons is as good as pressing it.
        offered = tuple((button.id, button.title) for button in said.message.buttons)
        sealed = party.key.seal_json(replace(facts.state, offered=offered).to_json(), STATE)
        self._chosen[put.uid] = _Chosen(put, party, shown, sealed, facts.zone, doubted)

    def write(self, batch: Batch) -> None:
        """Write everything down, on one way with the commit."""
        if self.left_out:
            broadcasts.add_left_out(batch, self.run_id, self.left_out, at=self.now)
        if self.later:
            broadcasts.add_later(batch, self.run_id, self.later)
        if not self._chosen:
            return
        chosen = self._chosen.values()
        self._taken = broadcasts.add_taken(
            batch, self.run_id, [each.put for each in chosen], holder=self.holder, at=self.now
        )
        states = [(each.party.conversation_id, each.state) for each in chosen]
        broadcasts.save_states(batch, states)

    def parcels(self) -> list[Parcel]:
        """Return what is to be sent, after the commit."""
        return [self._parcel(row.number, self._chosen[row.uid]) for row in self._taken]

    def _parcel(self, number: int, chosen: _Chosen) -> Parcel:
        put, party, said = chosen.put, chosen.party, chosen.said
        letter = Letter(
            number, MessageId(put.uid), party.conversation_id, party.epoch, "bot", said.message,
            attempts=1, after=put.known_before,
        )  # fmt: skip
        return Parcel(
            self.run_id, party.address, letter, self.taken_at,
            zone=chosen.zone, kind=said.kind, doubted=chosen.doubted,
        )  # fmt: skip
