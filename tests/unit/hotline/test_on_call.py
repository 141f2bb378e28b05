"""Who is told away from the desk that somebody waits: nobody is flooded, and nobody in danger is forgotten."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from bot.hotline.on_call import QUIET, Act, Call, Due, act_on, after, targets
from bot.hotline.staff import Role, Staff
from bot.hotline.staff_accounts import Linked
from bot.messages import StaffId
from bot.store.staff_bot import Notice
from bot.understanding.model import RiskLevel

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LABELS = [level.label for level in RiskLevel]
DANGER = RiskLevel.IMMEDIATE.label
COUNTS = st.dictionaries(st.sampled_from(LABELS), st.integers(1, 5))
STEPS = st.lists(st.tuples(st.integers(1, 400), COUNTS), max_size=40)


def somebody(role: Role = Role.COUNSELLOR, *, duty: bool = False, rests: bool = False) -> Linked:
    """Return somebody of the staff with an account."""
    later = NOW + timedelta(minutes=5)
    staff = Staff(
        StaffId(uuid4()),
        "a@example.org",
        "A",
        role,
        ("id",),
        "id",
        rests_until=later if rests else None,
    )
    return Linked(staff, 1, later if duty else None)


def waits(call: Call, staff: Linked | None = None) -> Due:
    """Return a call that is due."""
    return Due(uuid4(), call, staff.staff.id if staff else None)


def test_the_first_who_waits_is_heard_of() -> None:
    """From nobody to somebody there is a notice with a sound, and back again it goes."""
    assert act_on(Notice(), {"none": 1}, NOW) is Act.SOUND
    shown = after(Act.SOUND, Notice(), {"none": 1}, NOW, 7)
    assert act_on(shown, {}, NOW) is Act.DELETE
    assert act_on(Notice(), {}, NOW) is Act.NOTHING


def test_nothing_new_is_nothing_to_do() -> None:
    """As long as the numbers stay there is no sound and no edit."""
    shown = Notice(7, {"high": 2}, {"high": 2}, NOW)
    assert act_on(shown, {"high": 2}, NOW + timedelta(hours=3)) is Act.NOTHING


@given(before=COUNTS, counts=COUNTS, late=st.integers(0, 1000))
def test_danger_now_is_always_heard(
    before: dict[str, int], counts: dict[str, int], late: int
) -> None:
    """Whenever more people are in danger now than were heard of, there is a sound."""
    counts[DANGER] = before.get(DANGER, 0) + 1
    notice = Notice(7, before, before, NOW - timedelta(seconds=late))
    assert act_on(notice, counts, NOW) is Act.SOUND


@given(STEPS)
def test_there_is_one_notice_and_everybody_is_heard_of(
    steps: list[tuple[int, dict[str, int]]],
) -> None:
    """Whatever comes and goes: one notice with the numbers of now; no two sounds within five minutes but for danger;
    and five minutes after a sound nobody is left of whom there was none."""
    notice, now = Notice(), NOW
    for number, (seconds, counts) in enumerate(steps):
        now += timedelta(seconds=seconds)
        act = act_on(notice, counts, now)
        if act is Act.SOUND and notice.loud_at is not None:
            more_danger = counts.get(DANGER, 0) > notice.heard.get(DANGER, 0)
            assert more_danger or now - notice.loud_at >= QUIET
        if act is Act.WHISPER:
            assert not notice.counts
        if act is not Act.NOTHING:
            shown = None if act is Act.DELETE else number
            notice = after(act, notice, counts, now, shown)
        assert notice.counts == counts
        assert (notice.message_id is None) == (not counts)
        if counts and notice.loud_at is not None and now - notice.loud_at >= QUIET:
            assert all(notice.heard.get(level, 0) >= n for level, n in counts.items())


def test_who_is_called_for_danger() -> None:
    """Those on duty and awake; the resting ones when there is nobody else; all when nobody is on duty."""
    awake, tired, away = somebody(duty=True), somebody(duty=True, rests=True), somebody()
    due = waits(Call.WAITS)
    assert targets(Call.WAITS, [awake, tired, away], due, NOW) == [awake]
    assert targets(Call.WAITS, [tired, away], due, NOW) == [tired]
    assert targets(Call.WAITS, [away], due, NOW) == [away]
    assert targets(Call.WAITS, [], due, NOW) == []


def test_supervisors_are_alarmed_on_duty_or_not() -> None:
    """An alarm reaches every supervisor and admin, and no counsellor."""
    over = [somebody(Role.SUPERVISOR), somebody(Role.ADMIN)]
    for call in (Call.ALARM, Call.RETURNED):
        assert targets(call, [somebody(duty=True), *over], waits(call), NOW) == over


def test_a_reminder_is_for_its_counsellor_alone() -> None:
    """Nobody else hears that a counsellor has fallen silent."""
    mine, other = somebody(), somebody(duty=True)
    due = waits(Call.REMIND, mine)
    assert targets(Call.REMIND, [mine, other], due, NOW) == [mine]
