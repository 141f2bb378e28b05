"""Campaigns from the command line, as somebody types it."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.acceptance.test_cli import assert_one_line
from tests.support.processes import REPOSITORY, Forkery, own_database, run_command


@pytest.fixture
def database(dsn: str) -> Iterator[str]:
    """A migrated database in which nobody works yet."""
    with own_database(dsn) as own:
        yield own


def test_a_campaign_comes_from_a_file_and_a_second_person_approves_it(
    forkery: Forkery, database: str
) -> None:
    """The campaign that ships is kept, approved by somebody else than its writer, held, taken up again, and ended; mistakes are one line."""
    settings = {"SUAR_DATABASE_URL": database}

    def campaign(*words: str, by: str | None = None) -> subprocess.CompletedProcess[str]:
        who = ("--by", f"{by}@example.org") if by else ()
        return run_command(forkery, "campaign", *words, *who, **settings)

    for name, role in (("writer", "campaigner"), ("other", "supervisor"), ("nurse", "counsellor")):
        run_command(
            forkery, "staff", "add", "--email", f"{name}@example.org", "--name", name,
            "--role", role, **settings,
        )  # fmt: skip
    shipped = str(REPOSITORY / "flows/campaigns/world_day_2027.yml")
    day = "world-day-2027/The day itself"
    empty = campaign("list")
    stranger, nurse = (
        campaign("import", shipped, by="nobody"),
        campaign("import", shipped, by="nurse"),
    )
    kept, again = (
        campaign("import", shipped, by="writer"),
        campaign("import", shipped, by="writer"),
    )
    alone = campaign("schedule", "world-day-2027", by="writer")
    approved = campaign("schedule", "world-day-2027", by="other")
    nothing, unknown = campaign("schedule", day, by="other"), campaign("pause", "gone", by="other")
    tried = campaign("dry-run", day)
    held, on = campaign("pause", day, by="writer"), campaign("resume", day, by="writer")
    ended = campaign("cancel", day, by="writer")
    listed, report = campaign("list"), campaign("report", "world-day-2027")
    assert (empty.returncode, empty.stdout) == (0, "")
    assert_one_line(stranger, "suar staff list")
    assert_one_line(nurse, "campaigners and supervisors")
    assert kept.stdout.splitlines() == [f"{day}\tadded", "world-day-2027/A week later\tadded"]
    assert again.stdout.splitlines() == [f"{day}\tsame", "world-day-2027/A week later\tsame"]
    assert_one_line(alone, "somebody else")
    first = f"{day}\tscheduled\t2027-07-29T"  # where the day begins first
    assert approved.stdout.startswith(first)
    assert tried.stdout.splitlines()[0] == f"{day}\tscheduled"
    assert "\tgets it\tunder 5" in tried.stdout.splitlines()
    assert_one_line(nothing, "nothing is waiting")
    assert_one_line(unknown, "no such campaign")
    assert held.stdout.startswith(f"{day}\tpaused")
    assert on.stdout.startswith(first)
    assert ended.stdout.startswith(f"{day}\tcancelled")
    assert "world-day-2027\tlive\t\tWorld Day" in listed.stdout
    assert "c_wd27-kupang\topened 0\tfinished 0" in report.stdout.splitlines()
