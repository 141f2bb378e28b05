"""Carries out `NoteUnmet`: a number for everybody, and redacted words only of whom has agreed to `learn`."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.conversation.effects import NoteUnmet
from bot.hotline import consent
from bot.store import transcript, unmet
from bot.store.contacts import Party
from bot.store.unmet import Question
from bot.understanding.model import Understanding
from bot.understanding.redaction import redact
from bot.understanding.service import Reader


async def note(
    conn: AsyncConnection,
    effect: NoteUnmet,
    party: Party,
    meaning: Understanding,
    locale: str,
    *,
    reader: Reader,
    clock: Clock,
) -> None:
    """Count a question that met no answer, and keep it redacted where the person agrees.

    Args:
        conn: The turn's transaction.
        effect: What the turn noted.
        party: Who asked.
        meaning: Of the message that this turn answers.
        locale: The language in which Suar answers.
        reader: Reads a question again that was written before.
        clock: What day it is.
    """
    now = clock.now()
    is_worded = effect.text is not None or effect.asked_at is not None
    if is_worded and await consent.learns(conn, party.contact_id):
        question = await _question(conn, effect, party, meaning, locale, reader=reader, now=now)
        if question is not None:
            await unmet.keep(conn, party, clock.new_id(), question, kind=effect.kind, now=now)
    answer = effect.near[0] if effect.near else None
    await unmet.count(conn, day=now.date(), locale=locale, kind=effect.kind, answer=answer)


async def _question(
    conn: AsyncConnection,
    effect: NoteUnmet,
    party: Party,
    meaning: Understanding,
    locale: str,
    *,
    reader: Reader,
    now: datetime,
) -> Question | None:
    if effect.text is not None:
        language = meaning.language or locale
        return Question(redact(effect.text), language, effect.near, meaning.meaning)
    assert effect.asked_at is not None
    found = await transcript.find_last(conn, party, until=effect.asked_at, now=now)
    if found is None:
        return None
    text, reading = found
    vector = await reader.meaning_of(text)
    return Question(redact(text), (reading or {}).get("language") or locale, effect.near, vector)
