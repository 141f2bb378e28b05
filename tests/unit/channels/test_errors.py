"""The closed set of what can go wrong when sending."""

from collections.abc import Iterator

import pytest

from bot.channels import errors
from bot.channels.errors import (
    ContactStopped,
    RateLimited,
    Rejected,
    SendError,
    TemplateRefused,
    WindowClosed,
)


def leaves(of: type[SendError] = SendError) -> Iterator[type[SendError]]:
    """Yield every kind of send error."""
    for kind in of.__subclasses__():
        yield kind
        yield from leaves(kind)


@pytest.mark.parametrize("kind", list(leaves()))
def test_every_error_has_its_own_code_and_its_place_in_the_drawing(kind: type[SendError]) -> None:
    """The outbox keeps a code that the desk can translate; the drawing of the tree shows each."""
    assert sum(other.code == kind.code for other in leaves()) == 1
    assert kind.__name__ in (errors.__doc__ or "")


def test_only_a_person_who_left_is_taken_for_gone() -> None:
    """A send error never ends somebody's consent but the one that says so; it is not tried again."""
    assert [kind for kind in leaves() if kind.stops_contact] == [ContactStopped]
    assert {kind for kind in leaves() if not kind.retryable} == {
        ContactStopped,
        WindowClosed,
        TemplateRefused,
        Rejected,
    }


def test_slowing_down_says_for_how_long() -> None:
    """The number of seconds is data, not prose."""
    assert RateLimited(2.5).retry_after_s == 2.5
