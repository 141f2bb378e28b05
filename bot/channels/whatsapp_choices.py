"""More choices than stand open, as WhatsApp's list: at most ten rows of 24 characters, with up to 72 more below each.

A list that holds them not all ends with a row that opens the next page; pressing it asks the turn for what comes after (`bot.conversation.further`).
The ways to a person and to the menu stand on every page.

Source: https://developers.facebook.com/docs/whatsapp/cloud-api/messages/interactive-list-messages
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.fit import cut_title
from bot.messages import FURTHER, Button

MAX_ROWS = 10
MAX_ROW_TITLE = 24
MAX_DESCRIPTION = 72
_WAYS = frozenset({"human", "menu"})
_WAY_TARGETS = frozenset({"consent.ask", "menu.main"})


@dataclass(frozen=True)
class Page:
    """One list: its rows as Meta wants them, and what has to stand in words above because it fits into no row."""

    rows: list[dict[str, Any]]
    above: str = ""


def page_of(buttons: Sequence[Button], further: str, *, first: int = 0) -> Page:
    """Return the list of as many choices as fit.

    Args:
        buttons: All that are left.
        further: The title of the row that opens the next page.
        first: How many stood on the pages before; they are counted where titles are numbered.
    """
    numbers = {button.id: number for number, button in enumerate(buttons, first + 1)}
    shown, then = _shown(buttons)
    # Titles that would read the same get their numbers, and so do those that not even the description holds.
    starts = [cut_title(button.title, MAX_ROW_TITLE).casefold() for button in shown]
    alike = len(set(starts)) < len(starts)
    long = any(len(button.title) > MAX_DESCRIPTION for button in shown)
    rows = [_row(button, f"{numbers[button.id]}. " if alike or long else "") for button in shown]
    if then is not None:
        rows.append({"id": f"{FURTHER}{then.id}", "title": cut_title(further, MAX_ROW_TITLE)})
    lines = [f"{numbers[button.id]}. {button.title}" for button in shown]
    return Page(rows, "\n".join(lines) if long else "")


def _shown(buttons: Sequence[Button]) -> tuple[list[Button], Button | None]:
    """Return what stands on the first page, and what the next begins with."""
    if len(buttons) <= MAX_ROWS:
        return list(buttons), None
    ways = [button for button in buttons if _is_way(button)][: MAX_ROWS - 2]
    rest = [button for button in buttons if button not in ways]
    room = MAX_ROWS - 1 - len(ways)
    if room >= len(rest):
        return list(buttons[:MAX_ROWS]), None
    return [*rest[:room], *ways], rest[room]


def _is_way(button: Button) -> bool:
    return button.id in _WAY_TARGETS or button.id.rpartition(".")[2] in _WAYS


def _row(button: Button, number: str) -> dict[str, Any]:
    title = f"{number}{button.title}"
    row = {"id": button.id, "title": cut_title(title, MAX_ROW_TITLE)}
    if len(title) > MAX_ROW_TITLE:
        row["description"] = cut_title(button.title, MAX_DESCRIPTION)
    return row
