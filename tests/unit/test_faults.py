"""Every point at which a process may die has its place in `bot/faults.py`, and a test that lets one die there."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import faults

REPOSITORY = Path(__file__).parents[2]
GROUPS: Mapping[str, tuple[str, ...]] = {
    name: points for name, points in vars(faults).items() if name.endswith("POINTS")
}
KILLED_BY = {
    "POINTS": "acceptance/test_crash.py::test_a_death_at_every_point_of_a_conversation_loses_nothing",
    "REFERRAL_POINTS": "integration/test_referral_crash.py::test_a_death_while_sending_neither_doubles_nor_loses",
    "BULK_POINTS": "integration/campaigns/test_sending_faults.py::test_once_and_only_to_those_who_still_want_it",
    "FIRST_POINTS": "integration/campaigns/test_reminders.py::test_a_death_in_between_neither_doubles_nor_loses",
    "VANISH_POINTS": "integration/test_vanishing_crash.py::test_a_death_while_taking_away_only_makes_it_later",
    "GO_ON_POINTS": "integration/whatsapp/test_crash.py::test_a_death_while_asking_asks_once_and_loses_no_press",
    "TEMPLATE_POINTS": "integration/whatsapp/test_crash.py::test_a_death_after_submitting_submits_nothing_twice",
    "JOIN_POINTS": "integration/test_several_chats_always.py::test_a_death_while_connecting_connects_nothing_by_half",
    "PART_POINTS": "integration/test_several_chats_always.py::test_a_death_while_parting_parts_nothing_by_half",
    "FILE_POINTS": "integration/test_attachments.py::test_a_crash_after_the_download_loses_nothing",
    "WAIT_POINTS": "integration/test_pace.py::test_what_waits_survives_a_death",
    "PAUSE_POINTS": "integration/test_pauses_crash.py::test_a_death_while_pausing_leaves_all_of_it_or_nothing",
    "HOLD_POINTS": "integration/test_kept_back.py::test_a_death_while_a_line_is_let_go_says_it_once",
    "BROADCAST_POINTS": "integration/campaigns/test_broadcasts.py::test_a_killed_scheduler_fires_once",
}
"""The test of each group; it takes the points from `bot.faults`, so that a new one in the group is killed at as well."""


def test_every_point_that_is_passed_stands_in_one_group() -> None:
    """What the code passes, and what the groups list, is the same; a point stands in one group only."""
    passed = {
        name
        for path in (REPOSITORY / "bot").rglob("*.py")
        for name in re.findall(r'\bfault_point\(\s*"(\w+)"', path.read_text())
    }
    listed = [point for points in GROUPS.values() for point in points]
    assert sorted(listed) == sorted(passed)


def test_every_group_names_its_test() -> None:
    """A group of points without a test that dies at them is a promise that nobody keeps."""
    assert KILLED_BY.keys() == GROUPS.keys()


@pytest.mark.parametrize("group", KILLED_BY)
def test_a_group_is_killed_by_its_test(group: str) -> None:
    """The test is there, and its file takes the points from `bot.faults` and uses them."""
    path, _, test = KILLED_BY[group].partition("::")
    tree = ast.parse((REPOSITORY / "tests" / path).read_text())
    functions = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    taken = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module == "bot.faults"
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert test in functions
    assert group in taken & used
