"""`shared_phone`: somebody makes room for another person at the same phone, or comes back with the words they set."""

from collections.abc import Sequence

from bot.content.phone_step import SharedPhone
from bot.conversation import phone
from bot.conversation.effects import BeginAnew, ComeBack, Effect, ForgetWords, SetReturnWords
from bot.conversation.phone import BACK, NEW, RETURNING, SETTING, STAGE, THEN, TRIED
from bot.conversation.state import Owner
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing
from bot.understanding.model import RiskLevel

MENU, WAITING, WELCOME = "menu.main", "consent.waiting", "welcome.hello"
CANCEL, MAKE, NONE, READY = "cancel", "make", "none", "ready"
N_MADE = 2
CLEAN = {STAGE: None, THEN: None, TRIED: False}
CLEAR = 0.5
"""What is understood this surely has been said by chance before."""


class SharedPhoneHandler(Handler[SharedPhone]):
    """The service looks words up before the turn. Whoever is here from then on is greeted by `bot.conversation.making_room`."""

    def exits(self, step: SharedPhone, door: Door) -> Sequence[Exit]:
        return (
            door.button(NEW, step.new),
            door.button(BACK, step.back),
            door.button(MAKE, step.make),
            door.button(NONE, step.none, WELCOME),
            door.button(NONE, step.none),
            door.button(READY, step.ready, WELCOME),
            door.button(READY, step.ready),
            Exit(None, note="written"),
            Exit(step.here, note="own_words"),
            door.button(CANCEL, step.cancel, MENU),
            door.button(CANCEL, step.cancel, WAITING, note="while_waiting"),
        )

    def enter(self, step: SharedPhone, scene: Scene) -> Move:
        cancel = scene.button(CANCEL, step.cancel)
        if not scene.world.phone.shared:
            return Move(say=(Outgoing(scene.say(step.alone), (cancel,)),))
        ways = (scene.button(NEW, step.new), scene.button(BACK, step.back), cancel)
        return Move(say=(Outgoing(scene.say(step.text), ways),), remember={**CLEAN})

    def press(self, step: SharedPhone, choice: str, scene: Scene) -> Move | None:
        if choice == CANCEL:
            waits = scene.world.owner is not Owner.BOT
            return Move(remember={**CLEAN}, go=WAITING if waits else MENU)
        if not scene.world.phone.shared:
            return self.enter(step, scene)
        if choice == NEW:
            return _before(step, scene, NEW)
        if choice == BACK:
            look = scene.world.phone
            leaves_something = look.has_said and not look.has_words
            return _before(step, scene, BACK) if leaves_something else _which(step, scene)
        if choice == MAKE and scene.memory.get(STAGE) == SETTING:
            return _made(step, scene)
        if choice in {NONE, READY} and scene.memory.get(THEN):
            return _go(step, scene)
        return None

    def hear(self, step: SharedPhone, text: str, scene: Scene) -> Move | None:
        stage = scene.memory.get(STAGE)
        words = phone.words_of(text)
        if words is None or stage is None or text.startswith("/"):
            return None
        if stage == SETTING:
            return _set(step, scene, words)
        found = scene.world.phone.found
        if found is None and _goes_by(scene):
            return None
        if found is not None and not scene.world.phone.busy:
            effects = (*_forgotten(scene), ComeBack(found.conversation_id))
            return Move(effects=effects, go=step.here)
        return _not_found(step, scene)


def _before(step: SharedPhone, scene: Scene, then: str) -> Move:
    """Offer words to come back with before somebody makes room; who has some may change them."""
    if scene.world.phone.has_words:
        said = Outgoing(scene.say(step.known), _onward(step, scene), sensitive=True)
    else:
        said = Outgoing(scene.say(step.offer), _offered(step, scene), sensitive=True)
    return Move(say=(said,), remember={STAGE: SETTING, THEN: then, TRIED: False})


