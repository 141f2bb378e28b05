"""A turn while the person waits for a counsellor or talks with one: the bot keeps quiet.

What the person writes goes to the case. Only what they press or command themselves is still answered: while they
wait, the buttons of `control` steps; while a counsellor talks with them, leaving and being forgotten, and both end the
counsellor's turn first, so that the two never speak at once. A consent can be taken back at any time, in silence.
"""

from dataclasses import replace

from bot.content.file_step import OwnFile
from bot.content.steps import HandOver, Step
from bot.conversation import cover, making_room, paused, phone
from bot.conversation.attachments import CALL, WITHOUT_WORDS, is_offered, said, why_not
from bot.conversation.campaign_effects import LeaveCampaigns
from bot.conversation.effects import (
    AnswerGoOn,
    EndPause,
    EscalateCase,
    LeaveCase,
    RecordConsent,
    RelayToCase,
    WarnOfWatcher,
)
from bot.conversation.naming import named_button
from bot.conversation.own import STEP as OWN_FILE
from bot.conversation.own import number_of
from bot.conversation.play import Play
from bot.conversation.state import Owner
from bot.conversation.steps.base import Move
from bot.conversation.unchecked import played
from bot.messages import Incoming, IncomingKind, Outgoing
from bot.understanding.model import RiskLevel

LEAVE = "consent.waiting.leave"
ERASE = "erase.ask"
NOT_NOW = "go_on.ask.not_now"
TAKING_BACK = frozenset({"learn.ask.no", "campaigns.news.no", "broadcast.open.stop"})
GO_ON = {"go_on.ask.yes": True, NOT_NOW: False}
"""What a press under "may we go on?" means (`flows/whatsapp/house.yml`)."""
NUMBERS = "emergency.show"
OF_THEIR_OWN = {"/language": "language.choose", making_room.COMMAND: phone.STEP}
"""What whoever waits may command beside leaving."""
LEAVING = {
    "/leave": LEAVE,
    "/stop": LEAVE,
    "/erase": ERASE,
}


def play(play: Play, incoming: Incoming) -> None:
    """Play an incoming event of a conversation that the bot does not own."""
    if incoming.kind is IncomingKind.TEXT:
        _text(play, incoming)
    elif incoming.kind is IncomingKind.EDITED:
        _edited(play, incoming.text)
    elif incoming.kind is IncomingKind.BUTTON:
        _button(play, incoming.text)
    elif incoming.kind is IncomingKind.UNREADABLE:
        _unreadable(play, incoming)
    elif play.world.owner is Owner.QUEUE and not cover.keeps(play, incoming):
        play.enter("consent.waiting")


def _unreadable(play: Play, incoming: Incoming) -> None:
    """Hand over a file that may be one for a counsellor, or a place; of anything else they learn what it was, and the person what works."""
    file = is_offered(incoming.file)
    what = f"[{incoming.text}] {incoming.place}".rstrip()
    play.effects.append(RelayToCase("" if file else what, file))
    if incoming.place:
        # Whoever says where they are may need somebody there.
        _end_pause(play)
    if file is None and not incoming.place and incoming.text not in WITHOUT_WORDS:
        _decline(play, "no_calls" if incoming.text == CALL else why_not(incoming.file))


def _decline(play: Play, why: str) -> None:
    if cover.is_hidden(play):
        return
    play.outgoing.append(said(play.content, play.state.locale, why))
    if play.world.owner is Owner.QUEUE:
        # Their buttons stand under the newest message.
        play.enter("consent.waiting")


def _text(play: Play, incoming: Incoming) -> None:
    text = incoming.text
    command = text.strip().casefold()
    if cover.is_safe_word(play, text):
        _warn(play, text)
        return
    if command in LEAVING:
        _leave_for(play, LEAVING[command])
        return
    if play.world.owner is Owner.QUEUE:
        if command in OF_THEIR_OWN:
            play.enter(OF_THEIR_OWN[command])
            return
        if making_room.hears_words(play, text):
            return
        named = named_button(play, text)
        by_number = named is not None and dict(play.state.offered)[named].casefold() != command
        # A bare number may be a word to the counsellor: nobody leaves the queue by one.
        is_meant = named is not None and not (by_number and named == LEAVE)
        if named is not None and is_meant and _is_control(play, named) and play.press(named):
            return
    elif (command == making_room.COMMAND and making_room.leave_talk(play)) or (
        play.world.paused and _way_on(play, named_button(play, text) or "")
    ):
        return
    file = is_offered(incoming.file)
    play.effects.append(RelayToCase(text, file))
    if play.world.owner is Owner.STAFF and command in _not_now(play):
        play.effects.append(AnswerGoOn(yes=False, typed=True))
    _escalate(play)
    if incoming.file is not None and file is None:
        _decline(play, why_not(incoming.file))


def _edited(play: Play, text: str) -> None:
    """Show the counsellor what the words of an earlier line have been changed to; it commands nothing and presses nothing."""
    if cover.is_safe_word(play, text):
        _warn(play, text)
        return
    play.effects.append(RelayToCase(text, edited=True))
    _escalate(play)


def _escalate(play: Play) -> None:
    risk = play.understanding.risk
    if play.world.case_level is not None and risk.level > max(
        play.world.case_level, RiskLevel.CONCERN
    ):
        play.effects.append(EscalateCase(risk))
    if paused.comes_through(play.understanding):
        _end_pause(play)


def _end_pause(play: Play) -> None:
    """Let the counsellor who rests from this talk see at once what has come."""
    if play.world.paused:
        play.effects.append(EndPause())


