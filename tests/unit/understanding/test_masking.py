"""What leads straight to somebody is hidden from a counsellor's screen, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.masking import mask


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("call 0812-3456-7890 now", "call [number] now"),
        ("+62 812 3456 7890", "[number]"),
        ("wa: 081234567890", "[handle]"),
        ("my passport A1234567", "my passport [number]"),
        ("NIK 3171234567890001", "NIK [number]"),
        ("نمبر ۰۳۰۱۲۳۴۵۶۷", "نمبر [number]"),
        ("เบอร์ของฉันคือ0812345678นะ", "เบอร์ของฉันคือ[number]นะ"),
        ("write to rina@example.org", "write to [email]"),
        ("I am @rinawati there", "I am [handle] there"),
        ("see https://example.org/rina?x=1 please", "see [link] please"),
    ],
)
def test_what_leads_to_somebody_is_hidden(written: str, shown: str) -> None:
    """Telephone, passport and identity numbers in any script, accounts, e-mails and links go."""
    assert mask(written) == shown


@pytest.mark.parametrize(
    "written",
    [
        "I am 17 and I work 14 hours",
        "they owe me Rp 1.500.000 since 2025-01-31",
        "on 12/11/2026 he took 1500000 from me",
        "My name is Rina, Jalan Merdeka 5 in Surabaya",
        "one\n  two\n\nthree",
    ],
)
def test_what_helps_to_understand_stays(written: str) -> None:
    """Ages, hours, sums, days, names, places and line breaks are as the person wrote them."""
    assert mask(written) == written


@given(st.text(alphabet="0123456789", min_size=8, max_size=16).filter(lambda n: n[-1] != "0"))
def test_no_long_number_is_shown(digits: str) -> None:
    """A run of eight digits and more is never seen, whatever they are."""
    assert digits not in mask(f"it is {digits}, really")


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    """What is hidden stays hidden, and the marks themselves are not taken for something."""
    assert mask(mask(text)) == mask(text)
