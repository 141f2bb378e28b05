"""The language that a page was opened in is the person's choice."""

from dataclasses import replace

from bot.conversation.service import Conversations
from bot.store.contacts import Party, save_state


async def follow_locale(talk: Conversations, party: Party, wanted: str | None) -> None:
    """Have the conversation go on in the page's language, where that is one of ours."""
    if wanted is None or wanted not in talk.content.words.locales or party.locale == wanted:
        return
    async with talk.db.batch() as batch:
        locked = await talk.people.get(batch.conn, party.conversation_id, lock=True)
        state = replace(talk.state_of(locked), locale=wanted, locale_chosen=True)
        save_state(batch, locked, state.to_json(), locale=wanted, at=talk.clock.now())
