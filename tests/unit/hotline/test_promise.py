"""How long somebody waits at most: proved on a small model of the queue, every state of it, with the real order.

The model is what `docs/queue.md` says: one counsellor who is always under her limit takes one person in six hours (a
pace so slow that, with promises of 2 minutes to 24 hours, who came earlier and later do pass each other); people come
every six hours, as many as the load allows and at the worst moments. What is abstracted: the time between, safe hours
(the clock of a bound stands still outside them), several counsellors (more offers only shorten a wait).

The states are finitely many without a horizon: a state is who waits, of which kind and for how many steps, and how many
more may come now. What is not reached from the empty queue does not happen.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bot.hotline.order import Place, due, in_order
from bot.hotline.promise import Arrivals, Load, bound, passable_for
from bot.understanding.model import RiskLevel

STEP = timedelta(hours=6)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URGENT_EVERY, OTHERS_EVERY = 3, 2
"""At most one in danger comes in three steps, and one other person in two."""
AT_ONCE = 2
"""So many others may come at once, where nobody has come for long."""
LOAD = Load(STEP, Arrivals(1, 1 / 6 / URGENT_EVERY), Arrivals(AT_ONCE, 1 / 6 / OTHERS_EVERY))
Order = Callable[[list[Place], datetime], list[Place]]


@dataclass(frozen=True, order=True)
class Kind:
    """What somebody in the model is like."""

    level: RiskLevel
    child: bool = False
    returned: bool = False

    @property
    def urgent(self) -> bool:
        """Whether they go before everybody."""
        return self.level is RiskLevel.IMMEDIATE or self.returned


URGENT = (
    Kind(RiskLevel.IMMEDIATE),
    Kind(RiskLevel.IMMEDIATE, child=True),
    Kind(RiskLevel.CONCERN, returned=True),
)
OTHERS = (
    Kind(RiskLevel.HIGH),
    Kind(RiskLevel.CONCERN),
    Kind(RiskLevel.CONCERN, child=True),
    Kind(RiskLevel.NONE),
)
Waiting = tuple[tuple[Kind, int, int], ...]
"""Each one's kind, steps waited, and how many went before them when they came; sorted."""


@dataclass(frozen=True)
class State:
    """The model at a step, before people come. The counters are in parts of a person who may come."""

    waiting: Waiting = ()
    urgent: int = URGENT_EVERY
    others: int = OTHERS_EVERY * AT_ONCE


