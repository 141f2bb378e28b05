"""Reviewed messages as training rows: whole files each time, so that whoever took their consent back is not in the next ones."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
import yaml
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.hotline.permissions import Permission
from bot.hotline.review import Item, Labels, Step, item_of, readable, steps_of
from bot.hotline.staff import Staff
from bot.store import audit, reviews
from bot.store.audit import Kind
from bot.store.contacts import People
from bot.store.reviews import EXPORTED, REVIEWED
from bot.store.tables import ConsentRow, ConversationRow, ReviewRow
from bot.understanding.taxonomy import get_taxonomy

FILE = "reviewed.yml"
HISTORY = "history.jsonl"
_HEADER = """\
# Messages that people wrote to Suar and that it misunderstood: redacted, read and labelled by the team, each with the consent of
# whoever wrote it at the time of the export. Written by `suar nlu export-reviewed`: replace the whole file by each new export, and
# take it out where a new export has none, since consents are taken back. Who reviewed what, and when: history.jsonl beside the folders.

"""
_LIKE_AN_ENTITY = re.compile(r"\](?=[({])")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class TrainingRow:
    """One reviewed message on its way out of the house."""

    id: UUID
    text: str = field(repr=False)
    labels: Labels
    mark: str
    consent_version: str
    """Fingerprint of the words that the person agreed to."""
    steps: tuple[Step, ...]


async def export(
    conn: AsyncConnection, people: People, staff: Staff | None, *, now: datetime
) -> list[TrainingRow]:
    """Return every reviewed message whose consent holds now, in a stable order, and mark them as exported.

    Args:
        conn: The transaction; what is exported is marked in it.
        people: Opens what is sealed.
        staff: Who of those who oversee asks; None for whoever runs the server.
        now: Aware.

    Raises:
        NotFound: This role does not export.
    """
    if staff is not None and not staff.may(Permission.EXPORT):
        raise NotFound
    version = _consent_version().label("consent_version")
    wanted = (
        readable()
        .add_columns(version)
        .where(ReviewRow.state.in_((REVIEWED, EXPORTED)))
        .order_by(ReviewRow.id)
        .with_for_update(of=ReviewRow)
    )
    made = []
    for row in (await conn.execute(wanted)).all():
        item, key = item_of(people, row)
        by = staff.id if staff else None
        await reviews.add_event(conn, item.id, "exported", at=now, staff_id=by)
        steps = tuple(await steps_of(conn, key, item.id))
        made.append(_row(item, row.consent_version, steps))
    await conn.execute(
        update(ReviewRow)
        .where(ReviewRow.id.in_([each.id for each in made]))
        .values(state=EXPORTED)
    )
    await audit.append(
        conn,
        people.lookup,
        Kind.REVIEWED_EXPORTED,
        at=now,
        staff_id=staff.id if staff else None,
        amount=len(made),
    )
    log.info("reviewed_exported", rows=len(made), by=str(staff.id) if staff else "command line")
    return made


def files_of(rows: Iterable[TrainingRow]) -> dict[str, str]:
    """Return the files of an export by their paths: ``<language>/reviewed.yml`` each, and ``history.jsonl`` for all."""
    by_language: dict[str, list[TrainingRow]] = {}
    for row in rows:
        by_language.setdefault(row.labels.language, []).append(row)
    if not by_language:
        return {}
    files, lines = {}, []
    for language, theirs in sorted(by_language.items()):
        path = f"{language}/{FILE}"
        ordered = _by_intent(theirs)
        files[path] = _HEADER + _training_file(ordered)
        lines += [
            json.dumps(_history(path, number, row), ensure_ascii=False)
            for number, row in enumerate(_flat(ordered), start=1)
        ]
    return {**files, HISTORY: "\n".join(lines) + "\n"}


def _row(item: Item, consent_version: str, steps: tuple[Step, ...]) -> TrainingRow:
    assert item.labels is not None  # a reviewed message has them
    return TrainingRow(item.id, item.text, item.labels, item.mark, consent_version, steps)


def _consent_version() -> Any:  # noqa: ANN401  # a column
    return (
        select(ConsentRow.text_version)
        .where(
            ConsentRow.contact_id == ConversationRow.contact_id,
            ConsentRow.case_id.is_(None),
            ConsentRow.scope == reviews.SCOPE,
            ConsentRow.withdrawn_at.is_(None),
        )
        .order_by(ConsentRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _by_intent(rows: list[TrainingRow]) -> dict[str, list[TrainingRow]]:
    """Return the rows under their intents, in the taxonomy's order."""
    found = {
        intent: [row for row in rows if row.labels.intent == intent]
        for intent in get_taxonomy().intents
    }
    return {intent: theirs for intent, theirs in found.items() if theirs}


def _flat(by_intent: dict[str, list[TrainingRow]]) -> Iterator[TrainingRow]:
    for theirs in by_intent.values():
        yield from theirs


def _training_file(by_intent: dict[str, list[TrainingRow]]) -> str:
    blocks = [
        {"intent": intent, "examples": [_example(row) for row in theirs]}
        for intent, theirs in by_intent.items()
    ]
    data = {"version": _Quoted("3.1"), "nlu": blocks}
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def _example(row: TrainingRow) -> dict[str, Any]:
    # Rasa reads "[word](…)" as an entity.
    text = _LIKE_AN_ENTITY.sub("] ", " ".join(row.text.split()))
    labels = row.labels
    metadata = _Inline(risk=labels.risk, kinds=list(labels.kinds), subject=labels.subject)
    return {"text": _Block(text + "\n"), "metadata": metadata}


def _history(path: str, number: int, row: TrainingRow) -> dict[str, Any]:
    """Return one line about the example of this number (from 1) in a file: no name, no case, no person, no text."""
    return {
        "row": str(row.id),
        "file": path,
        "example": number,
        "mark": row.mark,
        "labels": asdict(row.labels),
        "reviewers": sorted({str(s.by) for s in row.steps if s.kind == "reviewed" and s.by}),
        "consent_version": row.consent_version,
        "history": [
            {
                "step": step.kind,
                "at": step.at.isoformat(),
                "by": str(step.by) if step.by else None,
                "before": step.before,
                "after": step.after,
            }
            for step in row.steps
        ],
    }


class _Block(str):
    """A text in the block form of the training files."""


class _Quoted(str):
    """A text in quotes."""


class _Inline(dict[str, Any]):
    """A mapping on one line."""


class _Dumper(yaml.SafeDumper):
    """Writes as the training files are written by hand."""


_Dumper.add_representer(
    _Block, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)
_Dumper.add_representer(
    _Quoted,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'),
)
_Dumper.add_representer(
    _Inline,
    lambda dumper, data: dumper.represent_mapping(
        "tag:yaml.org,2002:map", data.items(), flow_style=True
    ),
)
