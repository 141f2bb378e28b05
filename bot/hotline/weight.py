"""How heavy a case is for whoever listens, and how much one counsellor carries at once."""

from collections.abc import Sequence

from bot.understanding.model import RiskLevel

WEIGHT = {
    RiskLevel.IMMEDIATE: 4,
    RiskLevel.HIGH: 3,
    RiskLevel.CONCERN: 2,
    RiskLevel.NONE: 1,
}
HEAVY = WEIGHT[RiskLevel.HIGH]
"""From this weight on a case is a heavy one, after which a breather is offered."""
LIMIT = 6
"""How much somebody carries at once unless their profile says otherwise: two people at high risk, or three worries."""
ROOM_FOR_DANGER = WEIGHT[RiskLevel.IMMEDIATE]
"""Kept free above everybody's limit for who is in danger now: nobody waits to be saved because talks are going on."""
IN_A_ROW = 2
"""Nobody gets one more heavy case after this many while somebody else qualified is free."""


def has_room(level: RiskLevel, load: int, limit: int) -> bool:
    """Tell whether somebody who carries `load` may take one more case of `level`."""
    return load < limit + (ROOM_FOR_DANGER if level is RiskLevel.IMMEDIATE else 0)


def is_heavy(level: RiskLevel) -> bool:
    """Tell whether a case of `level` is a heavy one."""
    return WEIGHT[level] >= HEAVY


def needs_relief(last: Sequence[int]) -> bool:
    """Tell whether somebody's last cases, by weight with the newest first, were all heavy ones."""
    return len(last) >= IN_A_ROW and all(weight >= HEAVY for weight in last[:IN_A_ROW])
