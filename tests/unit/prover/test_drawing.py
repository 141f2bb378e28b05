"""The drawings: what stands in them, and that it can be read, in a real browser."""

import dataclasses
import itertools
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from bot.content.catalogue import LocaleInfo, Words
from bot.content.load import Content
from bot.prover.drawing import draw_file, draw_inline, link_files
from bot.prover.graph import Graph, Way, exits_of, flow_graph, overview
from bot.prover.icons import FAMILIES, ICONS
from bot.prover.layout import BOX_WIDTH, Placed, lay_out
from bot.prover.measure import ELLIPSIS, width_of, wrap

SVG = "{http://www.w3.org/2000/svg}"
CHROMIUM = shutil.which("chromium")
HARD = '<b onload="x">&amp; "</b>'


def graphs(content: Content, locale: str) -> list[Graph]:
    """Return every drawing there is."""
    return [
        *(flow_graph(content, flow, locale) for flow in content.flows),
        overview(content, locale),
    ]


class Spelled(dict[str, str]):
    """A catalogue of a made-up language: every text as long as in English, in other letters."""

    def __init__(self, letters: str) -> None:
        super().__init__()
        self.letters = letters

    def get(self, text: str, default: object = None) -> str:  # type: ignore[override]  # has every text
        pieces = re.split(r"(\{\w+\})", text)
        return "".join(piece if piece[:1] == "{" else self._spell(piece) for piece in pieces)

    def _spell(self, text: str) -> str:
        letters = itertools.cycle(self.letters)
        return "".join(next(letters) if letter.isalpha() else letter for letter in text)


def in_language(content: Content, code: str, letters: str, direction: str) -> Content:
    """Return the content with a made-up language."""
    words = content.words
    locales = {
        **words.locales,
        code: LocaleInfo.model_validate({"name": code, "dir": direction, "state": "released"}),
    }
    catalogues = {**words.catalogues, code: Spelled(letters)}
    return dataclasses.replace(content, words=Words(words.source, locales, catalogues))


@pytest.mark.parametrize("locale", ["en", "id"])
def test_every_step_and_every_way_is_in_the_picture(content: Content, locale: str) -> None:
    """Each step's name, the first of its words, and a title of every button can be found."""
    for flow in content.flows.values():
        drawn = draw_file(flow_graph(content, flow.flow, locale))
        told = "".join(ET.fromstring(drawn).itertext())
        for name, step in flow.steps.items():
            assert f'id="step-{flow.flow}.{name}"' in drawn
            for choice in getattr(step, "choices", ()):
                assert content.words.say(choice.title, locale) in told


def test_every_kind_of_step_has_its_sign_and_its_words(content: Content) -> None:
    """A new type of step cannot be drawn without a sign, a colour and a name."""
    kinds = {step.type for flow in content.flows.values() for step in flow.steps.values()} | {
        "flow"
    }
    assert kinds == set(ICONS) == set(FAMILIES)
    assert len(set(ICONS.values())) == len(ICONS)
    assert {
        key.removeprefix("kind_") for key in content.pages["drawing"] if key.startswith("kind_")
    } == kinds


def test_every_word_of_the_drawings_is_used(content: Content) -> None:
    """Nothing is translated that no drawing says."""
    notes = {
        exit_.note
        for flow in content.flows.values()
        for name in flow.steps
        for exit_ in exits_of(content, f"{flow.flow}.{name}")
    }
    fixed = {"overview", "overview_about", "flow_about", "begins", "stays", "kinds", "other_flow"}
    said = {key for key in content.pages["drawing"] if not key.startswith("kind_")}
    assert said == notes - {""} | fixed


