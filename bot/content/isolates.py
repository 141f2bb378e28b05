"""Keeps numbers, links and names readable inside text that is written from right to left.

A phone number or a Latin name that is filled into an Arabic sentence would else turn its digits and signs around with what
stands beside it. Unicode's isolates shut it off: first-strong isolate before, pop directional isolate after.

Source: Unicode Standard Annex #9, sections 2.4, 3.3.1 and 6.2.
"""

import unicodedata

FSI = "\u2068"
PDI = "\u2069"
_FROM_RIGHT = frozenset({"R", "AL"})


def isolated(value: object) -> str:
    """Return `value` shut off from the direction of the text around it.

    Some stays as it is: several lines, since each is a paragraph of its own; and what runs from right to left itself. A
    paragraph takes its direction from the first letter outside of isolates: a line of nothing but isolates would run the
    wrong way.
    """
    text = str(value)
    if not text.strip() or "\n" in text or runs_from_right(text):
        return text
    return f"{FSI}{text}{PDI}"


def without_isolates(text: str) -> str:
    """Return `text` as it was before; people copy what they were shown."""
    return text.replace(FSI, "").replace(PDI, "")


def runs_from_right(text: str) -> bool:
    """Tell the direction of the first letter outside of isolates."""
    depth = 0
    for char in text:
        if char == FSI:
            depth += 1
        elif char == PDI:
            depth -= 1
        elif depth <= 0:
            direction = unicodedata.bidirectional(char)
            if direction == "L" or direction in _FROM_RIGHT:
                return direction != "L"
    return False
