"""Edited files go in as drafts, published edits come out as files, and a running Suar is told to read them anew."""

from pathlib import Path

import psycopg
import pytest

from bot.content.load import load_content
from tests.support.processes import Forkery, own_database, run_command

pytestmark = pytest.mark.slow

WORDS = 'msgid "What is trafficking?"\nmsgstr "Apa itu TPPO?"'
PUBLISH = (
    "UPDATE content_edits SET state = 'published', decided_at = now(), "
    "reviewer_id = (SELECT id FROM staff WHERE email = 'second@example.org')"
)


def test_from_files_to_the_desk_and_back(forkery: Forkery, dsn: str, tmp_path: Path) -> None:
    """A copy is exported, edited and imported; once published, an export holds the edit and what was beside it."""
    with own_database(dsn) as database:
        settings = {"SUAR_DATABASE_URL": database}
        for name in ("author", "second"):
            run_command(
                forkery, "staff", "add", "--email", f"{name}@example.org", "--name", name,
                "--role", "campaigner", **settings,
            )  # fmt: skip
        copy, again = tmp_path / "copy", tmp_path / "again"
        assert (
            run_command(forkery, "flows", "export", "--out", str(copy), **settings).returncode == 0
        )
        _replace(
            copy / "flows/answers/everyone.yml", "title: What is trafficking?", "title: Trade"
        )
        _replace(copy / "locales/id/LC_MESSAGES/suar.po", WORDS, 'msgid "Trade"\nmsgstr "Dagang"')
        taken = run_command(
            forkery, "flows", "import", str(copy), "--by", "author@example.org", **settings
        )
        assert taken.returncode == 0, taken.stderr
        assert taken.stderr.splitlines() == [
            "what_is_trafficking (source): taken", "what_is_trafficking (id): taken",
        ]  # fmt: skip
        with psycopg.connect(database, autocommit=True) as conn:
            assert conn.execute("SELECT DISTINCT state FROM content_edits").fetchall() == [
                ("draft",)
            ]
            conn.execute(PUBLISH)
        run_command(forkery, "flows", "export", "--out", str(again), **settings)
    for file in ("flows/answers/everyone.yml", "flows/answers/family.yml"):
        assert (again / file).read_text() == (copy / file).read_text()
    content = load_content(again)
    assert content.answers["what_is_trafficking"].title == "Trade"
    assert content.words.say("Trade", "id") == "Dagang"


def test_a_copy_with_a_mistake_stays_out(forkery: Forkery, dsn: str, tmp_path: Path) -> None:
    """The first mistake is named with file, line, key and mend; nothing is taken in. Neither is anything by a stranger."""
    with own_database(dsn) as database:
        settings = {"SUAR_DATABASE_URL": database}
        run_command(forkery, "flows", "export", "--out", str(tmp_path), **settings)
        stranger = run_command(
            forkery, "flows", "import", str(tmp_path), "--by", "x@example.org", **settings
        )
        assert stranger.returncode == 1
        _replace(
            tmp_path / "flows/answers/everyone.yml", "sources: [palermo,", "sources: [palerma,"
        )
        done = run_command(
            forkery, "flows", "import", str(tmp_path), "--by", "x@example.org", **settings
        )
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.startswith("suar: flows/answers/everyone.yml:")
    assert "what_is_trafficking: no source 'palerma'" in line
    assert "did you mean `palermo`?" in line


def test_a_reload_is_asked_for_once_the_files_are_well(forkery: Forkery, dsn: str) -> None:
    """`suar flows reload` checks the files and then leaves word for every process."""
    with own_database(dsn) as database, psycopg.connect(database, autocommit=True) as conn:
        asked = "SELECT last_value FROM content_reloads"
        before = conn.execute(asked).fetchone()
        done = run_command(forkery, "flows", "reload", SUAR_DATABASE_URL=database)
        assert done.returncode == 0, done.stderr
        assert conn.execute(asked).fetchone() != before


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
