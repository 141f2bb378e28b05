"""What is read from files and never changed, so that all tests of one process share it."""

from functools import cache

from bot.content.load import Content, load_content
from bot.understanding.lexicon import Lexicon, load_lexicon


@cache
def the_content() -> Content:
    """Return everything that Suar can say; reading it takes a second."""
    return load_content()


@cache
def the_lexicon() -> Lexicon:
    """Return the risk lexicon; compiling its 1,600 patterns takes a second."""
    return load_lexicon()
