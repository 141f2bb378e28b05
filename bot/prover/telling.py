"""Tells a golden conversation so that a person can read it, and how one went otherwise."""

import json
from collections.abc import Iterator
from difflib import unified_diff

from bot.content.load import Content
from bot.prover.golden import Turn
from bot.prover.places import has_place, text_at
from bot.prover.replay import UNKNOWN, Played, places_of

MAX_LINE_CHARS = 400


def conversation(played: Played) -> Iterator[str]:
    """Yield the lines of one turn: what the person did, what Suar said and offered, and what it did."""
    yield f"{played.number:>3} > {_act(played.turn)}"
    for message in played.messages:
        first, *rest = message.text.splitlines()
        yield f"    < {first}"
        yield from (f"      {line}" for line in rest)
        if message.buttons:
            yield "      " + " ".join(f"[{button.title}]" for button in message.buttons)
    done = [type(effect).__name__ for effect in played.effects]
    if played.went.owner:
        done.append(f"owner: {played.went.owner}")
    if done:
        yield f"    * {', '.join(done)}"


def difference(content: Content, played: Played) -> Iterator[str]:
    """Yield the lines of a diff from what was written down to what came of the turn."""
    written = list(_outcome(content, played, played.turn))
    went = list(_outcome(content, played, played.went))
    yield from unified_diff(written, went, "as written", "as played", lineterm="", n=2)


def _act(turn: Turn) -> str:
    if turn.text is None:
        act = turn.act
        return f"({getattr(turn, act)})" if act == "does" else f"({act}: {getattr(turn, act)})"
    text = json.dumps(turn.text * turn.times, ensure_ascii=False)
    shown = text if len(text) <= MAX_LINE_CHARS else f"{text[:MAX_LINE_CHARS]}…"
    means = turn.means
    guess = f"{means.intent} {means.confidence:g}"
    read = ["language model away" if means.degraded else guess]
    if means.risk != "none":
        read.append(" ".join((means.risk, *means.kinds)))
    return f"{shown}  ({', '.join(read)})" if "means" in turn.model_fields_set else shown


def _outcome(content: Content, played: Played, turn: Turn) -> Iterator[str]:
    """Yield what comes of a turn, a line each; equal outcomes give equal lines."""
    for number, said in enumerate(turn.said, start=1):
        yield f"message {number}"
        for place in places_of(said):
            if has_place(content, place):
                words = content.words.say(text_at(content, place), played.locale)
            elif place == UNKNOWN:
                words = played.messages[number - 1].text
            else:
                words = "(nothing stands there)"
            yield f"  {place}: {words}".replace("\n", " / ")
    yield from (f"  holds: {words}" for words in turn.holds)
    yield from (f"button {button}" for button in turn.buttons)
    yield from (f"effect {effect}" for effect in turn.effects)
    yield f"owner {turn.owner or 'as before'}"
    yield f"locale {turn.locale or 'as before'}"
