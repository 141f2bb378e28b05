"""`flag`: which line of a mock chat or advert is the red flag; the server draws it, and the text can do without the picture."""

from collections.abc import Iterator

from bot.conversation.quiz.kinds.base import Asked, Kind
from bot.messages import Media

PICTURE = "quiz"
"""The kind of the picture; its address is ``quiz:<quiz>/<question>``."""


class Flag(Kind):
    """The letters stand beside the lines of the picture; the choices describe these lines for whoever cannot see it."""

    def media(self, asked: Asked) -> tuple[Media, ...]:
        url = f"{PICTURE}:{asked.round.quiz.quiz}/{asked.question.id}"
        return (Media(PICTURE, url, "\n".join(_lines(asked))),)

    def wrong(self, asked: Asked) -> str:
        """Name the letter too: that is what stands in the picture."""
        correct = asked.question.correct
        answer = next(each.line for each in self.shown(asked) if each.id in correct)
        return asked.scene.say(asked.step.wrong, answer=answer)


def _lines(asked: Asked) -> Iterator[str]:
    """Yield every line of the picture as it can be read out, with its letter."""
    picture, say, step = asked.question.picture, asked.scene.say, asked.step
    assert picture is not None  # the content holds it
    letters = asked.question.letters_by_line()
    if picture.advert is not None:
        yield say(picture.advert.title)
        spoken = [say(line) for line in picture.advert.lines]
    else:
        words = {"them": step.them, "me": step.me}
        spoken = [say(words[line.by], line=say(line.text)) for line in picture.chat or ()]
    for at, line in enumerate(spoken):
        yield f"{letters[at]}. {line}" if at in letters else line
