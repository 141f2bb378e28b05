"""What Meta says of our templates: which words are approved, in which language, and which are not any more.

News come in any order and more than once, from webhooks and from the list that is read now and then; the latest word of Meta counts.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.messages import Template
from bot.store.tables import WhatsAppAccountRow, WhatsAppTemplateRow

WANTED, REFUSED, GONE = "wanted", "refused", "gone"
"""Our own states: it is to be submitted; Meta did not take it in; Meta knows it no more."""
APPROVED = "APPROVED"
STOPPED = frozenset({"PAUSED", "DISABLED"})
"""It was approved, and Meta has taken that back for a while, or for good."""
MESSAGE = "message"
"""The source of a campaign's template."""
PICTURE = "picture"
"""In our own header of a template: the address of the picture, of which Meta gets an example when it is submitted."""
MAX_REASON = 500
MAX_STATUS = 40


@dataclass(frozen=True)
class Wanted:
    """Words to be approved in one language."""

    source: str
    locale: str
    language: str
    category: str
    components: Sequence[Mapping[str, Any]] = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """Of the words, in their language: one letter makes another."""
        said = json.dumps(
            [self.language, self.category, _words_of(self.components)],
            ensure_ascii=False, sort_keys=True,
        )  # fmt: skip
        return hashlib.sha256(said.encode()).hexdigest()

    @property
    def name(self) -> str:
        """Its name with Meta: words that change are a new template, so that what was approved is what is said."""
        return f"suar_{self.source}_{self.fingerprint[:16]}"

    def used(self, values: tuple[str, ...] = (), buttons: tuple[str, ...] = ()) -> Template:
        """Return it as a message carries it."""
        return Template(self.name, self.language, values, buttons, picture_of(self.components))


@dataclass(frozen=True)
class Kept:
    """A template as it is kept."""

    name: str
    language: str
    locale: str
    source: str
    category: str
    status: str
    reason: str | None
    quality: str | None
    fingerprint: str
    components: Sequence[Mapping[str, Any]] = field(repr=False)
    wanted_at: datetime
    status_at: datetime
    checked_at: datetime | None

    @property
    def body(self) -> str:
        """The words, with their gaps numbered."""
        return next((str(each["text"]) for each in self.components if each["type"] == "BODY"), "")

    @property
    def buttons(self) -> tuple[str, ...]:
        """What stands on its buttons."""
        found = next((each for each in self.components if each["type"] == "BUTTONS"), None)
        return tuple(str(each["text"]) for each in found["buttons"]) if found else ()


@dataclass(frozen=True)
class News:
    """What Meta tells of one template; None is what it does not tell of."""

    name: str
    language: str
    at: datetime
    status: str | None = None
    reason: str | None = None
    quality: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Answer:
    """What Meta has answered to a submission."""

    status: str
    category: str
    reason: str | None = None


@dataclass(frozen=True)
class Account:
    """How it stands with the account."""

    asked_at: datetime | None = None
    checked_at: datetime | None = None
    fault: str | None = None
    fault_at: datetime | None = None
    quality: str | None = None

    @property
    def is_busy(self) -> bool:
        """Tell whether somebody wants it compared and that has not come to an end, good or bad."""
        ends = [at for at in (self.checked_at, self.fault_at) if at is not None]
        return self.asked_at is not None and not any(at >= self.asked_at for at in ends)


_KEPT = (
    WhatsAppTemplateRow.name, WhatsAppTemplateRow.language, WhatsAppTemplateRow.locale,
    WhatsAppTemplateRow.source, WhatsAppTemplateRow.category, WhatsAppTemplateRow.status,
    WhatsAppTemplateRow.reason, WhatsAppTemplateRow.quality, WhatsAppTemplateRow.fingerprint,
    WhatsAppTemplateRow.components, WhatsAppTemplateRow.wanted_at, WhatsAppTemplateRow.status_at,
    WhatsAppTemplateRow.checked_at,
)  # fmt: skip


async def list_kept(
    conn: AsyncConnection, account: str, *, names: Collection[str] | None = None
) -> list[Kept]:
    """Return the templates of an account, or those of the given names."""
    query = select(*_KEPT).where(WhatsAppTemplateRow.account == account)
    if names is not None:
        query = query.where(WhatsAppTemplateRow.name.in_(names))
    rows = await conn.execute(query.order_by(WhatsAppTemplateRow.id))
    return [Kept(**row._mapping) for row in rows]


async def statuses(
    conn: AsyncConnection, wanted: Collection[Wanted], account: str | None = None
) -> Mapping[str, str]:
    """Return how it stands with templates, by their fingerprints; one that was never submitted is not in it.

    Without an account, whichever has it: the desk of campaigners knows no account.
    """
    prints = [each.fingerprint for each in wanted]
    query = select(WhatsAppTemplateRow.fingerprint, WhatsAppTemplateRow.status).where(
        WhatsAppTemplateRow.fingerprint.in_(prints)
    )
    if account is not None:
        query = query.where(WhatsAppTemplateRow.account == account)
    rows = await conn.execute(query.order_by(WhatsAppTemplateRow.id))
    return {row.fingerprint: row.status for row in rows}


