"""Draws a laid-out graph as SVG: text stays text, every colour has a sign or a word beside it, both themes.

A drawing that stands alone carries its style sheet; one inside a page leaves that to the page, whose policy allows no
styles of its own.
"""

from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bot.prover.graph import BETWEEN, Box, Graph
from bot.prover.icons import FAMILIES, ICONS
from bot.prover.layout import (
    BOX_WIDTH,
    HEAD_HEIGHT,
    LINE_HEIGHT,
    MARGIN,
    PADDING,
    ROW_PADDING,
    SMALL_SIZE,
    STUB_GAP,
    TEXT_GAP,
    TEXT_SIZE,
    Line,
    Placed,
    Point,
    Row,
    lay_out,
)
from bot.prover.measure import width_of

STATIC = Path(__file__).parent / "static"
STYLE = STATIC / "drawing.css"
CORNER = 8.0
STUB_HEIGHT = 24.0
ICON_SIZE = 16.0
LEGEND_GAP = 22.0
LEGEND_ROW = 26.0
MIN_WIDTH = 420.0
_STAYS = "M12 5.5A5 5 0 1 0 13 9M12.5 2.5v3.2H9.3"

Link = Callable[[str], str]
"""Gives the address of a step (``flow.step``) or of a flow, as seen from the drawing."""


def link_files(target: str) -> str:
    """Link drawings that lie in one folder as files."""
    flow = target.partition(".")[0]
    return f"{flow}.svg#{anchor(target)}" if "." in target else f"{flow}.svg"


def anchor(step: str) -> str:
    """Return the id of a step's box in its drawing."""
    return f"step-{step}"


def draw_file(graph: Graph) -> str:
    """Return a drawing that stands alone, as the text of an SVG file."""
    svg = _draw(graph, link_files)
    style = Element("style")
    style.text = f":root {{ color-scheme: light dark; }}\n{STYLE.read_text(encoding='utf-8')}"
    svg.insert(0, style)
    indent(svg, " ")
    return f"{_text_of(svg)}\n"


def draw_inline(graph: Graph, link: Link) -> str:
    """Return a drawing to be put into a page that has `static/drawing.css`; everything in it is escaped."""
    return _text_of(_draw(graph, link))


def _text_of(svg: Element) -> str:
    return tostring(svg, encoding="unicode")


def _draw(graph: Graph, link: Link) -> Element:
    layout = lay_out(graph)
    legend = _legend_rows(graph, layout.width)
    width = max(layout.width, MIN_WIDTH)
    svg = _root(graph, width, layout.height + LEGEND_ROW * (len(legend) + 1) + PADDING)
    pen = _Pen(width, graph, link)
    for line in layout.lines:
        pen.line(svg, line)
    for placed in layout.placed:
        pen.box(svg, placed)
    pen.legend(svg, legend, Point(MARGIN, layout.height))
    return svg


def _root(graph: Graph, width: float, height: float) -> Element:
    title, about = f"drawing-{graph.name}", f"about-{graph.name}"
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "drawing",
            "viewBox": f"0 0 {width:g} {height:g}",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "role": "group",
            "lang": graph.locale,
            "direction": "rtl" if graph.rtl else "ltr",
            "aria-labelledby": title,
            "aria-describedby": about,
        },
    )
    SubElement(svg, "title", {"id": title}).text = graph.title
    SubElement(svg, "desc", {"id": about}).text = graph.about
    return svg


