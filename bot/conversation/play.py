"""Walks through the steps of one turn and gathers what is said, kept and done on the way."""

from dataclasses import dataclass, field, replace
from functools import partial

from bot.content.load import Content
from bot.conversation.effects import Effect
from bot.conversation.state import State, World
from bot.conversation.steps import HANDLERS
from bot.conversation.steps.base import Meaning, Move, Scene
from bot.conversation.unchecked import played
from bot.messages import Outgoing
from bot.understanding.model import Understanding

MAX_HOPS = 8
"""More steps than this in one turn is a loop in the content."""


@dataclass
class Play:
    """One turn under way. Not shared: it lives and ends inside the pure turn function."""

    content: Content
    world: World
    state: State
    understanding: Understanding = field(default_factory=Understanding)
    outgoing: list[Outgoing] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    took: bool = False
    """A button, or a step that waited for words, has taken what came."""
    keeps_offered: bool = False
    """What could be pressed before still can, by its title too: nothing new was offered."""

    def enter(self, target: str) -> None:
        """Come to the step at ``flow.step``."""
        here: str | None = target
        for _ in range(MAX_HOPS):
            assert here is not None
            step = self.content.step(here)
            handler = HANDLERS[step.type]
            move = played(self.scene(here), partial(handler.enter, step))
            assert move is not None
            if hasattr(step, "variants"):
                said = {**self.state.said, here: self.state.said.get(here, 0) + 1}
                self.state = replace(self.state, said=said)
            here = self._apply(move, here)
            if here is None:
                return
        raise RecursionError(f"more than {MAX_HOPS} steps in one turn, at {here}")

    def press(self, button: str) -> bool:
        """Do what a button does; False when there is no such button here (any more)."""
        flow, _, rest = button.partition(".")
        name, _, choice = rest.partition(".")
        target = f"{flow}.{name}"
        if not self.content.has_step(target):
            return False
        if not choice:
            self.enter(target)
            return True
        step = self.content.step(target)
        if not step.lasting and self.state.at != target:
            return False
        handler = HANDLERS[step.type]
        move = played(self.scene(target), partial(handler.press, step, choice))
        if move is None:
            return False
        self._follow(move, target)
        self.took = True
        return True

    def hear(self, text: str) -> bool:
        """Give free text to the step that waits; False when it is not meant for it."""
        at = self.state.at
        took = at is not None and self.content.has_step(at) and self.give(at, text)
        self.took = self.took or took
        return took

    def give(self, target: str, text: str) -> bool:
        """Give free text to the step at ``flow.step``, as if it waited; False when it is not meant for it."""
        step = self.content.step(target)
        handler = HANDLERS[step.type]
        move = played(self.scene(target), partial(handler.hear, step, text))
        if move is None:
            return False
        self._follow(move, target)
        return True

    def overhear(self, at: str | None, text: str) -> None:
        """Let the step that waited at `at` keep something of a text that was answered as danger, and offer a way back."""
        if at is None or not self.outgoing or not self.content.has_step(at):
            return
        step = self.content.step(at)
        aside = HANDLERS[step.type].overhear(step, text, self.scene(at))
        if aside is not None:
            self.remember(at.partition(".")[0], **aside.remember)
            self.effects += aside.effects
            last = self.outgoing[-1]
            self.outgoing[-1] = replace(last, buttons=(*last.buttons, aside.back))

    def unreadable(self) -> bool:
        """Tell the step that waits of a message that cannot be read; False when it has nothing to say to it."""
        at = self.state.at
        if at is None or not self.content.has_step(at):
            return False
        step = self.content.step(at)
        handler = HANDLERS[step.type]
        move = played(self.scene(at), partial(handler.unreadable, step))
        if move is None:
            return False
        self._follow(move, at)
        return True

    def mean(self, meaning: Meaning) -> bool:
        """Take a plain yes or no as the choice it stands for at the step that waits."""
        at = self.state.at
        if at is None or not self.content.has_step(at):
            return False
        step = self.content.step(at)
        choice = HANDLERS[step.type].means(step, meaning, self.scene(at))
        return choice is not None and self.press(f"{at}.{choice}")

    def counts(self) -> bool:
        """Tell whether a number means something of its own to the step that waits."""
        at = self.state.at
        if at is None or not self.content.has_step(at):
            return False
        step = self.content.step(at)
        return HANDLERS[step.type].counts(step, self.scene(at))

    def remember(self, flow: str, **values: object) -> None:
        """Keep something for the steps of `flow`."""
        self.state = self.state.remembering(flow, **values)

    def scene(self, here: str) -> Scene:
        """Return what the step at `here` may look at."""
        return Scene(self.content, self.state, self.world, here, self.understanding)

    def _follow(self, move: Move, here: str) -> None:
        target = self._apply(move, here)
        if target is not None:
            self.enter(target)

    def _apply(self, move: Move, here: str) -> str | None:
        """Take a move over; return where to go, or None to wait."""
        if move.locale is not None:
            self.state = replace(self.state, locale=move.locale, locale_chosen=True)
        if move.remember:
            self.remember(here.partition(".")[0], **move.remember)
        for flow, values in move.elsewhere.items():
            self.remember(flow, **values)
        self.outgoing.extend(move.say)
        self.effects.extend(move.effects)
        if not move.aside:
            self.state = replace(self.state, at=None if move.leave else here)
        return self.content.resolve(move.go, here=here) if move.go else None
