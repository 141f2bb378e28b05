"""The error tree."""

from bot.errors import (
    ConsentMissing,
    ContentError,
    NluUnavailable,
    Refused,
    SuarError,
    TooManyTries,
    Unavailable,
)


def test_an_error_without_words_says_what_its_class_says() -> None:
    """The message is the docstring unless something better is known."""
    assert str(NluUnavailable()) == "The language-understanding service did not answer in time."
    assert str(SuarError("this")) == "this"


def test_a_mistake_in_the_content_names_the_file_and_the_line() -> None:
    """Whoever mends it knows where to look."""
    assert str(ContentError("wrong", file="flows/a.yml", line=3)) == "flows/a.yml:3: wrong"
    assert str(ContentError("wrong", file="flows/a.yml")) == "flows/a.yml: wrong"


def test_errors_carry_data() -> None:
    """Which consent is missing and how long to wait are fields."""
    assert ConsentMissing("share").scope == "share"
    assert TooManyTries(90).retry_after_s == 90


def test_a_no_is_not_a_failure() -> None:
    """What is refused is not tried again; what is away is."""
    assert issubclass(ConsentMissing, Refused)
    assert issubclass(NluUnavailable, Unavailable)
    assert not issubclass(Refused, Unavailable)
