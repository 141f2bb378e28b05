"""The flows as graphs: every step with its first words and every way on, in one language."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bot.content.load import Content
from bot.content.steps import Step
from bot.conversation.steps import HANDLERS
from bot.conversation.steps.base import Door, Exit
from bot.conversation.turn import TOPIC_STEPS
from bot.conversation.ways import COMMANDS

OVERVIEW = "overview"
PAGE = "drawing"
HUB_SHARE = 0.25
"""A flow that more than this share of all flows lead to gets no lines in the overview."""
BETWEEN = " \u00b7 "
_PLACEHOLDER = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Way:
    """One way on, with the titles of all buttons that take it."""

    label: str
    target: str | None
    """The box it leads to; None for a way that stays, and for one that leads out of the drawing."""
    out: str | None = None
    """The step it leads to outside the drawing."""


@dataclass(frozen=True)
class Box:
    """One step, or in the overview one flow."""

    id: str
    """``flow.step``, or the flow."""
    name: str
    kind: str
    """The type of the step, or `flow`."""
    kind_name: str
    text: str
    begins: str
    """What to say of the step where its flow begins; empty elsewhere."""
    commands: tuple[str, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Graph:
    """One drawing's worth of boxes."""

    name: str
    title: str
    about: str
    locale: str
    rtl: bool
    boxes: tuple[Box, ...]
    words: dict[str, str]
    """The words of the drawing itself, by their key in `flows/pages/drawing.yml`."""


def exits_of(content: Content, here: str) -> tuple[Exit, ...]:
    """Return every way on from the step at `here`, with what a turn itself may add under it."""
    step = content.step(here)
    exits = tuple(HANDLERS[step.type].exits(step, Door(content, here)))
    if here in TOPIC_STEPS:
        exits += (Exit("answer.give", "answer.give.*", note="topic"),)
    return exits


def flow_graph(content: Content, flow: str, locale: str) -> Graph:
    """Return the graph of one flow.

    Raises:
        KeyError: There is no such flow.
    """
    said = _Sayer(content, locale)
    found = content.flows[flow]
    boxes = tuple(
        said.box(f"{flow}.{name}", step, begins=name == found.start)
        for name, step in found.steps.items()
    )
    return said.graph(flow, flow, "flow_about", boxes)


def overview(content: Content, locale: str) -> Graph:
    """Return the graph of all flows."""
    said = _Sayer(content, locale)
    onward = {flow: said.flows_after(flow) for flow in content.flows}
    leads = Counter(target for targets in onward.values() for target in targets)
    hubs = {flow for flow, count in leads.items() if count > HUB_SHARE * len(content.flows)}
    boxes = tuple(said.flow_box(flow, targets, hubs) for flow, targets in onward.items())
    return said.graph(OVERVIEW, said.words["overview"], "overview_about", boxes)


def first_words(step: Step) -> str:
    """Return the text with which a step begins, in the source language; empty where it has none of its own."""
    for name in ("text", "suggest", "question", "limits", "staffed"):
        text = getattr(step, name, None)
        if isinstance(text, str):
            return text
    return ""


def without_gaps(text: str) -> str:
    """Return `text` with an ellipsis for each placeholder that a turn would fill in."""
    return _PLACEHOLDER.sub("\u2026", text)


class _Sayer:
    """Says what stands in a drawing, in one language."""

    def __init__(self, content: Content, locale: str) -> None:
        self.content, self.locale = content, locale
        page = content.pages[PAGE]
        self.words = {key: content.words.say(text, locale) for key, text in page.items()}

    def graph(self, name: str, title: str, about: str, boxes: tuple[Box, ...]) -> Graph:
        told = self.words[about].format(count=len(boxes))
        rtl = self.content.words.direction(self.locale) == "rtl"
        return Graph(name, title, told, self.locale, rtl, boxes, self.words)

    def box(self, here: str, step: Step, *, begins: bool) -> Box:
        ways: dict[tuple[str | None, str], list[str]] = {}
        for target, exit_ in self._resolved(here):
            titles = ways.setdefault((target, exit_.note), [])
            if exit_.title:
                titles.append(self._say(exit_.title))
        return Box(
            here,
            here.partition(".")[2],
            step.type,
            self.words[f"kind_{step.type}"],
            without_gaps(self._say(first_words(step))),
            self.words["begins"] if begins else "",
            tuple(name for name, target in COMMANDS.items() if target == here),
            tuple(
                self._way(here, target, self._label(titles, note))
                for (target, note), titles in ways.items()
            ),
        )

    def flow_box(self, flow: str, targets: dict[str, list[str]], hubs: set[str]) -> Box:
        start = self.content.flows[flow].start
        ways = tuple(
            Way(self._label(titles, ""), None, f"{target}.{self.content.flows[target].start}")
            if target in hubs
            else Way(self._label(titles, ""), target)
            for target, titles in targets.items()
        )
        text = self._say(first_words(self.content.flows[flow].steps[start]))
        return Box(flow, flow, "flow", "", without_gaps(text), "", (), ways)

    def flows_after(self, flow: str) -> dict[str, list[str]]:
        """Return the flows that follow on `flow`, each with the words on the ways there."""
        onward: dict[str, list[str]] = {}
        for name in self.content.flows[flow].steps:
            for target, exit_ in self._resolved(f"{flow}.{name}"):
                other = target.partition(".")[0] if target else flow
                if other != flow:
                    label = self._say(exit_.title) if exit_.title else self.words[exit_.note]
                    onward.setdefault(other, []).append(label)
        return onward

    def _resolved(self, here: str) -> Iterator[tuple[str | None, Exit]]:
        for exit_ in exits_of(self.content, here):
            target = self.content.resolve(exit_.go, here=here) if exit_.go else None
            yield (None if target == here else target), exit_

    def _way(self, here: str, target: str | None, label: str) -> Way:
        inside = target is not None and target.partition(".")[0] == here.partition(".")[0]
        return Way(label, target) if inside or target is None else Way(label, None, target)

    def _label(self, titles: list[str], note: str) -> str:
        told = BETWEEN.join(dict.fromkeys(titles))
        if not note:
            return told
        return f"{told} ({self.words[note]})" if told else self.words[note]

    def _say(self, text: str) -> str:
        return self.content.words.say(text, self.locale) if text else ""
