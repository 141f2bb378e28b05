"""What can go wrong when a message is sent: a closed set, so that whoever sends knows what to do with each.

SendError                      retryable  stops the person  may have arrived
├── RateLimited                yes, after `retry_after_s`
├── TemporarilyDown            yes
├── Unanswered                 yes                          yes
├── Misconfigured              yes, slowly; the operator is told
├── ContactStopped             no         yes
├── WindowClosed               no, until the person writes again; shown on the desk
├── TemplateRefused            no, until the platform approves the words (again)
└── Rejected                   no; our own mistake, shown on the desk
"""

from typing import ClassVar

from bot.errors import SuarError
from bot.store.sending import UNANSWERED


class SendError(SuarError):
    """A message could not be sent."""

    retryable: ClassVar[bool] = True
    stops_contact: ClassVar[bool] = False
    code: ClassVar[str]
    """What the outbox keeps and the desk translates."""


class RateLimited(SendError):
    """The platform asks us to slow down."""

    code = "rate_limited"

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"slow down for {retry_after_s:.0f} s")


class TemporarilyDown(SendError):
    """The platform did not take the message, and may take it later."""

    code = "temporarily_down"


class Unanswered(SendError):
    """The platform did not answer; the message may have arrived."""

    code = UNANSWERED


class Misconfigured(SendError):
    """The platform does not know us: the token is wrong or revoked."""

    code = "misconfigured"


class ContactStopped(SendError):
    """The person has blocked the bot or left the platform."""

    code = "contact_stopped"
    retryable = False
    stops_contact = True


class WindowClosed(SendError):
    """The person has not written for so long that the platform takes only what it has approved beforehand."""

    code = "window_closed"
    retryable = False


class TemplateRefused(SendError):
    """The platform does not, or no longer, take the approved words that the message was to be said by."""

    code = "template_refused"
    retryable = False


class Rejected(SendError):
    """The platform will never take this message as it is."""

    code = "rejected"
    retryable = False
