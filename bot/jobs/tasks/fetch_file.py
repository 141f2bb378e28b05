"""`fetch_file`: fetches what a person has sent to a counsellor, and keeps it if it is of a kind that is taken."""

from uuid import UUID

from bot.conversation.files import Files
from bot.conversation.service import Conversations


async def fetch_file(conversations: Conversations, attachment_id: str) -> None:
    """Fetch it; run twice, the second run finds nothing to do. A platform that is away is asked again later."""
    await Files(conversations).fetch(UUID(attachment_id))
