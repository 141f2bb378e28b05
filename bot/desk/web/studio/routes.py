"""All doors of the studio."""

from bot.desk.web.studio import campaigns, events, leaders, report
from bot.desk.web.studio.doors import Door

ROUTES: tuple[Door, ...] = (
    *campaigns.DOORS,
    *events.DOORS,
    *leaders.DOORS,
    *report.DOORS,
)
