"""What a page of the studio is reached by."""

from dataclasses import dataclass
from typing import Literal

from bot.desk.web.guard import Page, Reader
from bot.desk.web.security import read_form


@dataclass(frozen=True)
class Door:
    """An address of the studio; who may make campaigns may pass."""

    method: Literal["GET", "POST"]
    path: str
    """Below ``/desk``."""
    page: Page
    reads: Reader = read_form
    """How its form is read: `read_upload` where a file may come."""
