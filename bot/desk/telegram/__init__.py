"""The staff's Telegram bot: its own token, its own process, no token of the public bot and no words of people unless allowed."""

import os

# python-telegram-bot hands out spans of time as such, and not as numbers, only where this is said before.
os.environ.setdefault("PTB_TIMEDELTA", "true")
