"""More choices than WhatsApp shows at once: all can be reached, none reads like another, and nothing is cut away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.capabilities import WHATSAPP
from bot.channels.fit import fit
from bot.channels.whatsapp_choices import MAX_ROWS
from bot.channels.whatsapp_messages import as_call
from bot.content.load import Content
from bot.conversation.state import State
from bot.conversation.turn import turn
from bot.messages import FURTHER, Address, Button, Incoming, IncomingKind, Media, Outgoing
from bot.prover.talk import world
from bot.understanding.model import Understanding
from tests.support.whatsapp_fake.graph import _check_interactive

SARI = Address("whatsapp", "1", "ID.1")
WORLD = world()
titles = st.lists(
    st.one_of(
        st.text("ab \U0001f642", min_size=1, max_size=30).filter(str.strip),
        st.text("c", min_size=85, max_size=95),
    ),
    min_size=1,
    max_size=40,
)


def rows_of(message: Outgoing) -> list[dict[str, Any]]:
    """Return the rows, or open buttons, as Meta gets them."""
    [part] = fit([message], WHATSAPP)
    body = as_call(part, "Choose", further="More").body
    _check_interactive(dict(body))
    action = body["action"]
    if "buttons" in action:
        return [each["reply"] for each in action["buttons"]]
    return [row for section in action["sections"] for row in section["rows"]]


def pressed(button: str, offered: tuple[Button, ...], content: Content) -> tuple[State, Any]:
    """Return the state and what is said when a button is pressed under `offered`."""
    state = State("en", greeted=True, offered=tuple((each.id, each.title) for each in offered))
    incoming = Incoming(SARI, "1", IncomingKind.BUTTON, button)
    result = turn(state, incoming, Understanding(), content, WORLD)
    assert result.effects == ()
    return result.state, result.outgoing


@given(titles)
def test_every_choice_can_be_reached(content: Content, names: list[str]) -> None:
    """Page after page, each choice stands on one of them, in its order; no page has a row that reads like another unless the choices do."""
    buttons = tuple(Button(f"x.y.{n}", name) for n, name in enumerate(names))
    seen: list[str] = []
    message = Outgoing("choose", buttons)
    for _ in range(10):
        rows = rows_of(message)
        reads = [(row["title"], row.get("description")) for row in rows]
        assert len(set(reads)) == len(reads)
        seen += [row["id"] for row in rows if not row["id"].startswith(FURTHER)]
        if not rows[-1]["id"].startswith(FURTHER):
            break
        state, [message] = pressed(rows[-1]["id"], buttons, content)
        assert [button for button, _ in state.offered] == [each.id for each in buttons]
    assert seen == [button.id for button in buttons]


def test_the_ways_out_stand_on_every_page(content: Content) -> None:
    """Whatever page is open, a person and the menu are one press away."""
    buttons = (
        *(Button(f"x.y.{n}", f"Choice {n}") for n in range(25)),
        Button("consent.ask", "Talk to a person"),
        Button("x.y.menu", "Menu"),
    )
    message = Outgoing("choose", buttons)
    sizes = []
    while True:
        ids = [row["id"] for row in rows_of(message)]
        assert {"consent.ask", "x.y.menu"} <= set(ids)
        sizes.append(len(ids))
        if not ids[-1].startswith(FURTHER):
            break
        _, [message] = pressed(ids[-1], buttons, content)
    assert len(sizes) == 4
    assert max(sizes) == MAX_ROWS


def test_a_page_can_be_opened_again(content: Content) -> None:
    """Pressing the same row twice, or that of an earlier page after a later one, shows the same choices."""
    buttons = tuple(Button(f"x.y.{n}", f"Choice {n}") for n in range(35))
    once = pressed(f"{FURTHER}x.y.9", buttons, content)
    assert once == pressed(f"{FURTHER}x.y.9", buttons, content)
    state, [message] = once
    incoming = Incoming(SARI, "2", IncomingKind.BUTTON, f"{FURTHER}x.y.18")
    later = turn(state, incoming, Understanding(), content, WORLD)
    again = turn(
        later.state, Incoming(SARI, "3", IncomingKind.BUTTON, f"{FURTHER}x.y.9"),
        Understanding(), content, WORLD,
    )  # fmt: skip
    assert again.outgoing == (message,)


def test_what_stands_on_a_later_page_can_be_typed(content: Content) -> None:
    """A title, or a number, of a page that was never opened does what its row does."""
    buttons = (
        *(Button(f"menu.main.{n}", f"Choice {n}") for n in range(20)),
        Button("menu.main", "The menu, please"),
    )
    for typed in ("the menu, please", "21"):
        state = State("en", greeted=True, offered=tuple((b.id, b.title) for b in buttons))
        incoming = Incoming(SARI, "1", IncomingKind.TEXT, typed)
        result = turn(state, incoming, Understanding(), content, WORLD)
        assert result.state.at == "menu.main"


def test_an_old_list_leads_to_the_menu(content: Content) -> None:
    """The row of a list that is not the latest any more is answered like any old button."""
    _, said = pressed(f"{FURTHER}x.y.9", (Button("a.b.c", "C"),), content)
    assert said


def test_long_titles_are_whole_somewhere() -> None:
    """What the row cannot show its description does; what that cannot either stands with its number in the words above."""
    middle, long = "m" * 60, "l" * 80
    [part] = fit([Outgoing("choose", (Button("1", "Short"), Button("2", middle)))], WHATSAPP)
    [_, second] = rows_of(part)
    assert second["description"] == middle
    [part] = fit([Outgoing("choose", (Button("1", "Short"), Button("2", long)))], WHATSAPP)
    body = as_call(part, "Choose").body
    assert body["body"]["text"].endswith(f"1. Short\n2. {long}")
    assert rows_of(part)[1]["title"].startswith("2. ")


@pytest.mark.parametrize("title", ["long " * 6, "Same"])
def test_what_cannot_stand_under_a_picture_follows_it(title: str) -> None:
    """Long titles, and such as read the same, open as a list under a message of its own, and the picture keeps its words."""
    media = (Media("quiz", "quiz:a/b@id", "alt"),)
    buttons = (Button("1", title), Button("2", title))
    first, second = fit([Outgoing("look", buttons, media)], WHATSAPP)
    assert (first.text, first.buttons) == ("look", ())
    assert second.buttons == buttons
