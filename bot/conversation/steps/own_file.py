"""`own_file`: the person looks into their own file, and answers what is to be passed on."""

from collections.abc import Sequence

from bot.content.file_step import OwnFile
from bot.conversation.effects import (
    AnswerReferral,
    AskForFile,
    CorrectFile,
    Effect,
    EndInvolvement,
    ForgetWords,
    TakeBackReferral,
)
from bot.conversation.own import ANSWERS, OPEN_FOR, opened_case
from bot.conversation.own import OwnFile as File
from bot.conversation.steps.base import Aside, Door, Exit, Handler, Move, Scene
from bot.conversation.steps.passphrase import words_of
from bot.messages import Button, Outgoing

RUNNING = frozenset({"consented", "sent", "accepted", "declined", "no_answer"})
"""The states of a referral in which there is a yes that can be taken back."""
SHUT = {"case": None, "until": None, "correcting": False}


class OwnFileHandler(Handler[OwnFile]):
    """The service looks everything up before the turn; here it is told, and pressed.

    An answer to a referral needs no four words: it was shown in the talk to which the person had just agreed.
    """

    def exits(self, step: OwnFile, door: Door) -> Sequence[Exit]:
        return (
            door.button("yes-*", step.yes),
            door.button("no-*", step.no),
            door.button("back-*", step.take_back),
            door.button("show", step.show),
            door.button("correct", step.correct),
            door.button("family_end", step.family_end),
            door.link("consent.ask", step.human),
            door.link("emergency.show", step.numbers),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: OwnFile, scene: Scene) -> Move:
        said = Outgoing(scene.say(step.text), _ways_on(step, scene), sensitive=True)
        return Move(say=(said,), remember=SHUT)

    def hear(self, step: OwnFile, text: str, scene: Scene) -> Move | None:
        look = scene.world.own
        if look is None:
            return None
        if look.file is None:
            refused = step.too_many if look.too_many_tries else step.unknown
            said = Outgoing(scene.say(refused), _ways_on(step, scene))
            # A slip of the pen gives most of the secret away: it is not kept, and shown to nobody.
            forget = () if words_of(text) is None else (ForgetWords(),)
            return Move(say=(said,), remember=SHUT, effects=forget)
        if scene.memory.get("correcting"):
            effects = (CorrectFile(look.file.case_id, text), ForgetWords())
            said = Outgoing(scene.say(step.corrected), _ways_on(step, scene))
            return Move(say=(said,), effects=effects, remember={"correcting": False})
        until = (scene.world.now + OPEN_FOR).isoformat()
        opened = {"case": str(look.file.case_id), "until": until, "correcting": False}
        told = _overview(step, scene, look.file)
        return Move(say=(told,), remember=opened, effects=(ForgetWords(),))

    def counts(self, step: OwnFile, scene: Scene) -> bool:
        # What is wrong in a file may be a number.
        return bool(scene.memory.get("correcting"))

    def overhear(self, step: OwnFile, text: str, scene: Scene) -> Aside | None:
        # What is wrong in the file of somebody in danger often tells of danger itself. It is kept all the same.
        look = scene.world.own
        if look is None or look.file is None or not scene.memory.get("correcting"):
            return None
        back = scene.link(scene.here, step.kept)
        return Aside(back, {"correcting": False}, (CorrectFile(look.file.case_id, text),))

    def press(self, step: OwnFile, choice: str, scene: Scene) -> Move | None:
        kind, _, number = choice.partition("-")
        if kind in ANSWERS and number:
            return _answer(step, scene, kind, number)
        if choice not in {"show", "correct", "family_end"}:
            return None
        file = scene.world.own.file if scene.world.own else None
        if file is None:
            said = Outgoing(scene.say(step.closed), _ways_on(step, scene), sensitive=True)
            return Move(say=(said,), remember=SHUT)
        if choice == "show":
            return _show(step, scene, file)
        if choice == "family_end":
            said = Outgoing(scene.say(step.family_ended), _ways_on(step, scene))
            return Move(say=(said,), effects=(EndInvolvement(file.case_id),))
        if file.request != "released":
            return _show(step, scene, file)
        how = Outgoing(scene.say(step.correct_how), _ways_on(step, scene))
        return Move(say=(how,), remember={"correcting": True})


