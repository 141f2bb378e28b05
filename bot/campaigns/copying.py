"""A campaign made anew from another, with its messages as drafts."""

import json
from dataclasses import replace
from uuid import UUID

from bot.campaigns import campaigns
from bot.campaigns.audience import AnyRule, read_rule, write_rule
from bot.campaigns.broadcast_rows import Draft
from bot.campaigns.campaigns import Frame
from bot.campaigns.store_broadcasts import Broadcasts


async def duplicate(broadcasts: Broadcasts, campaign_id: UUID, *, title: str, by: UUID) -> UUID:
    """Keep a new campaign like another, under another title: what is written, its web sites, its messages as drafts. No links, no results.

    Raises:
        NotFound: There is no such campaign.
    """
    listed = await broadcasts.all(campaign_id)
    async with broadcasts.db.transaction() as conn:
        old = await campaigns.get(conn, campaign_id)
        frame = Frame(title, old.about, old.starts_on, old.ends_on, old.domains)
        made = await campaigns.create(conn, frame, clock=broadcasts.clock, by=by)
        for each in reversed(listed):
            draft = _moved(each.draft, campaign_id, made)
            await broadcasts.add(conn, made, draft, by=by)
    return made


def _moved(draft: Draft, old: UUID, new: UUID) -> Draft:
    """Return a draft whose audience means the new campaign where it meant the old one."""
    return replace(draft, audience=_named(draft.audience, old, new))


def _named(rule: AnyRule, old: UUID, new: UUID) -> AnyRule:
    written = json.dumps(write_rule(rule))
    return read_rule(json.loads(written.replace(str(old), str(new))))
