"""A turn while the person waits for a counsellor or talks with one: the bot keeps quiet.

What the person writes goes to the case. Only what they press or command themselves is still answered: while they
wait, the buttons of `control` steps; while a counsellor talks with them, leaving and being forgotten, and both end the
counsellor's turn first, so that the two never speak at once.
"""

from bot.conversation.effects import EscalateCase, LeaveCase, RecordConsent, RelayToCase
from bot.conversation.play import Play
from bot.conversation.state import Owner
from bot.messages import Incoming, IncomingKind
from bot.understanding.model import RiskLevel

LEAVE = "consent.waiting.leave"
LEAVING = {
    "/leave": LEAVE,
    "/stop": LEAVE,
    "/erase": "erase.ask",
}


def play(play: Play, incoming: Incoming) -> None:
    """Play an incoming event of a conversation that the bot does not own."""
    if incoming.kind is IncomingKind.TEXT:
        _text(play, incoming.text)
    elif incoming.kind is IncomingKind.BUTTON:
        _button(play, incoming.text)
    elif incoming.kind is IncomingKind.UNREADABLE:
        play.effects.append(RelayToCase(f"[{incoming.text}]"))
    elif play.world.owner is Owner.QUEUE:
        play.enter("consent.waiting")


def _text(play: Play, text: str) -> None:
    command = text.strip().casefold()
    if command in LEAVING:
        _leave_for(play, LEAVING[command])
        return
    if play.world.owner is Owner.QUEUE:
        for button, title in play.state.offered:
            if command == title.casefold() and _is_control(play, button) and play.press(button):
                return
    play.effects.append(RelayToCase(text))
    risk = play.understanding.risk
    if play.world.case_level is not None and risk.level > max(
        play.world.case_level, RiskLevel.CONCERN
    ):
        play.effects.append(EscalateCase(risk))


def _button(play: Play, button: str) -> None:
    if button in {LEAVE, "erase.ask", "erase.ask.yes"} or button.endswith(".erase"):
        _leave_for(play, button)
    elif play.world.owner is Owner.QUEUE:
        if not (_is_control(play, button) and play.press(button)):
            play.enter("consent.waiting")
    elif button.startswith("consent.waiting."):
        _quietly(play, button)
    else:
        title = dict(play.state.offered).get(button)
        if title is not None:
            play.effects.append(RelayToCase(f"[{title}]"))


def _leave_for(play: Play, target: str) -> None:
    """End the counsellor's turn, then answer."""
    if target != LEAVE:
        play.effects.append(LeaveCase())
    if target.count(".") == 1:
        play.enter(target)
    elif not play.press(target):
        play.enter("menu.main")


def _quietly(play: Play, button: str) -> None:
    """Record a choice about being contacted later, without the bot speaking into the talk."""
    before = len(play.outgoing)
    play.press(button)
    del play.outgoing[before:]
    play.effects[:] = [effect for effect in play.effects if isinstance(effect, RecordConsent)]


def _is_control(play: Play, button: str) -> bool:
    target = ".".join(button.split(".")[:2])
    return play.content.has_step(target) and play.content.step(target).control
