"""Which button under the last message somebody means who types instead of pressing: by its title, or by its number."""

from bot.conversation.play import Play
from bot.understanding.numbers import numbers_in


def named_button(play: Play, text: str) -> str | None:
    """Return the id of the button that `text` names; None where it names none.

    A number counts in the digits of every script, unless it means something of its own to the step that waits.
    """
    typed, offered = text.strip().casefold(), play.state.offered
    for button, title in offered:
        if typed == title.casefold():
            return button
    numbers = numbers_in(text, play.content.number_words)
    if len(numbers) == 1 and 0 < numbers[0] <= len(offered) and not play.counts():
        return offered[numbers[0] - 1][0]
    return None
