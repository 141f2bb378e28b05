"""Whoever is here from now on: somebody new is welcomed as a stranger, somebody from before goes on where they were. Pure."""

from dataclasses import replace

from bot.content.phone_step import SharedPhone
from bot.conversation import cover, phone
from bot.conversation.effects import BeginAnew, ComeBack
from bot.conversation.languages import in_language
from bot.conversation.phone import Comer, PhoneLook
from bot.conversation.play import Play
from bot.conversation.state import Owner, State
from bot.conversation.steps.shared_phone import CLEAN, NONE, READY, is_said_in_passing
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.understanding.model import Understanding

COMMAND = "/switch"
WELCOME, WAITING = "welcome.hello", "consent.waiting"
GOING = frozenset({f"{phone.STEP}.{choice}" for choice in (NONE, READY)})


def greet(play: Play, incoming: Incoming) -> None:
    """Let the turn end with the words for whoever is here now, and with their state; of the other one nothing is in it."""
    for effect in play.effects:
        if isinstance(effect, BeginAnew):
            _welcome(play, incoming)
        elif isinstance(effect, ComeBack) and play.world.phone.found is not None:
            _go_on(play, play.world.phone.found)


def leave_talk(play: Play) -> bool:
    """Make room at once, while a counsellor talks: the bot asks nothing then, and the four words of the case lead back.

    False where it cannot be; then the counsellor sees what was wanted.
    """
    look = play.world.phone
    if not look.shared or look.busy:
        return False
    play.effects.append(BeginAnew())
    return True


def hears_words(play: Play, text: str) -> bool:
    """Take what somebody writes who waits for a counsellor as their words, where they were just asked for them.

    False where it may be meant for the counsellor.
    """
    if play.state.at != phone.STEP or phone.stage_of(play.state.memory) is None:
        return False
    if play.world.phone.found is None and is_said_in_passing(play.scene(phone.STEP)):
        return False
    return play.hear(text)


def _welcome(play: Play, incoming: Incoming) -> None:
    arrival = replace(incoming, kind=IncomingKind.START, text="", file=None)
    state = State(locale=play.world.phone.home)
    state = in_language(state, arrival, Understanding(), play.content)
    _begin(play, replace(state, greeted=True), Owner.BOT)
    play.enter(WELCOME)


def _go_on(play: Play, comer: Comer) -> None:
    state = comer.state.remembering(phone.FLOW, **CLEAN)
    _begin(play, replace(state, at=None), comer.owner)
    step = play.content.step(phone.STEP)
    assert isinstance(step, SharedPhone)
    if cover.is_hidden(play):
        cover.show_quiz(play)
    elif comer.owner is Owner.BOT:
        play.enter(play.content.resolve(step.here, here=phone.STEP))
    elif comer.owner is Owner.QUEUE:
        play.enter(WAITING)
    else:
        play.outgoing.append(Outgoing(play.scene(phone.STEP).say(step.in_talk)))


def _begin(play: Play, state: State, owner: Owner) -> None:
    """Forget in the midst of the turn who was here until now."""
    play.outgoing.clear()
    play.state, play.understanding = state, Understanding()
    look = PhoneLook(shared=play.world.phone.shared, home=play.world.phone.home)
    play.world = replace(play.world, owner=owner, phone=look, buffer=(), case_level=None)
