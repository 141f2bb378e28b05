"""`suar whatsapp`: the words that WhatsApp has to approve, for scripts and for whoever sets Suar up."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import click

from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.content.load import Content, load_content
from bot.conversation.template_desk import TemplateDesk
from bot.conversation.templates import house_wanted
from bot.errors import SetupError, Unavailable
from bot.jobs.procrastinate_queue import JobQueue, make_app
from bot.local.run import local_database
from bot.messages import Picture
from bot.settings import Settings
from bot.store import pictures, templates
from bot.store.engine import Database
from bot.store.templates import Kept

NONE = "none"


@dataclass(frozen=True)
class _Office:
    """What the commands work with."""

    templates: TemplateDesk
    content: Content


@click.group()
def whatsapp() -> None:
    """WhatsApp: templates."""


@whatsapp.group(name="templates")
def of_templates() -> None:
    """The words that Meta approves beforehand: list them, compare them with Meta's list, submit them."""


@of_templates.command(name="list")
@running
async def show() -> None:
    """List the house's templates by language, and those of campaigns, with their state. Meta is not asked."""
    async with _office() as office:
        await _tell_all(office)


@of_templates.command()
@running
async def sync() -> None:
    """Compare with Meta's list now, and submit what waits for it."""
    async with _office() as office:
        await _sync(office)


@of_templates.command()
@running
async def submit() -> None:
    """Submit the house's templates in every language in which Meta has not had them yet."""
    async with _office() as office:
        async with office.templates.db.transaction() as conn:
            account, now = office.templates.account, office.templates.clock.now()
            noted = await templates.want(conn, account, list(house_wanted(office.content)), at=now)
        tell(f"{noted} to submit")
        await _sync(office)


async def _sync(office: _Office) -> None:
    fault = await office.templates.sync()
    await _tell_all(office)
    if fault is not None:
        raise Unavailable(f"Meta's list could not be read: {fault}")


async def _tell_all(office: _Office) -> None:
    kept, account = await office.templates.list_kept()
    known = {each.fingerprint: each for each in kept}
    for wanted in house_wanted(office.content):
        _tell(wanted.source, wanted.locale, known.get(wanted.fingerprint))
    for each in kept:
        if each.source == templates.MESSAGE:
            _tell(each.name, each.locale, each)
    if account.checked_at is not None:
        tell(f"compared {account.checked_at:%Y-%m-%d %H:%M} UTC")


def _tell(name: str, locale: str, kept: Kept | None) -> None:
    status, reason = (kept.status, kept.reason) if kept else (NONE, None)
    click.echo("\t".join([name, locale, status, *([reason] if reason else [])]))


@asynccontextmanager
async def _office() -> AsyncIterator[_Office]:
    settings = configured(log_level="error")
    account = _account(settings)
    # Imported only here: it takes seconds.
    from bot.channels.whatsapp import make_session  # noqa: PLC0415
    from bot.channels.whatsapp_templates import TemplateApi  # noqa: PLC0415

    access = settings.whatsapp
    assert access is not None
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=2)
        session, api = make_session(access.api_url, access.token)
        queue = JobQueue(make_app(dsn))
        async with session:
            approval = TemplateApi(api, account, partial(_find_picture, db))
            desk = TemplateDesk(db, SystemClock(), queue, approval)
            yield _Office(desk, load_content())
        await db.close()


async def _find_picture(db: Database, address: str) -> Picture | None:
    """Return what staff have uploaded; see `bot.pictures.making` for addresses."""
    async with db.transaction(durable=False) as conn:
        return await pictures.find(conn, UUID(address.partition(":")[2].partition("@")[0]))


def _account(settings: Settings) -> str:
    access = settings.whatsapp
    if access is None:
        raise SetupError("WhatsApp is off: SUAR_WHATSAPP_TOKEN is not set. See docs/whatsapp.md.")
    if access.business_account is None:
        raise SetupError("SUAR_WHATSAPP_BUSINESS_ACCOUNT_ID is not set. See docs/whatsapp.md.")
    return access.business_account
