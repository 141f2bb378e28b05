"""`suar flows readability`, and the report in docs/."""

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from bot.cli import suar
from bot.commands.readability import is_up_to_date, readability, render_report
from bot.content.load import ROOT, Content
from bot.content.readability import read_answers

REPORT = ROOT / "docs" / "readability.md"


def run(*words: str) -> str:
    """Run the command; return what it prints."""
    return CliRunner().invoke(readability, words, catch_exceptions=False).stdout


def test_the_report_in_docs_is_up_to_date(content: Content) -> None:
    """Whoever changes an answer runs `suar flows readability --write docs/readability.md`."""
    assert is_up_to_date(REPORT, read_answers(content))


def test_a_report_of_other_words_is_out_of_date(content: Content, tmp_path: Path) -> None:
    """One answer less, another day of no use, or no report at all: it is written anew."""
    found = read_answers(content)
    path = tmp_path / "readability.md"
    assert not is_up_to_date(path, found)
    path.write_text(render_report(found[1:], date(2026, 11, 22)), encoding="utf-8")
    assert not is_up_to_date(path, found)
    path.write_text("Measured on no day", encoding="utf-8")
    assert not is_up_to_date(path, found)


def test_every_answer_stands_in_the_table_hardest_first(content: Content) -> None:
    """Both languages, a band, and a line that sums it up."""
    lines = run().splitlines()
    found = read_answers(content)
    rows = [line.split() for line in lines[1 : len(found) + 1]]
    assert [row[0] for row in rows] == [each.answer for each in found]
    assert {row[3] for row in rows} <= {"easy", "fair", "hard"}
    hardest = [max(int(row[1]), int(row[2])) for row in rows]
    assert hardest == sorted(hardest, reverse=True)
    assert "median" in lines[-1]


def test_the_figures_come_as_json(content: Content) -> None:
    """For whoever wants to count on."""
    [first, *_] = json.loads(run("--json"))
    hardest = read_answers(content)[0]
    assert first["answer"] == hardest.answer
    assert first["readings"]["id"]["words"] == hardest.readings["id"].words


def test_writing_keeps_the_day_of_figures_that_have_not_changed(
    content: Content, tmp_path: Path
) -> None:
    """A second run is no difference to commit; new figures get today's day."""
    path, found = tmp_path / "readability.md", read_answers(content)
    then = render_report(found, date(2020, 1, 1))
    path.write_text(then, encoding="utf-8")
    run("--write", str(path))
    assert path.read_text(encoding="utf-8") == then
    path.write_text(render_report(found[1:], date(2020, 1, 1)), encoding="utf-8")
    run("--write", str(path))
    assert is_up_to_date(path, found)
    assert "2020-01-01" not in path.read_text(encoding="utf-8")


def test_it_is_a_command_of_flows() -> None:
    """It stands beside `check`."""
    assert CliRunner().invoke(suar, ["flows", "readability", "--help"]).exit_code == 0
