"""What opens the database: its address, and the keys to what is sealed in it."""

from bot.errors import SetupError
from bot.settings import Settings
from bot.store.crypto import Keyring, read_or_make_secret_keys


def keyring_of(settings: Settings) -> Keyring:
    """Return the secret keys: from the environment, else from the data folder, where the first run makes one."""
    given = tuple(key.get_secret_value() for key in settings.secret_keys)
    return Keyring.of(given or read_or_make_secret_keys(settings.data_dir))


def dsn_of(settings: Settings) -> str:
    """Return the database's address.

    Raises:
        SetupError: SUAR_DATABASE_URL is not set.
    """
    if not settings.database_url:
        raise SetupError("SUAR_DATABASE_URL is not set; `suar run` starts a database of its own.")
    return settings.database_url
