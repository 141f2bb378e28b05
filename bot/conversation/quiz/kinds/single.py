"""`single`: one of two to four choices is right."""

from collections.abc import Mapping, Sequence

from bot.content.parts import MAX_TITLE_CHARS
from bot.conversation.quiz.kinds.base import Asked, Kind


class Single(Kind):
    """Short choices stand on the buttons themselves; else letters do, and the choices above them.

    No channel cuts an answer short.
    """

    def lines(self, asked: Asked) -> Sequence[str]:
        return super().lines(asked) if self._has_letters(asked) else ()

    def titles(self, asked: Asked) -> Mapping[str, str]:
        if self._has_letters(asked):
            return super().titles(asked)
        return {each.id: each.words for each in self.shown(asked)}

    def _has_letters(self, asked: Asked) -> bool:
        return any(len(each.words) > MAX_TITLE_CHARS for each in self.shown(asked))
