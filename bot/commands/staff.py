"""`suar staff`: who works on the desk."""

import secrets
import sys

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import keyring_of
from bot.clock import SystemClock
from bot.commands.common import configured, running, tell
from bot.desk.web.passwords import Passwords, is_long_enough
from bot.errors import SetupError
from bot.hotline import second_step
from bot.hotline.cases import lock_out
from bot.hotline.matching import GENDERS
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff, add_staff, get_by_email, list_staff
from bot.local.run import local_database
from bot.messages import StaffId
from bot.settings import Settings
from bot.store import sessions
from bot.store.audit import Kind, append
from bot.store.engine import Database
from bot.store.keys import get_lookup


@click.group()
def staff() -> None:
    """Those who work on the desk."""


@staff.command()
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option(
    "--language", default="id", show_default=True, help="Comma-separated, such as id,en."
)
@click.option(
    "--gender",
    type=click.Choice(GENDERS),
    help="For people who wish for a counsellor of a gender.",
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@running
async def add(
    email: str, name: str, role: str, language: str, gender: str | None, password_stdin: bool
) -> None:
    """Add somebody; without --password-stdin a password is made and printed once."""
    settings = configured()
    password = sys.stdin.readline().rstrip("\n") if password_stdin else secrets.token_urlsafe(12)
    if not is_long_enough(password):
        raise SetupError("the password is too short: at least 12 characters.")
    languages = tuple(code.strip() for code in language.split(",") if code.strip())
    added = Staff(
        id=StaffId(SystemClock().new_id()),
        email=email.strip(),
        name=name.strip(),
        role=Role(role),
        languages=languages,
        locale=languages[0] if languages else settings.default_locale,
        gender=gender,
    )
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        async with db.transaction() as conn:
            await add_staff(conn, added, password_hash=await Passwords().hash(password))
            await _note(settings, conn, Kind.STAFF_ADDED, added.id, why=role)
        await db.close()
    tell(f"Added {added.email} as {added.role.value}.")
    if not password_stdin:
        click.echo(password)


@staff.command(name="list")
@running
async def show() -> None:
    """List everybody."""
    settings = configured()
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        async with db.transaction() as conn:
            everybody = await list_staff(conn)
        await db.close()
    for one in everybody:
        state = "disabled" if one.disabled else "active"
        click.echo(
            f"{one.email}\t{one.role.value}\t{','.join(one.languages)}\t{state}\t{one.name}"
        )
    if not everybody:
        tell("Nobody yet. `suar run` prints a link that makes the first admin.")


@staff.command()
@click.argument("email")
@running
async def disable(email: str) -> None:
    """Lock somebody out at once; whoever they were talking with goes back to the queue."""
    settings = configured()
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        async with db.transaction() as conn:
            locked, _ = await get_by_email(conn, email)
            back = await lock_out(conn, email, SystemClock().now())
            await _note(settings, conn, Kind.STAFF_DISABLED, locked.id)
        await db.close()
    tell(f"{email} is locked out. People given back to the queue: {back}.")


@staff.command()
@click.argument("email")
@running
async def reset_code(email: str) -> None:
    """Take somebody's second step away, because phone and recovery codes are lost; they set it up anew at the next sign-in."""
    settings = configured()
    async with local_database(settings, tell) as dsn:
        db = Database.at(dsn, pool_size=1)
        async with db.transaction() as conn:
            theirs, _ = await get_by_email(conn, email)
            await second_step.reset(conn, theirs.id)
            await sessions.close_all(conn, theirs.id)
            await _note(settings, conn, Kind.SECOND_STEP_RESET, theirs.id)
        await db.close()
    tell(f"{email} signs in by password alone once, and sets the second step up anew.")


async def _note(
    settings: Settings,
    conn: AsyncConnection,
    kind: Kind,
    staff_id: StaffId,
    *,
    why: str | None = None,
) -> None:
    lookup = await get_lookup(conn, keyring_of(settings))
    await append(conn, lookup, kind, at=SystemClock().now(), subject_id=staff_id, why=why)
