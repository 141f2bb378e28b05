"""What one transaction has decided to send, and what is left to do once it is committed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from bot.messages import Address, Outgoing
from bot.store.counts import Tally
from bot.store.outbox import Letter


@dataclass
class Answer:
    """What one transaction has decided to send."""

    address: Address
    put: list[Callable[[], list[Letter]]] = field(default_factory=list)
    """Give what is in the outbox now, one for each event that was answered."""
    spoken: list[Outgoing] = field(default_factory=list)
    """Said outside the outbox, because the outbox was erased with the person."""
    unfinished: bool = False
    """The rest of the events waits until nothing is on its way any more."""
    tally: Tally = field(default_factory=Tally)
    """What the events have added to numbers that everybody adds to."""
    tell_pace: UUID | None = None
    """The conversation whose person is to be told that the answer takes a moment."""
    waiting: tuple[UUID, int] | None = None
    """The conversation that lets an event wait, and how many wait in it."""

    def letters(self) -> list[Letter]:
        """Return what is to be sent, after the commit."""
        return [letter for letters in self.put for letter in letters()]
