"""Who is named in a note."""

import pytest

from bot.hotline.notes import mentioned

NAMES = ("Ana", "Ana Maria", "Budi", "Nur 2")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@Budi please look", {"Budi"}),
        ("please look, @budi.", {"Budi"}),
        ("@Ana Maria and @Budi", {"Ana Maria", "Budi"}),
        ("@Ana, thank you", {"Ana"}),
        ("@Anais is somebody else", set()),
        ("Budi without a sign", set()),
        ("mail@budiman.example", set()),
        ("@Nur 2: now", {"Nur 2"}),
        ("@", set()),
    ],
)
def test_a_name_after_the_sign_is_meant(text: str, found: set[str]) -> None:
    """Whole names only, the longer one first, in any case of letters."""
    assert mentioned(text, NAMES) == found
