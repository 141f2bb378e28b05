"""The composition root: one object graph per role, and the only place that knows concrete classes.

`house` builds what every role shares, each role has a file of its own. Nothing below imports any of it.
"""

from bot.app.house import House, open_house
from bot.app.keys import dsn_of, keyring_of
from bot.app.staff_bot import run_staff_bot
from bot.app.web import make_web
from bot.app.worker import run_worker

__all__ = [
    "House",
    "dsn_of",
    "keyring_of",
    "make_web",
    "open_house",
    "run_staff_bot",
    "run_worker",
]