def test_the_ways_that_steps_take_in_code_are_there(content: Content) -> None:
    """What no file says is drawn all the same: quiz to menu, support to consent, feedback to two places."""
    leads = {
        (box.id, way.target or way.out)
        for flow in ("quiz", "risk", "feedback", "consent", "answer")
        for box in flow_graph(content, flow, "en").boxes
        for way in box.ways
    }
    assert {
        ("quiz.play", "menu.main"), ("risk.support", "consent.ask"), ("risk.support", "answer.give"),
        ("feedback.ask", "learn.ask"), ("feedback.ask", "menu.main"), ("consent.ask", "consent.waiting"),
        ("consent.ask", "risk.stay"), ("answer.give", "answer.missing"), ("answer.give", "unclear.sorry"),
    } <= leads  # fmt: skip


def test_words_are_escaped(content: Content) -> None:
    """A text that looks like markup stays text, in a file and in a page."""
    graph = flow_graph(content, "stop", "en")
    box = dataclasses.replace(graph.boxes[0], text=HARD, name=HARD, ways=(Way(HARD, None, HARD),))
    for drawn in (
        draw_file(dataclasses.replace(graph, boxes=(box,), title=HARD)),
        draw_inline(dataclasses.replace(graph, boxes=(box,)), lambda target: f"/x?{target}"),
    ):
        root = ET.fromstring(drawn)
        assert not [each for each in root.iter() if each.tag.endswith("}b")]
        assert not [each for each in root.iter() if "onload" in each.attrib]
    assert HARD in "".join(root.itertext())


def test_links_of_files_lead_to_files(content: Content) -> None:
    """Every name beside a box leads to a box in another file that is written too."""
    drawn = {graph.name: draw_file(graph) for graph in graphs(content, "en")}
    links = {
        element.attrib["href"]
        for text in drawn.values()
        for element in ET.fromstring(text).iter(f"{SVG}a")
    }
    assert link_files("menu.main") in links
    for link in links:
        file, _, anchor = link.partition("#")
        assert file.removesuffix(".svg") in drawn
        assert not anchor or f'id="{anchor}"' in drawn[file.removesuffix(".svg")]


@pytest.mark.parametrize("locale", ["en", "id"])
def test_no_box_lies_on_another_and_no_line_crosses_one(content: Content, locale: str) -> None:
    """Boxes with their stubs keep apart, and a line touches only the boxes that it joins."""
    for graph in graphs(content, locale):
        layout = lay_out(graph)
        for one, other in itertools.combinations(layout.placed, 2):
            assert not _overlap(_frame(one), _frame(other)), (one.shape.box.id, other.shape.box.id)
        for line in layout.lines:
            for start, end in itertools.pairwise(line.points[1:]):
                span = (
                    min(start.x, end.x), min(start.y, end.y), max(start.x, end.x), max(start.y, end.y)
                )  # fmt: skip
                for placed in layout.placed:
                    assert not _overlap(span, _frame(placed)), placed.shape.box.id


def _frame(placed: Placed) -> tuple[float, float, float, float]:
    shape, at = placed.shape, placed.at
    return at.x + 1, at.y + 1, at.x + shape.width - 1, at.y + shape.height - 1


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_the_same_flow_is_drawn_alike_every_time(content: Content) -> None:
    """A drawing that is kept changes only when the flow does."""
    assert draw_file(flow_graph(content, "risk", "en")) == draw_file(
        flow_graph(content, "risk", "en")
    )


def test_a_language_from_right_to_left_is_mirrored(content: Content) -> None:
    """Reading starts at the right: boxes, lines and text run the other way, and nothing is outside."""
    arabic = in_language(content, "ar", "\u0628\u062a\u062c\u062f", "rtl")
    root = ET.fromstring(draw_file(flow_graph(arabic, "welcome", "ar")))
    assert root.attrib["direction"] == "rtl"
    width = float(root.attrib["width"])
    first, second = (
        float(group.find(f"{SVG}rect").attrib["x"])  # type: ignore[union-attr]
        for group in root.iter(f"{SVG}g")
        if "box" in group.attrib["class"]
    )
    assert first > second >= 0
    assert first + BOX_WIDTH <= width


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


