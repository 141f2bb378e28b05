"""One turn of a conversation: a pure function of its state, the message, its meaning, the content and the world.

What comes first when a message could mean several things: a command, a button (pressed or typed), danger, the step
that waits for words, an insult and nothing else, yes or no, a wish of the person (`INTENT_STEPS`), a question, and last the admission that it
was not understood.
"""

from dataclasses import dataclass, replace

from bot.content.load import Content
from bot.conversation import (
    attended,
    coming_in,
    cover,
    edited,
    further,
    joining,
    making_room,
    rudeness,
    unmet,
    voicing,
)
from bot.conversation.attachments import CALL, said
from bot.conversation.effects import Effect, ForgetWords, SetBlocked
from bot.conversation.languages import in_language, offer_languages
from bot.conversation.naming import named_button
from bot.conversation.play import Play
from bot.conversation.questions import GUESS, SUGGEST, answer, answers_to, offer_answers
from bot.conversation.state import Owner, State, World
from bot.conversation.ways import COMMANDS, INTENT_STEPS
from bot.messages import FURTHER, MAX_TEXT_CHARS, Incoming, IncomingKind, Outgoing
from bot.understanding.model import RiskLevel, Understanding

OFFER = "offer.check"
"""The step that looks for signs in a job offer."""
ANSWER = "answer.give"
SUPPORT = "risk.support"
CONCERN = "risk.concern"
TOPIC_STEPS = frozenset({SUPPORT, CONCERN})
"""Under these a turn may add a button to the answer that the message also asked for."""
SMALL_TALK = frozenset({"greet", "thanks", "goodbye", "affirm", "deny"})


@dataclass(frozen=True)
class TurnResult:
    """What a turn leads to."""

    state: State
    outgoing: tuple[Outgoing, ...]
    effects: tuple[Effect, ...]


def turn(
    state: State,
    incoming: Incoming,
    understanding: Understanding,
    content: Content,
    world: World,
) -> TurnResult:
    """Decide what a message leads to.

    Args:
        state: Where the conversation stands.
        incoming: What the person did.
        understanding: What it means, for text.
        content: All that can be said.
        world: Time, chance, who owns the conversation, and what is still known of earlier words.

    Returns:
        The new state, the messages in the order to be read, and the effects to be carried out in the same
        transaction.
    """
    state = in_language(state, incoming, understanding, content)
    play = Play(content, world, state, understanding)
    at = state.at
    if incoming.kind in {IncomingKind.BLOCKED, IncomingKind.UNBLOCKED}:
        play.effects.append(SetBlocked(blocked=incoming.kind is IncomingKind.BLOCKED))
    elif world.owner is not Owner.BOT:
        attended.play(play, incoming)
    elif cover.keeps(play, incoming):
        pass
    elif incoming.kind is IncomingKind.START:
        _start(play, incoming.text)
    elif incoming.kind is IncomingKind.BUTTON:
        _button(play, incoming.text)
    elif incoming.kind is IncomingKind.UNREADABLE:
        _unreadable(play, incoming)
    else:
        _text(play, incoming.text)
        if incoming.file is not None:
            _words_alone(play)
    making_room.greet(play, incoming)
    result = _result(play, incoming)
    left = edited.remembering(result.state, result.outgoing, incoming, at=at, took=play.took)
    if any(isinstance(effect, ForgetWords) for effect in result.effects):
        left = edited.forgetting(left)
    return replace(result, state=left)


def begin(state: State, target: str, content: Content, world: World) -> TurnResult:
    """Say first what stands at `target` (``flow.step``): nobody has written, but the person agreed to be written to."""
    # What was said before is no longer the last word.
    play = Play(content, world, replace(state, heard=None, stands=False, replied=None, wrote=None))
    play.enter(target)
    return _result(play)


def after_talk(state: State, level: RiskLevel, content: Content, world: World) -> TurnResult:
    """Return what the bot says when a counsellor has ended the talk about a case of this level."""
    play = Play(content, world, state)
    play.remember("feedback", level=level.value)
    play.enter("feedback.ask")
    return TurnResult(play.state, tuple(play.outgoing), tuple(play.effects))


def _result(play: Play, incoming: Incoming | None = None) -> TurnResult:
    coming_in.after_quiz(play)
    offer_languages(play)
    if incoming is not None:
        voicing.give_voice(play, incoming)
    state, at = play.state, voicing.last_said(play.outgoing)
    if at is not None:
        if not play.keeps_offered:
            offered = tuple((button.id, button.title) for button in play.outgoing[at].buttons)
            state = replace(state, offered=offered)
        voicing.number_options(play)
    return TurnResult(state, tuple(play.outgoing), tuple(play.effects))


def _start(play: Play, payload: str) -> None:
    """A deep link of a campaign leads straight to its quiz; else the welcome."""
    kind, _, name = payload.partition("_")
    is_code = joining.follow(play)
    play.state = replace(play.state, greeted=True)
    if is_code or coming_in.follow(play):
        return
    if kind == "quiz" and name in play.content.quizzes:
        play.remember("quiz", wanted=name)
        play.enter("quiz.play")
        return
    play.enter("welcome.hello")


def _button(play: Play, button: str) -> None:
    play.state = replace(play.state, greeted=True)
    if cover.is_hidden(play) and coming_in.is_shut(button.removeprefix(FURTHER)):
        cover.show_quiz(play)
    elif not further.show(play, button) and not play.press(button):
        play.enter("unclear.old_button")


