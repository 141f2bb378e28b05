"""What has waited is answered together: many words become one message, and the same button is pressed once. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from bot.messages import MAX_TEXT_CHARS, IncomingKind
from bot.store.inbox import Pending


@dataclass(frozen=True)
class Gathered:
    """Events that one turn answers."""

    event: Pending
    """What is played."""
    of: tuple[Pending, ...]
    """The events that it stands for, in the order they came."""
    is_quiet: bool = False
    """The answer to what came after it in the same burst is enough, unless it does something that the person must know."""


def gather(waiting: Sequence[Pending]) -> Iterator[Gathered]:
    """Yield what is to be played, in order.

    What did not wait is played by itself. Of a stretch of events that waited, all texts become one, in the place of the last; of buttons and the
    like, each is played once, in the place where it was pressed last.
    """
    for waits, stretch in groupby(waiting, key=lambda event: event.waits):
        if waits:
            yield from _together(list(stretch))
        else:
            yield from (Gathered(event, (event,)) for event in stretch)


def _together(stretch: list[Pending]) -> Iterator[Gathered]:
    alike: dict[tuple[IncomingKind, str], list[Pending]] = {}
    for event in stretch:
        incoming = event.incoming
        is_text = incoming.kind is IncomingKind.TEXT
        key = incoming.kind, "" if is_text else incoming.text
        # Taken out and put in again, so that it stands where it came last.
        alike[key] = [*alike.pop(key, []), event]
    for number, events in enumerate(alike.values(), start=1):
        played = _joined(events) if events[-1].incoming.kind is IncomingKind.TEXT else events[-1]
        yield Gathered(played, tuple(events), is_quiet=number < len(alike))


def _joined(events: Sequence[Pending]) -> Pending:
    """Return one event with the words of all, as many of the newest as fit into a message."""
    kept: list[str] = []
    room = MAX_TEXT_CHARS - 1
    for event in reversed(events):
        room -= len(event.incoming.text) + 1
        if room < 0 and kept:
            break
        kept.append(event.incoming.text)
    last = events[-1]
    words = "\n".join(reversed(kept))[: MAX_TEXT_CHARS - 1]
    return replace(last, incoming=replace(last.incoming, text=words))
