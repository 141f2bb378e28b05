"""Every id that whom, when and the calendar show has words."""

import inspect
import re
from typing import get_args

import pytest
from jinja2 import Environment

from bot.campaigns import broadcast, moving
from bot.campaigns.audience import _FIELDS, _GROUPS
from bot.campaigns.people import AGE_BANDS
from bot.desk.web.pages import Pages
from bot.desk.web.studio import calendar, rule_form, segment, segments, when, when_form, whom
from tests.integration.desk.house import LOCALES, Words

CODE = re.compile(r'"([a-z]+(?:_[a-z]+)*)"')


@pytest.fixture
def words() -> object:
    """The maps of `plan_words.html`."""
    environment: Environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    return environment.get_template("studio/plan_words.html").module


def test_all_that_rules_can_say_has_words(words: object) -> None:
    """Fields, groups, age bands, channels, and every problem of the form and its pages."""
    assert words.RULE_FIELDS.keys() == set(rule_form.FIELDS) == set(_FIELDS)  # type: ignore[attr-defined]
    assert words.RULE_GROUPS.keys() == set(rule_form.GROUPS) == set(_GROUPS)  # type: ignore[attr-defined]
    assert words.AGES.keys() == set(AGE_BANDS)  # type: ignore[attr-defined]
    assert words.REACHABLE.keys() == set(whom.CHANNELS)  # type: ignore[attr-defined]
    told = {"too_many", "bad", *CODE.findall(inspect.getsource(rule_form._missing))}
    for module in (whom, segments, segment):
        calls = re.findall(
            r"(?:Shown\(sheet, |_page\(desk, visit, )\"(\w+)\"", inspect.getsource(module)
        )
        told |= set(calls)
    told |= set(re.findall(r'problem="(\w+)"', inspect.getsource(segment)))
    told -= {"all", "last_seen"}
    assert told <= words.RULE_PROBLEMS.keys()  # type: ignore[attr-defined]
    assert words.RULE_PROBLEMS.keys() - told <= {
        "segment_gone",
        "segment_name",
        "name_taken",
        "moved",
        "not_now",
    }  # type: ignore[attr-defined]


def test_all_that_schedules_can_say_has_words(words: object) -> None:
    """The ways, and every problem of the form, of its page, and of a schedule that goes nowhere."""
    assert words.WHEN_KINDS.keys() == words.WHEN_HINTS.keys() == set(when_form.KINDS)  # type: ignore[attr-defined]
    told = re.findall(r'BadWhen\([^"\n]*(?:"\w+", )?"(\w+)"\)', inspect.getsource(when_form))
    pages = re.findall(r'Shown\(typed, "(\w+)"', inspect.getsource(when))
    assert words.WHEN_PROBLEMS.keys() == {*told, *pages, *when.PLACES}  # type: ignore[attr-defined]
    known = re.findall(r'"(\w+)"', inspect.getsource(broadcast.check_when))
    assert set(when.PLACES) == set(known) - {"schedule", "not_after"}


def test_all_that_the_calendar_can_say_has_words(words: object) -> None:
    """States with their signs, why something cannot be moved, and what was done."""
    states = {*get_args(broadcast.State), "planning", "running"} - {"archived"}
    assert words.PLAN_STATES.keys() == words.PLAN_ICONS.keys() == states  # type: ignore[attr-defined]
    pages = re.findall(r'_move_page\(desk, visit, "(\w+)"', inspect.getsource(calendar))
    told = {*get_args(moving.Why), *pages, "no_day"}
    assert words.MOVE_PROBLEMS.keys() == told  # type: ignore[attr-defined]
    done = {"moved", "moved_again", "moved_draft", "undone", "saved", "saved_again"}
    done |= {"used", "kept", "renamed", "copied", "archived", "restored", "changed"}
    assert words.PLAN_DONE.keys() == done  # type: ignore[attr-defined]
