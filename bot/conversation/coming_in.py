"""Links of campaigns, which lead straight to what they promise, and the words that end what nobody asked for. Pure."""

import re

from bot.conversation.effects import BecomeTester, LinkOpened
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
STOP, ON_PRIVACY = "privacy.show.stop", "privacy.show.news"
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
    play.remember(FLOW, **{CODE: link.code})
    if kind == "quiz" and name in play.content.quizzes:
        play.remember("quiz", wanted=name, campaign=f"c_{link.code}")
        play.enter("quiz.play")
    else:
        play.enter(NEWS if kind == "join" else ABOUT)
    return True


def is_shut(button: str) -> bool:
    """Tell whether a button waits until nobody looks over the person's shoulder any more; to say no, it never does."""
    return button.startswith((f"{FLOW}.", ON_PRIVACY)) and button != f"{NEWS}.no"


def stops(play: Play, text: str) -> bool:
    """Take a message that is nothing but a word for "stop", in any language, as the wish to get no more that was not asked for."""
    if play.understanding.risk.level is not RiskLevel.NONE:
        return False
    if folded(text).strip(" .!") not in play.content.stop_words:
        return False
    play.press(STOP)
    return True