async def want(
    conn: AsyncConnection, account: str, wanted: Collection[Wanted], *, at: datetime
) -> int:
    """Note that templates are to be submitted; what Meta has not taken in, or has lost, is submitted again. Return how many."""
    noted = 0
    for each in wanted:
        values = {
            "status": WANTED, "reason": None, "wanted_at": at,
            # Meta counts in whole seconds.
            "status_at": at.replace(microsecond=0),
            "components": list(each.components), "category": each.category,
        }  # fmt: skip
        made = await conn.execute(
            insert(WhatsAppTemplateRow)
            .values(
                account=account, name=each.name, language=each.language, locale=each.locale,
                source=each.source, fingerprint=each.fingerprint, **values,
            )
            .on_conflict_do_update(
                index_elements=["account", "name", "language"],
                set_=values,
                where=WhatsAppTemplateRow.status.in_((REFUSED, GONE)),
            )
            .returning(WhatsAppTemplateRow.id)
        )  # fmt: skip
        noted += len(made.all())
    await note_asked(conn, account, at=at)
    return noted


async def tell(conn: AsyncConnection, account: str, news: News) -> None:
    """Take in what Meta tells of a template; of one that is not ours, or older than what is known, nothing is kept."""
    mine = _is(account, news.name, news.language)
    told: dict[str, Any] = {}
    if news.quality is not None:
        told["quality"] = news.quality[:MAX_STATUS]
    if news.category is not None:
        told["category"] = news.category.lower()[:MAX_STATUS]
    if news.status is not None:
        newer = WhatsAppTemplateRow.status_at <= news.at
        told["status"] = case((newer, news.status[:MAX_STATUS]), else_=WhatsAppTemplateRow.status)
        told["reason"] = case((newer, _cut(news.reason)), else_=WhatsAppTemplateRow.reason)
        told["status_at"] = func.greatest(WhatsAppTemplateRow.status_at, news.at)
    if told:
        await conn.execute(update(WhatsAppTemplateRow).where(*mine).values(**told))


async def note_submitted(conn: AsyncConnection, account: str, kept: Kept, answer: Answer) -> None:
    """Note what Meta has answered to a submission, unless it has told more already."""
    await conn.execute(
        update(WhatsAppTemplateRow)
        .where(*_is(account, kept.name, kept.language), WhatsAppTemplateRow.status == WANTED)
        .values(
            status=answer.status[:MAX_STATUS],
            category=answer.category[:MAX_STATUS],
            reason=_cut(answer.reason),
        )
    )


async def note_checked(
    conn: AsyncConnection, account: str, found: Collection[tuple[str, str]], *, at: datetime
) -> None:
    """Note that Meta's list was read at `at`, and which (name, language) stood in it: others of ours are gone."""
    for each in await list_kept(conn, account):
        values: dict[str, Any] = {"checked_at": at}
        there = (each.name, each.language) in found
        if not there and each.status not in {WANTED, REFUSED, GONE} and each.status_at < at:
            values |= {"status": GONE, "status_at": at}
        await conn.execute(
            update(WhatsAppTemplateRow)
            .where(*_is(account, each.name, each.language))
            .values(**values)
        )
    await _note(conn, account, checked_at=at, fault=None, fault_at=None)


async def note_asked(conn: AsyncConnection, account: str, *, at: datetime) -> None:
    """Note that somebody wants the templates submitted and compared with Meta's."""
    await _note(conn, account, asked_at=at)


async def note_fault(conn: AsyncConnection, account: str, fault: str, *, at: datetime) -> None:
    """Note why that could not be done: the code of a send error."""
    await _note(conn, account, fault=fault, fault_at=at)


async def note_number(conn: AsyncConnection, account: str, quality: str) -> None:
    """Note what Meta thinks of our number."""
    await _note(conn, account, quality=quality[:MAX_STATUS])


async def get_account(conn: AsyncConnection, account: str) -> Account:
    """Return how it stands with an account."""
    row = (
        await conn.execute(
            select(
                WhatsAppAccountRow.asked_at, WhatsAppAccountRow.checked_at,
                WhatsAppAccountRow.fault, WhatsAppAccountRow.fault_at, WhatsAppAccountRow.quality,
            ).where(WhatsAppAccountRow.account == account)
        )
    ).one_or_none()  # fmt: skip
    return Account(**row._mapping) if row else Account()


async def _note(conn: AsyncConnection, account: str, **values: Any) -> None:  # noqa: ANN401  # columns
    await conn.execute(
        insert(WhatsAppAccountRow)
        .values(account=account, **values)
        .on_conflict_do_update(index_elements=["account"], set_=values)
    )


def _is(account: str, name: str, language: str) -> tuple[ColumnElement[bool], ...]:
    return (
        WhatsAppTemplateRow.account == account,
        WhatsAppTemplateRow.name == name,
        WhatsAppTemplateRow.language == language,
    )


def _cut(reason: str | None) -> str | None:
    return reason[:MAX_REASON] if reason else None


def picture_of(components: Sequence[Mapping[str, Any]]) -> str:
    """Return the address of the picture above a template's words (`Media.url`); empty: there is none."""
    return next((str(each[PICTURE]) for each in components if PICTURE in each), "")


def _words_of(components: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return what a person reads and sees of a template."""
    said: list[Any] = []
    for each in components:
        said.append([each["type"], each.get("text", "")])
        if PICTURE in each:
            # A picture that was uploaded never changes: another one has another address.
            said.append([PICTURE, each[PICTURE]])
        said += [[button["type"], button["text"]] for button in each.get("buttons", ())]
    return said
