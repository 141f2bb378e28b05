"""`true_false`: a sentence that is true or not."""

from collections.abc import Mapping, Sequence

from bot.conversation.quiz.kinds.base import Asked, Kind, Shown, Taken, named_in


class TrueFalse(Kind):
    """Two buttons with words; the words of any language that is spoken count when typed."""

    def shown(self, asked: Asked) -> Sequence[Shown]:
        step, title = asked.step, asked.scene.title
        return [
            Shown(choice, "", title(words), words)
            for choice, words in (("true", step.true), ("false", step.false))
        ]

    def lines(self, asked: Asked) -> Sequence[str]:
        return ()

    def titles(self, asked: Asked) -> Mapping[str, str]:
        return {each.id: each.words for each in self.shown(asked)}

    def read(self, asked: Asked, text: str) -> Taken | None:
        words, shown = asked.scene.content.words, self.shown(asked)
        for locale in (asked.scene.state.locale, *words.released):
            there = [
                Shown(each.id, "", words.say(each.source, locale), each.source) for each in shown
            ]
            if named := named_in(text, asked, there):
                return Taken(named) if len(named) == 1 else None
        return None
