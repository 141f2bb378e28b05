"""`quiz`: plays a quiz, one question at a time; a person can leave and come back to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.parts import MAX_TITLE_CHARS
from bot.content.quizzes import Question, Quiz, QuizChoice
from bot.content.steps import QuizStep
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing

_LETTERS = "abcd"


class QuizHandler(Handler[QuizStep]):
    """Buttons: ``begin``, ``next``, ``again``, and ``<question number>-<choice>`` for an answer.

    It remembers the quiz, the number of the question, how many were right, and whether it is still open.
    """

    def exits(self, step: QuizStep, door: Door) -> Sequence[Exit]:
        return (
            door.button("begin", step.begin),
            door.button("[0-9]*-*", "", note="each_choice"),
            door.button("next", step.forward),
            door.button("again", step.again),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: QuizStep, scene: Scene) -> Move:
        memory = scene.memory
        under_way = _under_way(scene)
        if under_way is not None:
            resumed = _question(step, scene, under_way, memory["at"])
            return Move(say=(Outgoing(scene.say(step.resume)), resumed))
        name = memory.get("wanted")
        quiz = scene.content.quizzes.get(name or "") or next(iter(scene.content.quizzes.values()))
        intro = Outgoing(
            scene.say(quiz.intro),
            (scene.button("begin", step.begin), scene.link("menu.main", step.menu)),
        )
        remember = {"quiz": quiz.quiz, "at": 0, "right": 0, "open": False, "wanted": None}
        return Move(say=(intro,), remember=remember)

    def press(self, step: QuizStep, choice: str, scene: Scene) -> Move | None:
        quiz = scene.content.quizzes.get(scene.memory.get("quiz", ""))
        if quiz is not None and choice in {"begin", "again"}:
            remember = {"at": 0, "right": 0, "open": True}
            return Move(say=(_question(step, scene, quiz, 0),), remember=remember)
        under_way = _under_way(scene)
        if under_way is None:
            return None
        if choice == "next":
            return Move(say=(_question(step, scene, under_way, scene.memory["at"]),))
        number, _, answer = choice.partition("-")
        if number != str(scene.memory["at"]):
            return None
        return _answered(step, scene, under_way, answer)

    def hear(self, step: QuizStep, text: str, scene: Scene) -> Move | None:
        quiz = _under_way(scene)
        if quiz is None:
            return None
        question = quiz.questions[scene.memory["at"]]
        typed = text.strip().casefold().rstrip(".)")
        for letter, choice in zip(_LETTERS, question.choices, strict=False):
            if typed in {letter, choice.text.casefold(), scene.say(choice.text).casefold()}:
                return _answered(step, scene, quiz, choice.id)
        return None


def _under_way(scene: Scene) -> Quiz | None:
    """Return the quiz that is open; a quiz may have been taken out or cut since it was begun."""
    memory = scene.memory
    quiz = scene.content.quizzes.get(memory.get("quiz", ""))
    if quiz is None or not memory.get("open") or memory["at"] >= len(quiz.questions):
        return None
    return quiz


def _question(step: QuizStep, scene: Scene, quiz: Quiz, index: int) -> Outgoing:
    question = quiz.questions[index]
    titles = [scene.say(choice.text) for choice in question.choices]
    asked = scene.say(question.text)
    if any(len(title) > MAX_TITLE_CHARS for title in titles):
        # No channel cuts an answer short: the buttons carry letters, the answers stand above them.
        letters = [letter.upper() for letter in _LETTERS[: len(titles)]]
        listed = (f"{letter}. {title}" for letter, title in zip(letters, titles, strict=True))
        asked, titles = "\n".join((asked, "", *listed)), letters
    text = scene.say(step.question, number=index + 1, total=len(quiz.questions), question=asked)
    buttons = tuple(
        Button(f"{scene.here}.{index}-{choice.id}", title)
        for choice, title in zip(question.choices, titles, strict=True)
    )
    return Outgoing(text, buttons)


def _answered(step: QuizStep, scene: Scene, quiz: Quiz, choice: str) -> Move | None:
    index: int = scene.memory["at"]
    question = quiz.questions[index]
    if choice not in {each.id for each in question.choices}:
        return None
    right = _right(question)
    verdict = scene.say(step.right)
    if choice != right.id:
        verdict = scene.say(step.wrong, answer=scene.say(right.text))
    score = scene.memory["right"] + (choice == right.id)
    told = f"{verdict}\n\n{scene.say(question.explanation)}"
    remember: Mapping[str, Any] = {"at": index + 1, "right": score}
    if index + 1 < len(quiz.questions):
        onward = (scene.button("next", step.forward), *_ways_out(step, scene))
        return Move(say=(Outgoing(told, onward),), remember=remember)
    messages = (Outgoing(told), Outgoing(_result(scene, quiz, score), _end(step, scene)))
    return Move(say=messages, remember={**remember, "open": False})


def _right(question: Question) -> QuizChoice:
    return next(choice for choice in question.choices if choice.correct)


def _result(scene: Scene, quiz: Quiz, score: int) -> str:
    reached = [result for result in quiz.results if result.min_correct <= score]
    best = max(reached or quiz.results[:1], key=lambda result: result.min_correct)
    return f"{score}/{len(quiz.questions)}\n\n{scene.say(best.text)}"


def _end(step: QuizStep, scene: Scene) -> tuple[Button, ...]:
    return (scene.button("again", step.again), *_ways_out(step, scene))


def _ways_out(step: QuizStep, scene: Scene) -> tuple[Button, ...]:
    return (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))
