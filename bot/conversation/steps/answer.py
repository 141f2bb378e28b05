"""`answer`: gives a sourced answer, its follow-ups, and asks whether it was what the person meant."""

from collections.abc import Sequence

from bot.content.directory import fitting_emergency
from bot.content.load import is_fresh
from bot.content.model import Answer
from bot.content.steps import AnswerStep
from bot.conversation import unmet
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.emergency import number_line
from bot.messages import Button, Outgoing
from bot.understanding.model import Risk, RiskLevel

OFFER = "offer"
_ABOUT_CHILDREN = Risk(RiskLevel.CONCERN, ("child_at_risk",))
_IN_DANGER = Risk(RiskLevel.HIGH)


class AnswerHandler(Handler[AnswerStep]):
    """Buttons: an answer's id gives it; ``more-``, ``from-`` before the id give its second page and its sources."""

    def exits(self, step: AnswerStep, door: Door) -> Sequence[Exit]:
        return (
            door.button("*", "", note="each_answer"),
            door.button("more-*", step.more),
            door.button("from-*", step.sources),
            *(
                door.link(f"{flow}.{door.content.flows[flow].start}", title)
                for flow, title in step.tools.items()
            ),
            door.link("quiz.play", step.back_to_quiz),
            door.button("yes", step.yes),
            door.button("no", step.no, "unclear.sorry"),
            Exit("answer.missing", note="no_answer"),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: AnswerStep, scene: Scene) -> Move:
        wanted: Sequence[str] = scene.memory.get("wanted", ())
        if len(wanted) > 1:
            return Move(say=(_suggestions(step, scene, wanted),))
        if not wanted:
            return Move(go="answer.missing")
        return self._give(step, scene, wanted[0], unsure=bool(scene.memory.get("unsure")))

    def press(self, step: AnswerStep, choice: str, scene: Scene) -> Move | None:
        verb, _, name = choice.rpartition("-")
        if choice == "yes":
            return Move(say=(Outgoing(scene.say(step.thanks), _ways_on(step, scene)),), leave=True)
        if choice == "no":
            return Move(go="unclear.sorry", effects=unmet.none_fits(scene))
        answer = scene.content.answers.get(name)
        if answer is None or verb not in {"", "more", "from"}:
            return None
        if verb == "more" and answer.more:
            return Move(say=(Outgoing(scene.say(answer.more), _follow_ups(step, scene, answer)),))
        if verb == "from":
            return Move(say=(Outgoing(_sources(step, scene, answer), _ways_on(step, scene)),))
        return self._give(step, scene, answer.id, unsure=False)

    def means(self, step: AnswerStep, meaning: Meaning, scene: Scene) -> str | None:
        several = len(scene.memory.get("wanted", ())) > 1
        if meaning == "deny":
            return "no" if several or scene.memory.get("unsure") else None
        # A bare yes to several suggestions names none of them.
        return "yes" if scene.memory.get("unsure") and not several else None

    def _give(self, step: AnswerStep, scene: Scene, name: str, *, unsure: bool) -> Move:
        answer = scene.content.answers[name]
        if not is_fresh(answer, scene.world.now.date()):
            return Move(say=(Outgoing(scene.say(step.outdated), _ways_on(step, scene)),))
        beside = [other for other in scene.memory.get("beside", ()) if other != name]
        remember = {"wanted": [name], "beside": [], "unsure": False}
        first = _numbers_first(step, scene, answer)
        text = _text(step, scene, answer)
        if not unsure:
            message = Outgoing(text, _follow_ups(step, scene, answer, beside))
            return Move(say=(*first, message), remember=remember)
        asked = Outgoing(
            scene.say(step.meant),
            (scene.button("yes", step.yes), scene.button("no", step.no), *_person(step, scene)),
        )
        return Move(say=(*first, Outgoing(text), asked), remember={**remember, "unsure": True})


def _numbers_first(step: AnswerStep, scene: Scene, answer: Answer) -> tuple[Outgoing, ...]:
    """Return the emergency numbers, for an answer that somebody in danger may have asked for."""
    if "now" not in answer.action:
        return ()
    risk = scene.state.recent_risk(scene.world.now).joined(_IN_DANGER)
    numbers = fitting_emergency(scene.content.emergency, risk)
    lines = "\n".join(number_line(scene, step.number, number) for number in numbers)
    return (Outgoing(scene.say(step.now, numbers=lines), sensitive=True),)


def _text(step: AnswerStep, scene: Scene, answer: Answer) -> str:
    """Return an answer with what must be said before a person tells more."""
    parts = [scene.say(answer.text)]
    if "child" in answer.action:
        number = fitting_emergency(scene.content.emergency, _ABOUT_CHILDREN, limit=1)[0]
        parts.append(scene.say(step.child, number=number_line(scene, step.number, number)))
    if "limits" in answer.action:
        parts.append(scene.say(step.limits))
    return "\n\n".join(parts)


def _suggestions(step: AnswerStep, scene: Scene, wanted: Sequence[str]) -> Outgoing:
    answers = [scene.content.answers[name] for name in wanted]
    buttons = [scene.button(answer.id, answer.title) for answer in answers]
    return Outgoing(
        scene.say(step.suggest), (*buttons, scene.button("no", step.no), *_person(step, scene))
    )


def _follow_ups(
    step: AnswerStep, scene: Scene, answer: Answer, beside: Sequence[str] = ()
) -> tuple[Button, ...]:
    buttons = []
    if answer.more:
        buttons.append(scene.button(f"more-{answer.id}", step.more))
    if set(answer.action) != {"info"}:
        buttons += _person(step, scene)
    today = scene.world.now.date()
    for name in tuple(dict.fromkeys((*beside, *answer.next)))[:3]:
        other = scene.content.answers[name]
        if is_fresh(other, today):
            buttons.append(scene.button(other.id, other.title))
    asking = scene.state.memory.get(OFFER, {}).get("mode") == "ask"
    tool = OFFER if asking else answer.tool
    if tool is not None:
        start = scene.content.flows[tool].start
        buttons.append(scene.link(f"{tool}.{start}", step.tools[tool]))
    if scene.state.memory.get("quiz", {}).get("open"):
        buttons.append(scene.link("quiz.play", step.back_to_quiz))
    buttons.append(scene.button(f"from-{answer.id}", step.sources))
    return (*buttons, scene.link("menu.main", step.menu))


def _person(step: AnswerStep, scene: Scene) -> list[Button]:
    return [scene.link("consent.ask", step.human)]


def _ways_on(step: AnswerStep, scene: Scene) -> tuple[Button, ...]:
    return (*_person(step, scene), scene.link("menu.main", step.menu))


def _sources(step: AnswerStep, scene: Scene, answer: Answer) -> str:
    return scene.say(
        step.sources_text,
        sources=source_lines(scene, answer.sources),
        reviewed_on=scene.date(answer.reviewed_on),
    )


def source_lines(scene: Scene, slugs: Sequence[str]) -> str:
    """Return where something comes from, as a person reads it: a line for each source, and its address."""
    lines = []
    for slug in slugs:
        source = scene.content.sources[slug]
        lines.append(
            "\u2022 " + ", ".join(filter(None, (source.title, source.publisher, source.date)))
        )
        if source.url:
            lines.append(source.url)
    return "\n".join(lines)
