"""Answers a question in a turn: at once where the answer is certain, as a suggestion where it is not, under support where there is danger too."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.matching import match, usable
from bot.conversation.play import Play
from bot.conversation.ways import INTENT_STEPS
from bot.messages import Button
from bot.understanding.model import Guess

SURE = 0.5
"""From this confidence an answer is simply given."""
GUESS = 0.3
"""From here it is given with "was this what you meant?"; below, up to three suggestions are offered."""
SUGGEST = 0.12
MAX_SUGGESTIONS = 3
MAX_TOPICS = 2
"""Under the answer to danger, so many answers to what was also asked: the ways to a person stay in sight."""
_WORD = re.compile(r"\w{3,}")


def offer_answers(play: Play) -> None:
    """A message that tells *and* asks keeps its question: its answer is one press away."""
    matches = match(play.understanding, play.content)
    if matches is None:
        answers = answers_to(play, play.understanding.guesses[:1], at_least=GUESS)
    else:
        answers = usable(matches.answers, play.content, play.world.now.date())
    if not answers or not play.outgoing:
        return
    last, words = play.outgoing[-1], play.content.words
    buttons = tuple(
        Button(
            f"answer.give.{name}", words.say(play.content.answers[name].title, play.state.locale)
        )
        for name in answers[:MAX_TOPICS]
    )
    play.outgoing[-1] = replace(last, buttons=(*last.buttons, *buttons))


def answer(play: Play, text: str) -> bool:
    """Give the answer that a message asks for, or suggest some; False where none fits."""
    matches = match(play.understanding, play.content)
    if matches is None:
        return _answer_by_intent(play, text)
    if not matches.answers:
        return False
    if matches.sure:
        first, *beside = matches.answers
        play.remember("answer", wanted=[first], beside=beside, unsure=False)
    else:
        fresh = usable(matches.answers, play.content, play.world.now.date())
        play.remember("answer", wanted=fresh, beside=[], unsure=True)
    play.enter("answer.give")
    return True


def _answer_by_intent(play: Play, text: str) -> bool:
    best = play.understanding.confidence
    topics = [g for g in play.understanding.guesses if g.intent not in INTENT_STEPS]
    if not topics or topics[0].intent in {"out_of_scope", "disclose"}:
        return False
    if best >= GUESS:
        wanted = answers_to(play, topics[:1], at_least=GUESS)
        if not wanted:
            play.enter("answer.missing")
            return True
        ordered = _nearest_first(play, wanted, text)
        play.remember("answer", wanted=ordered[:1], beside=ordered[1:3], unsure=best < SURE)
        play.enter("answer.give")
        return True
    wanted = answers_to(play, topics, at_least=SUGGEST)[:MAX_SUGGESTIONS]
    if not wanted:
        return False
    play.remember("answer", wanted=wanted, beside=[], unsure=True)
    play.enter("answer.give")
    return True


def answers_to(play: Play, guesses: Sequence[Guess], *, at_least: float) -> list[str]:
    """Return the answers to the intents guessed with some confidence, without those overdue for review."""
    today = play.world.now.date()
    return [
        answer.id
        for guess in guesses
        if guess.confidence >= at_least
        for answer in play.content.usable_answers(guess.intent, today)
    ]


def _nearest_first(play: Play, answers: list[str], text: str) -> list[str]:
    """Return several answers to one intent with the one whose question shares most words with `text` first."""
    typed = set(_WORD.findall(text.casefold()))

    def shared(name: str) -> int:
        answer = play.content.answers[name]
        asked = play.content.words.say(answer.question, play.state.locale)
        return len(typed & set(_WORD.findall(asked.casefold())))

    return sorted(answers, key=lambda name: -shared(name))
