"""What every page of the desk is given: the services, the templates, and who is asking."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.conversation.typing import Typing
from bot.desk.web.pages import Pages
from bot.desk.web.passwords import Passwords
from bot.desk.web.services import DeskServices
from bot.hotline.permissions import Permission, needs_code
from bot.hotline.second_step import FRESH
from bot.hotline.staff import Staff
from bot.store.sessions import StaffSession

HOME = "/desk/"
SIGN_IN = "/desk/sign-in"
CODE = "/desk/code"
SECOND_STEP = "/desk/second-step"
EVENTS = "/desk/events"


@dataclass(frozen=True)
class Desk:
    """The desk of one process."""

    services: DeskServices
    pages: Pages
    passwords: Passwords
    typing: Typing

    def now(self) -> datetime:
        """Return the aware current time in UTC."""
        return self.services.clock.now()


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    staff: Staff
    session: StaffSession

    def may(self, permission: Permission) -> bool:
        """Tell whether this person's role may do something."""
        return self.staff.may(permission)

    @property
    def detour(self) -> str:
        """The page that comes before all others: for the code, or for setting the second step up; empty when none does."""
        if self.session.has_second_step:
            return "" if self.session.coded_at else CODE
        return SECOND_STEP if needs_code(self.staff.role) else ""

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether a code was given so lately that it counts for what asks for one."""
        coded_at = self.session.coded_at
        return coded_at is not None and now - coded_at <= FRESH

    @property
    def is_htmx(self) -> bool:
        """Whether the answer is put into a page that is open already."""
        return is_htmx(self.request)


def is_htmx(request: Request) -> bool:
    """Tell whether a request comes from a page that is open already."""
    return "hx-request" in request.headers
