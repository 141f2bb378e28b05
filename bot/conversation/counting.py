"""Counts what is kept without who it was: answers and rounds of quizzes, links, rounds for a city, and insults."""

from datetime import datetime

from bot.conversation.campaign_effects import CountForCity, LinkFinished, LinkOpened
from bot.conversation.effects import InsultHeard, QuizAnswered, QuizFinished
from bot.store import city_rounds, links, quiz_counts, traffic
from bot.store.counts import Tally

Counted = QuizAnswered | QuizFinished | LinkOpened | LinkFinished | CountForCity | InsultHeard


def count(tally: Tally, effect: Counted, locale: str, *, now: datetime) -> None:
    """Add what an effect counts to the tally of its transaction."""
    day = now.date()
    match effect:
        case QuizAnswered(quiz, question, fact, kind, phase, right):
            key = {"quiz": quiz, "question": question, "fact": fact, "kind": kind, "phase": phase}
            quiz_counts.add_answer(tally, key, locale=locale, day=day, right=right)
        case QuizFinished(quiz, right):
            quiz_counts.add_round(tally, quiz, locale=locale, day=day, right=right)
        case LinkOpened(code):
            links.count_opened(tally, code, day=day)
        case LinkFinished(code):
            links.count_finished(tally, code, day=day)
        case CountForCity(city) if city is not None:
            city_rounds.count(tally, city, day=day)
        case InsultHeard():
            traffic.tally(tally, "insult", 1, now)
