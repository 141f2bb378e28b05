"""Explores every stage that a conversation over this content can come to, with the real turn, and checks what must hold.

From each stage everything in `acts` is tried. A stage whose key has been seen is not explored again, so the search ends. What needs
more than one outcome (how far a human is, whether a step can be reached at all, whether the same words come twice) is checked at the end.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from bot.content.load import Content
from bot.content.voices import all_spoken
from bot.conversation.state import Owner, State
from bot.messages import IncomingKind
from bot.prover import acts
from bot.prover.properties import Fault, check, is_covered
from bot.prover.stage import Act, Key, Outcome, Stage, key_of, play

Progress = Callable[[int, int], None]
"""Told how many stages are done and how many are known."""
NEVER_BY_A_TURN = frozenset({"trouble.offline", "go_on.ask", "calm.paused"})
"""Said by the channels while the database is away, or by a counsellor's press, outside any turn."""
HUMAN = frozenset({"consent.ask", "consent.waiting"})
MAX_PRESSES = 2


@dataclass(frozen=True)
class Found:
    """A fault and where it shows: the conversation that leads to it."""

    fault: Fault
    path: tuple[Outcome, ...]


@dataclass
class Exploration:
    """One search. `run` may be called once."""

    content: Content
    locale: str = "en"
    key: Callable[[Stage], Key] = key_of
    """What is taken for one stage. A coarser one ends sooner and may overlook a fault; what it finds is one all the same."""
    stages: dict[Key, Stage] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    turns: int = 0
    _came: dict[Key, tuple[Key, Act]] = field(default_factory=dict)
    _pressed: dict[Key, set[Key]] = field(default_factory=dict)
    _wide: dict[tuple[object, ...], tuple[Key, list[Act]]] = field(default_factory=dict)
    _seen_steps: set[str] = field(default_factory=set)
    _ids: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # What is published on the desk is not known here: anything may have been spoken.
        self.content = replace(self.content, voices=all_spoken(self.content, [self.locale]))

    def run(self, progress: Progress | None = None, *, stop_at: str | None = None) -> list[Found]:
        """Explore everything; return one counter-example of each fault.

        Args:
            progress: Told now and then how far it is.
            stop_at: The letter of a fault after which the search may end.
        """
        for root in (State(self.locale, True), State(self.locale, True, greeted=True)):
            self._add(Stage(root), None)
        queue = deque(self.stages)
        while queue:
            key = queue.popleft()
            for new in self._explore(key):
                queue.append(new)
            if stop_at is not None and any(each.fault.letter == stop_at for each in self.found):
                return self.found
            if progress is not None and self.turns % 50 == 0:
                progress(len(self.stages) - len(queue), len(self.stages))
        self._check_ways_to_a_human()
        self._check_not_understood()
        self._check_old_buttons()
        self._check_unreached()
        self._check_languages()
        return self.found

    def _explore(self, key: Key) -> Iterator[Key]:
        stage = self.stages[key]
        tried = list(acts.always(stage))
        wide = (stage.owner, stage.state.at)
        if wide not in self._wide:
            tried += acts.once(self.content, stage)
            self._wide[wide] = (key, tried)
        for act in tried:
            outcome = self._play(key, stage, act)
            if outcome is None:
                continue
            after = self.key(outcome.after)
            if act.is_press:
                self._pressed.setdefault(key, set()).add(after)
            if after not in self.stages:
                self._add(outcome.after, (key, act))
                yield after

    def _play(self, key: Key, stage: Stage, act: Act) -> Outcome | None:
        self.turns += 1
        outcome = self._try(key, stage, act)
        if outcome is None:
            return None
        self._see(outcome)
        for message in outcome.messages:
            self._ids.update({button.id: button.title for button in message.buttons})
        for fault in check(self.content, outcome):
            self._note(fault, key, act)
        return outcome

    def _try(self, key: Key, stage: Stage, act: Act, letter: str = "d") -> Outcome | None:
        """Let an act happen at a stage like that of `key`; whatever its turn raises is a counter-example."""
        try:
            return play(self.content, stage, act)
        except RecursionError:
            problem = "leads in a circle without the person"
        except Exception as exc:  # see above
            problem = f"the turn fails ({type(exc).__name__}: {exc})"
        locale = stage.state.locale
        where = "" if locale == self.locale else f"{locale}: "
        self._note(Fault(letter, f"{where}{act.label}: {problem}"), key, act)
        return None

    def _see(self, outcome: Outcome) -> None:
        """Note which steps have spoken: what is waited at, what counts its variants, whose buttons stand below."""
        state = outcome.after.state
        buttons = (button.id for message in outcome.messages for button in message.buttons)
        spoken = (".".join(button.split(".")[:2]) for button in buttons if button.count(".") > 1)
        self._seen_steps.update(state.said, spoken, [state.at or ""])

    def _add(self, stage: Stage, came: tuple[Key, Act] | None) -> None:
        key = self.key(stage)
        self.stages[key] = stage
        if came is not None:
            self._came[key] = came

    def _note(self, fault: Fault, key: Key, act: Act | None = None) -> None:
        if any(each.fault == fault for each in self.found):
            return
        self.found.append(Found(fault, tuple(self._path(key, act))))

    def _path(self, key: Key, act: Act | None) -> Iterator[Outcome]:
        """Yield the conversation that leads to a stage, and one act more."""
        done: list[tuple[Key, Act]] = [] if act is None else [(key, act)]
        while key in self._came:
            key, before = self._came[key]
            done.append((key, before))
        for at, each in reversed(done):
            try:
                yield play(self.content, self.stages[at], each)
            except Exception:  # the last act may be the one that fails
                yield Outcome(self.stages[at], each, self.stages[at], (), ())

    def _check_ways_to_a_human(self) -> None:
        """(a) From every stage, at most two presses (or the safe word, under cover) lead to a human."""
        near = {key for key, stage in self.stages.items() if _is_human(stage)}
        for _ in range(MAX_PRESSES):
            near |= {key for key, to in self._pressed.items() if to & near}
        for key, stage in self.stages.items():
            if key not in near and not is_covered(stage) and stage.shown:
                where = stage.state.at or "nowhere in particular"
                self._note(Fault("a", f"{where}: no human within two presses"), key)

    def _check_unreached(self) -> None:
        """(d) Every step that is written can be come to."""
        for flow in self.content.flows.values():
            for name, step in flow.steps.items():
                here = f"{flow.flow}.{name}"
                if here in self._seen_steps or here in NEVER_BY_A_TURN or step.type == "say":
                    continue
                self.found.append(Found(Fault("d", f"{here}: nothing leads there"), ()))

    def _check_not_understood(self) -> None:
        """(e) Never the same words twice in a row for what was not understood."""
        act = Act("writes something that is not understood", IncomingKind.TEXT, "…", acts.UNKNOWN)
        for key, stage in self.stages.items():
            if stage.owner is not Owner.BOT or is_covered(stage):
                continue
            said, at = [], stage
            for _ in range(3):
                outcome = self._try(key, at, act)
                if outcome is None:
                    break
                at = outcome.after
                said.append(tuple(message.text for message in outcome.messages))
            if any(before == after for before, after in pairwise(said)):
                self._note(Fault("e", f"{at.state.at}: the same words twice in a row"), key, act)

    def _check_old_buttons(self) -> None:
        """(g) A button from any older message is answered, whoever has the conversation."""
        for owner in Owner:
            key = next((k for k, stage in self.stages.items() if stage.owner is owner), None)
            if key is None:
                continue
            for button in (*self._ids, "menu.main.gone"):
                act = Act(f"[an old button: {button}]", IncomingKind.BUTTON, button)
                outcome = self._try(key, self.stages[key], act, "g")
                if outcome is not None:
                    self._see(outcome)

    def _check_languages(self) -> None:
        """(f, h) What presses and danger bring fits, and begins quietly, in every language that is offered."""
        for key, tried in list(self._wide.values()):
            stage = self.stages[key]
            for locale in self.content.words.locales:
                if locale == self.locale:
                    continue
                there = replace(stage, state=replace(stage.state, locale=locale))
                for act in tried:
                    if not act.is_press and act.means.risk.level == 0:
                        continue
                    outcome = self._try(key, there, act)
                    if outcome is None or outcome.after.state.locale != locale:
                        continue
                    for fault in check(self.content, outcome):
                        if fault.letter in "fh":
                            told = Fault(fault.letter, f"{locale}: {fault.problem}")
                            self._note(told, key, act)


def _is_human(stage: Stage) -> bool:
    return stage.owner is not Owner.BOT or stage.state.at in HUMAN
