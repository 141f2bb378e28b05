"""Where each box and line of a drawing goes. The library places; we only measure, mirror and draw."""

from dataclasses import dataclass

import graphlay

from bot.prover.graph import BETWEEN, Box, Graph, Way
from bot.prover.measure import width_of, wrap

TEXT_SIZE = 13.0
SMALL_SIZE = 11.5
LINE_HEIGHT = 18.0
BOX_WIDTH = 272.0
PADDING = 12.0
HEAD_HEIGHT = 34.0
ROW_PADDING = 12.0
TEXT_GAP = 7.0
MARGIN = 24.0
STUB_GAP = 20.0
MAX_TEXT_LINES = 3
MAX_LABEL_LINES = 3
SIGN_ROOM = 18.0
"""Beside a label, for the sign that says where the way leads."""


@dataclass(frozen=True)
class Point:
    """A place in the drawing, in px from its upper corner where reading starts."""

    x: float
    y: float


@dataclass(frozen=True)
class Row:
    """One way on, as it stands in its box."""

    way: Way
    lines: tuple[str, ...]
    top: float
    """From the upper edge of the box."""
    height: float
    stub_width: float
    """0 where no stub stands beside it."""

    @property
    def middle(self) -> float:
        """Where its line leaves the box, from the upper edge of the box."""
        return self.top + self.height / 2


@dataclass(frozen=True)
class Shape:
    """A box with everything in it measured."""

    box: Box
    text: tuple[str, ...]
    told: tuple[str, ...]
    """What leads here from anywhere, in small letters."""
    rows: tuple[Row, ...]
    height: float

    @property
    def width(self) -> float:
        """The width with the stubs beside the box."""
        stub = max((row.stub_width for row in self.rows), default=0.0)
        return BOX_WIDTH + (STUB_GAP + stub if stub else 0.0)


@dataclass(frozen=True)
class Placed:
    """A box at its place."""

    shape: Shape
    at: Point
    """The corner where reading starts."""


@dataclass(frozen=True)
class Line:
    """A way from a row to another box."""

    points: tuple[Point, ...]


@dataclass(frozen=True)
class Layout:
    """A whole drawing. Everything runs from left to right; a drawing for the other direction is mirrored."""

    graph: Graph
    placed: tuple[Placed, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def lay_out(graph: Graph) -> Layout:
    """Place the boxes of a graph and lead the lines around them; the same graph is always placed alike."""
    shapes = [_shape(box) for box in graph.boxes]
    # All as wide as the widest, so that the boxes of a column stand flush.
    width = max(shape.width for shape in shapes)
    plan = graphlay.Graph()
    for shape in shapes:
        plan.node(shape.box.id, width=width, height=shape.height)
    for shape in shapes:
        for row in shape.rows:
            if row.way.target is not None:
                offset = row.middle / shape.height * 2 - 1
                port = {"offset": {"side": "right", "t": offset}}
                into = {"side": "left"}
                plan.edge(shape.box.id, row.way.target, source_port=port, target_port=into)
    drawn = graphlay.layout(plan, options={"spacing": {"layer_gap": 72, "node_gap": 36}})
    low = drawn.bounds["min"]
    shift = Point(MARGIN - low["x"], MARGIN - low["y"])
    centres = drawn.positions()
    placed = tuple(
        Placed(shape, _corner(shape, width, centres[shape.box.id], shift)) for shape in shapes
    )
    room = width - BOX_WIDTH
    lines = tuple(_line(edge["points"], shift, stub_room=room) for edge in drawn.edges)
    high = drawn.bounds["max"]
    return Layout(graph, placed, lines, high["x"] + shift.x + MARGIN, high["y"] + shift.y + MARGIN)


def _corner(shape: Shape, width: float, centre: tuple[float, float], shift: Point) -> Point:
    x, y = centre
    return Point(x - width / 2 + shift.x, y - shape.height / 2 + shift.y)


def _line(points: list[dict[str, float]], shift: Point, *, stub_room: float) -> Line:
    found = [Point(point["x"] + shift.x, point["y"] + shift.y) for point in points]
    # The library knows a box together with its stubs; the line begins at the box itself.
    return Line((Point(found[0].x - stub_room, found[0].y), *found[1:]))


def _shape(box: Box) -> Shape:
    room = BOX_WIDTH - 2 * PADDING
    text = wrap(box.text, room, TEXT_SIZE, lines=MAX_TEXT_LINES)
    told = wrap(BETWEEN.join(filter(None, (box.begins, *box.commands))), room, SMALL_SIZE, lines=2)
    top = HEAD_HEIGHT + LINE_HEIGHT * (len(text) + len(told)) + 2 * TEXT_GAP
    rows = []
    for way in box.ways:
        lines = wrap(way.label, room - SIGN_ROOM, TEXT_SIZE, lines=MAX_LABEL_LINES)
        height = LINE_HEIGHT * len(lines) + ROW_PADDING
        stub = width_of(way.out, TEXT_SIZE) + 2 * PADDING if way.out else 0.0
        rows.append(Row(way, lines, top, height, stub))
        top += height
    return Shape(box, text, told, tuple(rows), top)