def _made(step: SharedPhone, scene: Scene) -> Move:
    drawn, chain = scene.world.draw.passphrases, scene.content.words.chain(scene.state.locale)
    known = next((drawn[code] for code in chain if code in drawn), None)
    shown = " ".join((known or next(iter(drawn.values())))[:N_MADE])
    words = phone.words_of(shown)
    assert words is not None
    text = scene.say(step.made, words=shown)
    said = Outgoing(text, _onward(step, scene), sensitive=True)
    return Move(say=(said,), effects=(SetReturnWords(words),), remember={STAGE: None})


def _set(step: SharedPhone, scene: Scene, words: tuple[str, ...]) -> Move | None:
    """Take words, unless they could be guessed. That they are somebody else's is not said: it sounds like any that could."""
    look, forgotten = scene.world.phone, _forgotten(scene)
    if _goes_by(scene):
        return None
    if look.too_many_tries:
        buttons = (scene.button(CANCEL, step.cancel),)
        return Move(say=(Outgoing(scene.say(step.too_many), buttons),), effects=forgotten)
    if look.taken or phone.is_plain(words) or is_said_in_passing(scene):
        ways = _onward(step, scene) if look.has_words else _offered(step, scene)
        plain = Outgoing(scene.say(step.too_plain), ways, sensitive=True)
        return Move(say=(plain,), effects=forgotten, remember={TRIED: True})
    said = Outgoing(scene.say(step.noted), _onward(step, scene), sensitive=True)
    effects = (*forgotten, SetReturnWords(words))
    return Move(say=(said,), effects=effects, remember={STAGE: None})


def _go(step: SharedPhone, scene: Scene) -> Move:
    """Make room for whoever is to be here; who was here before is asked for their words first."""
    if scene.memory[THEN] == BACK:
        return _which(step, scene)
    if scene.world.phone.busy:
        return Move(say=(Outgoing(scene.say(step.busy), _onward(step, scene)),))
    return Move(effects=(BeginAnew(),), go=WELCOME)


def _which(step: SharedPhone, scene: Scene) -> Move:
    buttons = (scene.button(NEW, step.new), scene.button(CANCEL, step.cancel))
    said = Outgoing(scene.say(step.which), buttons, sensitive=True)
    return Move(say=(said,), remember={STAGE: RETURNING, THEN: None, TRIED: False})


def _not_found(step: SharedPhone, scene: Scene) -> Move:
    look = scene.world.phone
    words = step.busy if look.found is not None else step.unknown
    words = step.too_many if look.too_many_tries else words
    buttons = (scene.button(NEW, step.new), scene.button(CANCEL, step.cancel))
    said = Outgoing(scene.say(words), buttons)
    return Move(say=(said,), effects=_forgotten(scene), remember={TRIED: True})


def _goes_by(scene: Scene) -> bool:
    """Tell whether to understand words as anywhere else: that they could be said by chance was said once."""
    return bool(scene.memory.get(TRIED)) and is_said_in_passing(scene)


def is_said_in_passing(scene: Scene) -> bool:
    """Tell whether what was written means something to the bot, so that it may be written by chance."""
    meant = scene.understanding
    if meant.risk.level is not RiskLevel.NONE:
        return True
    return meant.confidence >= CLEAR and meant.intent != "out_of_scope"


def _forgotten(scene: Scene) -> tuple[Effect, ...]:
    """Return what lets the words be kept nowhere; while somebody waits for a counsellor they are in no buffer."""
    return (ForgetWords(),) if scene.world.owner is Owner.BOT else ()


def _offered(step: SharedPhone, scene: Scene) -> tuple[Button, ...]:
    return (
        scene.button(MAKE, step.make),
        scene.button(NONE, step.none),
        scene.button(CANCEL, step.cancel),
    )


def _onward(step: SharedPhone, scene: Scene) -> tuple[Button, ...]:
    return (scene.button(READY, step.ready), scene.button(CANCEL, step.cancel))
