"""`suar doctor`: looks at everything Suar leans on, and says how to mend what is not well."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta

import click

from bot.app import keyring_of
from bot.channels.errors import SendError
from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.content.check import check_content
from bot.content.load import ROOT, load_content
from bot.conversation.templates import house_wanted
from bot.errors import SetupError, SuarError
from bot.gateway.webchat.theme import load_theme
from bot.hotline.unusual import look_at_groups
from bot.local.nlu import LocalNlu
from bot.local.postgres import LocalPostgres
from bot.local.run import Running, local_database
from bot.pictures.fonts import can_shape
from bot.settings import Settings
from bot.store import broadcast_runs, inbox, templates
from bot.store.audit import Head, is_guarded, verify
from bot.store.engine import Database
from bot.store.keys import get_lookup
from bot.store.migrate import is_current
from bot.understanding.rasa import RasaClient

_ILL_TEMPLATES = frozenset({"REJECTED", "PAUSED", "DISABLED", templates.REFUSED})
_BROKEN = {
    "missing": "is missing",
    "changed": "was changed, or is no line of ours",
    "cut": "was there when the head was noted and is gone",
    "other": "is another one than when the head was noted",
}
STILL = timedelta(minutes=15)
MEND_DATABASE = "check SUAR_DATABASE_URL and SUAR_SECRET_KEYS"


@dataclass(frozen=True)
class Look:
    """What was found of one part."""

    part: str
    well: bool
    found: str
    mend: str = ""


@click.command()
@click.option("--audit", is_flag=True, help="Check only the audit log: does every line hold?")
@click.option("--head", help="With --audit: a head noted earlier, which must still be there.")
@running
async def doctor(audit: bool, head: str | None) -> None:
    """Check configuration, database, language model, channels and content; say how to mend each."""
    if head and not audit:
        raise click.UsageError("--head goes with --audit.")
    settings = configured(log_level="error")
    ill = 0
    async for look in examine_audit(settings, head) if audit else examine(settings):
        mark = "ok  " if look.well else "ILL "
        click.echo(f"{mark} {look.part}: {look.found}")
        if not look.well:
            ill += 1
            click.echo(f"     → {look.mend}")
    if ill:
        sys.exit(1)


async def examine(settings: Settings) -> AsyncIterator[Look]:
    """Yield a look at each part."""
    yield _look_at_settings(settings)
    yield _look_at_content(SystemClock().now().date())
    yield _look_at_pictures()
    async for look in _look_at_database(settings):
        yield look
    yield _look_at_web_chat(settings)
    yield await _look_at_nlu(settings)
    yield await _look_at_telegram(settings)
    yield await _look_at_whatsapp(settings)
    yield await _look_at_staff_bot(settings)


async def examine_audit(settings: Settings, head: str | None) -> AsyncIterator[Look]:
    """Yield a look at the audit log, line by line, and at what keeps it from being changed."""
    try:
        noted = Head.parse(head) if head else None
    except ValueError as exc:
        raise SetupError(str(exc)) from exc
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        async with db.transaction() as conn:
            lookup = await get_lookup(conn, keyring_of(settings))
            report = await verify(conn, lookup, noted=noted)
            guarded = await is_guarded(conn)
        await db.close()
    mend = "keep the database as it is and a copy of it; compare with a backup; find out who has access"
    if report.broken_at is None:
        yield Look(
            "audit log",
            well=True,
            found=f"{report.lines} lines hold, head {report.head or 'none'}",
        )
    else:
        found = f"line {report.broken_at} {_BROKEN[report.problem]}; {report.lines} lines hold before it"
        yield Look("audit log", well=False, found=found, mend=mend)
    yield Look(
        "audit guard",
        guarded,
        "changes are refused" if guarded else "the triggers are gone or switched off",
        mend,
    )


def _look_at_settings(settings: Settings) -> Look:
    names = sorted(f"SUAR_{name.upper()}" for name in settings.model_fields_set)
    return Look("settings", well=True, found=", ".join(names) or "all defaults")


def _look_at_content(today: date) -> Look:
    try:
        findings = check_content(ROOT, load_content(), today=today)
    except SuarError as exc:
        return Look("content", well=False, found=str(exc), mend="mend the file at that line")
    wrong = [finding for finding in findings if not finding.warning]
    if wrong:
        return Look(
            "content", well=False, found=f"{len(wrong)} findings", mend="run `suar flows check`"
        )
    return Look("content", well=True, found=f"complete, {len(findings)} warnings")


def _look_at_web_chat(settings: Settings) -> Look:
    part = "web chat"
    try:
        theme = load_theme(settings.chat_theme)
    except SuarError as exc:
        return Look(part, well=False, found=str(exc), mend="mend the file of SUAR_CHAT_THEME")
    sites = ", ".join(settings.chat_sites) or "any site (SUAR_CHAT_SITES names the ones that may)"
    found = f"may be embedded by {sites}"
    if theme.moved is not None:
        found += f"; the theme's colour is hard to read by day, {theme.moved} is shown"
    return Look(part, well=True, found=found)


def _look_at_pictures() -> Look:
    if can_shape():
        return Look("pictures", well=True, found="drawn in every language")
    found = "FriBidi is missing: no pictures in scripts whose letters change their form"
    return Look("pictures", well=False, found=found, mend="install the package libfribidi0")


async def _look_at_database(settings: Settings) -> AsyncIterator[Look]:
    dsn = settings.database_url
    if dsn is None:
        server = LocalPostgres(settings.data_dir)
        if not await server.is_up():
            yield Look(
                "database", well=True, found="our own, not running now (`suar run` starts it)"
            )
            return
        dsn = server.dsn
    try:
        db = Database.at(dsn, pool_size=1)
    except SetupError as exc:
        yield Look("database", well=False, found=str(exc), mend=MEND_DATABASE)
        return
    try:
        await db.ping()
        yield Look("database", well=True, found="answers")
        current = await asyncio.to_thread(is_current, dsn)
        found = "current" if current else "old"
        yield Look("schema", well=current, found=found, mend="run `suar migrate`")
        async with db.transaction() as conn:
            await get_lookup(conn, keyring_of(settings))
        yield Look("secret keys", well=True, found="they open this database")
        if current:
            yield await _look_at_broadcasts(db)
            yield await _look_at_traffic(db)
            async for look in _look_at_templates(db, settings):
                yield look
    except SuarError as exc:
        yield Look(
            "database",
            well=False,
            found=str(exc),
            mend=MEND_DATABASE,
        )
    finally:
        await db.close()


async def _look_at_broadcasts(db: Database) -> Look:
    now = SystemClock().now()
    async with db.transaction() as conn:
        still = await broadcast_runs.list_standing_still(conn, now=now, for_=STILL)
    if not still:
        return Look("broadcasts", well=True, found="none stands still")
    waiting = sum(run.waiting for run in still)
    found = f"{len(still)} stand still, {waiting} people wait since {min(run.since for run in still):%Y-%m-%d %H:%M} UTC"
    mend = "is a worker running, and does the channel take messages? See its log, or pause the broadcast on the desk"
    return Look("broadcasts", well=False, found=found, mend=mend)


async def _look_at_traffic(db: Database) -> Look:
    now = SystemClock().now()
    async with db.transaction() as conn:
        backlog = await inbox.get_backlog(conn)
        alarms, _, groups = await look_at_groups(conn, now=now)
    found = (
        f"{backlog.unanswered} messages wait for their answer, {len(groups)} groups write the same"
    )
    if alarms:
        mend = "a supervisor should look at Unusual traffic on the desk: it may be one incident"
        people = sum(group.people for group in alarms)
        return Look("traffic", False, f"{found}; {people} people tell the same danger", mend)
    mend = "is a worker running, is the language model fast enough? Campaigns wait meanwhile"
    return Look("traffic", not backlog.is_too_much(now), found, mend)


async def _look_at_templates(db: Database, settings: Settings) -> AsyncIterator[Look]:
    """Yield how it stands with the words that WhatsApp approves; nothing where WhatsApp is off."""
    part = "whatsapp templates"
    if settings.whatsapp_token is None:
        return
    account = settings.whatsapp_business_account_id
    if account is None:
        found = "no business account: after 24 hours of silence nobody can be written to"
        mend = "set SUAR_WHATSAPP_BUSINESS_ACCOUNT_ID, see docs/whatsapp.md"
        yield Look(part, well=False, found=found, mend=mend)
        return
    async with db.transaction(durable=False) as conn:
        kept = {each.fingerprint: each for each in await templates.list_kept(conn, account)}
        state = await templates.get_account(conn, account)
    if state.fault is not None:
        mend = "does the token have the right whatsapp_business_management? See docs/whatsapp.md"
        yield Look(part, well=False, found=f"not compared: {state.fault}", mend=mend)
        return
    house = [kept.get(each.fingerprint) for each in house_wanted(load_content())]
    ready = sum(each is not None and each.status == templates.APPROVED for each in house)
    ill = [each for each in kept.values() if each.status in _ILL_TEMPLATES]
    missing = len(house) - ready
    found = f"{ready} of {len(house)} of the house approved, {len(ill)} rejected or stopped"
    mend = "look at WhatsApp on the desk, or run `suar whatsapp templates submit`"
    yield Look(part, well=not ill and not missing, found=found, mend=mend)


async def _look_at_nlu(settings: Settings) -> Look:
    url, token = settings.nlu_url, None
    running_group = Running.read(settings.data_dir)
    if url is None and running_group is not None:
        url, token = running_group.nlu_url, running_group.nlu_token
    if url is None:
        try:
            LocalNlu(ROOT, settings.data_dir).check()
        except SuarError as exc:
            return Look("language model", well=False, found=str(exc), mend="run `make install`")
        return Look("language model", well=True, found="installed, not running now")
    if settings.nlu_token:
        token = settings.nlu_token.get_secret_value()
    client = RasaClient(url.split(","), token)
    ready = await client.ready()
    await client.close()
    mend = "start it with `suar nlu serve`; until then the lexicon and the menus carry on"
    return Look("language model", ready, "answers" if ready else "does not answer", mend)


async def _look_at_telegram(settings: Settings) -> Look:
    if settings.telegram_token is None:
        return Look("telegram", well=True, found="off (no SUAR_TELEGRAM_TOKEN)")
    # Imported only here: it takes seconds.
    from bot.gateway.telegram_examine import examine_bot  # noqa: PLC0415

    dsn = settings.database_url or LocalPostgres(settings.data_dir).dsn
    found = await examine_bot(
        settings.telegram_token.get_secret_value(),
        settings.telegram_api_url,
        settings.telegram_mode,
        f"{settings.base_url}/telegram/webhook",
        dsn,
    )
    return Look("telegram", found.well, found.words, found.mend)


async def _look_at_whatsapp(settings: Settings) -> Look:
    part, mend = "whatsapp", "see docs/whatsapp.md"
    try:
        access = settings.whatsapp
    except SetupError as exc:
        return Look(part, well=False, found=str(exc), mend=mend)
    if access is None:
        return Look(part, well=True, found="off (no SUAR_WHATSAPP_TOKEN)")
    # Imported only here, like Telegram's.
    from bot.channels.whatsapp_number import examine_number  # noqa: PLC0415

    try:
        number = await examine_number(access.api_url, access.token, access.phone_id)
    except SendError as exc:
        mend = "check SUAR_WHATSAPP_TOKEN and SUAR_WHATSAPP_PHONE_ID, and the network"
        return Look(part, well=False, found=exc.code, mend=mend)
    if number.digits is None:
        mend = "without it no link to WhatsApp can be made: is the number registered? See WhatsApp Manager"
        found = f"writes as {number.name}, and Meta tells no number"
        return Look(part, well=False, found=found, mend=mend)
    return Look(part, well=True, found=f"writes as {number.name} from {number.shown}")


async def _look_at_staff_bot(settings: Settings) -> Look:
    part, token = "staff bot", settings.staff_telegram_token
    if token is None:
        return Look(part, well=True, found="off (no SUAR_STAFF_TELEGRAM_TOKEN)")
    if token == settings.telegram_token:
        mend = "make a bot of its own for the staff with @BotFather"
        return Look(part, well=False, found="has the token of the public bot", mend=mend)
    topics = settings.staff_telegram_topics != "off"
    if topics and settings.staff_telegram_chat is None:
        mend = "set SUAR_STAFF_TELEGRAM_CHAT, or SUAR_STAFF_TELEGRAM_TOPICS=off"
        return Look(part, well=False, found="topics are on, and no group is named", mend=mend)
    # Imported only here, like the other library of Telegram's.
    from bot.desk.telegram.rights import examine_bot  # noqa: PLC0415

    group = settings.staff_telegram_chat if topics else None
    found = await examine_bot(token.get_secret_value(), settings.telegram_api_url, group)
    return Look(part, found.well, found.words, found.mend)
