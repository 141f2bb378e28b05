"""The safe word: it brings a quiz to the screen at once, and the same word later brings help back.

While the quiz covers the conversation, whatever is typed keeps to the quiz, because somebody else may be typing. Only
words that tell of danger are still answered, and after an hour the cover ends by itself.
"""

from datetime import timedelta

from bot.content.quiz_step import QuizStep
from bot.conversation.effects import ForgetWords
from bot.conversation.play import Play
from bot.conversation.quiz import round as quiz_round
from bot.conversation.quiz.round import Round
from bot.conversation.state import COVER, COVER_UNTIL, Owner
from bot.conversation.steps.safe_word import KEY
from bot.messages import Incoming, IncomingKind
from bot.understanding.cleaning import folded
from bot.understanding.model import RiskLevel

FLOW, UNTIL = COVER, COVER_UNTIL
LASTS = timedelta(hours=1)


def is_safe_word(play: Play, text: str) -> bool:
    """Tell whether `text` is the word that the person has chosen."""
    word = play.state.memory.get(FLOW, {}).get(KEY)
    return word is not None and folded(text) == word


def is_hidden(play: Play) -> bool:
    """Tell whether a quiz covers the conversation now."""
    return play.state.is_covered(play.world.now)


def keeps(play: Play, incoming: Incoming) -> bool:
    """Keep the quiz on the screen where somebody starts anew or sends a picture; False where there is no cover."""
    if not is_hidden(play) or incoming.kind not in {IncomingKind.START, IncomingKind.UNREADABLE}:
        return False
    show_quiz(play)
    return True


def hides(play: Play, text: str) -> bool:
    """Tell whether this message is answered by the cover, or ends it."""
    if is_safe_word(play, text):
        return True
    return is_hidden(play) and play.understanding.risk.level is RiskLevel.NONE


def play(play: Play, text: str) -> None:
    """Cover the conversation, keep it covered, or bring help back."""
    if not is_safe_word(play, text):
        if not (play.state.at == "quiz.play" and play.hear(text)):
            show_quiz(play)
        return
    if play.world.owner is Owner.BOT:
        play.effects.append(ForgetWords())
    if is_hidden(play):
        play.remember(FLOW, **{UNTIL: None})
        play.enter("watched.back")
        return
    hide(play)
    show_quiz(play)


def hide(play: Play) -> None:
    """Remember that somebody may be looking, for an hour."""
    play.remember(FLOW, **{UNTIL: (play.world.now + LASTS).isoformat()})


def show_quiz(play: Play) -> None:
    """Bring the question that is open, or the first of a quiz."""
    memory = play.state.memory.get(quiz_round.FLOW, {})
    if Round.under_way(memory, play.content) is None:
        step = play.content.step(quiz_round.STEP)
        assert isinstance(step, QuizStep)
        quiz = play.content.quizzes[step.first]
        played = quiz_round.played_of(memory, quiz)
        begun = Round.begun(quiz, played=played, seed=play.world.draw.seed)
        play.remember(quiz_round.FLOW, **begun.to_memory())
    play.remember(quiz_round.FLOW, **{quiz_round.WANTED: None})
    play.enter(quiz_round.STEP)
