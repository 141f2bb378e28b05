"""All doors of the studio."""

from bot.desk.web.studio import (
    campaigns,
    events,
    leaders,
    quiz_edits,
    quiz_question,
    quiz_try,
    quizzes,
    report,
)
from bot.desk.web.studio.doors import Door

ROUTES: tuple[Door, ...] = (
    *campaigns.DOORS,
    *events.DOORS,
    *leaders.DOORS,
    *report.DOORS,
    *quizzes.DOORS,
    *quiz_edits.DOORS,
    *quiz_question.DOORS,
    *quiz_try.DOORS,
)
