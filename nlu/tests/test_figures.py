"""What is counted of a judged set, and what a limit means."""

import json
from pathlib import Path

import numpy as np
import pytest

from suar_nlu.confusion import count_confusions
from suar_nlu.evaluate import judge, list_asked
from suar_nlu.examples import Example
from suar_nlu.figures import Judged, bounds, calibration_error, summarise
from suar_nlu.limits import find_missed, reaches, read_limits

LIMITS = {
    "released": ["id"],
    "stop_at": ["Indonesian, English, Malay"],
    "groups": {
        "Indonesian, English, Malay": {"serious_noticed": {"at_least": 0.9}},
        "all other languages": {"false_alarms": {"at_most": 0.1}},
    },
}


def make_answer(level: str = "none", intent: str = "greet", language: str | None = "id") -> dict:
    """Return what the reader says of one message."""
    return {
        "ranking": [[intent, 0.8], ["menu", 0.1]],
        "any_risk": 0.9 if level != "none" else 0.1,
        "language": language,
        "level": level,
        "kinds": [],
        "subject": "unknown",
        "lexicon": level,
    }


def make_judged(risk: str, said: str, language: str = "id", source: str = "") -> Judged:
    """Return one message of a risk, and what was said."""
    example = Example("x", "greet", language, risk, source=source)
    return Judged.read(example, make_answer(said))


def test_bounds_are_exact() -> None:
    """The bounds of 0 and of all of ten are those of the textbooks, and those of nothing are unknown."""
    assert bounds(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert bounds(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert bounds(5, 10) == pytest.approx((0.1871, 0.8129), abs=1e-4)
    assert all(np.isnan(value) for value in bounds(0, 0))


def test_what_is_counted() -> None:
    """Noticing is any level; immediate has to be high at least; alarms on what only looks dangerous are counted apart."""
    judged = [
        make_judged("high", "concern"),
        make_judged("immediate", "high"),
        make_judged("immediate", "concern"),
        make_judged("immediate", "none"),
        make_judged("none", "none"),
        make_judged("none", "concern", source="hard_negatives_2"),
        make_judged("none", "none", language="fa"),
    ]
    found = summarise(judged)
    mine = found["Indonesian, English, Malay"]
    assert (mine["serious_noticed"]["hits"], mine["serious_noticed"]["of"]) == (3, 4)
    assert (mine["immediate_serious"]["hits"], mine["immediate_serious"]["of"]) == (1, 3)
    assert (mine["false_alarms"]["hits"], mine["false_alarms"]["of"]) == (1, 2)
    assert mine["false_alarms_hard"] == mine["false_alarms_hard"] | {"hits": 1, "of": 1}
    assert found["fa"]["false_alarms"]["share"] == 0.0
    assert found["fa"]["language_wrong"]["share"] == 1.0
    assert found["all"]["messages"] == 7


def test_who_says_nothing_about_a_question_has_no_figure_for_it() -> None:
    """The lexicon names no intents, and gets no share of them."""
    found = summarise([Judged(Example("x", "greet", "id"), level="none")])["all"]
    assert "intent" not in found
    assert "language" not in found
    assert found["false_alarms"]["share"] == 0.0


def test_probabilities_that_come_true_have_no_error() -> None:
    """Of what is said with 0.75, three quarters should be right; saying 1.0 of it is a quarter off."""
    right = np.array([True, True, True, False] * 25)
    assert calibration_error(np.full(100, 0.75), right) == 0.0
    assert calibration_error(np.full(100, 1.0), right) == 0.25


def test_a_limit_that_is_missed_is_told_and_stops_what_is_released() -> None:
    """A group stops a release as counted, a released language only beyond its bounds, any other never."""
    hit, miss = make_judged("high", "high"), make_judged("high", "none")
    missed = find_missed(summarise([*[hit] * 8, *[miss] * 2]), LIMITS)
    assert {(m["group"], m["stops"]) for m in missed} == {
        ("all", False),
        ("Indonesian, English, Malay", True),
        ("id", False),
    }
    worse = find_missed(summarise([*[hit] * 40, *[miss] * 40]), LIMITS)
    assert ("id", True) in {(m["group"], m["stops"]) for m in worse}
    alarms = [make_judged("none", "concern", language="fa")] * 9
    assert not any(m["stops"] for m in find_missed(summarise(alarms), LIMITS))


def test_limits_look_the_right_way() -> None:
    """At least and at most both hold at the limit itself."""
    assert reaches(0.9, {"at_least": 0.9})
    assert not reaches(0.89, {"at_least": 0.9})
    assert reaches(0.1, {"at_most": 0.1})
    assert not reaches(0.11, {"at_most": 0.1})


def test_the_projects_limits_are_those_that_were_promised() -> None:
    """Nobody lowers them to make a build pass without touching this test too."""
    big, others = read_limits()["groups"].values()
    assert (big["serious_noticed"], big["immediate_serious"]) == (
        {"at_least": 0.97},
        {"at_least": 0.93},
    )
    assert (big["false_alarms"], big["false_alarms_hard"]) == (
        {"at_most": 0.04},
        {"at_most": 0.10},
    )
    assert (others["serious_noticed"], others["immediate_serious"]) == (
        {"at_least": 0.92},
        {"at_least": 0.85},
    )
    assert (others["false_alarms"], others["false_alarms_hard"]) == (
        {"at_most": 0.08},
        {"at_most": 0.15},
    )


@pytest.mark.parametrize("which", ["test", "validation", "sealed"])
def test_the_blind_messages_are_there_in_every_language(which: str) -> None:
    """Each set has messages in every language that is taught, and those of the gate all tell of serious risk."""
    asked = list_asked(which)
    taught = {e.language for e in list_asked("validation")}
    assert {e.language for e in asked} == taught
    if which == "sealed":
        assert {e.risk for e in asked} == {"high", "immediate"}


def test_the_sets_do_not_share_messages() -> None:
    """What is judged by was not there when thresholds were chosen."""
    test, validation = ({e.text.lower() for e in list_asked(w)} for w in ("test", "validation"))
    assert len(test & validation) < 0.01 * len(test)  # "thank you" is "thank you"


def test_answers_are_judged_in_the_order_of_the_messages(tmp_path: Path) -> None:
    """A file of answers becomes the figures of the reader and of the lexicon."""
    asked = [Example("x", "greet", "id"), Example("y", "menu", "id", "high")]
    file = tmp_path / "answers.jsonl"
    lines = [make_answer(), make_answer("high", "disclose")]
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    outcome = judge(asked, file, baselines=False)
    assert outcome["contestants"]["suar"]["id"]["intent"]["hits"] == 1
    assert outcome["contestants"]["lexicon"]["id"]["serious_noticed"]["hits"] == 1


def test_mix_ups_are_counted_by_true_and_said_intent() -> None:
    """Rows are what was meant, columns what was said; no guess counts as out of scope."""
    asked = [Example("x", "greet", "id"), Example("y", "greet", "id")]
    lines = [json.dumps(make_answer(intent="menu")), json.dumps({"ranking": []})]
    table = count_confusions(asked, lines, ("greet", "menu", "out_of_scope"))
    assert table.tolist() == [[0, 1, 1], [0, 0, 0], [0, 0, 0]]
