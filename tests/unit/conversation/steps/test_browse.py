"""`browse`: every answer can be found by buttons alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.content.load import Content
from bot.content.steps import Browse
from tests.unit.conversation.talk import Talk


def test_every_answer_can_be_reached_by_buttons(content: Content) -> None:
    """Going through all pages of all audiences shows each answer."""
    found: set[str] = set()
    step = content.step("topics.pick")
    assert isinstance(step, Browse)
    for audience in step.audiences:
        for page in range(5):
            buttons = Talk.greeted(content).press(f"topics.pick.{audience}-{page}").buttons
            found |= {
                button.removeprefix("answer.give.")
                for button in buttons
                if button.startswith("answer.give.")
            }
    assert found == set(content.answers)


def test_the_pages_go_round(content: Content) -> None:
    """After the last page comes the first again, and every page leads back to the menu."""
    talk = Talk.greeted(content).press("topics.pick.would_be_migrant")
    first = talk.buttons
    assert len(first) == 8
    pages = 0
    while pages == 0 or talk.buttons != first:
        assert talk.buttons[-1] == "menu.main"
        talk.press(talk.buttons[-2])
        pages += 1
        assert pages < 10
    assert pages > 1


def test_a_short_list_has_no_further_page(content: Content) -> None:
    """Where everything fits, nothing says "more"."""
    few = dict(list(content.answers.items())[:3])
    short = replace(content, answers=few)
    audience = next(iter(few.values())).audience
    buttons = Talk.greeted(short).press(f"topics.pick.{audience}").buttons
    assert not any(button.startswith("topics.pick.") for button in buttons)


def test_a_page_beyond_the_last_is_the_first(content: Content) -> None:
    """An old page number after the list became shorter shows the beginning."""
    first = Talk.greeted(content).press("topics.pick.would_be_migrant-0").buttons
    assert Talk.greeted(content).press("topics.pick.would_be_migrant-99").buttons == first


@pytest.mark.parametrize("choice", ["nobody", "family-x", "family--1"])
def test_a_made_up_page_is_an_old_button(content: Content, choice: str) -> None:
    """Audiences and pages that do not exist are explained."""
    assert Talk.greeted(content).press(f"topics.pick.{choice}").state.at == "unclear.old_button"


def test_audiences_without_any_usable_answer_are_left_out(content: Content) -> None:
    """Nobody is led to an empty list."""
    talk = Talk.greeted(content).wait(timedelta(days=3000)).press("topics.pick")
    assert talk.buttons == ("menu.main",)
