"""The one reader of the environment."""

import os
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.settings import Settings, read_settings


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without a word about Suar."""
    for name in [name for name in os.environ if name.startswith("SUAR_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_suar_runs_on_this_machine() -> None:
    """The defaults are a working Suar in Indonesian on Jakarta's time, reachable from this machine only."""
    settings = read_settings()
    assert (settings.default_locale, settings.timezone, settings.host) == (
        "id",
        "Asia/Jakarta",
        "127.0.0.1",
    )
    assert settings.base_url == "http://127.0.0.1:8080"
    assert settings.buffer_hours == 24


def test_the_environment_and_a_file_beside_it_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The environment wins over the file, what the caller says over both."""
    (tmp_path / ".env").write_text("SUAR_PORT=9001\nSUAR_TIMEZONE=UTC\n", encoding="utf-8")
    monkeypatch.setenv("SUAR_PORT", "9002")
    assert (read_settings().port, read_settings().timezone) == (9002, "UTC")
    assert read_settings(port=9003).port == 9003


def test_several_keys_stand_behind_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first key encrypts, the others still read; blanks between them do not matter."""
    monkeypatch.setenv("SUAR_SECRET_KEYS", " one, two,, ")
    assert [key.get_secret_value() for key in read_settings().secret_keys] == ["one", "two"]
    assert len(read_settings(secret_keys=("three",)).secret_keys) == 1


def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable left empty in a file of examples switches nothing on."""
    monkeypatch.setenv("SUAR_TELEGRAM_TOKEN", "")
    assert read_settings().telegram_token is None


def test_topics_of_the_staffs_group_are_off_until_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Texts pass through Telegram only where the operator has written so; a mere "on" is refused, an empty group is none."""
    monkeypatch.setenv("SUAR_STAFF_TELEGRAM_CHAT", "")
    assert read_settings().staff_telegram_chat is None
    monkeypatch.setenv("SUAR_STAFF_TELEGRAM_CHAT", "-1001234567890")
    assert read_settings().staff_telegram_topics == "off"
    monkeypatch.setenv("SUAR_STAFF_TELEGRAM_TOPICS", "on")
    with pytest.raises(SetupError, match="texts-pass-through-telegram"):
        read_settings()
    monkeypatch.setenv("SUAR_STAFF_TELEGRAM_TOPICS", "texts-pass-through-telegram")
    assert read_settings().staff_telegram_topics == "texts-pass-through-telegram"


def test_the_public_address_ends_without_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses are built by putting a path behind it."""
    monkeypatch.setenv("SUAR_PUBLIC_URL", "https://suar.example/")
    assert read_settings().base_url == "https://suar.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUAR_PORT", "eighty"),
        ("SUAR_PORT", "70000"),
        ("SUAR_LOG_FORMAT", "xml"),
        ("SUAR_BUFFER_HOURS", "-1"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """One line says which variable to mend, and never what stood in it."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError, match=name) as caught:
        read_settings()
    assert value not in str(caught.value)


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing the settings prints no secret."""
    for name in ("SECRET_KEYS", "TELEGRAM_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "NLU_TOKEN"):
        monkeypatch.setenv(f"SUAR_{name}", "hush-hush")
    assert "hush-hush" not in repr(read_settings())
    assert Settings.model_fields


WHATSAPP = {
    "SUAR_WHATSAPP_TOKEN": "t",
    "SUAR_WHATSAPP_PHONE_ID": "1",
    "SUAR_WHATSAPP_APP_SECRET": "s",
    "SUAR_WHATSAPP_VERIFY_TOKEN": "v",
}


def test_whatsapp_is_off_or_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a word WhatsApp is off; with a part of what it needs the rest is named; no secret is shown."""
    assert read_settings().whatsapp is None
    monkeypatch.setenv("SUAR_WHATSAPP_TOKEN", "")
    assert read_settings().whatsapp is None
    monkeypatch.setenv("SUAR_WHATSAPP_TOKEN", "hush-hush")
    with pytest.raises(
        SetupError, match="SUAR_WHATSAPP_PHONE_ID, SUAR_WHATSAPP_APP_SECRET"
    ) as why:
        _ = read_settings().whatsapp
    assert "hush" not in str(why.value)
    for name, value in WHATSAPP.items():
        monkeypatch.setenv(name, value)
    access = read_settings().whatsapp
    assert access is not None
    assert access.api_url == "https://graph.facebook.com"
    assert "secret" not in repr(access)
