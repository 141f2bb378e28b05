"""The command line as the contract promises it: exit codes, one clear line, JSON in and out, logs that tell nothing."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest

from bot.cli import suar
from bot.settings import Settings
from tests.support.nlu_server import NluServer
from tests.support.processes import REPOSITORY, Forkery, own_database, run_command

NOBODY = "postgresql://suar:secret-word@127.0.0.1:9/suar"
QUESTION = "what is human trafficking exactly?"
DISCLOSURE = "my boss keeps my passport and the door is locked"
PASSWORD = "a long enough password"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database(dsn: str) -> Iterator[str]:
    """A migrated database."""
    with own_database(dsn) as own:
        yield own


def words_of(command: click.Command, *before: str) -> Iterator[tuple[str, ...]]:
    """Yield every command below `command` as one types it."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield (*before, name)
            yield from words_of(child, *before, name)


def assert_one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Check that a command failed with code 1 and said why in one line, without a traceback."""
    assert done.returncode == 1, (done.returncode, done.stderr)
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("suar: "), lines
    for part in parts:
        assert part in lines[0], lines


def test_every_command_has_its_help(forkery: Forkery) -> None:
    """--help of every command, and -h, exit 0 and say how it is used and what it does."""
    for words in (("-h",), ("--help",), *((*words, "--help") for words in words_of(suar))):
        done = run_command(forkery, *words)
        assert done.returncode == 0, (words, done.stderr)
        assert done.stdout.startswith(" ".join(("Usage: suar", *words[:-1]))), words
        assert len(done.stdout.splitlines()) > 2
        assert done.stderr == ""


def test_the_commands_of_the_contract_are_there() -> None:
    """Every command that people script against exists under its name."""
    known = {" ".join(words) for words in words_of(suar)}
    promised = (
        "run web worker scheduler staffbot nlu|serve nlu|train nlu|test understand chat flows|check flows|graph flows|replay "
        "locales|extract locales|update locales|compile locales|check locales|pseudo locales|import locales|missing locales|review staff|add "
        "staff|list staff|disable staff|reset-code campaign|import campaign|list campaign|schedule campaign|pause campaign|resume "
        "campaign|cancel campaign|report doctor bench"
    )
    assert {name.replace("|", " ") for name in promised.split()} <= known


def test_the_installed_program_starts() -> None:
    """`python -m bot` is the program, started as anybody starts it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "--version"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"]},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("suar, version")