def question(
    step: OwnFile,
    scene: Scene,
    *,
    number: str,
    receiver: str,
    purpose: str,
    fields: Sequence[tuple[str, str]],
) -> Move:
    """Return the message in which the person reads a referral, word for word, and answers it."""
    lines = [
        scene.say(step.field_line, field=scene.say(step.fields[name]), value=value)
        for name, value in fields
    ]
    words = scene.say(step.question, receiver=receiver, purpose=purpose, fields="\n".join(lines))
    buttons = (scene.button(f"yes-{number}", step.yes), scene.button(f"no-{number}", step.no))
    return Move(say=(Outgoing(words, buttons, sensitive=True),))


def _answer(step: OwnFile, scene: Scene, kind: str, number: str) -> Move:
    state, buttons = scene.world.referral, _ways_on(step, scene)
    case_id = opened_case(scene.memory, scene.world.now)
    effect: Effect
    if kind == "back" and state in RUNNING:
        said, effect = step.taken_back, TakeBackReferral(number, case_id)
    elif kind != "back" and state == "shown":
        granted = kind == "yes"
        said = step.agreed if granted else step.refused
        effect = AnswerReferral(number, granted, case_id)
        if granted:
            buttons = (scene.button(f"back-{number}", step.take_back), *buttons)
    else:
        return Move(say=(Outgoing(scene.say(step.over), buttons),))
    return Move(say=(Outgoing(scene.say(said), buttons),), effects=(effect,))


def _show(step: OwnFile, scene: Scene, file: File) -> Move:
    if file.request == "released":
        words = scene.say(step.written, words=file.text)
        buttons = (scene.button("correct", step.correct), *_ways_on(step, scene))
        return Move(say=(Outgoing(words, buttons, sensitive=True),))
    if file.request == "asked":
        return Move(say=(Outgoing(scene.say(step.waiting), _ways_on(step, scene)),))
    asked = Outgoing(scene.say(step.asked), _ways_on(step, scene))
    return Move(say=(asked,), effects=(AskForFile(file.case_id),))


def _overview(step: OwnFile, scene: Scene, file: File) -> Outgoing:
    lines = [scene.say(step.opened, reference=file.reference)]
    for each in file.referrals:
        state = scene.say(dict(step.states)[each.state])  # type: ignore[index]  # only states that are told
        lines.append(
            scene.say(step.referral, number=each.number, receiver=each.receiver, state=state)
        )
    if not file.referrals:
        lines.append(scene.say(step.nothing))
    for who in file.involved:
        told = {"who": who.who, "what": who.what, "channel": who.channel}
        lines.append(scene.say(step.involved, **told))
    if file.files:
        lines.append(scene.say(step.files, count=file.files))
    return Outgoing("\n\n".join(lines), _choices(step, scene, file), sensitive=True)


def _choices(step: OwnFile, scene: Scene, file: File) -> tuple[Button, ...]:
    """Return the buttons under the overview: those of the newest referral of each kind, so that no two read the same."""
    found: list[Button] = []
    shown = next((each for each in file.referrals if each.state == "shown"), None)
    if shown is not None:
        found += [
            scene.button(f"yes-{shown.number}", step.yes),
            scene.button(f"no-{shown.number}", step.no),
        ]
    running = next((each for each in file.referrals if each.state in RUNNING), None)
    if running is not None:
        found.append(scene.button(f"back-{running.number}", step.take_back))
    if file.involved:
        found.append(scene.button("family_end", step.family_end))
    return (*found, scene.button("show", step.show), *_ways_on(step, scene))


def _ways_on(step: OwnFile, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.link("consent.ask", step.human),
        scene.link("emergency.show", step.numbers),
        scene.link("menu.main", step.menu),
    )
