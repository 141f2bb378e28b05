"""Tables for other programs: what a person typed is text there, and never a formula."""

import pytest

from bot.sheets import as_csv


@pytest.mark.parametrize("typed", ["=1+1", "+62", "-x", "@sum(a)", "\tx", '=HYPERLINK("x")'])
def test_a_text_that_looks_like_a_formula_is_none(typed: str) -> None:
    """It begins with an apostrophe, by which every spreadsheet takes it as words."""
    assert as_csv(("a",), [(typed,)]).partition("\n")[2].lstrip('"').startswith("'")


def test_numbers_stay_numbers() -> None:
    """Also those below nothing, and what is hidden stays empty."""
    assert as_csv(("a", "b", "c"), [(-1, -0.5, None)]) == "a,b,c\n-1,-0.5,\n"