@pytest.mark.parametrize(
    "argv",
    [
        ("dance",),
        ("web", "--port", "many"),
        ("web", "--port", "70000"),
        ("understand",),
        ("understand", "--jsonl", "--fast"),
        ("staff", "add", "--email", "a@example.org"),
        ("staff", "add", "--email", "a@example.org", "--name", "A", "--role", "king"),
        ("staff", "disable"),
        ("bench", "nothing"),
        ("flows", "draw"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_two(forkery: Forkery, argv: tuple[str, ...]) -> None:
    """Wrong usage exits 2, tells how it is used, and prints no traceback."""
    done = run_command(forkery, *argv)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: suar" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("role", ["web", "worker", "scheduler", "migrate"])
def test_a_role_without_a_database_says_so(forkery: Forkery, role: str) -> None:
    """Without SUAR_DATABASE_URL a role ends at once with one line."""
    assert_one_line(run_command(forkery, role), "SUAR_DATABASE_URL")


def test_the_staff_bot_without_a_token_says_so(forkery: Forkery) -> None:
    """Without SUAR_STAFF_TELEGRAM_TOKEN the staff's bot ends at once with one line."""
    done = run_command(forkery, "staffbot", SUAR_DATABASE_URL=NOBODY)
    assert_one_line(done, "SUAR_STAFF_TELEGRAM_TOKEN")


@pytest.mark.parametrize("role", ["web", "worker", "migrate"])
def test_a_role_whose_database_is_away_says_so(forkery: Forkery, role: str) -> None:
    """When the database does not answer a role ends with one line that does not show the password."""
    done = run_command(forkery, role, SUAR_DATABASE_URL=NOBODY)
    assert_one_line(done, "database")
    assert "secret-word" not in done.stderr


def test_a_database_without_our_schema_is_named(forkery: Forkery, dsn: str) -> None:
    """A database that was never migrated is told in one line with the mend."""
    name = "suar_test_empty"
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {name}".encode())
        conn.execute(f"CREATE DATABASE {name}".encode())
        try:
            empty = dsn.replace("@/suar?", f"@/{name}?")
            assert_one_line(run_command(forkery, "worker", SUAR_DATABASE_URL=empty), "migrate")
        finally:
            conn.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SUAR_PORT", "eighty"),
        ("SUAR_NLU_DEADLINE_S", "-1"),
        ("SUAR_TELEGRAM_MODE", "carrier-pigeon"),
        ("SUAR_LOG_LEVEL", "shout"),
        ("SUAR_DATABASE_URL", "mysql://user:hidden-word@host/db"),
        ("SUAR_SECRET_KEYS", "hidden-word"),
        ("SUAR_TELEGRAM_TOKEN", "hidden-word"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(
    forkery: Forkery, database: str, name: str, value: str
) -> None:
    """A setting that cannot be used is named in one line; what it holds may be a secret and is not shown."""
    settings = {"SUAR_DATABASE_URL": database, name: value}
    done = run_command(forkery, "worker", **settings)
    assert_one_line(done, name)
    assert "hidden-word" not in done.stderr


def test_the_webhook_needs_its_secret(forkery: Forkery, database: str) -> None:
    """Without a secret the web role does not open a webhook that anybody could write to."""
    done = run_command(
        forkery,
        "web",
        SUAR_DATABASE_URL=database,
        SUAR_TELEGRAM_TOKEN="4200000000:only-for-the-local-fake",
        SUAR_TELEGRAM_API_URL="http://127.0.0.1:9",
        SUAR_TELEGRAM_MODE="webhook",
    )
    assert_one_line(done, "SUAR_TELEGRAM_WEBHOOK_SECRET")


@pytest.mark.parametrize("command", ["web", "run"])
def test_a_port_in_use_is_one_clear_line(forkery: Forkery, database: str, command: str) -> None:
    """When somebody else listens on the port, the line names it and says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_command(forkery, command, "--port", port, SUAR_DATABASE_URL=database)
    assert_one_line(done, f"port {port} is in use", "--port")


def test_a_traceback_only_for_those_who_ask(forkery: Forkery) -> None:
    """With SUAR_DEBUG=1 a failure shows where it happened."""
    done = run_command(forkery, "worker", SUAR_DEBUG="1")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "SetupError" in done.stderr


def test_the_languages_are_checked_and_the_flows_drawn(forkery: Forkery, tmp_path: Path) -> None:
    """`suar locales check` passes on what is shipped, and `flows graph` draws it; `flows check`, of a minute, is a part of lint."""
    locales = run_command(forkery, "locales", "check")
    graph = run_command(forkery, "flows", "graph", "--out", str(tmp_path))
    assert (locales.returncode, locales.stdout) == (0, ""), locales.stderr
    assert graph.returncode == 0
    assert str(tmp_path / "consent.svg") in graph.stdout.splitlines()
    assert "step-consent.waiting" in (tmp_path / "consent.svg").read_text(encoding="utf-8")


def test_staff_are_added_listed_and_locked_out(forkery: Forkery, database: str) -> None:
    """Somebody is added with a password of their own or a made one, listed, and locked out; mistakes are one line."""
    settings = {"SUAR_DATABASE_URL": database}
    rini = ("--email", "Rini@Example.org", "--name", "Rini S", "--role", "counsellor")
    given = run_command(
        forkery, "staff", "add", *rini, "--language", "id,en", "--password-stdin",
        stdin=PASSWORD + "\n", **settings,
    )  # fmt: skip
    made = run_command(
        forkery,
        "staff",
        "add",
        "--email",
        "b@example.org",
        "--name",
        "Budi",
        "--role",
        "admin",
        **settings,
    )
    twice = run_command(forkery, "staff", "add", *rini, **settings)
    short = run_command(
        forkery, "staff", "add", "--email", "c@example.org", "--name", "C", "--role", "admin",
        "--password-stdin", stdin="short\n", **settings,
    )  # fmt: skip
    locked = run_command(forkery, "staff", "disable", "rini@example.org", **settings)
    unknown = run_command(forkery, "staff", "disable", "nobody@example.org", **settings)
    listed = run_command(forkery, "staff", "list", **settings)
    reset = run_command(forkery, "staff", "reset-code", "B@example.org", **settings)
    gone = run_command(forkery, "staff", "reset-code", "rini@example.org", **settings)
    assert (given.returncode, given.stdout) == (0, "")
    assert (reset.returncode, reset.stdout) == (0, "")
    assert_one_line(gone)
    assert made.returncode == 0
    assert len(made.stdout.strip()) >= 12
    assert_one_line(twice, "taken")
    assert_one_line(short, "12 characters")
    assert locked.returncode == 0
    assert_one_line(unknown)
    assert listed.stdout.splitlines() == [
        "b@example.org\tadmin\tid\tactive\tBudi",
        "rini@example.org\tcounsellor\tid,en\tdisabled\tRini S",
    ]


def test_doctor_looks_at_everything(forkery: Forkery, database: str, nlu: NluServer) -> None:
    """`suar doctor` lists what is set by name only, exits 0 when all is well, and 1 with the mend when it is not."""
    well = run_command(forkery, "doctor", SUAR_DATABASE_URL=database, SUAR_NLU_URL=nlu.url)
    ill = run_command(
        forkery, "doctor", SUAR_DATABASE_URL=NOBODY, SUAR_NLU_URL="http://127.0.0.1:9"
    )
    assert well.returncode == 0, well.stdout + well.stderr
    for part in ("settings", "content", "database", "schema", "secret keys", "language model"):
        assert f"ok   {part}:" in well.stdout
    assert "SUAR_SECRET_KEYS" in well.stdout
    assert "AAAAA" not in well.stdout + well.stderr
    assert ill.returncode == 1
    assert "ILL  database:" in ill.stdout
    assert "ILL  language model:" in ill.stdout
    assert "secret-word" not in ill.stdout + ill.stderr
    assert "Traceback" not in ill.stderr


def test_doctor_walks_along_the_audit_log(forkery: Forkery, dsn: str) -> None:
    """`suar doctor --audit` counts the lines that hold, and exits 1 naming the first that does not; half a head is wrong usage."""
    with own_database(dsn) as database:
        settings = {"SUAR_DATABASE_URL": database}
        for name in ("a", "b"):
            run_command(
                forkery, "staff", "add", "--email", f"{name}@example.org", "--name", name,
                "--role", "auditor", **settings,
            )  # fmt: skip
        well = run_command(forkery, "doctor", "--audit", **settings)
        with psycopg.connect(database, autocommit=True) as conn:
            conn.execute("ALTER TABLE audit_log DISABLE TRIGGER USER")
            conn.execute("DELETE FROM audit_log WHERE number = 1")
        ill = run_command(forkery, "doctor", "--audit", **settings)
        half = run_command(forkery, "doctor", "--audit", "--head", "2:abc", **settings)
        alone = run_command(forkery, "doctor", "--head", "2:abc", **settings)
    assert well.returncode == 0, well.stdout + well.stderr
    assert "ok   audit log: 2 lines hold, head 2:" in well.stdout
    assert "ok   audit guard: changes are refused" in well.stdout
    assert ill.returncode == 1
    assert "ILL  audit log: line 1 is missing; 0 lines hold before it" in ill.stdout
    assert "ILL  audit guard:" in ill.stdout
    assert_one_line(half, "NUMBER:LETTERS")
    assert alone.returncode == 2


def test_doctor_finds_a_wrong_token_and_a_wrong_key(
    forkery: Forkery, database: str, nlu: NluServer, telegram_url: str
) -> None:
    """A token that Telegram refuses, and keys that do not open the database, are each found with their mend."""
    done = run_command(
        forkery,
        "doctor",
        SUAR_DATABASE_URL=database,
        SUAR_NLU_URL=nlu.url,
        SUAR_SECRET_KEYS="BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB=",
        SUAR_TELEGRAM_TOKEN="4300000000:a-token-that-telegram-does-not-know",
        SUAR_TELEGRAM_API_URL=telegram_url,
    )
    assert done.returncode == 1
    assert "ILL  telegram: " in done.stdout
    assert "SUAR_SECRET_KEYS" in done.stdout.partition("ILL ")[2]
    assert "a-token-that" not in done.stdout + done.stderr


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """Return the JSON objects that a command printed."""
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_understand_answers_in_order(forkery: Forkery, nlu: NluServer) -> None:
    """`suar understand --jsonl` prints one object a line in the order of the questions, in the contract's shape."""
    texts = [
        QUESTION,
        DISCLOSURE,
        "",
        "apa itu perdagangan orang sebenarnya?",
        "\u0000\ud83d\ude00",
    ] * 8
    given = [json.dumps({"text": text, "id": number}) for number, text in enumerate(texts)]
    asked = "\n".join((*given, "", json.dumps({"text": QUESTION, "locale": "en"}))) + "\n"
    said = lines(run_command(forkery, "understand", "--jsonl", stdin=asked, SUAR_NLU_URL=nlu.url))
    assert [line["id"] for line in said] == [*range(len(texts)), None]
    for line in said:
        assert list(line) == ["id", "language", "intent", "confidence", "risk"]
        assert list(line["risk"]) == ["level", "kinds", "subject"]
        assert 0 <= line["confidence"] <= 1
    assert (said[0]["language"], said[0]["intent"]) == ("en", "what_is_trafficking")
    assert said[1]["risk"]["level"] != "none"
    assert "document_confiscation" in said[1]["risk"]["kinds"]
    assert (said[3]["language"], said[3]["intent"]) == ("id", "what_is_trafficking")


@pytest.mark.parametrize("bad", ["{", "[1]", '"text"', "{}", '{"text": 3}'])
def test_understand_names_the_line_that_is_wrong(
    forkery: Forkery, nlu: NluServer, bad: str
) -> None:
    """A line that is no question ends the run with code 1 and one line with its number."""
    asked = json.dumps({"text": QUESTION}) + "\n" + bad + "\n"
    done = run_command(forkery, "understand", "--jsonl", stdin=asked, SUAR_NLU_URL=nlu.url)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "line 2" in done.stderr


def test_chat_plays_a_whole_conversation(forkery: Forkery, database: str, nlu: NluServer) -> None:
    """`suar chat --jsonl` answers each line with one object in the contract's shape, up to the open case."""
    asked = [
        {"text": QUESTION},
        {"button": "answer.give.from-what_is_trafficking"},
        {"text": DISCLOSURE},
        {"button": "risk.support.talk"},
        {"button": "consent.ask.share"},
        {"text": "I will wait"},
        {"button": "consent.waiting.leave"},
        {"button": "nobody.knows.this"},
        {"text": ""},
    ]
    stdin = "".join(json.dumps(line) + "\n" for line in asked)
    done = run_command(
        forkery, "chat", "--locale", "en", "--jsonl",
        stdin=stdin, SUAR_DATABASE_URL=database, SUAR_NLU_URL=nlu.url,
    )  # fmt: skip
    said = lines(done)
    assert len(said) == len(asked)
    for line in said:
        assert list(line) == ["messages", "language", "case"]
        for message in line["messages"]:
            assert list(message) == ["text", "buttons", "media"]
            assert all(list(button) == ["id", "title"] for button in message["buttons"])
    assert {line["language"] for line in said} == {"en"}
    assert said[0]["messages"][0]["text"].startswith("Human trafficking has three parts:")
    assert [line["case"] and line["case"]["state"] for line in said[3:7]] == [
        None,
        "waiting",
        "waiting",
        None,
    ]
    assert said[4]["case"]["reference"] in said[4]["messages"][0]["text"]
    assert said[5]["messages"] == []
    assert said[7]["messages"]
    assert said[8]["messages"]


@pytest.mark.parametrize("bad", ["{", "[]", "{}", '{"text": null}', '{"button": 7}'])
def test_chat_names_the_line_that_is_wrong(
    forkery: Forkery, database: str, nlu: NluServer, bad: str
) -> None:
    """A line that is neither text nor button ends the talk with code 1 and one line with its number."""
    stdin = json.dumps({"text": "/menu"}) + "\n" + bad + "\n"
    done = run_command(
        forkery, "chat", "--jsonl", stdin=stdin, SUAR_DATABASE_URL=database, SUAR_NLU_URL=nlu.url
    )
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "line 2" in done.stderr


def test_a_chat_leaves_no_trace_in_the_logs(
    forkery: Forkery, database: str, nlu: NluServer
) -> None:
    """The log of a whole conversation, at its most talkative, has no word of it, no name, number or token."""
    stdin = "".join(
        json.dumps({"text": text}) + "\n"
        for text in (
            "my name is Sulastri and my number is +62 812 3456 7890",
            DISCLOSURE,
            "/erase",
        )
    )
    done = run_command(
        forkery, "chat", "--jsonl", stdin=stdin, SUAR_DATABASE_URL=database, SUAR_NLU_URL=nlu.url,
        SUAR_LOG_LEVEL="debug", SUAR_LOG_FORMAT="json", SUAR_NLU_TOKEN="a-token-of-the-model",
    )  # fmt: skip
    assert done.returncode == 0
    for secret in ("Sulastri", "3456", "passport", "a-token-of-the-model", database):
        assert secret not in done.stderr


def test_every_setting_of_the_contract_is_read() -> None:
    """The environment variables that the contract names for this release are settings."""
    named = {f"SUAR_{name.upper()}" for name in Settings.model_fields}
    promised = (
        "DATA_DIR DATABASE_URL NLU_URL PORT PUBLIC_URL SECRET_KEYS DEFAULT_LOCALE TIMEZONE DEBUG LOG_FORMAT "
        "TELEGRAM_TOKEN TELEGRAM_API_URL TELEGRAM_MODE TELEGRAM_WEBHOOK_SECRET"
    )
    assert {f"SUAR_{name}" for name in promised.split()} <= named
