"""The second step of signing in: a code that changes every half minute, from an app on the phone; and codes for when it is away."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hotline.staff import Staff
from bot.store.contacts import People
from bot.store.crypto import Lookup
from bot.store.keys import get_second_step_key
from bot.store.tables import RecoveryCodeRow, SecondStepRow

FRESH = timedelta(minutes=10)
"""A code counts this long for what asks for a fresh one."""
ISSUER = "Suar"
RECOVERY_CODES = 10
MAX_CODE_CHARS = 40
_STEPS_ASIDE = 1
"""A phone's clock may be half a minute off."""
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
"""Nothing that is read as something else, and no vowels, so that no code is a word."""
_GROUPS, _GROUP_CHARS = 3, 4


class Given(StrEnum):
    """What a right code was."""

    APP = "app"
    RECOVERY = "recovery"


@dataclass(frozen=True)
class Standing:
    """How somebody's second step stands."""

    set_up_at: datetime | None
    codes_left: int


def step_of(secret: str, code: str, *, now: datetime, last_step: int) -> int | None:
    """Return the time step whose code this is, if it is newer than the last that was used.

    Args:
        secret: In base32, as the app has it.
        code: As it was typed, spaces and all.
        now: Aware.
        last_step: Codes of this step and of older ones are worth nothing.
    """
    totp = pyotp.TOTP(secret)
    typed, current = "".join(code.split()), totp.timecode(now)
    if not typed.isascii():
        return None
    # Each is compared, so that the time it takes tells nothing.
    fitting = [
        step
        for step in range(current - _STEPS_ASIDE, current + _STEPS_ASIDE + 1)
        if pyotp.utils.strings_equal(typed, totp.generate_otp(step))
    ]
    return next((step for step in fitting if step > last_step), None)


def address_of(secret: str, staff: Staff) -> str:
    """Return what the picture says to the app."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=ISSUER)


def recovery_hash(lookup: Lookup, staff_id: UUID, code: str) -> bytes:
    """Return the keyed hash by which a recovery code is found, however it is typed."""
    plain = "".join(char for char in code.casefold() if char.isalnum())
    return lookup.of("recovery-code", str(staff_id), plain)


async def get_standing(conn: AsyncConnection, staff_id: UUID) -> Standing:
    """Return how somebody's second step stands."""
    since = await conn.scalar(
        select(SecondStepRow.set_up_at).where(SecondStepRow.staff_id == staff_id)
    )
    left = await conn.scalar(
        select(func.count())
        .select_from(RecoveryCodeRow)
        .where(RecoveryCodeRow.staff_id == staff_id, RecoveryCodeRow.used_at.is_(None))
    )
    return Standing(since, left or 0)


async def begin(conn: AsyncConnection, people: People, staff_id: UUID) -> str:
    """Return the secret that is to be confirmed, made on the first call; what is set up goes on until then."""
    await conn.execute(insert_or(SecondStepRow).values(staff_id=staff_id).on_conflict_do_nothing())
    row = await _locked(conn, staff_id)
    key = await get_second_step_key(conn, people.keyring)
    if row.pending_sealed:
        return key.open(row.pending_sealed, _place(staff_id))
    secret = pyotp.random_base32()
    await _set(conn, staff_id, pending_sealed=key.seal(secret, _place(staff_id)))
    return secret


async def confirm(
    conn: AsyncConnection, people: People, staff_id: UUID, code: str, *, now: datetime
) -> list[str] | None:
    """Set the second step up with the first code of the secret that `begin` gave.

    Returns:
        Fresh recovery codes, to be shown once; None when the code is wrong, or nothing was begun.
    """
    row = await _locked(conn, staff_id)
    if row is None or row.pending_sealed is None:
        return None
    key = await get_second_step_key(conn, people.keyring)
    secret = key.open(row.pending_sealed, _place(staff_id))
    step = step_of(secret, code, now=now, last_step=0)
    if step is None:
        return None
    await _set(
        conn,
        staff_id,
        secret_sealed=row.pending_sealed,
        pending_sealed=None,
        last_step=step,
        set_up_at=now,
    )
    return await make_recovery_codes(conn, people.lookup, staff_id)


async def use_code(
    conn: AsyncConnection, people: People, staff_id: UUID, code: str, *, now: datetime
) -> Given | None:
    """Use a code up: one of the app that is new, or a recovery code that was never used. None when it is neither."""
    row = await _locked(conn, staff_id)
    if row is None or row.secret_sealed is None or len(code) > MAX_CODE_CHARS:
        return None
    key = await get_second_step_key(conn, people.keyring)
    secret = key.open(row.secret_sealed, _place(staff_id))
    step = step_of(secret, code, now=now, last_step=row.last_step)
    if step is not None:
        await _set(conn, staff_id, last_step=step)
        return Given.APP
    used = await conn.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.code_hash == recovery_hash(people.lookup, staff_id, code),
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return Given.RECOVERY if used.rowcount else None


async def make_recovery_codes(conn: AsyncConnection, lookup: Lookup, staff_id: UUID) -> list[str]:
    """Return new recovery codes, to be shown once; the former ones are worth nothing any more."""
    await conn.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == staff_id))
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    hashes = [recovery_hash(lookup, staff_id, code) for code in codes]
    await conn.execute(
        insert(RecoveryCodeRow), [{"code_hash": each, "staff_id": staff_id} for each in hashes]
    )
    return codes


async def reset(conn: AsyncConnection, staff_id: UUID) -> None:
    """Forget somebody's second step, because phone and recovery codes are lost."""
    await conn.execute(delete(SecondStepRow).where(SecondStepRow.staff_id == staff_id))
    await conn.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == staff_id))


def _new_code() -> str:
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def _place(staff_id: UUID) -> str:
    # Bound to its owner: nobody's secret can be put in place of somebody else's.
    return f"second_step.secret:{staff_id}"


async def _locked(conn: AsyncConnection, staff_id: UUID) -> Any:  # noqa: ANN401  # a row, or None
    """Return the row, locked: of two who send the same code at once, one finds it used."""
    return (
        await conn.execute(
            select(SecondStepRow).where(SecondStepRow.staff_id == staff_id).with_for_update()
        )
    ).one_or_none()


async def _set(conn: AsyncConnection, staff_id: UUID, **values: Any) -> None:  # noqa: ANN401
    await conn.execute(
        update(SecondStepRow).where(SecondStepRow.staff_id == staff_id).values(**values)
    )
