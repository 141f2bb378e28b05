"""What the Cloud API's error codes mean for us: each documented one is one of our send errors.

Kept apart from the client, so that a receipt that says "failed" can be read without it.

Sources: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes, and `pywa/errors.py` 4.5. Meta says that codes and not
titles are what to rely on.
"""

from collections.abc import Iterable

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

_MISCONFIGURED: tuple[int | range, ...] = (
    0, 3, 10, 33, 190, range(200, 300),  # token, permissions, a number that was deleted
    368, 131031, 131048, 131064,  # restricted: policy, too many complaints, templates of the wrong kind
    131005, 131037, 131042, 131044, 131045,  # rights, display name, payment, certificate
    133000, 133005, 133006, 133008, 133009, 133010, 133015, 133016,  # the number is not registered
    200005, 200006, 200007,
)  # fmt: skip
_SLOW_DOWN: dict[int, float] = {
    4: 60.0,
    613: 60.0,
    80007: 60.0,
    130429: 2.0,
    131056: 6.0,  # more than 45 messages at once to one person, or for long more than one in six seconds
    131208: 60.0,
    132069: 600.0,
    138005: 60.0,
    138012: 3600.0,
    138013: 60.0,
    139102: 1.0,
}
"""Seconds to wait. Meta names none, but for one person: 4^n, which the channel counts."""
_DOWN: tuple[int | range, ...] = (
    1, 2, 131000, 131016, 131057, 133004, 138002, 138003, 138004, 138007, 139103, 2494100,
)  # fmt: skip
_STOPPED: tuple[int | range, ...] = (131026,)
"""Not on WhatsApp, has blocked the number, or has not agreed to its terms. Whoever writes again is reached again."""
_WINDOW: tuple[int | range, ...] = (470, 131047)
_TEMPLATE: tuple[int | range, ...] = (
    132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016,
)  # fmt: skip
"""Not there, not as it was approved, paused or disabled: nothing of it leaves to anybody."""
_REJECTED: tuple[int | range, ...] = (
    100, 130472, 130497, 131008, 131009, 131020, 131021, 131030, 131041, 131049, 131050,
    131051, 131052, 131053, 131055, 131059, 131062, 131063, range(131201, 131220), 132068, 134011, 134100, 134101, 134102,
    135000, 137000, 138000, 138001, 138006, 138009, 138018, range(139000, 139102),
    range(147001, 147006), 1752041, range(2388000, 2389000), range(2494101, 2494200),
)  # fmt: skip


def _each(codes: Iterable[int | range]) -> frozenset[int]:
    return frozenset(
        code for each in codes for code in (each if isinstance(each, range) else (each,))
    )


_KINDS: dict[type[SendError], frozenset[int]] = {
    ContactStopped: _each(_STOPPED),
    WindowClosed: _each(_WINDOW),
    TemporarilyDown: _each(_DOWN),
    TemplateRefused: _each(_TEMPLATE),
    Misconfigured: _each(_MISCONFIGURED),
    # A limit of group operations lies in a range of what is never taken.
    Rejected: _each(_REJECTED) - _SLOW_DOWN.keys(),
}


def is_known(code: int) -> bool:
    """Tell whether somebody has decided what a code means for us."""
    return code in _SLOW_DOWN or any(code in codes for codes in _KINDS.values())


def error_of(code: int, status: int = 400) -> SendError:
    """Return which of our errors a code is.

    Args:
        code: Meta's; of an answer that was not Meta's, the status of the HTTP answer.
        status: Of the HTTP answer. It decides about codes that nobody knows.
    """
    if code in _SLOW_DOWN:
        return RateLimited(_SLOW_DOWN[code])
    for kind, codes in _KINDS.items():
        if code in codes and code != status:
            return kind()
    match status:
        case 401 | 403:
            return Misconfigured()
        case 429:
            return RateLimited(60.0)
        case _ if status >= 500:
            # A page of something in between says nothing of what became of the message.
            return Unanswered() if code == status else TemporarilyDown()
        case _:
            return Rejected()
