"""All doors of the studio."""

from bot.desk.web.studio import (
    calendar,
    campaigns,
    events,
    leaders,
    links,
    message_acts,
    messages,
    pictures,
    quiz_edits,
    quiz_question,
    quiz_try,
    quizzes,
    report,
    segments,
    testers,
    when,
    whom,
    wizard,
)
from bot.desk.web.studio.doors import Door

ROUTES: tuple[Door, ...] = (
    *campaigns.DOORS,
    *links.DOORS,
    *messages.DOORS,
    *message_acts.DOORS,
    *pictures.DOORS,
    *testers.DOORS,
    *wizard.DOORS,
    *calendar.DOORS,
    *segments.DOORS,
    *whom.DOORS,
    *when.DOORS,
    *events.DOORS,
    *leaders.DOORS,
    *report.DOORS,
    *quizzes.DOORS,
    *quiz_edits.DOORS,
    *quiz_question.DOORS,
    *quiz_try.DOORS,
)
