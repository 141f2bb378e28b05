"""`quiz_list`: the quizzes to choose from."""

from dataclasses import replace

import pytest

from bot.content.load import Content
from tests.support.quizzes import made_quiz, with_quizzes
from tests.unit.conversation.talk import Talk


def test_the_list_names_each_quiz_and_what_it_is_about(content: Content) -> None:
    """Titles with a line each; the quiz that covers a conversation stands first."""
    few = replace(content, quizzes={"warning_signs": content.quizzes["warning_signs"]})
    more = with_quizzes(few, made_quiz("a_first"), made_quiz("z_last", topic=None))
    talk = Talk.greeted(more).write("/quiz")
    assert talk.buttons[0] == "quiz.list.warning_signs"
    assert {"quiz.list.a_first", "quiz.list.z_last", "consent.ask", "menu.main"} <= set(
        talk.buttons
    )
    assert "• Quiz a_first: all sorts of things." in talk.words
    assert talk.words.splitlines().count("Quiz z_last") <= 1


@pytest.mark.parametrize("quiz", ["warning_signs", "made"])
def test_a_press_brings_the_introduction(content: Content, quiz: str) -> None:
    """Any quiz can be chosen, and begun from there."""
    more = with_quizzes(content, made_quiz())
    talk = Talk.greeted(more).press(f"quiz.list.{quiz}")
    assert more.quizzes[quiz].intro in talk.words
    assert talk.press("quiz.play.begin").state.memory["quiz"]["quiz"] == quiz


@pytest.mark.parametrize("choice", ["gone", "page-99", "page-x", "page-", "page-²", "-1"])
def test_a_quiz_that_is_no_more_brings_the_list(content: Content, choice: str) -> None:
    """An old or made-up button shows what there is."""
    assert Talk.greeted(content).press(f"quiz.list.{choice}").says("quiz.list.text")


def test_many_quizzes_come_a_page_at_a_time(content: Content) -> None:
    """Every quiz stands on one of the pages, and the last leads back to the first."""
    many = with_quizzes(content, *(made_quiz(f"q{at}") for at in range(14)))
    talk, seen = Talk.greeted(many).press("quiz.list"), []
    for _ in range(10):
        seen += [each for each in talk.buttons if each.removeprefix("quiz.list.") in many.quizzes]
        onward = next(each for each in talk.buttons if each.startswith("quiz.list.page-"))
        if onward == "quiz.list.page-0":
            break
        talk.press(onward)
    assert sorted(seen) == sorted(f"quiz.list.{name}" for name in many.quizzes)
    assert talk.press("quiz.list.page-0").buttons[0] == "quiz.list.warning_signs"
