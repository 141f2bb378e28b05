"""What a process remembers of the languages that people read."""

from bot.channels import whatsapp_readers
from bot.channels.whatsapp_readers import KEPT_S, Readers
from bot.messages import Address


def address(number: int) -> Address:
    """Return somebody."""
    return Address("whatsapp", "account", f"62812{number:06}")


def test_the_last_language_is_remembered_for_a_day() -> None:
    """A newer language takes the place of the one before; after a day nothing is known."""
    now = 1000.0
    readers = Readers(lambda: now)
    readers.note(address(1), "id")
    readers.note(address(1), "en")
    assert readers.locale_of(address(1)) == "en"
    assert readers.locale_of(address(2)) is None
    now += KEPT_S
    assert readers.locale_of(address(1)) is None


def test_somebody_without_a_language_is_forgotten() -> None:
    """Of somebody who is erased nothing stays."""
    readers = Readers()
    readers.note(address(1), "en")
    readers.note(address(1), None)
    assert readers.locale_of(address(1)) is None


def test_only_so_many_are_remembered_and_no_number() -> None:
    """Who was written to least lately goes first; no number stands in what is kept."""
    readers = Readers()
    most = whatsapp_readers.MAX_PEOPLE
    for number in range(most):
        readers.note(address(number), "en")
    readers.note(address(0), "en")
    readers.note(address(most), "en")
    assert readers.locale_of(address(1)) is None
    assert readers.locale_of(address(0)) == readers.locale_of(address(most)) == "en"
    assert not any(address(most).value.encode() in who for who in readers._read)
    assert address(most).value not in repr(readers)
