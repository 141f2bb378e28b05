"""The one reader of the environment (and of a `.env` file beside it)."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SetupError


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

    broadcast_per_second: float = Field(default=25, gt=0, le=1000)
    """How many messages of broadcasts leave in a second for each account; Telegram takes 30, and the rest is for replies."""

    telegram_token: SecretStr | None = None
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr | None = None

    staff_telegram_token: SecretStr | None = None
    staff_telegram_chat: int | None = None
    """The staff's group: a supergroup with topics, whose number begins with -100."""
    staff_telegram_topics: Literal["off", "texts-pass-through-telegram"] = "off"
    """Whether talks may go on in topics of that group. Who switches it on writes down what it means."""

    @field_validator("secret_keys", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator(
        "nlu_token",
        "telegram_token",
        "telegram_webhook_secret",
        "staff_telegram_token",
        "staff_telegram_chat",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @property
    def base_url(self) -> str:
        """The address people open, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


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
