"""Real words stay out of the practice room."""

import pytest

from bot.content.load import Content
from bot.practice.real import known_numbers, problem_with


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("a" * 601, "too_long"),
        ("\n".join("abcdefg"), "copied"),
        ("[12/03/2026, 21:14] Rina: kak, tolong", "copied"),
        ("12/03/26, 21.14 - Rina: kak, tolong", "copied"),
        ("her number is 0812-3456-7890", "real"),
        ("write to rina@example.org", "real"),
        ("it stands at https://example.org/rina", "real"),
        ("she is @rina_88 there", "real"),
        ("Call 110, or the line 129.", ""),
        ("SAPA answers at 0811-1129-129 too", ""),
        ("I will write again at 20:00 tomorrow: is that good?", ""),
        ("Two things:\nyour pay\nyour passport", ""),
    ],
)
def test_what_looks_real_is_refused(content: Content, line: str, problem: str) -> None:
    """Copies of talks and what tells who somebody is are refused; numbers of the directory are not."""
    assert problem_with(line, known_numbers(content)) == problem