def _unreadable(play: Play, incoming: Incoming) -> None:
    play.state = replace(play.state, greeted=True)
    if incoming.text == CALL:
        play.outgoing.append(said(play.content, play.state.locale, "no_calls"))
    if not play.unreadable():
        play.enter("unclear.unreadable")


def _words_alone(play: Play) -> None:
    """Say that the words beside a picture were read and the picture was not, unless danger or a cover comes first."""
    if play.understanding.risk.level is RiskLevel.NONE and not cover.is_hidden(play):
        play.outgoing.insert(0, said(play.content, play.state.locale, "words_alone"))


def _text(play: Play, text: str) -> None:
    if cover.hides(play, text):
        cover.play(play, text)
        return
    if len(text) >= MAX_TEXT_CHARS:
        # Said beside the rest: the step that waits for an answer stays the one it was.
        at = play.state.at
        play.enter("unclear.cut")
        play.state = replace(play.state, at=at)
    command = text.split(maxsplit=1)[0].partition("@")[0].casefold() if text.strip() else ""
    if command in COMMANDS:
        _go(play, COMMANDS[command])
        if command == making_room.COMMAND:
            play.effects.append(
                ForgetWords()
            )  # Nobody's words: it would be all that is kept of them.
    elif not typed_button(play, text) and not coming_in.stops(play, text):
        _meaning(play, text)
    play.state = replace(play.state, greeted=True)


def _go(play: Play, target: str) -> None:
    """Come to a step, or press one of its buttons."""
    if target.count(".") > 1:
        play.press(target)
    else:
        play.enter(target)


def typed_button(play: Play, text: str) -> bool:
    """Take a typed title, or its number, as the press of a button under the last message."""
    button = named_button(play, text)
    return button is not None and play.press(button)


def _meaning(play: Play, text: str) -> None:
    waited = play.state.at
    if play.world.phone.found is not None and play.hear(text):
        return  # Words that were set by somebody mean nothing else, whatever they are understood as.
    if _danger(play):
        play.overhear(waited, text)
        joining.after_danger(play)
    elif joining.typed(play, text) or joining.interrupts(play):
        pass
    elif not play.hear(text) and not rudeness.answers(play, text) and not _yes_or_no(play):
        if _in_doubt(play):
            play.remember("risk", unsure=True)
            play.enter("risk.unsure")
        elif not play.state.greeted and _is_vague(play.understanding):
            play.enter("welcome.hello")
        elif not _wish(play) and not _offer(play, text):
            if not answer(play, text):
                _not_understood(play)
            _note_unmet(play, text, waited)


def _note_unmet(play: Play, text: str, waited: str | None) -> None:
    noted = unmet.of_text(play.scene(ANSWER), text, waited)
    play.effects += noted.effects
    if noted.remember:
        play.remember("answer", **noted.remember)


def _danger(play: Play) -> bool:
    """Answer what a message tells of danger; it interrupts anything."""
    risk = play.understanding.risk
    tells = play.understanding.intent == "disclose" and play.understanding.confidence >= GUESS
    if tells and risk.level is RiskLevel.NONE:
        risk = replace(risk, level=RiskLevel.CONCERN)
    if risk.level is RiskLevel.NONE:
        return False
    before = play.state.recent_risk(play.world.now)
    if before.level is RiskLevel.NONE:
        # Long ago, or never: it is answered in full.
        play.remember("risk", told=False, level=0)
    play.state = replace(play.state, risk=before.joined(risk), risk_at=play.world.now)
    asked = before.level >= RiskLevel.CONCERN
    if risk.level >= RiskLevel.HIGH or asked:
        play.enter(SUPPORT)
    else:
        play.enter(CONCERN)
    offer_answers(play)
    return True


def _in_doubt(play: Play) -> bool:
    """Tell whether to ask plainly, once: no danger was found and none ruled out, and no question that we can answer."""
    understanding = play.understanding
    if not understanding.doubt or play.state.memory.get("risk", {}).get("unsure"):
        return False
    return understanding.confidence < GUESS or understanding.intent in {"out_of_scope", "disclose"}


def _yes_or_no(play: Play) -> bool:
    intent = play.understanding.intent
    if play.understanding.confidence < GUESS:
        return False
    if intent == "affirm":
        if not play.mean("affirm"):
            play.enter("menu.said_yes")
        return True
    if intent == "deny":
        if not play.mean("deny"):
            play.enter("menu.said_no")
        return True
    return False


def _is_vague(understanding: Understanding) -> bool:
    return understanding.intent in SMALL_TALK or understanding.confidence < SUGGEST


def _wish(play: Play) -> bool:
    target = INTENT_STEPS.get(play.understanding.intent)
    if target is None or play.understanding.confidence < GUESS:
        return False
    _go(play, target)
    return True


def _offer(play: Play, text: str) -> bool:
    """Read a long text as a job offer, when it asks about one and shows signs; the step itself tells whether it does.

    The answers about offers would say in general what the signs in this very text say. Without the language model the
    signs alone decide.
    """
    if not play.understanding.degraded:
        wanted = answers_to(play, play.understanding.guesses[:1], at_least=GUESS)
        if not any(play.content.answers[name].tool == "offer" for name in wanted):
            return False
    return play.give(OFFER, text)


def _not_understood(play: Play) -> None:
    understanding = play.understanding
    if understanding.degraded:
        play.enter("trouble.slow")
    elif understanding.intent == "out_of_scope" and understanding.confidence >= GUESS:
        play.enter("unclear.outside")
    else:
        play.enter("unclear.sorry")
