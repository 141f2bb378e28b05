"""`browse`: finds an answer by buttons alone."""

from collections import Counter
from collections.abc import Sequence

from bot.content.load import is_fresh
from bot.content.model import Answer
from bot.content.steps import Browse
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

PAGE = 6


class BrowseHandler(Handler[Browse]):
    """First whom it is about, then the questions, a page at a time."""

    def exits(self, step: Browse, door: Door) -> Sequence[Exit]:
        of = Counter[str](answer.audience for answer in door.content.answers.values())
        return (
            *(door.button(audience, title) for audience, title in step.audiences.items()),
            *(
                door.button(f"{audience}-*", step.next_page)
                for audience in step.audiences
                if of[audience] > PAGE
            ),
            Exit("answer.give", "answer.give.*", note="each_answer"),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: Browse, scene: Scene) -> Move:
        buttons = [
            scene.button(audience, title)
            for audience, title in step.audiences.items()
            if _answers(scene, audience)
        ]
        buttons.append(scene.link("menu.main", step.menu))
        return Move(say=(Outgoing(scene.say(step.text), tuple(buttons)),))

    def press(self, step: Browse, choice: str, scene: Scene) -> Move | None:
        audience, _, page = choice.partition("-")
        if audience not in step.audiences or (page and not page.isdecimal()):
            return None
        return Move(say=(_page(step, scene, audience, int(page or 0)),))


def _page(step: Browse, scene: Scene, audience: str, page: int) -> Outgoing:
    answers = _answers(scene, audience)
    first = page * PAGE if page * PAGE < len(answers) else 0
    shown = answers[first : first + PAGE]
    buttons = [Button(f"answer.give.{answer.id}", scene.title(answer.title)) for answer in shown]
    if len(answers) > PAGE:
        following = first // PAGE + 1 if first + PAGE < len(answers) else 0
        buttons.append(scene.button(f"{audience}-{following}", step.next_page))
    buttons.append(scene.link("menu.main", step.menu))
    return Outgoing(scene.say(step.pick), tuple(buttons))


def _answers(scene: Scene, audience: str) -> list[Answer]:
    today = scene.world.now.date()
    return [
        answer
        for answer in scene.content.answers.values()
        if answer.audience == audience and is_fresh(answer, today)
    ]
