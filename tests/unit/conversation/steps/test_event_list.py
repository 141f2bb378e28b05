"""`event_list`: what is on, and one's own events."""

import pytest

from bot.content.load import Content
from bot.prover.talk import EVENTS
from tests.unit.conversation.talk import Talk


def opened(content: Content, step: str, look: str) -> Talk:
    """Return somebody who looks at a list."""
    talk = Talk.greeted(content)
    talk.events = EVENTS[look]
    return talk.press(f"events.{step}")


@pytest.mark.parametrize(
    ("look", "on", "mine"),
    [
        ("open", True, False), ("coming", True, True), ("waiting", True, True),
        ("closed", False, False), ("cancelled", False, True), ("over", False, False),
        ("none", False, False),
    ],
)  # fmt: skip
def test_each_list_shows_what_belongs_there(
    content: Content, look: str, on: bool, mine: bool
) -> None:
    """What is on is open and still to come; one's own are those that one has signed up for, also if they are cancelled."""
    for step, shown in (("list", on), ("mine", mine)):
        talk = opened(content, step, look)
        assert ("events.show.show-camp" in talk.buttons) == shown
        assert talk.says(f"events.{step}.nothing") != shown
        assert talk.buttons[-2:] == ("consent.ask", "menu.main")


def test_a_button_leads_to_its_event(content: Content) -> None:
    """From the list to the words of the event, and from there the yes counts."""
    talk = opened(content, "list", "open").press("events.show.show-camp")
    assert talk.press("events.show.come-camp").effects


def test_whoever_likes_to_hear_of_new_ones_is_asked_for_their_yes(content: Content) -> None:
    """The list leads to the question about news, and says nothing by itself."""
    talk = opened(content, "list", "none").press("campaigns.news")
    assert (talk.state.at, talk.effects) == ("campaigns.news", ())
