"""The choices that did not fit into a list: shown from the one that the pressed row names. Pure.

What could be pressed stays what it was, by its title and its number too, so that pressing a row of any page, in any order and twice, does the same.
"""

from dataclasses import replace

from bot.conversation.attachments import said
from bot.conversation.play import Play
from bot.messages import FURTHER, Button

PAGE, WORDS = "whatsapp", "more_choices"


def show(play: Play, pressed: str) -> bool:
    """Show what comes after a page; False where the row is none of those, or of a list that is not the latest."""
    if not pressed.startswith(FURTHER):
        return False
    wanted = pressed.removeprefix(FURTHER)
    offered = [Button(button, title) for button, title in play.state.offered]
    first = next((n for n, button in enumerate(offered) if button.id == wanted), None)
    if first is None:
        return False
    words = said(play.content, play.state.locale, WORDS, page=PAGE)
    play.outgoing.append(replace(words, buttons=tuple(offered[first:]), first=first))
    play.keeps_offered = True
    return True
