"""`suar campaign`: campaigns from files, and what goes on in them. What the desk's campaigners do, for scripts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import func, select, text

from bot.campaigns import file as files
from bot.campaigns.broadcast import Act, Finding
from bot.campaigns.dry_run import DryRun, dry_run
from bot.campaigns.size import Size
from bot.campaigns.store_broadcasts import Broadcast, Broadcasts, NotReady, SecondPerson
from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.content.load import load_content
from bot.conversation.broadcast_templates import unapproved
from bot.errors import NotFound, SetupError
from bot.hotline.permissions import Permission, may
from bot.hotline.staff import Staff, get_by_email
from bot.local.run import local_database
from bot.store.campaigning import ROLE
from bot.store.engine import Database
from bot.store.tables import BroadcastRunRow, CampaignLinkRow, CampaignRow, LinkCountRow
from bot.yaml_file import read_model

WRONG = {
    "unknown_language": "there is no such language in locales/",
    "loud_word": "the first 60 characters hold a word that a locked screen should not show",
    "same_title": "two buttons read the same",
    "unknown_quiz": "there is no such quiz",
    "unknown_event": "the campaign has no such event",
    "unknown_step": "a button may not lead there",
    "no_alt": "nothing says what is on the picture",
    "too_long_with_picture": "with a picture there is less room for the text",
    "unknown_https": "the address is not on one of the campaign's own domains",
    "in_the_past": "the moment is over",
    "never_goes_out": "it would never go out",
    "expires_before_it_starts": "it expires before it starts",
}
WHO = click.option("--by", "email", required=True, help="Who of the staff does it, by e-mail.")


@click.group()
def campaign() -> None:
    """Campaigns and their broadcasts."""


@dataclass(frozen=True)
class _Office:
    """What the commands work with."""

    broadcasts: Broadcasts
    staff: Staff | None
    per_second: float
    """How many messages a second the throttle lets through."""

    @property
    def by(self) -> UUID:
        assert self.staff is not None
        return self.staff.id


@campaign.command(name="import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@WHO
@running
async def import_(path: Path, email: str) -> None:
    """Keep a campaign from a YAML file; its broadcasts wait for a second person."""
    wanted = read_model(files.CampaignFile, path, path.name)
    async with _office(email) as office:
        try:
            kept = await files.keep(office.broadcasts, wanted, by=office.by)
        except NotReady as exc:
            raise SetupError(_said(exc)) from None
    for each in kept:
        click.echo(f"{wanted.campaign}/{each.name}\t{each.became}")
    tell(f"Kept {wanted.campaign}. Somebody else approves it: suar campaign schedule.")


@campaign.command(name="list")
@running
async def show() -> None:
    """List campaigns and their broadcasts."""
    async with _office() as office:
        async with office.broadcasts.db.transaction(durable=False) as conn:
            order = select(CampaignRow.id, CampaignRow.slug, CampaignRow.state, CampaignRow.title)
            campaigns = (await conn.execute(order.order_by(CampaignRow.slug))).all()
        for one in campaigns:
            click.echo(f"{one.slug}\t{one.state}\t\t{one.title}")
            for each in reversed(await office.broadcasts.all(one.id)):
                due = each.next_at.isoformat(timespec="minutes") if each.next_at else ""
                click.echo(f"{one.slug}/{each.draft.name}\t{each.state}\t{due}\t")
    if not campaigns:
        tell("No campaigns yet. `suar campaign import FILE` keeps one; see docs/campaigns.md.")


@campaign.command()
@click.argument("name")
@WHO
@running
async def schedule(name: str, email: str) -> None:
    """Approve what waits: CAMPAIGN, or one broadcast as CAMPAIGN/NAME. Whoever wrote it cannot."""
    await _each(name, email, "approve", "waiting")


@campaign.command()
@click.argument("name")
@WHO
@running
async def pause(name: str, email: str) -> None:
    """Hold broadcasts; what has not left stays here."""
    await _each(name, email, "pause", "scheduled")


@campaign.command()
@click.argument("name")
@WHO
@running
async def resume(name: str, email: str) -> None:
    """Go on with what was paused; nobody gets it twice."""
    await _each(name, email, "resume", "paused")


@campaign.command()
@click.argument("name")
@WHO
@running
async def cancel(name: str, email: str) -> None:
    """End broadcasts; who has not got them does not."""
    await _each(name, email, "cancel", "waiting", "scheduled", "paused")


@campaign.command()
@click.argument("slug")
@running
async def report(slug: str) -> None:
    """Say what became of each run, and how often links were opened; small groups of held-back people are left out."""
    async with _office() as office:
        broadcasts = office.broadcasts
        campaign_id = await _campaign(broadcasts, slug)
        everything = await broadcasts.all(campaign_id)
        async with broadcasts.db.transaction(durable=False) as conn:
            for each in reversed(everything):
                mine = BroadcastRunRow.broadcast_id == each.id
                runs = select(BroadcastRunRow).where(mine).order_by(BroadcastRunRow.due_at)
                for run in (await conn.execute(runs)).all():
                    counts = await conn.execute(_PROGRESS, {"run": run.id})
                    what = "test" if run.test else run.state
                    due = run.due_at.isoformat(timespec="minutes")
                    click.echo(f"{slug}/{each.draft.name}\t{due}\t{what}\t{run.planned}")
                    for row in counts:
                        parts = (row.variant, row.locale, row.state, row.why or "", row.people)
                        click.echo("\t".join(["", *map(str, parts)]))
            opened = func.coalesce(func.sum(LinkCountRow.opened), 0)
            finished = func.coalesce(func.sum(LinkCountRow.finished), 0)
            links = (
                select(CampaignLinkRow.code, opened, finished)
                .outerjoin(LinkCountRow, LinkCountRow.code == CampaignLinkRow.code)
                .where(CampaignLinkRow.campaign_id == campaign_id)
                .group_by(CampaignLinkRow.code)
                .order_by(CampaignLinkRow.code)
            )
            for code, times, ended in await conn.execute(links):
                click.echo(f"c_{code}\topened {times}\tfinished {ended}")


@campaign.command(name="dry-run")
@click.argument("name")
@running
async def try_out(name: str) -> None:
    """Say who would get the broadcasts of CAMPAIGN, or one as CAMPAIGN/NAME, and who would not and why. Nothing is sent."""
    async with _office() as office:
        ground, now = office.broadcasts.ground, office.broadcasts.clock.now()
        for each in await _named(office, name):
            db, body = office.broadcasts.db, each.draft.content.model_dump(mode="json")
            async with db.transaction(durable=False) as conn:
                without = await unapproved(conn, office.broadcasts.content(), body)
            rate = office.per_second
            found = await dry_run(
                db, each, now, ground=ground, per_second=rate, unapproved=without
            )
            click.echo(f"{name.partition('/')[0]}/{each.draft.name}\t{each.state}")
            for line in _dry_run_lines(found):
                click.echo(f"\t{line}")


def _dry_run_lines(found: DryRun) -> Iterator[str]:
    if found.fires_at is None:
        yield "goes out\tnever"
        return
    yield f"goes out\t{found.fires_at.isoformat(timespec='minutes')}"
    yield f"gets it\t{_size(found.gets_it)}"
    groups = {
        "channel": found.by_channel,
        "language": found.by_language,
        "zone": found.by_zone,
        "variant": found.by_variant,
        "left out": found.left_out,
    }
    for what, sizes in groups.items():
        for key, size in sizes.items():
            yield f"{what}\t{key}\t{_size(size)}"
    for each in found.waits:
        until = each.until.isoformat(timespec="minutes")
        yield f"waits for the morning\t{each.zone}\t{_size(each.people)}\t{until}"
    if found.last_at is not None:
        yield f"last moment\t{found.last_at.isoformat(timespec='minutes')}"
    yield f"seconds\t{round(found.takes.total_seconds())}"


def _size(size: Size) -> str:
    return "under 5" if size.exact is None else str(size.exact)


_PROGRESS = text(
    "SELECT * FROM campaign_progress(:run) ORDER BY variant, locale, state, why NULLS FIRST"
)


async def _each(name: str, email: str, act: Act, *states: str) -> None:
    """Do something with the broadcasts of a campaign, or one of them, that are in one of `states`."""
    slug = name.partition("/")[0]
    async with _office(email) as office:
        broadcasts = office.broadcasts
        campaign_id = await _campaign(broadcasts, slug)
        found = await _named(office, name)
        ready = [each for each in found if each.state in states]
        if not ready:
            raise SetupError(
                f"{name}: nothing is {' or '.join(states)}; see `suar campaign list`."
            )
        for each in ready:
            await _act(office, each, act)
        if act == "approve":
            async with broadcasts.db.transaction() as conn:
                await files.set_live(conn, campaign_id)
        for each in ready:
            now = await broadcasts.get(each.id)
            due = now.next_at.isoformat(timespec="minutes") if now.next_at else ""
            click.echo(f"{slug}/{now.draft.name}\t{now.state}\t{due}")


async def _named(office: _Office, name: str) -> list[Broadcast]:
    """Return the broadcasts of a campaign, or the one that is named, the oldest change first."""
    slug, _, wanted = name.partition("/")
    listed = await office.broadcasts.all(await _campaign(office.broadcasts, slug))
    found = [each for each in reversed(listed) if not wanted or each.draft.name == wanted]
    if not found:
        raise SetupError(f"{name}: there is no such broadcast; see `suar campaign list`.")
    return found


async def _act(office: _Office, each: Broadcast, act: Act) -> None:
    try:
        await office.broadcasts.act(each.id, act, by=office.by, version=each.version)
    except SecondPerson:
        raise SetupError(
            f"{each.draft.name}: whoever wrote it cannot approve it; name somebody else with --by."
        ) from None
    except NotReady as exc:
        raise SetupError(f"{each.draft.name}: {_said(exc)}") from None


async def _campaign(broadcasts: Broadcasts, slug: str) -> UUID:
    try:
        async with broadcasts.db.transaction(durable=False) as conn:
            return await files.find(conn, slug)
    except NotFound:
        raise SetupError(f"{slug}: there is no such campaign; see `suar campaign list`.") from None


@asynccontextmanager
async def _office(email: str | None = None) -> AsyncIterator[_Office]:
    settings = configured()
    content = load_content()
    async with local_database(settings, tell) as dsn:
        staff = await _who(dsn, email) if email else None
        db = Database.at(dsn, pool_size=1, role=ROLE)
        try:
            clock = SystemClock()
            yield _Office(
                Broadcasts(db, clock, lambda: content, settings.timezone),
                staff,
                settings.broadcast_per_second,
            )
        finally:
            await db.close()


async def _who(dsn: str, email: str) -> Staff:
    """Return somebody who may write campaigns; staff are looked up as the house itself, and nothing else is."""
    db = Database.at(dsn, pool_size=1)
    try:
        async with db.transaction(durable=False) as conn:
            found, _ = await get_by_email(conn, email)
    except NotFound:
        raise SetupError(
            f"{email}: nobody active has this address; see `suar staff list`."
        ) from None
    finally:
        await db.close()
    if not may(found.role, Permission.CAMPAIGN):
        raise SetupError(f"{email} is {found.role.value}; campaigners and supervisors do this.")
    return found


def _said(problem: NotReady) -> str:
    return "; ".join(map(_line, (each for each in problem.findings if not each.warning)))


def _line(finding: Finding) -> str:
    where = f"{finding.where}: " if finding.where else ""
    value = f" ({finding.value})" if finding.value else ""
    return f"{where}{WRONG.get(finding.code, finding.code)}{value}"
