"""Who may do what: the one table that every door of the desk asks. docs/permissions.md shows it to people; a test compares the two."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is on the desk for."""

    COUNSELLOR = "counsellor"
    SUPERVISOR = "supervisor"
    CAMPAIGNER = "campaigner"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Permission(StrEnum):
    """One thing that may be done on the desk."""

    TALK = "talk"
    """Take the next person, read and write in the conversations one has. An admin of a small team is often its first counsellor."""
    OVERSEE = "oversee"
    """Read everybody's conversations, give them back, confirm skills and set how much somebody carries, see all that could not be delivered,
    take others' drafts back, see unusual traffic and slow it down."""
    UNMASK = "unmask"
    """See numbers, accounts and names in a conversation that one may read; asks for a reason and a fresh code."""
    REVIEW = "review"
    """Label what Suar misunderstood: redacted texts with the person's consent, without case or person."""
    EXPORT = "export"
    """Take the labelled texts out of the house; asks for a fresh code."""
    WRITE = "write"
    """Edit what Suar says, and publish what somebody else has edited."""
    CAMPAIGN = "campaign"
    """Make quizzes, broadcasts and events, and approve what somebody else made. It opens no case and no talk."""
    CHECK = "check"
    """Record that an entry of the directory was checked, and so let people see it."""
    AUDIT = "audit"
    """Read the log of who has read which conversation, who signed in, and what was refused. No texts are in it."""


TABLE: Mapping[Role, frozenset[Permission]] = {
    Role.COUNSELLOR: frozenset({Permission.TALK, Permission.UNMASK, Permission.REVIEW}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.TALK,
            Permission.OVERSEE,
            Permission.UNMASK,
            Permission.REVIEW,
            Permission.EXPORT,
            Permission.WRITE,
            Permission.CAMPAIGN,
            Permission.CHECK,
        }
    ),
    Role.CAMPAIGNER: frozenset({Permission.REVIEW, Permission.WRITE, Permission.CAMPAIGN}),
    Role.AUDITOR: frozenset({Permission.AUDIT}),
    # Whoever gives roles can give themselves any; the log, which nobody can change, is what watches them.
    Role.ADMIN: frozenset(Permission),
}
SEES_CASES = frozenset({Permission.TALK, Permission.OVERSEE})


def may(role: Role, permission: Permission) -> bool:
    """Tell whether a role may do something."""
    return permission in TABLE[role]


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """Return the roles that may do something."""
    return tuple(role for role in Role if may(role, permission))


def needs_code(role: Role) -> bool:
    """Tell whether a role signs in with a second step: all that see cases do."""
    return bool(TABLE[role] & SEES_CASES)
