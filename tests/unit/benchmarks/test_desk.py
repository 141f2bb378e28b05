"""What `suar bench desk` makes of its findings."""

import pytest

from bot.benchmarks.desk_pages import OpenPage, words_of
from bot.benchmarks.desk_report import Findings, print_report
from bot.benchmarks.desk_seed import Seat
from bot.benchmarks.machine import Machine

MACHINE = Machine(2, "a processor", 0.1, 900.0, "3.11.7", "18.4", durable=True)


def findings(**changed: object) -> Findings:
    """Return good findings, with some changed."""
    values: dict[str, object] = {
        "machine": MACHINE,
        "counsellors": 200,
        "a_second": 50,
        "sent": 100,
        "for_s": 120.0,
        "away_s": 60.0,
        "away": 5,
        "waits_s": [0.1] * 96 + [0.4] * 4,
        "wrong": 0,
        "wrong_after": 0,
        "fetches": 12_000,
        "refused": 0,
        "memory_mb": [200.0, 210.0, 220.0, 220.0, 221.0, 222.0],
        "load_after": 1.0,
    }
    return Findings(**(values | changed))  # type: ignore[arg-type]


def test_good_findings_reach_every_aim() -> None:
    """Quick, whole, and flat after warming up."""
    report = print_report(findings())
    assert "missed" not in report
    assert report.count("reached") == 4
    assert "p50 100 ms, p95 100 ms, worst 400 ms of 100" in report
    assert "Careful" not in report


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"waits_s": [0.1] * 90 + [0.6] * 10}, "aim p95 0.5 s: missed"),
        ({"wrong": 1}, "exactly once: 1: missed"),
        ({"wrong_after": 2}, "cut off for 60 s: 2: missed"),
        ({"memory_mb": [200.0, 200.0, 200.0, 200.0, 230.0, 230.0]}, "1.15 of the second: missed"),
        ({"waits_s": []}, "p95 nan ms"),
    ],
)
def test_each_miss_is_said(changed: dict[str, object], said: str) -> None:
    """Late, lost or double, and growing are each called missed; nothing measured is no success."""
    report = print_report(findings(**changed))
    assert said in report
    assert report.count("missed") == 1


def test_a_page_counts_each_message_on_its_screen() -> None:
    """A message that stands twice is seen twice."""
    page = OpenPage("http://desk", Seat(1, "case", None))  # type: ignore[arg-type]
    page.last = "".join(f'<p class="words">{words_of(number)}</p>' for number in (7, 71, 7))
    assert page.on_screen() == {7: 2, 71: 1}


def test_a_page_puts_lines_that_come_alone_below_the_talk_they_follow() -> None:
    """What names the version on the screen is added, and counted where it stands twice; anything else takes its place."""
    page = OpenPage("http://desk", Seat(1, "case", None))  # type: ignore[arg-type]
    whole, more = (
        f'<input name="seen" value="{version}"><p>{words_of(number)}</p>'
        for version, number in (("a_1", 7), ("a_2", 8))
    )
    page.show(whole)
    page.show(more, after="a_1")
    assert page.on_screen() == {7: 1, 8: 1}
    page.show(more, after="a_2")
    assert page.on_screen() == {7: 1, 8: 2}
    page.show(whole, after="b_9")
    assert page.on_screen() == {7: 1}
    assert set(page.shown_at) == {7, 8}