TEXTS_OUTSIDE = """() => [...document.querySelectorAll('.box')].flatMap(box => {
  const paper = box.querySelector('.paper').getBBox();
  return [...box.querySelectorAll('text')].filter(text => {
    const frame = text.closest('.stub') ? text.closest('.stub').querySelector('.pill').getBBox() : paper;
    const at = text.getBBox();
    return at.x < frame.x || at.x + at.width > frame.x + frame.width
      || at.y < frame.y - 1 || at.y + at.height > frame.y + frame.height + 1;
  }).map(text => text.textContent);
})"""
TEXTS_OVERLAPPING = """() => {
  const texts = [...document.querySelectorAll('text')].map(text => [text.textContent, text.getBBox()]);
  return texts.flatMap(([one, a], i) => texts.slice(i + 1).filter(([, b]) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height
  ).map(([other]) => [one, other]));
}"""


@pytest.mark.browser
@pytest.mark.parametrize(
    ("code", "letters", "direction"),
    [
        ("en", "", "ltr"),
        ("id", "", "ltr"),
        ("wm", "WM", "ltr"),
        ("ar", "\u0628\u0633\u0636\u0645", "rtl"),
    ],
)
def test_every_text_stays_in_its_box(
    content: Content, chromium: Browser, tmp_path: Path, code: str, letters: str, direction: str
) -> None:
    """As the browser draws it, no text leaves its box or lies on another, even in the widest letters."""
    said = in_language(content, code, letters, direction) if letters else content
    shown = chromium.new_page()
    for graph in graphs(said, code):
        path = tmp_path / f"{graph.name}.svg"
        path.write_text(draw_file(graph), encoding="utf-8")
        shown.goto(path.as_uri())
        assert shown.evaluate(TEXTS_OUTSIDE) == [], graph.name
        assert shown.evaluate(TEXTS_OVERLAPPING) == [], graph.name
    shown.close()


@pytest.mark.browser
def test_a_file_has_both_themes_and_a_name(
    content: Content, chromium: Browser, tmp_path: Path
) -> None:
    """A drawing follows light and dark, every text stands out from its ground, and it says what it is."""
    path = tmp_path / "risk.svg"
    path.write_text(draw_file(flow_graph(content, "risk", "en")), encoding="utf-8")
    grounds = set()
    for scheme in ("light", "dark"):
        shown = chromium.new_page(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        shown.goto(path.as_uri())
        assert (
            shown.evaluate("document.documentElement.querySelector('title').textContent") == "risk"
        )
        grounds.add(shown.evaluate("getComputedStyle(document.querySelector('.paper')).fill"))
        for text, ground in (
            (".text", ".paper"),
            (".kind", ".head"),
            (".name", ".head"),
            (".pill + .label", ".pill"),
        ):
            ratio = shown.evaluate(CONTRAST, [text, ground])
            assert ratio >= 4.5, (scheme, text, ratio)
        shown.close()
    assert len(grounds) == 2


CONTRAST = """([text, ground]) => {
  const light = selector => {
    const [r, g, b] = getComputedStyle(document.querySelector(selector)).fill.match(/[\\d.]+/g).slice(0, 3)
      .map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [one, other] = [light(text), light(ground)].sort((a, b) => b - a);
  return (one + 0.05) / (other + 0.05);
}"""


@pytest.mark.parametrize(
    "text",
    [
        "two words",
        "averyveryverylongwordwithoutanyspaceinit " * 3,
        "\u4f60\u597d" * 60,
        "\u1000\u103b\u102d" * 50,
        "",
    ],
)
def test_text_is_broken_to_its_width(text: str) -> None:
    """Lines fit, there are no more of them than asked for, and what is left out shows as an ellipsis."""
    lines = wrap(text, 120, 13, lines=2)
    assert len(lines) <= 2
    assert all(width_of(line, 13) <= 120 for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert whole == text.replace(" ", "") or lines[-1].endswith(ELLIPSIS)
    assert not any(line[:1] in {"\u103b", "\u102d"} for line in lines)
