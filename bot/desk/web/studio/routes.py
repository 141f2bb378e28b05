"""All doors of the studio."""

from bot.desk.web.studio import campaigns, events
from bot.desk.web.studio.doors import Door

ROUTES: tuple[Door, ...] = (*campaigns.DOORS, *events.DOORS)
