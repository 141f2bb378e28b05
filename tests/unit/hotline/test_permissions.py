"""The table of permissions, cell by cell, in the code and on the page that people read."""

import re
from pathlib import Path

import pytest

from bot.hotline.permissions import TABLE, Permission, Role, may, needs_code, roles_with
from bot.yaml_file import __file__ as inside

PAGE = Path(inside).parent.parent / "docs" / "permissions.md"
TOLD = """
permission | counsellor | supervisor | campaigner | auditor | admin
talk       | yes        | yes        | no         | no      | yes
oversee    | no         | yes        | no         | no      | yes
unmask     | yes        | yes        | no         | no      | yes
review     | yes        | yes        | yes        | no      | yes
export     | no         | yes        | no         | no      | yes
write      | no         | yes        | yes        | no      | yes
campaign   | no         | yes        | yes        | no      | yes
check      | no         | yes        | no         | no      | yes
audit      | no         | no         | no         | yes     | yes
"""


def _cells() -> list[tuple[Role, Permission, bool]]:
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in TOLD.split("\n") if line]
    return [
        (Role(role), Permission(name), cell == "yes")
        for name, *cells in rows
        for role, cell in zip(head[1:], cells, strict=True)
    ]


@pytest.mark.parametrize(("role", "permission", "expected"), _cells())
def test_each_cell(role: Role, permission: Permission, expected: bool) -> None:
    """Each role may do what was written down for it, and nothing else."""
    assert may(role, permission) is expected
    assert (role in roles_with(permission)) is expected


def test_no_cell_is_forgotten() -> None:
    """Every role and every permission has its cell."""
    cells = {(role, permission) for role, permission, _ in _cells()}
    assert cells == {(role, permission) for role in Role for permission in Permission}
    assert set(TABLE) == set(Role)


def test_the_page_says_the_same() -> None:
    """docs/permissions.md has a row for each permission and a column for each role, with the code's answers."""
    rows = re.findall(r"^\| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    split = [[cell.strip() for cell in row.split("|")] for row in rows]
    columns = split[0][2:]
    told = {
        (role, row[0]): cell == "yes"
        for row in split[2:]
        for role, cell in zip(columns, row[2:], strict=True)
    }
    assert told == {
        (role.value, each.value): may(role, each) for role in Role for each in Permission
    }


def test_who_sees_cases_has_a_second_step() -> None:
    """Counsellors, supervisors and admins cannot go without; for others it is their choice."""
    assert {role for role in Role if needs_code(role)} == {
        Role.COUNSELLOR,
        Role.SUPERVISOR,
        Role.ADMIN,
    }
