"""`order`: steps are put in their order, one press each."""

from collections.abc import Mapping, Sequence

from bot.content.quizzes import Question, QuizChoice
from bot.conversation.quiz.kinds.base import Asked, Kind, Shown, Taken, named_in
from bot.conversation.quiz.round import shuffled


class Order(Kind):
    """The steps are shown in another order than the right one, the same for the whole round."""

    def arranged(self, asked: Asked) -> Sequence[QuizChoice]:
        return shuffled(asked.question, asked.round.seed)

    def lines(self, asked: Asked) -> Sequence[str]:
        left = "\n".join(each.line for each in self._left(asked))
        picked = self._named(asked, asked.round.picked)
        so_far = [asked.scene.say(asked.step.so_far, steps=picked)] if picked else []
        return [*so_far, left, asked.scene.say(asked.step.order)]

    def titles(self, asked: Asked) -> Mapping[str, str]:
        return {each.id: each.letter for each in self._left(asked)}

    def take(self, asked: Asked, choice: str) -> Taken | None:
        left = [each.id for each in self._left(asked)]
        if choice not in left:
            return None
        return self._taken(asked, (choice,))

    def read(self, asked: Asked, text: str) -> Taken | None:
        """Take letters as presses in their order; all of them at once begin anew."""
        shown = self.shown(asked)
        named = named_in(text, asked, shown)
        if len(named) == len(shown):
            return Taken(named)
        if not named or set(named) & set(asked.round.picked):
            return None
        return self._taken(asked, named)

    def is_right(self, question: Question, picked: Sequence[str]) -> bool:
        return tuple(picked) == question.correct

    def wrong(self, asked: Asked) -> str:
        right = self._named(asked, asked.question.correct)
        return asked.scene.say(asked.step.wrong_order, steps=right)

    def _taken(self, asked: Asked, further: Sequence[str]) -> Taken:
        picked = (*asked.round.picked, *further)
        left = [each.id for each in self.shown(asked) if each.id not in picked]
        if len(left) > 1:
            return Taken(picked, is_answer=False)
        # What is left has only one place to go.
        return Taken((*picked, *left))

    def _left(self, asked: Asked) -> Sequence[Shown]:
        return [each for each in self.shown(asked) if each.id not in asked.round.picked]

    def _named(self, asked: Asked, steps: Sequence[str]) -> str:
        """Return the words of some steps, numbered."""
        words = {each.id: each.words for each in self.shown(asked)}
        named = [words[step] for step in steps if step in words]
        return "\n".join(f"{number}. {each}" for number, each in enumerate(named, start=1))
