"""What every page of the desk is given: the services, the templates, and who is asking."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.desk.web.pages import Pages
from bot.desk.web.passwords import Passwords
from bot.desk.web.services import DeskServices
from bot.hotline.staff import CHECKS, REVIEWS, TALKS, WRITES, Staff
from bot.store.sessions import StaffSession

HOME = "/desk/"
SIGN_IN = "/desk/sign-in"
EVENTS = "/desk/events"


@dataclass(frozen=True)
class Desk:
    """The desk of one process."""

    services: DeskServices
    pages: Pages
    passwords: Passwords

    def now(self) -> datetime:
        """Return the aware current time in UTC."""
        return self.services.clock.now()


@dataclass(frozen=True)
class Visit:
    """One request of somebody who is signed in."""

    request: Request
    staff: Staff
    session: StaffSession

    @property
    def talks(self) -> bool:
        """Whether this person may talk with people."""
        return self.staff.role in TALKS

    @property
    def reviews(self) -> bool:
        """Whether this person may label what Suar misunderstood."""
        return self.staff.role in REVIEWS

    @property
    def checks(self) -> bool:
        """Whether this person may record checks of the directory."""
        return self.staff.role in CHECKS

    @property
    def writes(self) -> bool:
        """Whether this person may edit what Suar says."""
        return self.staff.role in WRITES

    @property
    def is_htmx(self) -> bool:
        """Whether the answer is put into a page that is open already."""
        return is_htmx(self.request)


def is_htmx(request: Request) -> bool:
    """Tell whether a request comes from a page that is open already."""
    return "hx-request" in request.headers
