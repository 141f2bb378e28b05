"""Encryption: SUAR_SECRET_KEYS wrap a key of each contact's own, and that key seals what is theirs.

Erasing a contact's wrapped key makes everything sealed with it unreadable for ever.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SetupError

_NONCE_BYTES = 12


@dataclass(frozen=True)
class DataKey:
    """A 256-bit key that seals one contact's data."""

    raw: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> "DataKey":
        """Return a new key."""
        return cls(AESGCM.generate_key(bit_length=256))

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt `text`; `place` (such as ``outbox.message``) must be given again to open it."""
        return self.seal_bytes(text.encode(), place)

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt what `seal` made for the same `place`.

        Raises:
            ValueError: The key, the place or the bytes are not those it was sealed with.
        """
        return self.open_bytes(sealed, place).decode()

    def seal_bytes(self, plain: bytes, place: str) -> bytes:
        """Do as `seal` with what is no text."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.raw).encrypt(nonce, plain, place.encode())

    def open_bytes(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what `seal` or `seal_bytes` made for the same `place`.

        Raises:
            ValueError: The key, the place or the bytes are not those it was sealed with.
        """
        try:
            return AESGCM(self.raw).decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()
            )
        except InvalidTag:
            raise ValueError(f"cannot be opened: {place}") from None

    def seal_json(self, data: Any, place: str) -> bytes:  # noqa: ANN401  # whatever json can write
        """Encrypt `data` as compact JSON."""
        return self.seal(json.dumps(data, ensure_ascii=False, separators=(",", ":")), place)

    def open_json(self, sealed: bytes, place: str) -> Any:  # noqa: ANN401  # whatever json can read
        """Decrypt what `seal_json` made."""
        return json.loads(self.open(sealed, place))


@dataclass(frozen=True)
class Keyring:
    """The secret keys of this installation: the first wraps, each of them unwraps."""

    fernet: MultiFernet = field(repr=False)

    @classmethod
    def of(cls, secret_keys: Sequence[str]) -> "Keyring":
        """Make a keyring of URL-safe base64 keys of 32 bytes (as `Fernet.generate_key` gives).

        Raises:
            SetupError: No key is given, or one is not of that form.
        """
        if not secret_keys:
            raise SetupError("SUAR_SECRET_KEYS is empty: there is no key to encrypt with.")
        try:
            return cls(MultiFernet([Fernet(key) for key in secret_keys]))
        except ValueError:
            raise SetupError(
                "SUAR_SECRET_KEYS: each key must be 32 bytes in URL-safe base64."
            ) from None

    def wrap(self, key: DataKey) -> bytes:
        """Return `key` encrypted, for the database."""
        return self.fernet.encrypt(key.raw)

    def unwrap(self, wrapped: bytes) -> DataKey:
        """Return the key that `wrap` encrypted.

        Raises:
            SetupError: None of this installation's keys fits.
        """
        try:
            return DataKey(self.fernet.decrypt(wrapped))
        except InvalidToken:
            raise SetupError("SUAR_SECRET_KEYS: none of the keys opens this database.") from None


@dataclass(frozen=True)
class Lookup:
    """Finds a thing by what identifies it, without keeping what identifies it."""

    key: bytes = field(repr=False)

    def of(self, *parts: str) -> bytes:
        """Return the keyed hash (HMAC-SHA-256) of `parts`."""
        message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
        return hmac.digest(self.key, message, "sha256")


def hash_token(token: str) -> bytes:
    """Return the SHA-256 of an unguessable token; enough where the token itself is long chance."""
    return hashlib.sha256(token.encode()).digest()


def read_or_make_secret_keys(folder: Path) -> tuple[str, ...]:
    """Return the keys in `folder`/secret-keys, made on the first run with mode 600, one a line."""
    path = folder / "secret-keys"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        # Of two processes that start at once, the first link wins and both read the same file.
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
    lines = path.read_text().splitlines()
    return tuple(line.strip() for line in lines if line.strip())
