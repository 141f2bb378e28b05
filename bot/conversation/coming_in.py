"""Links of campaigns, which lead straight to what they promise, and the words that end what nobody asked for. Pure."""

import re
from dataclasses import replace

from bot.content.event_steps import RateCampaign
from bot.conversation import came, events, joining, series
from bot.conversation.campaign_effects import BecomeTester, LinkOpened
from bot.conversation.effects import QuizFinished
from bot.conversation.play import Play
from bot.understanding.cleaning import folded
from bot.understanding.model import RiskLevel

FLOW = "campaigns"
ABOUT, NEWS, TESTER = f"{FLOW}.about", f"{FLOW}.news", f"{FLOW}.tester"
ASKS = frozenset(
    f"{FLOW}.{step}" for step in ("news", "age", "city", "country", "interests", "zone")
)
"""The steps that must know whether the person agrees to hear of campaigns."""
LINK = re.compile(r"[ct]_[A-Za-z0-9_-]{1,60}")
"""The payload of a campaign's link, or of an invitation to the team."""
AFTER_QUIZ = ("quiz.certificate", "quiz.together")
"""Steps that ask for a name, or tell of a city."""
STOP, ON_PRIVACY = "privacy.show.stop", "privacy.show.news"
SHUT = (
    f"{FLOW}.",
    f"{events.FLOW}.",
    f"{series.FLOW}.",
    f"{joining.FLOW}.",
    "broadcast.open.event",
    ON_PRIVACY,
)
"""Buttons of campaigns, and of what chats belong together, begin so."""
CODE = "code"
"""Under which the flow remembers by which link somebody came, until they say whether they like to hear of it."""


def follow(play: Play) -> bool:
    """Lead to what the link promises by which the person came in; False where it was none, or none that is known."""
    link = play.world.link
    if link is None:
        return False
    kind, _, name = link.target.partition(":")
    if kind == "tester":
        play.effects.append(BecomeTester(link.code))
        play.enter(TESTER)
        return True
    play.effects.append(LinkOpened(link.code))
    play.remember(FLOW, **{CODE: link.code, events.RATES: link.code})
    play.remember("quiz", **came.by(link.code, play.world.now))
    if kind == "quiz" and name in play.content.quizzes:
        play.remember("quiz", wanted=name)
        play.enter("quiz.play")
    elif kind == "event" and name:
        play.remember(events.FLOW, **{events.SLUG: name})
        play.enter(events.SHOW)
    elif kind == "series":
        play.remember(series.FLOW, **{series.OPEN: name or None})
        play.enter(series.STEP)
    else:
        play.enter(NEWS if kind == "join" else ABOUT)
    return True


def is_shut(button: str) -> bool:
    """Tell whether a button waits until nobody looks over the person's shoulder any more; to say no, it never does."""
    return button.startswith((*SHUT, *AFTER_QUIZ)) and button != f"{NEWS}.no"


def after_quiz(play: Play) -> None:
    """Under the end of a quiz, offer the way on in the series that it belongs to, and to say how the campaign was."""
    if not play.outgoing or not any(isinstance(each, QuizFinished) for each in play.effects):
        return
    scene = play.scene(events.RATING)
    if scene.state.recent_risk(play.world.now).level is not RiskLevel.NONE:
        return
    more = [each for each in (series.way_on(play.scene(series.STEP)),) if each is not None]
    step = play.content.step(events.RATING)
    assert isinstance(step, RateCampaign)
    if scene.memory.get(events.RATES):
        more.append(scene.link(events.RATING, step.ask))
    last = play.outgoing[-1]
    # The ways to a person and to the menu stay the last.
    buttons = (*last.buttons[:-2], *more, *last.buttons[-2:])
    play.outgoing[-1] = replace(last, buttons=buttons)


def stops(play: Play, text: str) -> bool:
    """Take a message that is nothing but a word for "stop", in any language, as the wish to get no more that was not asked for."""
    if play.understanding.risk.level is not RiskLevel.NONE:
        return False
    if folded(text).strip(" .!") not in play.content.stop_words:
        return False
    play.press(STOP)
    return True
