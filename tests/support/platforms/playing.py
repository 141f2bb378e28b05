"""Which test of the contract suite is played on which channel, and how a screen is read."""

import pytest

from tests.support.platforms import PLATFORMS
from tests.support.platforms.platform import Ability, Seen
from tests.support.platforms.walk import ELLIPSIS

LACKS: dict[Ability, frozenset[str]] = {
    "links": frozenset({"terminal", "line"}),
    "files": frozenset({"web", "terminal", "line"}),
    "captions": frozenset({"web", "terminal", "line"}),
    "pictures": frozenset({"terminal", "line"}),
    "blocking": frozenset({"whatsapp", "web", "terminal"}),
    "pushing": frozenset({"web", "terminal"}),
    "slowing": frozenset({"web", "terminal", "line"}),
    "doubt": frozenset({"web", "terminal", "line"}),
    "typing": frozenset({"web", "terminal", "line"}),
    "old_options": frozenset({"terminal", "line"}),
    "knocking": frozenset({"terminal"}),
    "quoting": frozenset({"terminal", "line"}),
}
"""Whoever plays which test is known before any channel is opened; `test_what_it_lacks_is_declared` holds it to the adapters."""


def playing(ability: Ability) -> pytest.MarkDecorator:
    """Play a test on the channels that have an ability."""
    names = [name for name in PLATFORMS if name not in LACKS[ability]]
    return pytest.mark.parametrize("platform", names, indirect=True)


def text_of(seen: list[Seen]) -> str:
    """Return all words on a screen but those that stand for none."""
    return "\n\n".join(each.text for each in seen if each.text != ELLIPSIS)


def ids_of(seen: list[Seen]) -> list[str]:
    """Return all that can be chosen."""
    return [choice.id for each in seen for choice in each.choices]
