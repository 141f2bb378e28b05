"""`several`: more than one choice may be right; each is switched on and off, then all are handed in."""

from collections.abc import Mapping, Sequence

from bot.conversation.quiz.kinds.base import CHOSEN, Asked, Kind, Taken, named_in


class Several(Kind):
    """What is switched on has a tick, in the text and on its button."""

    def lines(self, asked: Asked) -> Sequence[str]:
        picked = asked.round.picked
        listed = (
            f"{CHOSEN} {each.line}" if each.id in picked else each.line
            for each in self.shown(asked)
        )
        return ["\n".join(listed), asked.scene.say(asked.step.several)]

    def titles(self, asked: Asked) -> Mapping[str, str]:
        picked = asked.round.picked
        return {
            each.id: f"{CHOSEN} {each.letter}" if each.id in picked else each.letter
            for each in self.shown(asked)
        }

    def take(self, asked: Asked, choice: str) -> Taken | None:
        known = [each.id for each in self.shown(asked)]
        if choice not in known:
            return None
        switched = {*asked.round.picked} ^ {choice}
        return Taken(tuple(each for each in known if each in switched), is_answer=False)

    def read(self, asked: Asked, text: str) -> Taken | None:
        """Take one letter as a press, and more of them as the whole answer."""
        named = named_in(text, asked, self.shown(asked))
        if len(named) == 1:
            return self.take(asked, named[0])
        return Taken(named) if named else None

    def wrong(self, asked: Asked) -> str:
        correct = asked.question.correct
        answers = "\n".join(each.line for each in self.shown(asked) if each.id in correct)
        return asked.scene.say(asked.step.wrong_several, answers=answers)
