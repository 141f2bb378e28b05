"""Everything the staff's bot can say has words in a template, and fits where Telegram shows it."""

import re
from pathlib import Path

import pytest

from bot.content.load import Content
from bot.desk import telegram
from bot.desk.telegram.services import SAID
from bot.desk.web.pages import TEMPLATES, Pages
from bot.hotline.cases import OUTCOMES
from bot.hotline.matching import Matched
from bot.hotline.on_call import Call
from bot.hotline.watched import UNWATCHED, WATCHED

MAX_MENU_CHARS = 60
SAYS = re.compile(
    r"(?:\.say|\b_tell|\.tell|_tell_supervisors)\(\s*(?:who, )?\"(\w+)\"|(?:return|problem = )\s*\"(\w+)\"(?! if __)"
)


def said_in_code() -> set[str]:
    """Return the ids of the texts as the code writes them."""
    folder = Path(telegram.__file__).parent
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    return {first or second for first, second in SAYS.findall(code)}


@pytest.fixture(scope="module")
def pages(content: Content) -> Pages:
    """The words in every released language."""
    return Pages(content.words)


def macros() -> set[str]:
    """Return the ids of all texts in the template."""
    return set(re.findall(r"{% macro (\w+)\(", (TEMPLATES / SAID).read_text()))


def test_every_text_of_the_code_is_there_and_none_is_left_over() -> None:
    """What the code says by id is in the template, and the template holds nothing that is never said."""
    by_other_ways = {
        *(call.value for call in Call),
        *(f"why_{name}" for name in ("full", "relieved", "kept", Matched().why)),
        *(WATCHED, UNWATCHED, "edited", "about", "take_over", "leave_there", "nobody_there"),
        *("go_on", "not_now", "moved", "away", "here"),  # lines of the talk that nobody wrote
    }
    assert said_in_code() | by_other_ways == macros()


def test_commands_and_outcomes_fit(pages: Pages) -> None:
    """In every language the menu and the buttons hold their words."""
    for locale in pages.locales:
        commands = pages.listed(SAID, "COMMANDS", locale)
        assert set(commands) == {"next", "duty", "break", "close", "alarm", "help", "start"}
        assert all(0 < len(words) <= MAX_MENU_CHARS for words in commands.values())
        assert set(OUTCOMES) <= set(pages.listed(SAID, "ENDS", locale))


def test_names_are_said_as_they_are(pages: Pages) -> None:
    """What goes to Telegram is plain text: nothing of HTML's escaping is left in it, and nothing is read as markup."""
    said = pages.said(SAID, "linked", "en", name="O'Neil & <b>Dewi</b>")
    assert said.startswith("Hello O'Neil & <b>Dewi</b>, this")
