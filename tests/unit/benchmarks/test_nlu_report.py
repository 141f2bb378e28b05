"""The report of `suar bench nlu`."""

import json
from pathlib import Path

import pytest

from bot.benchmarks.figures import Sample, Series
from bot.benchmarks.memory import Memory
from bot.benchmarks.nlu import QUICK, count_same, read_note
from bot.benchmarks.nlu_report import Aim, Figures, Findings, Taught, print_report


def make_figures(training_s: float | None, latency_s: float, rate: float) -> Figures:
    """Return what could have been found about a model."""
    return Figures(
        Taught("some examples", training_s, "2026-11-22"),
        model_mb=20,
        processes=2,
        starts_s=[9, 11],
        memory=Memory(500, 400),
        alone_s=[latency_s] * 10,
        at_once=Series([Sample(rate, (latency_s,))]),
        asked_again=5,
        same_answers=5,
    )


def make_report(ours: Figures, theirs: Figures, *, load: float = 0.1, quick: bool = False) -> str:
    """Return a report on two models."""
    return print_report(Findings(ours, theirs, "2 cores of something", load, 8, is_quick=quick))


def line(report: str, start: str) -> list[str]:
    """Return the words after the name of a line of the table."""
    (found,) = (each for each in report.splitlines() if each.strip().startswith(start))
    return found.strip().removeprefix(start).split()


def test_each_line_has_both_the_ratio_and_the_aim() -> None:
    """Ours, the default's, ours over theirs, and whether the aim is reached."""
    report = make_report(make_figures(100, 0.01, 100), make_figures(200, 0.02, 50))
    assert line(report, "training, s") == ["100", "200", "0.50", "under", "120:", "reached"]
    assert line(report, "one at a time, p50 ms")[:3] == ["10.0", "20.0", "0.50"]
    assert line(report, "one at a time, p95 ms") == ["10.0", "20.0", "0.50"]
    wanted = ["100", "50", "2.00", "at", "least", "95:", "reached"]
    assert line(report, "8 at once, messages/s") == wanted
    assert line(report, "start, s")[0] == "10.0"
    assert line(report, "answers the same after a restart") == ["5", "of", "5", "5", "of", "5"]
    assert "2.00 to 2.00 times" in report
    assert "2 cores of something" in report


def test_what_was_not_measured_has_no_ratio() -> None:
    """A training nobody timed is a dash, without an aim."""
    report = make_report(make_figures(None, 0.01, 100), make_figures(200, 0.02, 50))
    assert line(report, "training, s") == ["-", "200", "-"]


@pytest.mark.parametrize(
    ("aim", "value", "said"),
    [
        (Aim(16), 15.9, "under 16: reached"),
        (Aim(16), 16.0, "under 16: missed"),
        (Aim(95, is_least=True), 95.0, "at least 95: reached"),
        (Aim(95, is_least=True), 94.9, "at least 95: missed"),
    ],
)
def test_an_aim_says_whether_it_is_reached(aim: Aim, value: float, said: str) -> None:
    """Under a limit means under it, and at least means from it on."""
    assert aim.judge(value) == said


def test_the_report_warns_of_poor_figures() -> None:
    """A quick run and a busy machine are named as such; otherwise nothing is."""
    ours, theirs = make_figures(100, 0.01, 100), make_figures(200, 0.02, 50)
    assert "Careful" not in make_report(ours, theirs)
    assert "a quick run" in make_report(ours, theirs, quick=True)
    assert "load average 1.5" in make_report(ours, theirs, load=1.5)


def test_an_earlier_training_keeps_its_seconds_and_its_day(tmp_path: Path) -> None:
    """The note beside a model says them; a model without a note was not measured."""
    model = tmp_path / "rasa-default-00.tar.gz"
    assert read_note(model, QUICK).training_s is None
    note = {"examples": 300, "seconds": 41.5, "measured_on": "2026-11-20"}
    (tmp_path / "rasa-default-00.json").write_text(json.dumps(note))
    taught = read_note(model, QUICK)
    assert (taught.training_s, taught.measured_on) == (41.5, "2026-11-20")
    assert taught.examples.startswith("300 examples, at most 2 an intent and language (id,en)")


def test_answers_are_the_same_only_to_the_byte() -> None:
    """One digit more in a confidence is another answer."""
    assert count_same({"a": b"0.5", "b": b"1"}, {"a": b"0.50", "b": b"1"}) == 1
