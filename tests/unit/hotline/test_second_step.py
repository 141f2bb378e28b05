"""Codes of the second step: which count, and which do not any more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.permissions import Role
from bot.hotline.second_step import address_of, recovery_hash, step_of
from bot.hotline.staff import Staff
from bot.messages import StaffId
from bot.store.crypto import Lookup

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOW = datetime(2026, 11, 22, 2, 0, 5, tzinfo=UTC)
STEP = int(NOW.timestamp()) // 30
LOOKUP = Lookup(b"k" * 32)


def code_at(span: timedelta) -> str:
    """Return the code that the phone shows when its clock is ahead by `span`."""
    return pyotp.TOTP(SECRET).at(NOW + span)


def test_the_code_of_the_standard() -> None:
    """The codes are those of RFC 6238, so that any app makes them (its table B, SHA-1, last six digits)."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime.fromtimestamp(1111111109, UTC)
    assert step_of(secret, "081804", now=at, last_step=0) == 1111111109 // 30


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)]
)
def test_a_phone_may_be_half_a_minute_off(seconds: int, counts: bool) -> None:
    """The code before and after this one's count, and no other."""
    found = step_of(SECRET, code_at(timedelta(seconds=seconds)), now=NOW, last_step=0)
    assert (found == STEP + seconds // 30) if counts else found is None


@given(last=st.integers(STEP - 3, STEP + 3), aside=st.integers(-1, 1))
def test_what_was_used_or_is_older_is_worth_nothing(last: int, aside: int) -> None:
    """Whoever looks over a shoulder cannot use the same code, nor the one before it."""
    code = code_at(timedelta(seconds=30 * aside))
    assert (step_of(SECRET, code, now=NOW, last_step=last) is not None) == (STEP + aside > last)


@given(st.text(max_size=40))
def test_no_other_text_is_a_code(given: str) -> None:
    """Whatever is typed, only the three codes of this minute and a half count, with or without spaces."""
    right = {code_at(timedelta(seconds=s)) for s in (-30, 0, 30)}
    found = step_of(SECRET, given, now=NOW, last_step=0)
    assert (found is not None) == ("".join(given.split()) in right)


def test_spaces_in_a_code_do_not_matter() -> None:
    """Apps show codes in two groups, and people type them so."""
    code = code_at(timedelta())
    assert step_of(SECRET, f" {code[:3]} {code[3:]} ", now=NOW, last_step=0) == STEP


def test_the_picture_names_the_desk_and_the_account() -> None:
    """In the app it stands under Suar and the e-mail, with the library's defaults that every app knows."""
    somebody = Staff(
        StaffId(UUID(int=1)), "rini@example.org", "Rini", Role.COUNSELLOR, ("id",), "id"
    )
    address = address_of(SECRET, somebody)
    assert address == f"otpauth://totp/Suar:rini%40example.org?secret={SECRET}&issuer=Suar"


def test_recovery_codes_are_found_however_they_are_typed() -> None:
    """Capitals, spaces and missing strokes do not matter; whose it is does."""
    one, other = UUID(int=1), UUID(int=2)
    kept = recovery_hash(LOOKUP, one, "bcdf-ghjk-2345")
    assert recovery_hash(LOOKUP, one, " BCDF ghjk2345") == kept
    assert recovery_hash(LOOKUP, other, "bcdf-ghjk-2345") != kept
    assert recovery_hash(LOOKUP, one, "bcdf-ghjk-2346") != kept
