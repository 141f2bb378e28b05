"""Somebody's authenticator app, which reads the letters below the picture."""

import re
import time

import pyotp

SECRET = re.compile(r'class="secret"[^>]*><code>([A-Z2-7 ]+)</code>')


def code_on(page: str, *, at: float | None = None) -> str:
    """Return the code that the app shows for the secret on a set-up page."""
    [letters] = SECRET.findall(page)
    return pyotp.TOTP(letters.replace(" ", "")).at(int(at if at is not None else time.time()))
