"""`hand_over`: opens the case and tells the person who now waits what happens, and what they can still do."""

from collections.abc import Sequence

from bot.content.steps import HandOver
from bot.conversation.effects import Effect, Granted, LeaveCase, OpenCase, RecordConsent
from bot.conversation.phone import STEP as PHONE
from bot.conversation.state import Owner
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.conversation.steps.waiting_time import is_planned, told_of_time
from bot.conversation.wishes import wishes
from bot.messages import Button, Outgoing


class HandOverHandler(Handler[HandOver]):
    """Its buttons are the only ones that still speak for the bot while the person waits."""

    def exits(self, step: HandOver, door: Door) -> Sequence[Exit]:
        return (
            Exit("consent.ask", note="not_asked"),
            door.button("later_yes", step.later_yes),
            door.button("later_when", step.later_when),
            *(door.button(f"at-{name}", title) for name, title in step.times.items()),
            door.button("later_no", step.later_no),
            door.button("numbers", step.numbers, "emergency.show"),
            door.link("language.choose", step.language),
            door.link(PHONE, step.phone),
            door.button("leave", step.leave, "menu.main"),
        )

    def enter(self, step: HandOver, scene: Scene) -> Move:
        if scene.world.owner is not Owner.BOT:
            return Move(say=(Outgoing(scene.say(step.waiting), _controls(step, scene)),))
        if not scene.memory.get("version"):
            # Nobody has been asked yet: no button, old or forged, opens a case without the question.
            return Move(go="consent.ask")
        passphrase = _passphrase(scene)
        told = scene.say(
            step.staffed if scene.world.on_desk or is_planned(scene) else step.unstaffed,
            reference=scene.world.draw.reference,
            passphrase=" ".join(passphrase),
        )
        later = Outgoing(scene.say(step.later), _controls(step, scene))
        return Move(
            say=(Outgoing(told, sensitive=True), *told_of_time(scene), later),
            effects=(_case(scene, passphrase),),
            remember={"lines": [], "share": False, "version": None},
        )

    def press(self, step: HandOver, choice: str, scene: Scene) -> Move | None:
        if scene.world.owner is Owner.BOT and choice != "numbers":
            # From an old message: nobody waits any more.
            return None
        if choice == "leave":
            left = Outgoing(scene.say(step.left))
            return Move(say=(left,), effects=(LeaveCase(),), go="menu.main")
        if choice == "numbers":
            return Move(go="emergency.show")
        if choice == "later_when":
            times = tuple(scene.button(f"at-{name}", title) for name, title in step.times.items())
            return Move(say=(Outgoing(scene.say(step.ask_when), times),))
        detail = choice.removeprefix("at-")
        if choice.startswith("at-") and detail in step.times:
            return _noted(step, scene, step.noted_when, granted=True, detail=detail)
        if choice == "later_yes":
            return _noted(step, scene, step.noted_yes, granted=True, detail="any")
        if choice == "later_no":
            return _noted(step, scene, step.noted_no, granted=False, detail=None)
        return None


def _passphrase(scene: Scene) -> tuple[str, ...]:
    """Return four words in the person's language, or the next of its chain that has any."""
    drawn = scene.world.draw.passphrases
    known = (
        drawn[code] for code in scene.content.words.chain(scene.state.locale) if code in drawn
    )
    return next(known, None) or next(iter(drawn.values()))


def _case(scene: Scene, passphrase: tuple[str, ...]) -> OpenCase:
    shares = bool(scene.memory.get("share"))
    version = str(scene.memory["version"])
    lines = tuple(scene.memory.get("lines", ())) if shares else ()
    return OpenCase(
        reference=scene.world.draw.reference,
        passphrase=passphrase,
        risk=scene.state.risk,
        share=lines,
        consents=(
            Granted("talk", granted=True, text_version=version),
            Granted("share", granted=shares, text_version=version),
        ),
        wishes=wishes(scene),
        wait=scene.world.wait,
    )


def _noted(step: HandOver, scene: Scene, text: str, *, granted: bool, detail: str | None) -> Move:
    version = scene.version(step.later, step.ask_when)
    effects: tuple[Effect, ...] = (
        RecordConsent(
            Granted("contact_later", granted=granted, text_version=version, detail=detail)
        ),
    )
    return Move(say=(Outgoing(scene.say(text)),), effects=effects)


def _controls(step: HandOver, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.button("later_yes", step.later_yes),
        scene.button("later_when", step.later_when),
        scene.button("later_no", step.later_no),
        scene.button("numbers", step.numbers),
        scene.link("language.choose", step.language),
        scene.link(PHONE, step.phone),
        scene.button("leave", step.leave),
    )
