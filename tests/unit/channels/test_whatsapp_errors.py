"""Every error code that Meta documents is one of our send errors."""

import pytest
from pywa import errors as pywa_errors

from bot.channels.errors import (
    ContactStopped,
    Misconfigured,
    RateLimited,
    Rejected,
    SendError,
    TemplateRefused,
    TemporarilyDown,
    Unanswered,
    WindowClosed,
)
from bot.channels.whatsapp_errors import error_of, is_known

DOCUMENTED = (
    0, 1, 2, 3, 4, 10, 33, 100, 190, 200, 299, 368, 613, 80007, 130429, 130472, 130497, 131000,
    131005, 131008, 131009, 131016, 131021, 131026, 131030, 131031, 131037, 131042, 131045, 131047,
    131048, 131049, 131050, 131051, 131052, 131053, 131055, 131056, 131057, 132000, 132001, 132005,
    132007, 132012, 132015, 132016, 132068, 132069, 133000, 133004, 133005, 133006, 133008, 133009,
    133010, 133015, 133016, 134011, 134100, 134101, 134102, 135000, 137000, 1752041, 2388012,
    2388019, 2388040, 2388047, 2388072, 2388073, 2388091, 2388093, 2388103, 2388293, 2388299,
    2494100,
)  # fmt: skip
"""Meta's page "Error codes", by number."""


def pywas() -> list[int]:
    """Return every code that pywa knows."""
    return sorted(pywa_errors._all_exceptions())


def test_pywa_knows_some() -> None:
    """The list that the test below walks is not empty."""
    assert len(pywas()) > 150


@pytest.mark.parametrize("code", sorted({*pywas(), *DOCUMENTED}))
def test_every_code_was_thought_about(code: int) -> None:
    """No documented code is left to what its HTTP status happens to be."""
    assert is_known(code)
    assert isinstance(error_of(code), SendError)
    assert type(error_of(code, 400)) is type(error_of(code, 500))


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (190, Misconfigured),
        (131031, Misconfigured),
        (131042, Misconfigured),
        (131056, RateLimited),
        (130429, RateLimited),
        (131208, RateLimited),
        (131047, WindowClosed),
        (131026, ContactStopped),
        (131016, TemporarilyDown),
        (131009, Rejected),
        (132000, TemplateRefused),
        (132001, TemplateRefused),
        (132015, TemplateRefused),
        (132016, TemplateRefused),
        (131050, Rejected),
    ],
)
def test_the_ones_that_matter_most(code: int, kind: type[SendError]) -> None:
    """What is done about the codes that a bot meets: wait, tell the operator, leave the person alone, or show the desk."""
    assert type(error_of(code)) is kind


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        (999_999, 400, Rejected),
        (999_999, 401, Misconfigured),
        (999_999, 429, RateLimited),
        (999_999, 500, TemporarilyDown),
        (502, 502, Unanswered),
        (404, 404, Rejected),
        (200, 200, Rejected),
    ],
)
def test_what_nobody_knows_is_decided_by_its_status(
    code: int, status: int, kind: type[SendError]
) -> None:
    """A new code is tried again only where its status says that this may help; a page of a proxy leaves the message in doubt."""
    assert type(error_of(code, status)) is kind