def coming(state: State) -> Iterator[tuple[State, list[Kind]]]:
    """Yield who may come now, and how many may come afterwards."""
    for urgent in [[], *([kind] for kind in URGENT if state.urgent >= URGENT_EVERY)]:
        for others in _some(state.others // OTHERS_EVERY):
            after = State(
                (),
                min(state.urgent - URGENT_EVERY * len(urgent) + 1, URGENT_EVERY),
                min(state.others - OTHERS_EVERY * len(others) + 1, OTHERS_EVERY * AT_ONCE),
            )
            yield after, [*urgent, *others]


def _some(most: int) -> Iterator[list[Kind]]:
    yield []
    for first in OTHERS if most else ():
        yield [first]
        for second in OTHERS if most > 1 else ():
            if second >= first:
                yield [first, second]


def place(number: int, kind: Kind, waited: int) -> Place:
    """Return somebody of the model as the queue knows them."""
    since = NOW - waited * STEP
    return Place(UUID(int=number), kind.level, since, kind.child, returned=kind.returned)


@dataclass
class Found:
    """What an exploration has found."""

    longest: dict[tuple[Kind, int], int] = field(default_factory=dict)
    """For each kind and number of those before them the longest wait, in steps."""
    wronged: set[tuple[Kind, Kind]] = field(default_factory=set)
    """Who was passed by whom against the words of `docs/queue.md`."""

    @property
    def breaches(self) -> list[tuple[Kind, int]]:
        """Return who waited longer than their bound."""
        late = []
        for (kind, before), steps in self.longest.items():
            most = bound(kind.level, before, LOAD)
            assert most is not None
            if steps * STEP > most:
                late.append((kind, before))
        return late


def explore(order: Order) -> Found:
    """Visit every state that can be reached."""
    found = Found()
    seen, ahead = {State()}, [State()]
    while ahead:
        state = ahead.pop()
        for after, came in coming(state):
            left = _offer(_joined(state.waiting, came, order), order, found)
            following = State(left, after.urgent, after.others)
            if following not in seen:
                seen.add(following)
                ahead.append(following)
        assert len(seen) < 500_000
    return found


def _offer(waiting: Waiting, order: Order, found: Found) -> Waiting:
    """Let the first one go; return the others, one step later."""
    if not waiting:
        return ()
    kind, waited, before = taken = _first(waiting, order)
    at = waiting.index(taken)
    found.longest[kind, before] = max(found.longest.get((kind, before), 0), waited + 1)
    left = (*waiting[:at], *waiting[at + 1 :])
    for other, longer, _ in left:
        if not _may_pass(kind, other, (longer - waited) * STEP):
            found.wronged.add((other, kind))
    return tuple((other, longer + 1, ahead) for other, longer, ahead in left)


def _may_pass(kind: Kind, other: Kind, later: timedelta) -> bool:
    """Tell whether somebody may go before another one whom they came after by so much (or, below zero, before)."""
    if other.level is RiskLevel.IMMEDIATE:
        return kind.level is RiskLevel.IMMEDIATE
    if other.returned:
        return kind.urgent
    return kind.urgent or later < passable_for(other.level)


def _joined(waiting: Waiting, came: list[Kind], order: Order) -> Waiting:
    """Let people come one after the other; each notes how many are there who go before them."""
    for kind in came:
        places = [place(n, k, waited) for n, (k, waited, _) in enumerate(waiting)]
        new = place(len(places), kind, 0)
        before = order([*places, new], NOW).index(new)
        waiting = (*waiting, (kind, 0, before))
    return tuple(sorted(waiting))


def _first(waiting: Waiting, order: Order) -> tuple[Kind, int, int]:
    places = [place(n, kind, waited) for n, (kind, waited, _) in enumerate(waiting)]
    return waiting[order(places, NOW)[0].case_id.int]


def test_in_every_state_of_the_model_the_bound_holds() -> None:
    """Whatever comes in whatever order, nobody waits longer than the bound of their level or is passed by who may not."""
    found = explore(in_order)
    assert {kind for kind, _ in found.longest} == {*URGENT, *OTHERS}
    assert found.breaches == []
    assert found.wronged == set()


def test_in_the_model_people_do_pass_each_other() -> None:
    """The model is no empty one: somebody without danger waits behind several who came later, and danger for none."""
    longest = explore(in_order).longest
    assert max(wait for (kind, _), wait in longest.items() if kind.level is RiskLevel.NONE) > 4
    assert longest[Kind(RiskLevel.IMMEDIATE), 0] == 1


@pytest.mark.parametrize(
    "key",
    [
        lambda each: (each.waiting_since, each.case_id),
        lambda each: (each.level, each.case_id),
        lambda each: (-each.level, each.waiting_since, each.case_id),
        lambda each: (due(each), each.case_id),
        lambda each: (not each.urgent, -each.waiting_since.timestamp(), each.case_id),
    ],
    ids=[
        "who came first",
        "least danger first",
        "level only, however long one waits",
        "whose time is over, also before danger",
        "who came last",
    ],
)
def test_a_wrong_order_is_found(key: Callable[[Place], Any]) -> None:
    """The exploration finds fault with orders that look as sensible, or less so."""
    found = explore(lambda places, _: sorted(places, key=key))
    assert found.breaches or found.wronged


def test_a_bound_grows_with_what_goes_before() -> None:
    """More who wait, more who come or a slower pace never shorten a bound."""
    for level in RiskLevel:
        bounds = [bound(level, ahead, LOAD) for ahead in range(4)]
        assert bounds == sorted(bounds, key=lambda each: each or timedelta())
        slower = Load(2 * LOAD.pace, LOAD.urgent, LOAD.others)
        assert (bound(level, 0, slower) or timedelta.max) >= (bound(level, 0, LOAD) or STEP)


def test_without_time_for_all_there_is_no_bound() -> None:
    """Where danger alone comes faster than anybody can take it, nobody is promised anything."""
    too_much = Load(STEP, Arrivals(1, 1.0), Arrivals(0, 0))
    assert bound(RiskLevel.HIGH, 0, too_much) is None


def test_others_pass_only_while_they_may() -> None:
    """Who comes later than the limit of a level adds nothing to its bound, however many they are."""
    flood = Arrivals(0, 60)
    load = Load(timedelta(minutes=1) / 2, Arrivals(0, 0), flood)
    most = bound(RiskLevel.HIGH, 0, load)
    assert most is not None
    assert most <= load.pace * (1 + flood.within(passable_for(RiskLevel.HIGH)))


def test_the_page_about_the_queue_says_what_the_code_computes() -> None:
    """The bounds in docs/queue.md are those of the load that it names."""
    load = Load(timedelta(minutes=3), Arrivals(1, 1), Arrivals(6, 12))
    page = Path("docs/queue.md").read_text(encoding="utf-8")
    for level in RiskLevel:
        most = bound(level, 0, load)
        assert most is not None
        assert f"| `{level.label}` | {most / timedelta(minutes=1):.0f} minutes |" in page
