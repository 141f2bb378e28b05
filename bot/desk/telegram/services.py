"""What the staff's bot needs from the rest of the house."""

from dataclasses import dataclass
from uuid import UUID

from bot.clock import Clock
from bot.conversation.talks import Talks
from bot.desk.web.pages import Pages
from bot.store.contacts import People
from bot.store.engine import Database
from bot.store.notices import Ear

SAID = "telegram/said.html"


@dataclass(frozen=True)
class StaffBotServices:
    """Everything the staff's bot leans on; made by the composition root."""

    db: Database
    people: People
    clock: Clock
    pages: Pages
    talks: Talks
    ear: Ear
    base_url: str
    """Where the desk is reached, without a slash at the end."""
    group: int | None = None
    """The staff's group, where the operator allows talks in its topics; None keeps all words on the desk."""

    def say(self, macro: str, locale: str, /, **values: object) -> str:
        """Return one of the bot's texts in the language of somebody of the staff."""
        return self.pages.said(SAID, macro, locale, **values)

    def listed(self, table: str, locale: str) -> dict[str, str]:
        """Return a table of the bot's words in a language."""
        return self.pages.listed(SAID, table, locale)

    def link_to(self, case_id: UUID) -> str:
        """Return the address of a conversation on the desk."""
        return f"{self.base_url}/desk/cases/{case_id}"

    @property
    def desk(self) -> str:
        """The address of the desk."""
        return f"{self.base_url}/desk/"
