"""The report: every fact at every phase, only in its time, and nothing of few people."""

from csv import DictReader
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import numpy as np
import pytest

from bot.campaigns.learning.answers import PHASES, Answer, Phase
from bot.campaigns.learning.files import as_csv, as_xlsx
from bot.campaigns.learning.report import FEWEST_PAIRS, SMALL, Learned, Report, report
from tests.support.players import DAY, LATER, Study, play_study

TODAY = DAY + timedelta(days=60)


def answered(
    people: int,
    phase: Phase,
    right: bool | None = True,
    *,
    first: int = 0,
    locale: str = "id",
    on: date | None = None,
) -> list[Answer]:
    """Return the answers of so many people, numbered from `first`, on the day that the phase begins."""
    on = on or DAY + timedelta(days=LATER[phase])
    return [
        Answer(n, "fact", f"at_{phase}", phase, locale, right, 4, on)
        for n in range(first, first + people)
    ]


def only(made: Report) -> Learned:
    [fact] = made.facts
    return fact


def told(learned: Learned) -> dict[Phase, bool]:
    """Return at which phases a share is told."""
    return {point.phase: point.known is not None for point in learned.points}


def test_a_study_reads_from_before_to_a_month_later() -> None:
    """Shares, changes of the same people and who came back stand in the order of the phases, and say how many they are of."""
    learned = only(report(play_study(Study(), 400, np.random.default_rng(1)), TODAY))
    assert [point.phase for point in learned.points] == list(PHASES)
    before, after, week1, week4 = learned.points
    assert (before.expected, before.answered, after.answered) == (400, 400, 400)
    assert week1.expected == week4.expected == 400
    assert week1.answered
    assert week4.answered
    assert 400 > week1.answered > week4.answered
    assert before.known
    assert after.known
    assert after.known.low > before.known.high
    assert before.recognised
    assert before.recognised.value > before.known.value
    first, *later = [gain.change for gain in learned.gains if gain.change]
    assert first.p is not None
    assert first.p < 0.001
    assert all(0 < change.value < first.value for change in later)
    assert len(later) == 2
    assert [each.apart is None for each in learned.returns] == [True, False, False]
    assert learned.is_told


@pytest.mark.parametrize(("people", "is_told"), [(SMALL - 1, False), (SMALL, True)])
def test_nothing_is_told_of_few(people: int, is_told: bool) -> None:
    """Nine answers are hidden with everything about them, ten are told."""
    learned = only(report(answered(people, "before"), TODAY))
    assert told(learned)["before"] is learned.is_told is is_told
    assert (learned.points[0].answered == people) is is_told
    assert (learned.points[0].expected == people) is is_told


def test_changes_need_more_people_than_shares() -> None:
    """Of nineteen the same people no change is told, of twenty it is."""
    for people in (FEWEST_PAIRS - 1, FEWEST_PAIRS):
        learned = only(report(answered(people, "before", None) + answered(people, "after"), TODAY))
        change = learned.gains[0].change
        assert (change is not None) is (people == FEWEST_PAIRS)
    assert change is not None
    assert (change.people, change.value) == (FEWEST_PAIRS, 1.0)


def test_a_language_is_hidden_where_it_would_give_the_others_away() -> None:
    """Forty in Indonesian and three in English: neither alone is told, since the whole less the one is the other."""
    answers = answered(40, "before") + answered(3, "before", first=40, locale="en")
    assert told(only(report(answers, TODAY)))["before"]
    for locale in ("id", "en"):
        learned = only(report(answers, TODAY, locale=locale))
        assert not learned.is_told
        assert learned.points[0].expected is None
    answers += answered(20, "before", first=60, locale="en")
    assert told(only(report(answers, TODAY, locale="id")))["before"]


def test_few_who_stayed_away_are_not_told_apart() -> None:
    """Where all but three came back, what the three knew is not told, nor how many they were."""
    answers = answered(30, "before") + answered(27, "after") + answered(27, "week1")
    learned = only(report(answers, TODAY))
    assert learned.returns[1].back is learned.returns[1].away is None
    assert learned.points[2].answered is None
    assert learned.points[2].expected == 30


def test_who_came_back_and_who_did_not_are_compared() -> None:
    """Twenty who knew it came back and twenty who did not stayed away: that is told with its interval."""
    answers = (
        answered(20, "before", True)
        + answered(20, "before", None, first=20)
        + answered(20, "week4")
    )
    each = only(report(answers, TODAY)).returns[2]
    assert each.back
    assert each.away
    assert each.apart
    assert (each.back.value, each.away.value, each.apart.value) == (1.0, 0.0, 1.0)
    assert each.apart.low > 0.5


def test_an_answer_counts_only_in_its_time() -> None:
    """What is answered after three weeks is no answer of the first week, and who was not asked before counts nowhere."""
    before = answered(20, "before")
    late = answered(20, "week1", on=DAY + timedelta(days=21))
    assert not told(only(report(before + late, TODAY)))["week1"]
    assert told(only(report(before + answered(20, "week1", on=DAY + timedelta(days=20)), TODAY)))[
        "week1"
    ]
    assert not told(only(report(answered(20, "after"), TODAY)))["after"]


def test_the_weeks_count_from_the_end_of_the_quiz() -> None:
    """Whoever took five days for the quiz is asked a week after its end."""
    end = DAY + timedelta(days=5)
    answers = answered(20, "before") + answered(20, "after", on=end)
    soon = answered(20, "week1", on=end + timedelta(days=6))
    assert not told(only(report(answers + soon, TODAY)))["week1"]
    assert told(only(report(answers + answered(20, "week1", on=end + timedelta(days=7)), TODAY)))[
        "week1"
    ]


def test_nobody_is_expected_before_their_time() -> None:
    """Six days after the quiz no answer of the first week is missing."""
    answers = answered(20, "before")
    assert only(report(answers, DAY + timedelta(days=6))).points[2].expected is None
    assert only(report(answers, DAY + timedelta(days=7))).points[2].expected == 20


def test_without_answers_there_is_nothing() -> None:
    """An empty study is an empty report, and an empty file has its head."""
    made = report([], TODAY)
    assert (made.facts, made.items) == ((), ())
    assert as_csv(made).count("\n") == 1
    assert ZipFile(BytesIO(as_xlsx(made))).testzip() is None


def test_files_say_the_same_and_leave_out_what_is_hidden() -> None:
    """A line for each phase; a hidden figure is an empty cell, and a formula in an id stays words."""
    answers = play_study(
        Study(stays={**dict.fromkeys(PHASES, 1.0), "week4": 0.01}), 200, np.random.default_rng(4)
    )
    made = report([replace(answer, fact="=1+1") for answer in answers], TODAY)
    rows = list(DictReader(StringIO(as_csv(made))))
    assert [(row["fact"], row["phase"]) for row in rows] == [("'=1+1", phase) for phase in PHASES]
    assert rows[0]["known"]
    assert rows[0]["change"] == ""
    assert rows[1]["change"]
    assert float(rows[1]["change_low"]) < float(rows[1]["change"])
    assert rows[3]["known"] == rows[3]["answered"] == rows[3]["change"] == ""
    sheets = ZipFile(BytesIO(as_xlsx(made)))
    assert {f"xl/worksheets/sheet{n}.xml" for n in (1, 2, 3)} <= set(sheets.namelist())
    assert b"<f>" not in sheets.read("xl/worksheets/sheet1.xml")
