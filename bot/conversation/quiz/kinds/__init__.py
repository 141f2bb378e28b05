"""The kinds of questions, one file each; `KINDS` finds the behaviour of a question by its kind."""

from bot.content.quizzes import Kind as KindName
from bot.conversation.quiz.kinds.base import Asked, Kind, Taken
from bot.conversation.quiz.kinds.flag import Flag
from bot.conversation.quiz.kinds.order import Order
from bot.conversation.quiz.kinds.several import Several
from bot.conversation.quiz.kinds.single import Single
from bot.conversation.quiz.kinds.true_false import TrueFalse

__all__ = ["KINDS", "Asked", "Kind", "Taken"]

KINDS: dict[KindName, Kind] = {
    "single": Single(),
    "several": Several(),
    "true_false": TrueFalse(),
    "order": Order(),
    "flag": Flag(),
}
