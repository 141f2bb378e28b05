"""The words of a broadcast as WhatsApp has to approve them, for those who have not written for a day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels.capabilities import WHATSAPP
from bot.content.load import Content
from bot.conversation.broadcast_words import BadBroadcast, Said, Unsayable, as_plain, compose
from bot.conversation.templates import of_message
from bot.store import templates
from bot.store.templates import APPROVED, STOPPED, Wanted
from bot.store.window import is_open

Key = tuple[str, str]
"""A variant and a language."""
NO_TEMPLATE = "no_template"
"""Why somebody is left out: WhatsApp has not approved these words in their language."""


def wanted_of(content: Content, body: Mapping[str, Any]) -> dict[Key, Wanted | None]:
    """Return what a broadcast says as templates, by variant and language; None where WhatsApp takes none of it."""
    found: dict[Key, Wanted | None] = {}
    for variant in body.get("variants") or ():
        for locale in variant["words"]:
            try:
                said = compose(body, variant["id"], locale, content, WHATSAPP)
            except Unsayable:
                said = None
            found[variant["id"], locale] = of_message(said, locale) if said else None
    return found


async def states_of(
    conn: AsyncConnection, content: Content, body: Mapping[str, Any]
) -> dict[Key, str | None]:
    """Return how it stands with each of a broadcast's words; None where they were never submitted, or cannot be."""
    wanted = wanted_of(content, body)
    found = await templates.statuses(conn, [each for each in wanted.values() if each])
    return {key: found.get(each.fingerprint) if each else None for key, each in wanted.items()}


async def unapproved(
    conn: AsyncConnection, content: Content, body: Mapping[str, Any]
) -> frozenset[Key]:
    """Return in which variants and languages a broadcast may not go to those who have not written for a day."""
    states = await states_of(conn, content, body)
    return frozenset(key for key, state in states.items() if state != APPROVED)


def as_approved(
    said: Said,
    locale: str,
    states: Mapping[str, str],
    *,
    heard_at: datetime | None,
    now: datetime,
    run_id: UUID,
) -> Said | str:
    """Return what somebody on WhatsApp gets: with the template, where it is approved; or why they are left out.

    Args:
        said: The broadcast's words.
        locale: Their language.
        states: How it stands with templates, by their fingerprints.
        heard_at: When they wrote last.
        now: What time it is.
        run_id: Of which run.

    Raises:
        BadBroadcast: WhatsApp has stopped these words: nobody who was silent for a day would get them.
    """
    wanted = of_message(said.message, locale)
    state = states.get(wanted.fingerprint) if wanted else None
    if wanted is not None and state == APPROVED:
        pressed = tuple(button.id for button in said.message.buttons)
        message = replace(said.message, template=wanted.used((), pressed))
        return Said(message, as_plain(message), said.kind)
    if is_open(heard_at, now):
        return said
    if state in STOPPED:
        raise BadBroadcast(run_id, f"template_{state.lower()}")
    return NO_TEMPLATE