class _Pen:
    """Draws with the side where reading starts as x = 0; for a language from right to left it mirrors."""

    def __init__(self, width: float, graph: Graph, link: Link) -> None:
        self.width, self.graph, self.link = width, graph, link

    def line(self, parent: Element, line: Line) -> None:
        points = [Point(self.x(point.x), point.y) for point in line.points]
        tip, way = points[-1], 1 if not self.graph.rtl else -1
        SubElement(parent, "path", {"class": "line", "d": _rounded(points)})
        head = f"M{tip.x:g} {tip.y:g}l{-7 * way} -4.5v9z"
        SubElement(parent, "path", {"class": "tip", "d": head})

    def box(self, parent: Element, placed: Placed) -> None:
        shape, at = placed.shape, placed.at
        box = shape.box
        begins = " begins" if box.begins else ""
        group = SubElement(parent, "g", {"class": f"box {FAMILIES[box.kind]}{begins}"})
        if "." in box.id:
            group.set("id", anchor(box.id))
        SubElement(group, "title").text = _whole(box)
        self._rect(group, "paper", at, BOX_WIDTH, shape.height)
        self._head(group, box, at)
        y = at.y + HEAD_HEIGHT + TEXT_GAP + LINE_HEIGHT - 5
        for name, lines in (("text", shape.text), ("told", shape.told)):
            for text in lines:
                self._text(group, name, Point(at.x + PADDING, y), text)
                y += LINE_HEIGHT
        for row in shape.rows:
            self._row(group, row, at)

    def legend(self, parent: Element, rows: list[list[tuple[str, float]]], at: Point) -> None:
        group = SubElement(parent, "g", {"class": "legend"})
        self._text(group, "legend-head", Point(at.x, at.y), self.graph.words["kinds"])
        y = at.y + LEGEND_ROW
        for row in rows:
            x = at.x
            for kind, width in row:
                family = SubElement(group, "g", {"class": f"key {FAMILIES[kind]}"})
                self._rect(family, "head", Point(x, y - 16), 24, 22)
                self._icon(family, ICONS[kind], Point(x + 4, y - 13))
                self._text(family, "told", Point(x + 32, y), self.graph.words[f"kind_{kind}"])
                x += width
            y += LEGEND_ROW

    def x(self, x: float) -> float:
        """Return where `x` lies on the paper."""
        return self.width - x if self.graph.rtl else x

    def _head(self, parent: Element, box: Box, at: Point) -> None:
        holder = parent
        if box.kind == "flow":
            holder = SubElement(parent, "a", {"href": self.link(box.id)})
        self._rect(holder, "head", at, BOX_WIDTH, HEAD_HEIGHT)
        middle = at.y + HEAD_HEIGHT / 2
        self._icon(
            holder, ICONS[box.kind], Point(at.x + PADDING, middle - ICON_SIZE / 2), box.kind_name
        )
        base = middle + TEXT_SIZE / 3
        self._text(holder, "name", Point(at.x + PADDING + ICON_SIZE + 8, base), box.name)
        end = Point(at.x + BOX_WIDTH - PADDING, base)
        if box.kind_name:
            self._text(holder, "kind", end, box.kind_name, end=True)

    def _row(self, parent: Element, row: Row, at: Point) -> None:
        top = at.y + row.top
        edge = {"x1": at.x + 0.5, "x2": at.x + BOX_WIDTH - 0.5, "y1": top, "y2": top}
        ends = {
            name: f"{self.x(value) if name[0] == 'x' else value:g}" for name, value in edge.items()
        }
        SubElement(parent, "line", {"class": "rule", **ends})
        y = top + ROW_PADDING / 2 + LINE_HEIGHT - 5
        for text in row.lines:
            self._text(parent, "label", Point(at.x + PADDING, y), text)
            y += LINE_HEIGHT
        out = Point(at.x + BOX_WIDTH, at.y + row.middle)
        if row.way.out is not None:
            self._stub(parent, row, row.way.out, out)
        elif row.way.target is None:
            corner = Point(out.x - PADDING - ICON_SIZE + 4, out.y - ICON_SIZE / 2)
            self._icon(parent, _STAYS, corner, self.graph.words["stays"])
        else:
            dot = {"cx": f"{self.x(out.x):g}", "cy": f"{out.y:g}", "r": "3.5"}
            SubElement(parent, "circle", {"class": "dot", **dot})

    def _stub(self, parent: Element, row: Row, out: str, at: Point) -> None:
        start = at.x + STUB_GAP
        self.line(parent, Line((at, Point(start, at.y))))
        holder = SubElement(parent, "a", {"href": self.link(out), "class": "stub"})
        SubElement(holder, "title").text = f"{self.graph.words['other_flow']}: {out}"
        corner = Point(start, at.y - STUB_HEIGHT / 2)
        self._rect(holder, "pill", corner, row.stub_width, STUB_HEIGHT, radius=STUB_HEIGHT / 2)
        self._text(holder, "label", Point(start + PADDING, at.y + TEXT_SIZE / 3), out)

    def _rect(
        self,
        parent: Element,
        name: str,
        at: Point,
        width: float,
        height: float,
        *,
        radius: float = CORNER,
    ) -> None:
        x = self.x(at.x) - (width if self.graph.rtl else 0)
        size = {"x": x, "y": at.y, "width": width, "height": height, "rx": radius}
        SubElement(
            parent, "rect", {"class": name, **{key: f"{each:g}" for key, each in size.items()}}
        )

    def _text(
        self, parent: Element, name: str, at: Point, text: str, *, end: bool = False
    ) -> None:
        place = {"x": f"{self.x(at.x):g}", "y": f"{at.y:g}"}
        if end:
            place["text-anchor"] = "end"
        SubElement(parent, "text", {"class": name, **place}).text = text

    def _icon(self, parent: Element, path: str, at: Point, title: str = "") -> None:
        x = self.x(at.x) - (ICON_SIZE if self.graph.rtl else 0)
        attributes = {"class": "icon-sign", "d": path, "transform": f"translate({x:g} {at.y:g})"}
        icon = SubElement(parent, "path", attributes)
        if title:
            SubElement(icon, "title").text = title


def _whole(box: Box) -> str:
    """Return a box in words, for whoever does not see it, and for the pointer that rests on it."""
    ways = [f"{way.label} \u2192 {way.target or way.out or box.name}" for way in box.ways]
    head = BETWEEN.join(filter(None, (box.name, box.kind_name, box.begins, *box.commands)))
    return "\n".join(filter(None, (head, box.text, *ways)))


def _legend_rows(graph: Graph, width: float) -> list[list[tuple[str, float]]]:
    """Return the kinds that the drawing has, each with its width, in as many rows as they need."""
    rows: list[list[tuple[str, float]]] = [[]]
    used = MARGIN
    for kind in dict.fromkeys(box.kind for box in graph.boxes):
        room = 32 + width_of(graph.words[f"kind_{kind}"], SMALL_SIZE) + LEGEND_GAP
        if rows[-1] and used + room > max(width, MIN_WIDTH):
            rows.append([])
            used = MARGIN
        rows[-1].append((kind, room))
        used += room
    return rows


def _rounded(points: list[Point]) -> str:
    """Return a path along `points` with round corners."""
    path = [f"M{points[0].x:g} {points[0].y:g}"]
    for before, here, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(here, before), _towards(here, after)
        path.append(f"L{start.x:g} {start.y:g}Q{here.x:g} {here.y:g} {end.x:g} {end.y:g}")
    path.append(f"L{points[-1].x:g} {points[-1].y:g}")
    return "".join(path)


def _towards(here: Point, other: Point) -> Point:
    """Return the place on the way from `here` to `other` where a round corner ends."""
    span = abs(other.x - here.x) + abs(other.y - here.y)
    share = min(CORNER, span / 2) / span if span else 0.0
    return Point(here.x + (other.x - here.x) * share, here.y + (other.y - here.y) * share)
