"""What the turn knows of files: which are worth fetching, and what is said of the others."""

from bot.content.load import Content
from bot.conversation.steps.base import Heard
from bot.conversation.unchecked import spoken
from bot.messages import FILES_TAKEN, MAX_FILE_MB, OfferedFile, Outgoing

PAGE = "attachments"
"""The page of `flows/pages/` with the words about files."""
CALL = "call"
"""What a call that rings is called, where a channel tells of it."""
WITHOUT_WORDS = frozenset({"sticker"})
"""What is a gesture more than a message: the counsellor sees it named, and nobody is told that it cannot be seen."""


def is_offered(file: OfferedFile | None) -> OfferedFile | None:
    """Return a file if it is worth fetching; what it really is, its bytes will say."""
    return file if file and file.kind in FILES_TAKEN and file.is_small else None


def why_not(file: OfferedFile | None) -> str:
    """Return why something is not fetched: a key of the page."""
    return "too_large" if file and file.kind in FILES_TAKEN else "not_taken"


def said(content: Content, locale: str, key: str, *, page: str = PAGE) -> Outgoing:
    """Return words of a page as a person of this language is to see them."""
    text = content.pages[page][key]

    def say(locale: str, heard: list[Heard] | None) -> tuple[Outgoing]:
        words = content.words.say(text, locale, megabytes=MAX_FILE_MB)
        if heard is not None:
            heard.append(Heard(text, words))
        return (Outgoing(words),)

    return spoken(content, locale, say)[0]
