"""`offer`: looks for signs in a job offer, pasted as text or told in six answers.

It keeps the ids of answers and of signs, never the text, and forgets them at the end.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.content.offer import Finding
from bot.content.offer_step import OfferQuestion, OfferStep
from bot.conversation.steps.base import Aside, Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.steps.offer_result import Result
from bot.messages import Button, Outgoing
from bot.understanding.telling import LINK

MIN_WORDS = 5
"""A shorter text is no offer that anything could be found in."""
LONG_WORDS = 25
"""From here a text is read as an offer although nobody was asked to paste one."""
_SURE = 0.5
"""From this confidence a short text in the place of an offer is what the language model says it is."""
_FORGOTTEN: Mapping[str, Any] = {
    "short": False,
    "mode": None,
    "picked": [],
    "found": [],
    "asks": [],
}
"""`mode` is `paste` or `ask` while the person is waited for, `heard` and `told` once there is a result."""


class OfferHandler(Handler[OfferStep]):
    """Buttons: ``paste``, ``ask``, ``resume``; ``<number>-<choice>``, ``back``, ``stop`` under a question; ``more``,
    ``share``, ``sources``, ``end`` under a result.
    """

    def exits(self, step: OfferStep, door: Door) -> Sequence[Exit]:
        return (
            door.button("paste", step.paste),
            door.button("ask", step.ask),
            door.button("resume", step.resume),
            door.button("[0-9]*-*", "", note="each_choice"),
            door.button("back", step.back),
            door.button("stop", step.stop, "menu.main"),
            door.button("more", step.more),
            Exit("answer.give", "answer.give.check_agency_licence", step.licence),
            door.button("share", step.share),
            door.button("sources", step.sources),
            door.button("end", step.done, "menu.main"),
            door.link("consent.ask", step.human),
            door.link("menu.main", step.done),
        )

    def enter(self, step: OfferStep, scene: Scene) -> Move:
        mode = scene.memory.get("mode")
        if mode == "heard":
            return _told(_remembered(step, scene))
        buttons = [scene.button("paste", step.paste), scene.button("ask", step.ask)]
        if mode == "ask":
            buttons.insert(0, scene.button("resume", step.resume))
        buttons += [scene.link("consent.ask", step.human), scene.link("menu.main", step.done)]
        remember = {} if mode == "ask" else _FORGOTTEN
        return Move(say=(Outgoing(scene.say(step.text), tuple(buttons)),), remember=remember)

    def press(self, step: OfferStep, choice: str, scene: Scene) -> Move | None:
        mode = scene.memory.get("mode")
        if choice == "paste":
            return _please(step, scene, step.waiting, {**_FORGOTTEN, "mode": "paste"})
        if choice == "ask":
            return _question(step, scene, (), {**_FORGOTTEN, "mode": "ask"})
        if choice == "stop":
            stopped = Outgoing(scene.say(step.stopped))
            return Move(say=(stopped,), remember=_FORGOTTEN, go="menu.main")
        if choice == "end":
            return Move(remember=_FORGOTTEN, go="menu.main")
        if mode == "ask":
            return _ask_on(step, scene, choice)
        return _look_again(step, scene, choice) if mode == "told" else None

    def hear(self, step: OfferStep, text: str, scene: Scene) -> Move | None:
        if scene.state.at == scene.here and scene.memory.get("mode") == "paste":
            return _pasted(step, text, scene)
        if scene.memory.get("mode") == "ask" or len(text.split()) < LONG_WORDS:
            return None
        findings = scene.content.offer.read(text)
        waited_for = scene.state.at == scene.here and not _is_something_else(text, scene, findings)
        return _read(step, scene, findings) if waited_for or _worries(scene, findings) else None

    def overhear(self, step: OfferStep, text: str, scene: Scene) -> Aside | None:
        mode = scene.memory.get("mode")
        if mode not in {"paste", "ask"}:
            return None
        back = scene.link(scene.here, step.kept)
        findings = scene.content.offer.read(text) if mode == "paste" else ()
        is_offer = _worries(scene, findings) or len(text.split()) >= LONG_WORDS
        if mode == "ask" or not is_offer:
            return Aside(back)
        found = [finding.sign for finding in findings]
        return Aside(back, {**_FORGOTTEN, "mode": "heard", "found": found})

    def unreadable(self, step: OfferStep, scene: Scene) -> Move | None:
        if scene.memory.get("mode") != "paste":
            return None
        return _please(step, scene, step.picture, {})

    def means(self, step: OfferStep, meaning: Meaning, scene: Scene) -> str | None:
        at = len(scene.memory.get("picked", ()))
        if scene.memory.get("mode") != "ask" or at >= len(step.questions):
            return None
        choices = step.questions[at].choices
        return next((f"{at}-{each.id}" for each in choices if each.means == meaning), None)


def _worries(scene: Scene, findings: Sequence[Finding]) -> bool:
    return any(not scene.content.offer.signs[finding.sign].good for finding in findings)


def _please(step: OfferStep, scene: Scene, words: str, remember: Mapping[str, Any]) -> Move:
    """Ask for the offer as text, with other ways beside it."""
    buttons = (
        scene.button("ask", step.ask),
        scene.link("consent.ask", step.human),
        scene.button("stop", step.stop),
    )
    return Move(say=(Outgoing(scene.say(words), buttons),), remember=remember)


def _pasted(step: OfferStep, text: str, scene: Scene) -> Move | None:
    words = len(LINK.sub(" ", text).split())
    if words < MIN_WORDS and LINK.search(text):
        return _please(step, scene, step.link, {})
    findings = scene.content.offer.read(text)
    if words < LONG_WORDS and _is_something_else(text, scene, findings):
        return None
    if words < MIN_WORDS:
        if scene.memory.get("short"):
            return None  # said once; now it is understood as anywhere else
        return _please(step, scene, step.short, {"short": True})
    return _read(step, scene, findings)


def _is_something_else(text: str, scene: Scene, findings: Sequence[Finding]) -> bool:
    """Tell whether a short text is a wish ("I want to talk to somebody") or a question rather than an offer."""
    meant = scene.understanding
    if meant.confidence < _SURE or meant.intent == "out_of_scope":
        return False
    if meant.intent not in scene.content.by_intent:
        return True
    return len(text.split()) < MIN_WORDS or (text.rstrip().endswith("?") and not findings)


def _read(step: OfferStep, scene: Scene, findings: Sequence[Finding]) -> Move:
    seen = {finding.sign: finding.words for finding in findings}
    return _told(Result(step, scene, tuple(seen), (), seen))


def _ask_on(step: OfferStep, scene: Scene, choice: str) -> Move | None:
    """Return what a button does while the questions are under way; an answer counts only to the open question."""
    # There may be fewer questions than when they were begun.
    picked = tuple(scene.memory["picked"])[: len(step.questions) - 1]
    if choice == "resume":
        return _question(step, scene, picked, {})
    if choice == "back":
        return _question(step, scene, picked[:-1], {"picked": list(picked[:-1])})
    number, _, answer = choice.partition("-")
    if number != str(len(picked)) or answer not in _answers(step.questions[len(picked)]):
        return None
    picked = (*picked, answer)
    if len(picked) < len(step.questions):
        return _question(step, scene, picked, {"picked": list(picked)})
    return _told(_answered(step, scene, picked))


def _answers(question: OfferQuestion) -> set[str]:
    return {"unknown", *(choice.id for choice in question.choices)}


def _question(
    step: OfferStep, scene: Scene, picked: Sequence[str], remember: Mapping[str, Any]
) -> Move:
    at = len(picked)
    question = step.questions[at]
    text = scene.say(
        step.question,
        number=at + 1,
        total=len(step.questions),
        question=scene.say(question.text),
    )
    buttons: list[Button] = [
        scene.button(f"{at}-{choice.id}", choice.title) for choice in question.choices
    ]
    buttons.append(scene.button(f"{at}-unknown", step.unknown))
    if at:
        buttons.append(scene.button("back", step.back))
    buttons.append(scene.button("stop", step.stop))
    return Move(say=(Outgoing(text, tuple(buttons)),), remember=remember)


def _answered(step: OfferStep, scene: Scene, picked: Sequence[str]) -> Result:
    """Return what the answers show; the signs in the order of their importance."""
    shown: set[str] = set()
    asks: list[str] = []
    for question, answer in zip(step.questions, picked, strict=False):
        chosen = next((choice for choice in question.choices if choice.id == answer), None)
        shown.update(chosen.signs if chosen else ())
        asks += chosen.asks if chosen else question.asks
    found = tuple(name for name in scene.content.offer.signs if name in shown)
    return Result(step, scene, found, tuple(asks))


def _told(result: Result) -> Move:
    remember = {
        **_FORGOTTEN,
        "mode": "told",
        "found": list(result.found),
        "asks": list(result.asks),
    }
    # Waiting nowhere: what the person writes next is understood as anywhere else.
    return Move(say=result.tell(), remember=remember, leave=True)


def _remembered(step: OfferStep, scene: Scene) -> Result:
    """Return the result as it was kept; a sign may have been taken out since."""
    known = scene.content.offer.signs
    found = (name for name in scene.memory.get("found", ()) if name in known)
    asks = (name for name in scene.memory.get("asks", ()) if name in known)
    return Result(step, scene, tuple(found), tuple(asks))


def _look_again(step: OfferStep, scene: Scene, choice: str) -> Move | None:
    result = _remembered(step, scene)
    told = {"more": result.tell_rest, "share": result.share, "sources": result.tell_sources}
    return Move(say=told[choice](), leave=True) if choice in told else None