def _way_on(play: Play, button: str) -> bool:
    """Do what was chosen under the words that the talk is paused; False for anything else.

    The numbers are said at any time: whoever presses for them late may need them.
    """
    if button == paused.LEAVE:
        _leave_for(play, LEAVE)
    elif button == paused.NUMBERS and not cover.is_hidden(play):
        at, title = play.state.at, dict(play.state.offered).get(button)
        play.enter(NUMBERS)
        play.state = replace(play.state, at=at)
        play.keeps_offered = True
        if title is not None:
            play.effects.append(RelayToCase(f"[{title}]"))
    else:
        return False
    return True


def _warn(play: Play, text: str) -> None:
    """Tell the counsellor that somebody may be looking, or no more; who only waits sees the quiz at once."""
    watched = not cover.is_hidden(play)
    play.effects.append(WarnOfWatcher(watched))
    _end_pause(play)
    if play.world.owner is Owner.QUEUE:
        cover.play(play, text)
    elif watched:
        cover.hide(play)
    else:
        play.remember(cover.FLOW, **{cover.UNTIL: None})


def _button(play: Play, button: str) -> None:
    if button in {LEAVE, ERASE, f"{ERASE}.yes"}:
        _leave_for(play, button)
    elif button.endswith(".erase") and _step_of(play, button) is not None:
        _leave_for(play, ERASE)
    elif _way_on(play, button):
        pass
    elif button in TAKING_BACK:
        _quietly(play, button)
    elif number_of(button) is not None:
        _answer_referral(play, button)
    elif play.world.owner is Owner.QUEUE:
        _while_waiting(play, button)
    elif _makes_room(play, button):
        pass
    elif button.startswith("consent.waiting."):
        _quietly(play, button)
    elif button in GO_ON:
        play.effects.append(AnswerGoOn(GO_ON[button]))
    else:
        title = dict(play.state.offered).get(button) or _title_under_template(play, button)
        if title is not None:
            play.effects.append(RelayToCase(f"[{title}]"))


def _title_under_template(play: Play, button: str) -> str | None:
    """Return what was pressed under words that a platform has approved: they came before the talk, or beside it."""
    under = (each for template in play.content.templates.values() for each in template.buttons)
    title = next((each.title for each in under if each.id == button), None)
    return None if title is None else play.content.words.say(title, play.state.locale)


def _makes_room(play: Play, button: str) -> bool:
    """Do what somebody asked for while they waited, though a counsellor has taken their case meanwhile."""
    asked = button in making_room.GOING and play.state.at == phone.STEP
    return asked and making_room.leave_talk(play)


def _while_waiting(play: Play, button: str) -> None:
    """Do what the button of a control step says, else tell again how it stands; under cover only the quiz is there."""
    if cover.is_hidden(play):
        if not (button.startswith("quiz.") and play.press(button)):
            cover.show_quiz(play)
    elif not (_is_control(play, button) and play.press(button)):
        play.enter("consent.waiting")


def _leave_for(play: Play, target: str) -> None:
    """End the counsellor's turn, then answer; who only waits may still change their mind about erasing."""
    if target != LEAVE and play.world.owner is Owner.STAFF:
        _say_left(play)
    if target.count(".") == 1:
        play.enter(target)
    elif not play.press(target):
        play.enter("menu.main")


def _say_left(play: Play) -> None:
    step = play.content.step("consent.waiting")
    assert isinstance(step, HandOver)
    left = played(
        play.scene("consent.waiting"), lambda scene: Move(say=(Outgoing(scene.say(step.left)),))
    )
    assert left is not None
    play.outgoing += left.say
    play.effects.append(LeaveCase())


def _quietly(play: Play, button: str) -> None:
    """Record a choice about a consent, without the bot speaking into the talk."""
    at, offered = play.state.at, dict(play.state.offered)
    play.press(button)
    play.outgoing.clear()
    play.state = replace(play.state, at=at)
    play.effects[:] = [
        effect for effect in play.effects if isinstance(effect, RecordConsent | LeaveCampaigns)
    ]
    if not play.effects and button in offered:
        # Nothing to record: the counsellor sees what was pressed.
        play.effects.append(RelayToCase(f"[{offered[button]}]"))


def _answer_referral(play: Play, button: str) -> None:
    """Take the answer to what a counsellor has shown: the person reads that it counts, and the counsellor sees it in the thread."""
    at = play.state.at
    play.press(button)
    play.state = replace(play.state, at=at)
    step = play.content.step(OWN_FILE)
    assert isinstance(step, OwnFile)
    pressed = button.rpartition(".")[2].partition("-")[0]
    title = {"yes": step.yes, "no": step.no, "back": step.take_back}[pressed]
    if play.effects:
        play.effects.append(RelayToCase(f"[{play.scene(OWN_FILE).title(title)}]"))


def _not_now(play: Play) -> frozenset[str]:
    """Return what may stand on the button that puts a talk off: it comes in the first language of the person's chain that is approved."""
    asked = play.content.templates.get("go_on")
    titles = [each.title for each in asked.buttons if each.id == NOT_NOW] if asked else []
    words = play.content.words
    codes = words.chain(play.state.locale)
    return frozenset(words.say(title, code).casefold() for title in titles for code in codes)


def _is_control(play: Play, button: str) -> bool:
    step = _step_of(play, button)
    return step is not None and step.control


def _step_of(play: Play, button: str) -> Step | None:
    target = ".".join(button.split(".")[:2])
    return play.content.step(target) if play.content.has_step(target) else None
