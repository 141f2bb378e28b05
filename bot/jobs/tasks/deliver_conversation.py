"""`deliver_conversation`: sends what waits in the outbox of one conversation."""

from uuid import UUID

from bot.channels.delivery import Delivery


async def deliver_conversation(delivery: Delivery, conversation_id: str) -> None:
    """Send what may go now; run twice, the second run finds nothing left."""
    await delivery.drain(UUID(conversation_id))
