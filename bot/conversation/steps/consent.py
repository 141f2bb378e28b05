"""`consent`: the limits of confidentiality first, then exactly what a counsellor would see, then the question."""

from collections.abc import Sequence

from bot.content.steps import Consent
from bot.conversation.joining import ELSEWHERE
from bot.conversation.state import Said
from bot.conversation.steps.base import Door, Exit, Handler, Meaning, Move, Scene
from bot.conversation.wishes import told_wishes
from bot.messages import Button, Outgoing

MAX_SHARED_CHARS = 3_000


class ConsentHandler(Handler[Consent]):
    """Remembers which lines were shown; nothing else can be shared by the button under them."""

    def exits(self, step: Consent, door: Door) -> Sequence[Exit]:
        return (
            door.button("share", step.share, "waiting"),
            door.button("talk", step.talk, "waiting"),
            door.button("no", step.no, "menu.main"),
            door.button("no", step.no, "risk.stay", note="after_danger"),
            Exit(ELSEWHERE, note="talks_elsewhere"),
            door.button("share", step.share, ELSEWHERE, note="talks_elsewhere"),
            door.button("talk", step.talk, ELSEWHERE, note="talks_elsewhere"),
        )

    def enter(self, step: Consent, scene: Scene) -> Move:
        if scene.world.elsewhere is not None:
            # One case at a time: theirs goes on in another chat, and can come here.
            return Move(go=ELSEWHERE)
        shown = _latest(scene.world.buffer)
        limits = Outgoing(scene.say(step.limits), sensitive=True)
        talk, no = scene.button("talk", step.talk), scene.button("no", step.no)
        if shown:
            words = "\n".join(f"\u2022 {said.text}" for said in shown)
            buttons: tuple[Button, ...] = (scene.button("share", step.share), talk, no)
            told = scene.say(step.preview, words=words)
        else:
            buttons = (talk, no)
            told = scene.say(step.nothing)
        wished = told_wishes(scene, name=step.name)
        if wished:
            told = f"{told}\n\n{scene.say(step.wishes, wishes=wished)}"
        asked = Outgoing(told, buttons, sensitive=True)
        return Move(say=(limits, asked), remember={"lines": [said.id for said in shown]})

    def press(self, step: Consent, choice: str, scene: Scene) -> Move | None:
        if choice == "no":
            return Move(
                say=(Outgoing(scene.say(step.refused)),),
                go="risk.stay" if _told(scene) else "menu.main",
            )
        if choice not in {"share", "talk"}:
            return None
        if scene.world.elsewhere is not None:
            return Move(go=ELSEWHERE)
        version = scene.version(step.limits, step.preview, step.wishes, step.share, step.talk)
        return Move(go="waiting", remember={"share": choice == "share", "version": version})

    def means(self, step: Consent, meaning: Meaning, scene: Scene) -> str | None:
        # A bare yes is a yes to talking; sharing what was written takes the button that says so.
        return "talk" if meaning == "affirm" else "no"


def _told(scene: Scene) -> bool:
    return bool(scene.state.memory.get("risk", {}).get("told"))


def _latest(buffer: Sequence[Said]) -> list[Said]:
    chosen: list[Said] = []
    total = 0
    for said in reversed(buffer):
        total += len(said.text)
        if chosen and total > MAX_SHARED_CHARS:
            break
        chosen.append(said)
    return chosen[::-1]
