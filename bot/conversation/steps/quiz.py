"""`quiz`: plays a quiz, one question at a time; a person can leave and come back to it.

How each kind of question is asked and answered stands in `bot/conversation/quiz/kinds/<kind>.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.content.quiz_step import QuizStep
from bot.content.quizzes import Quiz
from bot.conversation import came, city, study
from bot.conversation.campaign_effects import LinkFinished
from bot.conversation.effects import Effect, QuizAnswered, QuizFinished
from bot.conversation.quiz import asking
from bot.conversation.quiz.kinds import KINDS, Asked, Taken
from bot.conversation.quiz.offering import offered
from bot.conversation.quiz.round import (
    PLAYED,
    WANTED,
    Round,
    has_others,
    played_of,
    with_played,
)
from bot.conversation.steps import certificate, city_round
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.messages import Button, Media, Outgoing

LIST = "quiz.list"
_MEANS = {"affirm": "true", "deny": "false"}


class QuizHandler(Handler[QuizStep]):
    """Buttons: ``begin``, ``timed``, ``next``, ``again``, ``card``, ``<question>-<choice>``, ``<question>.hint``, ``.done``, ``.restart``.

    They name their question, so that an old one is never taken for the answer to another.
    """

    def exits(self, step: QuizStep, door: Door) -> Sequence[Exit]:
        return (
            door.button("begin", step.begin),
            door.button("timed", step.timed),
            door.button("*-*", "", note="each_choice"),
            door.button("*.done", step.done),
            door.button("*.restart", step.restart),
            door.button("*.hint", step.hint),
            door.button("next", step.forward),
            door.button("again", step.again),
            door.button("card", step.card),
            *ways_after(door),
            Exit(LIST, note="not_asked_for"),
            door.button("begin", step.begin, study.ASK, note="measured"),
            door.button("timed", step.timed, study.ASK, note="measured"),
            door.button("again", step.again, study.ASK, note="measured"),
            door.button("*-*", "", study.PROBE, note="measured"),
            door.button("*.done", step.done, study.PROBE, note="measured"),
            door.link(LIST, step.more),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: QuizStep, scene: Scene) -> Move:
        wanted = offered(scene, scene.memory.get(WANTED))
        under_way = _under_way(scene)
        if under_way is not None and wanted in {None, under_way.quiz}:
            if study.keeps_waiting(scene.memory):
                shown = _shown(Asked(step, scene, under_way))
                return replace(shown, remember={**shown.remember, study.WAITS: False})
            return _resumed(step, scene, under_way)
        if wanted is None:
            return Move(go=LIST)
        remember = {"quiz": wanted.quiz, "open": False, WANTED: None}
        return Move(say=(_intro(step, scene, wanted),), remember=remember)

    def press(self, step: QuizStep, choice: str, scene: Scene) -> Move | None:
        under_way = _under_way(scene)
        if choice in {"begin", "again", "timed"}:
            return _begun(step, scene, under_way, timed=choice == "timed")
        if choice == "card":
            return _card(step, scene)
        question, sign, act = _parts(choice)
        if choice != "next" and not sign:
            return None
        if under_way is None:
            return _stale(step, scene, step.over)
        asked = Asked(step, scene, under_way)
        if choice == "next":
            return _shown(asked)
        if question != asked.question.id or under_way.since is None:
            return _stale(step, scene, step.past, scene.button("next", step.forward))
        return _picked(asked, act) if sign == "-" else _other(asked, act)

    def hear(self, step: QuizStep, text: str, scene: Scene) -> Move | None:
        under_way = _under_way(scene)
        if under_way is None or under_way.since is None:
            return None
        asked = Asked(step, scene, under_way)
        taken = KINDS[asked.question.kind].read(asked, text)
        return None if taken is None else _taken(asked, taken)

    def means(self, step: QuizStep, meaning: Meaning, scene: Scene) -> str | None:
        under_way = _under_way(scene)
        if under_way is None or under_way.since is None:
            return None
        question = under_way.question
        return f"{question.id}-{_MEANS[meaning]}" if question.kind == "true_false" else None


def _under_way(scene: Scene) -> Round | None:
    return Round.under_way(scene.memory, scene.content)


def _parts(choice: str) -> tuple[str, str, str]:
    """Return the question that a button names, the sign after it, and the choice or what else it does."""
    sign = "-" if "-" in choice else "."
    return choice.partition(sign)


def _intro(step: QuizStep, scene: Scene, quiz: Quiz) -> Outgoing:
    buttons = [scene.button("begin", step.begin)]
    text = scene.say(quiz.intro)
    if quiz.seconds is not None:
        text = f"{text}\n\n{scene.say(step.clock, seconds=quiz.seconds)}"
        buttons.append(scene.button("timed", step.timed))
    return Outgoing(text, (*buttons, scene.link(LIST, step.more), *asking.ways_out(step, scene)))


def _resumed(step: QuizStep, scene: Scene, under_way: Round) -> Move:
    """Ask the question at hand once more; the time begins anew, for whoever was away had other things to do."""
    fresh = under_way.asked_at(scene.world.now)
    asked = Asked(step, scene, fresh)
    say = (Outgoing(scene.say(step.resume)), asking.ask(asked))
    return Move(say=say, remember=fresh.to_memory())


def _begun(step: QuizStep, scene: Scene, under_way: Round | None, *, timed: bool) -> Move:
    if under_way is not None:
        # An old button: what is open is not thrown away.
        return _resumed(step, scene, under_way)
    quiz = offered(scene, scene.memory.get("quiz"))
    if quiz is None:
        return _stale(step, scene, step.over)
    played, seed = played_of(scene.memory, quiz), scene.world.draw.seed
    plan = study.planned(scene, quiz)
    keeping = (plan[1].fact, plan[1].question) if plan is not None else None
    drawn = Round.begun(quiz, played=played, seed=seed, timed=timed, keeping=keeping)
    if plan is not None:
        return Move(go=study.ASK, remember={**drawn.to_memory(), study.WAITS: True})
    return _shown(Asked(step, scene, drawn))


def _shown(asked: Asked) -> Move:
    """Ask the question at hand; where it stands on the screen already, its time goes on."""
    under_way = asked.round
    if under_way.since is None:
        under_way = under_way.asked_at(asked.scene.world.now)
        asked = replace(asked, round=under_way)
    return Move(say=(asking.ask(asked),), remember=under_way.to_memory())


def _stale(step: QuizStep, scene: Scene, words: str, *onward: Button) -> Move:
    """Answer a button whose time has gone by with the way back into the game."""
    ways = onward or (scene.link(LIST, step.more),)
    return Move(say=(Outgoing(scene.say(words), (*ways, *asking.ways_out(step, scene))),))


def _picked(asked: Asked, choice: str) -> Move | None:
    taken = KINDS[asked.question.kind].take(asked, choice)
    return None if taken is None else _taken(asked, taken)


def _other(asked: Asked, act: str) -> Move | None:
    """Do what a button beside the choices says."""
    kind, picked = asked.question.kind, asked.round.picked
    if act == "hint" and asked.question.hint:
        hinted = replace(asked, round=replace(asked.round, hinted=True))
        return _once_more(hinted, asking.hint(asked))
    if act == "done" and kind == "several":
        if not picked:
            return _once_more(asked, asked.scene.say(asked.step.none_chosen))
        return _taken(asked, Taken(picked))
    if act == "restart" and kind == "order":
        return _once_more(asked.with_picked(()))
    return None


def _taken(asked: Asked, taken: Taken) -> Move:
    if not taken.is_answer:
        return _once_more(asked.with_picked(taken.picked))
    return _answered(asked, taken)


def _once_more(asked: Asked, note: str = "") -> Move:
    return Move(say=(asking.ask_again(asked, note),), remember=asked.round.to_memory())


def _answered(asked: Asked, taken: Taken) -> Move:
    step, scene, quiz = asked.step, asked.scene, asked.round.quiz
    is_right = KINDS[asked.question.kind].is_right(asked.question, taken.picked)
    after = asked.round.answered(right=is_right and not asking.is_late(asked))
    played = with_played(scene.memory, quiz, asked.question)
    remember: dict[str, Any] = {**after.to_memory(), PLAYED: played}
    told = asking.verdict(asked, taken, after)
    effects = _counted(asked, after)
    if after.left:
        onward = (scene.button("next", step.forward), *asking.ways_out(step, scene))
        return Move(say=(Outgoing(told, onward),), remember=remember, effects=effects)
    remember |= {city.DONE: city.wanted(scene.memory) or _covered(scene)}
    remember |= {} if _covered(scene) else {came.COUNTED: True}
    result = asking.result(scene, quiz, after.right, len(after.done))
    if (told_of_city := _told_of_city(scene)) is not None:
        result = f"{result}\n\n{told_of_city}"
    if study.follows(scene, quiz):
        say = (Outgoing(told), Outgoing(result))
        return Move(say=say, remember=remember, effects=effects, go=study.PROBE)
    others = has_others({PLAYED: played}, quiz)
    again, ways = _end(step, scene, quiz, others=others)
    more = after_round(scene, right=after.right, asked=len(after.done))
    end = Outgoing(result, (*again, scene.button("card", step.card), *more, *ways))
    return Move(say=(Outgoing(told), end), remember=remember, effects=effects)


def _card(step: QuizStep, scene: Scene) -> Move:
    """Give the picture of the last result, which holds nothing of who played; once another round has begun there is none any more."""
    quiz = scene.content.quizzes.get(scene.memory.get("quiz") or "")
    right, asked = scene.memory.get("right", 0), scene.memory.get("at", 0)
    if quiz is None or scene.memory.get("open") or not asked:
        return _stale(step, scene, step.over)
    code = came.code_of(scene.memory, scene.world.now)
    address = "/".join(filter(None, (f"card:{quiz.quiz}/{right}/{asked}", code)))
    picture = Media("card", address, asking.result(scene, quiz, right, asked))
    again, ways = _end(step, scene, quiz, others=has_others(scene.memory, quiz))
    more = after_round(scene, right=right, asked=asked)
    return Move(say=(Outgoing(scene.say(step.card_words), (*again, *more, *ways), (picture,)),))


def ways_after(door: Door) -> tuple[Exit, ...]:
    """Return the exits of `after_round`."""
    return certificate.way(door), city_round.way(door)


def after_round(scene: Scene, *, right: int, asked: int) -> tuple[Button, ...]:
    """Return what stands under a result beside the card: the certificate, and rounds for a city."""
    return (*certificate.offered(scene, right=right, asked=asked), *city_round.offered(scene))


def _end(
    step: QuizStep, scene: Scene, quiz: Quiz, *, others: bool
) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Return the way to another round, where the quiz is still offered, and all others."""
    ways = [scene.link(LIST, step.more), *asking.ways_out(step, scene)]
    if offered(scene, quiz.quiz) is None:
        return (), tuple(ways)
    if quiz.seconds is not None:
        ways.insert(0, scene.button("timed", step.timed))
    return (scene.button("again", step.others if others else step.again),), tuple(ways)


def _counted(asked: Asked, after: Round) -> tuple[Effect, ...]:
    """Return what is counted of an answer: never under a cover, where somebody else may be playing."""
    scene, question, quiz = asked.scene, asked.question, asked.round.quiz
    if _covered(scene):
        return ()
    answered = QuizAnswered(
        quiz=quiz.quiz,
        question=question.id,
        fact=question.fact,
        kind=question.kind,
        phase="round",
        right=after.right > asked.round.right,
        used_hint=asked.round.hinted,
        seconds=asking.seconds_taken(asked.round, scene.world.now),
    )
    if after.left:
        return (answered,)
    finished = QuizFinished(quiz.quiz, after.right, len(after.done))
    code = came.uncounted(scene.memory, scene.world.now)
    behind = (LinkFinished(code),) if code is not None else ()
    together = city.counted(scene) if city.wanted(scene.memory) else ()
    return (answered, finished, *behind, *together)


def _told_of_city(scene: Scene) -> str | None:
    return city_round.told(scene) if city.wanted(scene.memory) and not _covered(scene) else None


def _covered(scene: Scene) -> bool:
    return scene.state.is_covered(scene.world.now)
