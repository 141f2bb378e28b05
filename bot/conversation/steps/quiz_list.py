"""`quiz_list`: the quizzes to choose from, a page at a time."""

from collections.abc import Sequence

from bot.content.quiz_step import QuizList
from bot.conversation.quiz.asking import ways_out
from bot.conversation.quiz.offering import listed
from bot.conversation.quiz.round import STEP, WANTED, Round
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing

PAGE = 6
"""So that the list is one message, and its buttons fit under it on any channel."""
_PLAY = "play"
MAX_DIGITS = 4
"""A longer number is no page."""


class QuizListHandler(Handler[QuizList]):
    """Buttons: a quiz's id chooses it, ``page-1`` shows the second page."""

    def exits(self, step: QuizList, door: Door) -> Sequence[Exit]:
        more = [door.button("page-*", step.further)] if len(door.content.quizzes) > PAGE else []
        return (
            door.button("*", "", _PLAY, "each_quiz"),
            door.button("*", "", note="old_button"),
            *more,
            door.link(STEP, step.back),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: QuizList, scene: Scene) -> Move:
        return Move(say=(_page(step, scene, 0),))

    def press(self, step: QuizList, choice: str, scene: Scene) -> Move | None:
        if choice in scene.content.quizzes:
            return Move(go=_PLAY, remember={WANTED: choice})
        verb, _, page = choice.partition("-")
        # A quiz that is no more: here are the others.
        is_page = verb == "page" and page.isdecimal() and len(page) < MAX_DIGITS
        return Move(say=(_page(step, scene, int(page) if is_page else 0),))


def _page(step: QuizList, scene: Scene, page: int) -> Outgoing:
    quizzes = listed(scene)
    first = page * PAGE if page * PAGE < len(quizzes) else 0
    shown = quizzes[first : first + PAGE]
    entries = (
        scene.say(step.entry, title=scene.say(quiz.title), topic=scene.say(quiz.topic))
        if quiz.topic
        else scene.say(quiz.title)
        for quiz in shown
    )
    buttons = [scene.button(quiz.quiz, quiz.title) for quiz in shown]
    if len(quizzes) > PAGE:
        following = first // PAGE + 1 if first + PAGE < len(quizzes) else 0
        buttons.append(scene.button(f"page-{following}", step.further))
    if Round.under_way(scene.memory, scene.content) is not None:
        buttons.append(scene.link(STEP, step.back))
    text = scene.say(step.text, quizzes="\n".join(entries))
    return Outgoing(text, (*buttons, *ways_out(step, scene)))
