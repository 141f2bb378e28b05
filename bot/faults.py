"""Points at which a test kills the process, to prove that nothing is lost there.

Without SUAR_FAULT in the environment each point is one comparison with None.
"""

import os
import signal

_spec = os.environ.get("SUAR_FAULT")
_point, _, _count = (_spec or "").partition(":")
_left = int(_count or 1)

POINTS = (
    "after_inbox",
    "after_understanding",
    "before_turn_commit",
    "after_turn_commit",
    "before_send",
    "after_send",
    "after_mark",
    "before_claim_commit",
    "after_claim_commit",
    "before_reply_commit",
    "after_reply_commit",
    "before_close_commit",
    "after_close_commit",
)
REFERRAL_POINTS = ("before_referral_commit", "after_referral_commit")
"""Those that only a referral passes."""
BULK_POINTS = (
    "before_batch_commit",
    "after_batch_commit",
    "before_bulk_send",
    "after_bulk_send",
    "before_bulk_mark",
    "after_bulk_mark",
    "before_asking",
)
"""Those that only a broadcast passes."""
FIRST_POINTS = ("before_first_commit", "after_first_commit")
"""Those that only what is written first to a person passes: follow-ups, reminders."""
VANISH_POINTS = ("before_vanish", "after_vanish")
"""Those that only a message passes that is taken off a screen."""
GO_ON_POINTS = ("before_go_on_commit", "after_go_on_commit")
"""Those that only the question whether we may go on passes."""
TEMPLATE_POINTS = ("after_template_submitted",)
"""Those that only a template passes."""
JOIN_POINTS = ("while_joining", "after_joining", "before_join_commit")
"""Those that only two chats pass that become one person."""
PART_POINTS = ("while_parting",)
"""That which only a chat passes that leaves its person."""
PAUSE_POINTS = ("before_pause_commit", "after_pause_commit")
"""Those that only the pause of a talk passes."""
FILE_POINTS = ("after_fetch", "before_file_commit")
"""Those that only a file passes."""
WAIT_POINTS = ("before_put_off", "after_put_off")
"""Those that only a text passes that waits because many came at once."""
HOLD_POINTS = ("before_let_go_commit",)
"""That which only a line passes that was kept back."""

BROADCAST_POINTS = (
    "before_fire_commit",
    "after_fire_commit",
    "before_plan_commit",
    "after_plan_commit",
)
"""Those that only a broadcast passes."""


def fault_point(name: str) -> None:
    """Die here, as by ``kill -9``, when SUAR_FAULT says ``name:n`` and this is the n-th time."""
    global _left  # noqa: PLW0603  # counts down over the life of the process
    if _spec is None or name != _point:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
