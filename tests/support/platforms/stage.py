"""Stands between the service and the turn, so that a test decides what is said while everything around it is real."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest.mock import patch

import bot.messages
from bot.conversation import service
from bot.conversation.decide import Decider
from bot.conversation.effects import EraseContact, SetBlocked
from bot.conversation.state import Owner, Said, State
from bot.conversation.trouble import trouble
from bot.conversation.turn import TurnResult, turn
from bot.errors import StoreUnavailable
from bot.messages import Button, Incoming, IncomingKind, Media, Outgoing
from bot.prover.golden import Golden, Turn
from bot.prover.talk import Talk
from bot.store.batch import Batch
from bot.store.engine import Database
from bot.understanding.model import Understanding

FURTHER: str = getattr(bot.messages, "FURTHER", "\0")
"""How the id of a row begins that opens the next page of a list, where lists have pages: the turn itself leafs."""
FELT = (EraseContact, SetBlocked)
"""Effects that a channel feels. What the others do to the world is the conversation's own business, and is tested there."""


@dataclass
class Stage:
    """Decides in the place of `Decider`: an answer that a test has set, a golden conversation's turn, or what is always decided."""

    answer: Sequence[Outgoing] | None = None
    talk: Talk | None = None
    """The world of a golden conversation."""
    golden: Golden | None = None
    turn: Turn | None = None
    heard: list[Incoming] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    """What was chosen, by its button or by its number."""

    def __call__(self, *parts: Any, **named: Any) -> "_Deciding":  # those of a Decider
        """Return who decides; it takes the place of the class."""
        return _Deciding(self, Decider(*parts, **named))


@dataclass
class _Deciding:
    stage: Stage
    real: Decider

    async def decide(
        self, batch: Batch, party: Any, state: State, incoming: Incoming, *more: Any, **named: Any
    ) -> TurnResult:
        self.stage.heard.append(incoming)
        self.stage.chosen += _chosen(state, incoming)
        if self.stage.answer is not None and not incoming.text.startswith(FURTHER):
            return _says(state, self.stage.answer)
        if self.stage.talk is not None:
            return self._plays(self.stage.talk, state, incoming)
        return await self.real.decide(batch, party, state, incoming, *more, **named)

    def _plays(self, talk: Talk, state: State, incoming: Incoming) -> TurnResult:
        now, golden = self.stage.turn, self.stage.golden
        assert now is not None
        assert golden is not None
        if now.broken == "turn":
            return trouble(state, self.real.content)
        meaning = Understanding()
        if incoming.kind is IncomingKind.TEXT:
            meaning = now.means.understood(golden.language)
            if talk.owner is Owner.BOT and incoming.text.strip():
                talk.buffer.append(Said(next(talk._ids), incoming.text))
        result = turn(state, incoming, meaning, self.real.content, talk._world())
        talk._keep(result)
        felt = tuple(effect for effect in result.effects if isinstance(effect, FELT))
        return replace(result, effects=felt)


def _says(state: State, answer: Sequence[Outgoing]) -> TurnResult:
    """Say what a test wants, and offer what stands under it, as a turn does."""
    offered = tuple((button.id, button.title) for button in answer[-1].buttons) if answer else ()
    return TurnResult(replace(state, offered=offered), tuple(answer), ())


def _chosen(state: State, incoming: Incoming) -> list[str]:
    if incoming.kind is IncomingKind.BUTTON:
        return [] if incoming.text.startswith(FURTHER) else [incoming.text]
    number = int(incoming.text) if incoming.text.isdecimal() and len(incoming.text) < 4 else 0
    return [state.offered[number - 1][0]] if 0 < number <= len(state.offered) else []


@contextmanager
def staged() -> Iterator[Stage]:
    """Let a stage decide for as long as the block lasts."""
    stage = Stage()
    with patch.object(service, "Decider", stage):
        yield stage


@contextmanager
def without_database() -> Iterator[None]:
    """Let the database be away for as long as the block lasts."""

    def away(*_: object, **__: object) -> None:
        raise StoreUnavailable

    with patch.object(Database, "transaction", away), patch.object(Database, "batch", away):
        yield


def options(number: int) -> tuple[Button, ...]:
    """Return so many buttons."""
    return tuple(Button(f"menu.main.option{n:02}", f"Option {n:02}") for n in range(1, number + 1))


def with_picture(text: str, alt: str, buttons: tuple[Button, ...] = ()) -> Outgoing:
    """Return a message with a picture that the server draws."""
    return Outgoing(text, buttons, (Media("quiz", "quiz:warning_signs/dm_offer@en", alt),))
