"""Every id that the studio shows has words, in a template and never in Python."""

import inspect
import re
from typing import Any, get_args

import pytest

from bot.campaigns import broadcast, campaigns
from bot.campaigns.audience import _FIELDS
from bot.channels.errors import Rejected
from bot.content.load import Content
from bot.conversation import broadcast_words
from bot.desk.web.pages import Pages
from bot.desk.web.studio import message_form, wizard_steps
from tests.integration.desk.house import LOCALES, Words


@pytest.fixture
def words() -> Any:  # a module that Jinja makes
    """The maps of `studio/words_messages.html`."""
    environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    return environment.get_template("studio/words_messages.html").module


def codes(module: Any, pattern: str) -> set[str]:
    """Return the ids that the source of a module names in a certain place."""
    return set(re.findall(pattern, inspect.getsource(module)))


def test_states_and_acts_have_words(words: Any) -> None:
    """Those of messages and of campaigns, what was done with them, and what is said right after it."""
    assert set(words.MESSAGE_STATES) == set(get_args(broadcast.State))
    by_itself = {"finish", "expire", "stop"}
    assert set(get_args(broadcast.Act)) - by_itself <= set(words.DID)
    assert {name for _, name in campaigns.MOVES} <= set(words.DID)
    done = {f"did_{name}" for _, name in (*broadcast.MOVES, *campaigns.MOVES)}
    assert done - {f"did_{name}" for name in (*by_itself, "edit")} <= set(words.DONE)


def test_findings_and_problems_have_words(words: Any) -> None:
    """What is wrong with a message, with a form, or with one that has stopped."""
    found = codes(broadcast, r'Finding\(\s*"(\w+)"') | {"in_the_past", "never_goes_out"}
    found |= {f"unknown_{kind}" for kind in ("quiz", "event", "step", "https")}
    assert found <= set(words.FINDINGS)
    problems = codes(message_form, r'Problem\([^,]+, "(\w+)"') | {"too_long", "empty"}
    problems |= codes(wizard_steps, r'Problem\([^,]+, "(\w+)"')
    problems |= codes(campaigns, r'\("\w+", "(\w+)"\)\)')
    assert len(problems) > 10
    assert problems <= set(words.PROBLEMS)
    stops = codes(broadcast_words, r'Unsayable\("(\w+)"\)') | {"unreadable", Rejected.code}
    assert stops <= set(words.STOPPED)


def test_what_can_be_chosen_has_words(words: Any, content: Content) -> None:
    """Places in the bot, fields of a rule, interests and goals."""
    assert set(broadcast.OPEN_STEPS) == set(words.STEPS)
    said = (
        Pages(Words("en", LOCALES, {}))._environments["en"].get_template("studio/rule_words.html")
    )
    clauses = {
        str(said.module.condition({"kind": "one_of", "field": field, "days": 2}, ["x"])).strip()
        for field in _FIELDS
        if field != "last_seen"
    }
    assert len(clauses) == len(_FIELDS) - 1
    assert set(wizard_steps.INTERESTS) == set(words.INTERESTS)
    assert set(wizard_steps.GOALS) == set(words.GOALS) == set(content.starters)
