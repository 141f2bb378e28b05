"""The file for a receiver: encrypted with age, so that only whoever holds the receiver's key can open it."""

import base64

import pyrage

from bot.store.crypto import DataKey
from bot.store.files import PACKAGE


def is_recipient(text: str) -> bool:
    """Tell whether `text` is a public age key."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def seal_for(recipient: str, page: str) -> bytes:
    """Return `page` as an age file in text form (ASCII armour), which also survives being mailed in a message's body."""
    key = pyrage.x25519.Recipient.from_str(recipient)
    sealed: bytes = pyrage.encrypt(page.encode(), [key], armored=True)
    return sealed


def keep(package: bytes, key: DataKey) -> bytes:
    """Return a package as it is stored: with the person's key around it, so that it goes when they are erased."""
    return key.seal(base64.b64encode(package).decode(), PACKAGE)


def take_out(kept: bytes, key: DataKey) -> bytes:
    """Return what `keep` was given."""
    return base64.b64decode(key.open(kept, PACKAGE))
