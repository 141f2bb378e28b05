"""The view of people whom campaigns may write to, as queries see it; the consent is checked in the view itself (migration 0017)."""

from sqlalchemy import ARRAY, Boolean, Date, Text, Uuid, column, table

PEOPLE = table(
    "campaign_people",
    column("contact_id", Uuid),
    column("conversation_id", Uuid),
    column("channel", Text),
    column("account", Text),
    column("locale", Text),
    column("city", Text),
    column("zone", Text),
    column("zone_confirmed", Boolean),
    column("age_band", Text),
    column("interests", ARRAY(Text)),
    column("last_seen", Date),
    column("stopped", Boolean),
    column("blocked", Boolean),
)
AGE_BANDS = ("u18", "a18_24", "a25_34", "a35")
"""Under 18, and so on; nothing more exact is ever asked."""
CHILD = "u18"
REACHED = ~PEOPLE.c.stopped & ~PEOPLE.c.blocked
"""They have neither stopped messages nor shut the bot out."""
