"""Keeps real words out of the practice room: what looks like a copy of a talk, or tells who somebody is, is refused."""

import re
from collections.abc import Iterable

from bot.content.load import Content
from bot.understanding.telling import EMAIL, LINK

MAX_CHARS = 600
MAX_TEXT_LINES = 6
"""A chat message of a trainee is short; what has more lines is most likely a copy."""
_LONG_NUMBER = re.compile(r"\+?\d(?:[\s.()-]?\d){6,}")
_CHAT_LOG = re.compile(r"^\s*\[?\d{1,2}[/.:-]\d{1,2}(?:[/.:-]\d{2,4})?[,\s].*:", re.MULTILINE)
"""A line as messengers export it: the day or the hour, a name, a colon."""
_HANDLE = re.compile(r"(?<![\w.])@\w{3,}")


def problem_with(line: str, known_numbers: frozenset[str]) -> str:
    """Return why a line cannot be taken, by name; empty when it can.

    Args:
        line: As the trainee wrote it.
        known_numbers: Numbers of services, digits only; a trainee may give them.
    """
    if not line.strip():
        return "empty"
    if len(line) > MAX_CHARS:
        return "too_long"
    if line.count("\n") >= MAX_TEXT_LINES or _CHAT_LOG.search(line):
        return "copied"
    numbers = {_digits(found) for found in _LONG_NUMBER.findall(line)}
    if numbers - known_numbers or EMAIL.search(line) or LINK.search(line) or _HANDLE.search(line):
        return "real"
    return ""


def known_numbers(content: Content) -> frozenset[str]:
    """Return the numbers of the directory, digits only, as people write them inside Indonesia and from abroad."""
    listed = [each.number for each in content.emergency]
    for service in content.services.values():
        listed += [*service.phone, *service.whatsapp]
    return frozenset(_ways_to_write(listed))


def _ways_to_write(numbers: Iterable[str]) -> Iterable[str]:
    for number in numbers:
        digits = _digits(number)
        yield digits
        if digits.startswith("62"):
            yield "0" + digits.removeprefix("62")


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
