"""The one reader of the environment (and of a `.env` file beside it)."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SetupError

# What may stand in a list of `frame-ancestors`: nothing that could end the list and begin another directive.
_SITE = re.compile(r"https?://(\*\.)?[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)*(:\d{1,5})?")


@dataclass(frozen=True)
class WhatsAppAccess:
    """What the Cloud API needs to know of us, and we of it."""

    token: str = field(repr=False)
    phone_id: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    api_url: str
    business_account: str | None = None
    """To which the number and the templates belong."""


class Settings(BaseSettings):
    """Everything that differs between two places Suar runs in.

    Each field is the environment variable of the same name with `SUAR_` before it.
    """

    model_config = SettingsConfigDict(env_prefix="SUAR_", env_file=".env", extra="ignore")

    data_dir: Path = Path("data")
    database_url: str | None = None
    nlu_url: str | None = None
    nlu_token: SecretStr | None = None
    nlu_deadline_s: float = Field(default=2.5, gt=0)
    nlu_processes: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=1, le=16)
    web_processes: int = Field(default_factory=lambda: min(os.cpu_count() or 1, 4), ge=1, le=16)
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    default_locale: str = "id"
    timezone: str = "Asia/Jakarta"
    debug: bool = False
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    buffer_hours: float = Field(default=24, gt=0, le=24)
    """How long a stranger's words are kept while no case holds them."""
    quick_exit_url: str = "https://www.bmkg.go.id/"
    chat_theme: Path | None = None
    """A YAML file with the web chat's name, colour and logo (docs/webchat.md)."""
    chat_sites: Annotated[tuple[str, ...], NoDecode] = ()
    """Sites that may embed the web chat, such as https://example.org; empty: any."""
    chat_new_per_minute: int = Field(default=1200, ge=1)
    """So many new people a minute in the web chat, for each web process, are nothing unusual; beyond it new ones show a little work."""

    pace_burst: int = Field(default=30, ge=10)
    """So many messages of one person at once are answered one by one; what comes faster is answered together, but for danger."""
    broadcast_per_second: float = Field(default=25, gt=0, le=1000)
    """How many messages of broadcasts leave in a second for each account; Telegram takes 30, and the rest is for replies."""

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr | None = None

    whatsapp_token: SecretStr | None = None
    whatsapp_phone_id: str | None = None
    """Meta's id of our number; not the number itself."""
    whatsapp_business_account_id: str | None = None
    whatsapp_app_secret: SecretStr | None = None
    whatsapp_verify_token: SecretStr | None = None
    whatsapp_api_url: str = "https://graph.facebook.com"

    staff_telegram_token: SecretStr | None = None
    staff_telegram_chat: int | None = None
    """The staff's group: a supergroup with topics, whose number begins with -100."""
    staff_telegram_topics: Literal["off", "texts-pass-through-telegram"] = "off"
    """Whether talks may go on in topics of that group. Who switches it on writes down what it means."""

    @field_validator("chat_sites")
    @classmethod
    def _are_sites(cls, sites: tuple[str, ...]) -> tuple[str, ...]:
        for site in sites:
            if not _SITE.fullmatch(site):
                raise ValueError("each is https:// and a host, such as https://example.org")
        return sites

    @field_validator("secret_keys", "chat_sites", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "nlu_token",
        "telegram_token",
        "telegram_webhook_secret",
        "whatsapp_token",
        "whatsapp_phone_id",
        "whatsapp_business_account_id",
        "whatsapp_app_secret",
        "whatsapp_verify_token",
        "staff_telegram_token",
        "staff_telegram_chat",
        "chat_theme",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def whatsapp(self) -> "WhatsAppAccess | None":
        """What WhatsApp needs; None where it is off.

        Raises:
            SetupError: Only a part of it is set; names what is missing.
        """
        given = {
            "TOKEN": _plain(self.whatsapp_token),
            "PHONE_ID": self.whatsapp_phone_id,
            "APP_SECRET": _plain(self.whatsapp_app_secret),
            "VERIFY_TOKEN": _plain(self.whatsapp_verify_token),
        }
        missing = [f"SUAR_WHATSAPP_{name}" for name, value in given.items() if value is None]
        if len(missing) == len(given):
            return None
        if missing:
            raise SetupError(f"WhatsApp also needs {', '.join(missing)}.")
        token, phone_id, secret, verify = (value or "" for value in given.values())
        return WhatsAppAccess(
            token,
            phone_id,
            secret,
            verify,
            self.whatsapp_api_url,
            self.whatsapp_business_account_id,
        )

    @property
    def base_url(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` win over it.

    Raises:
        SetupError: A variable has a value that cannot be used; names the variable, never its value.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # checked by pydantic
    except ValueError as exc:
        names = "the environment cannot be read"
        if isinstance(exc, ValidationError):
            errors = exc.errors(include_input=False, include_url=False)
            names = "; ".join(f"SUAR_{str(e['loc'][0]).upper()}: {e['msg']}" for e in errors)
        raise SetupError(names) from None
