"""The staff's Telegram bot without topics: linking, notices, calls, and what an act refuses. Real database, faithful fake."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.desk.telegram.handing import data_of
from bot.hotline import cases, staff_accounts
from bot.hotline.staff import Role
from bot.understanding.model import Risk, RiskLevel
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.house import House
from tests.integration.desk.staff_bot import DESK, Stage, staff_bot
from tests.support.telegram_fake import Fault

DANGER = Risk(RiskLevel.IMMEDIATE, ("confinement",))
CALM = Risk(RiskLevel.NONE, ())
STRANGER = 8_001


@pytest.fixture
async def stage(house: House) -> AsyncIterator[Stage]:
    """The bot, without topics."""
    async with staff_bot(house) as made:
        yield made


async def test_a_code_links_once(stage: Stage) -> None:
    """A code of the desk links the account that sends it, and nobody else's afterwards."""
    dewi = await stage.house.add_staff("Dewi")
    async with stage.house.db.transaction() as conn:
        code = await staff_accounts.make_code(conn, stage.house.people, dewi)
    for account, answer in ((STRANGER, "is linked now"), (STRANGER + 1, "does not work")):
        await stage.fake.write(account, code.lower())
        await stage.until(lambda sent, answer=answer: answer in sent.text, account)
    [(kept,)] = await stage.ask("SELECT count(*) FROM staff_telegram_codes")
    assert kept == 0


async def test_a_code_ends_after_ten_minutes(stage: Stage) -> None:
    """A code that was left lying is worth nothing."""
    dewi = await stage.house.add_staff("Dewi")
    async with stage.house.db.transaction() as conn:
        code = await staff_accounts.make_code(conn, stage.house.people, dewi)
    stage.house.clock.ahead += staff_accounts.CODE_LIFE
    await stage.fake.write(STRANGER, code)
    await stage.until(lambda sent: "does not work" in sent.text, STRANGER)


async def test_codes_cannot_be_guessed(stage: Stage) -> None:
    """After five tries an account must wait, also with the right code."""
    dewi = await stage.house.add_staff("Dewi")
    for number in range(staff_accounts.TRIES):
        await stage.fake.write(STRANGER, f"GUESSGUES{number + 2}")
    async with stage.house.db.transaction() as conn:
        code = await staff_accounts.make_code(conn, stage.house.people, dewi)
    await stage.fake.write(STRANGER, code)
    await stage.until(lambda sent: "Too many tries" in sent.text, STRANGER)
    assert await stage.ask("SELECT 1 FROM staff_telegram") == []


async def test_a_stranger_learns_nothing(stage: Stage) -> None:
    """Whoever is not of the staff is told how the staff come in, whatever they send, and nothing happens."""
    await stage.house.add_case(risk=DANGER)
    for words in ("/next", "hello", "/alarm"):
        await stage.fake.write(STRANGER, words)
    sent = await stage.fake.wait_for_messages(STRANGER, 3)
    assert all("for the staff" in each.text for each in sent)
    assert await stage.ask("SELECT 1 FROM cases WHERE state <> 'waiting'") == []


async def test_who_is_locked_out_is_unlinked_at_once(stage: Stage) -> None:
    """Locking somebody out ends their account with the bot in the same moment."""
    dewi = await stage.member()
    async with stage.house.db.transaction() as conn:
        await cases.lock_out(conn, dewi.staff.email, stage.house.clock.now())
    assert await stage.ask("SELECT 1 FROM staff_telegram") == []
    await dewi.send("/next")
    await dewi.hears("for the staff of the hotline")


async def test_the_database_keeps_no_account_in_the_clear(stage: Stage) -> None:
    """The number of an account stands in no column as it is."""
    dewi = await stage.member()
    [(row,)] = await stage.ask("SELECT staff_telegram::text FROM staff_telegram")
    assert str(dewi.account) not in row
    assert str(dewi.account).encode().hex() not in row


async def test_a_notice_has_classes_and_numbers_only(stage: Stage) -> None:
    """Who is on duty hears how many wait and how urgent it is: no word of theirs, no name, reference or language."""
    dewi = await stage.member()
    await dewi.go_on_duty()
    await stage.house.add_case("my boss keeps my passport", risk=DANGER, wishes={"name": "Bunga"})
    await stage.house.add_case(risk=CALM)
    notice = await dewi.hears("No danger told: 1")
    assert notice.text == "People are waiting for you.\nDanger now: 1\nNo danger told: 1"


async def test_one_notice_is_edited_and_goes_when_nobody_waits(stage: Stage) -> None:
    """However many come, there is one message, and none when the last one is taken."""
    dewi = await stage.member()
    await dewi.go_on_duty()
    for _ in range(4):
        await stage.house.add_case(risk=CALM)
    await dewi.hears("No danger told: 4")
    notices = [each for each in await dewi.inbox() if "waiting for you" in each.text]
    assert len(notices) == 1
    budi = await stage.house.add_staff("Budi", languages=("id",), carries=20)
    for _ in range(4):
        assert await stage.house.talks.claim_next(budi)

    async def gone() -> bool:
        return not any("waiting for you" in each.text for each in await dewi.inbox())

    await stage.eventually(gone)


async def test_only_who_is_on_duty_hears(stage: Stage) -> None:
    """Off duty, at rest, or with enough to carry, nobody is disturbed."""
    dewi, budi, rani = [await stage.member(name) for name in ("Dewi", "Budi", "Rani")]
    await budi.go_on_duty()
    await rani.go_on_duty()
    await rani.send("/break")
    await rani.hears("breather")
    await stage.house.add_case(risk=CALM)
    await budi.hears("No danger told: 1")
    for quiet in (dewi, rani):
        assert not any("waiting for you" in each.text for each in await quiet.inbox())


async def test_duty_ends_by_the_button(stage: Stage) -> None:
    """Going off duty takes the notice away."""
    dewi = await stage.member()
    await dewi.send("/duty")
    offered = await dewi.hears("You are on duty")
    await stage.house.add_case(risk=CALM)
    await dewi.hears("No danger told: 1")
    await dewi.press(offered, "off_duty")
    await dewi.hears("off duty. Rest")

    async def gone() -> bool:
        return not any("waiting for you" in each.text for each in await dewi.inbox())

    await stage.eventually(gone)


async def test_next_claims_like_the_desk_and_gives_a_link_only(stage: Stage) -> None:
    """Without topics the bot says where the talk goes on, and shows nothing of it."""
    dewi = await stage.member()
    case_id = await stage.house.add_case("my boss keeps my passport", risk=DANGER)
    await dewi.send("/next")
    said = await dewi.hears("Somebody is with you now")
    assert said.text.splitlines()[-1] == f"{DESK}/desk/cases/{case_id}"
    assert "passport" not in said.text
    [(state, by)] = await stage.ask("SELECT state, claimed_by FROM cases")
    assert (state, by) == ("claimed", dewi.staff.id)


async def test_next_says_why_there_is_nobody(stage: Stage) -> None:
    """With an empty queue, and with enough to carry, the answer is a kind one."""
    dewi = await stage.member(carries=1)
    await dewi.send("/next")
    await dewi.hears("Nobody waits for you")
    for _ in range(2):
        await stage.house.add_case(risk=CALM)
    for words in ("Somebody is with you", "carry enough"):
        await dewi.send("/next")
        await dewi.hears(words)


async def test_two_who_take_at_once_get_two_people(stage: Stage) -> None:
    """The bot claims in the desk's own transaction: nobody is given twice."""
    members = [await stage.member(name) for name in ("Dewi", "Budi")]
    for _ in range(2):
        await stage.house.add_case(risk=CALM)
    await asyncio.gather(*(each.send("/next") for each in members))
    for each in members:
        await each.hears("Somebody is with you now")
    owners = await stage.ask("SELECT DISTINCT claimed_by FROM cases WHERE state = 'claimed'")
    assert len(owners) == 2


async def test_danger_calls_those_on_duty_and_then_supervisors(stage: Stage) -> None:
    """After two minutes whoever is on duty is called, whether they fit or not; after four the supervisors."""
    rani = await stage.member("Rani", Role.SUPERVISOR)
    dewi = await stage.member("Dewi", languages=("my",))
    await dewi.go_on_duty()
    await stage.house.add_case(risk=DANGER, locale="fa", waited=timedelta(minutes=2))
    await dewi.hears("has waited for two minutes")
    assert not any("Alarm" in each.text for each in await rani.inbox())
    stage.house.clock.ahead += timedelta(minutes=2)
    await stage.look()
    await rani.hears("Alarm: somebody in danger now still waits")
    calls = [each for each in await dewi.inbox() if "two minutes" in each.text]
    assert len(calls) == 1


async def test_with_nobody_on_duty_all_are_called(stage: Stage) -> None:
    """Danger now at night: everybody with an account hears of it."""
    dewi = await stage.member()
    await stage.house.add_case(risk=DANGER, waited=timedelta(minutes=3))
    await dewi.hears("has waited for two minutes")


async def test_a_restart_calls_nobody_twice(stage: Stage) -> None:
    """What was called and what is shown is remembered over a restart of the process."""
    dewi = await stage.member()
    await dewi.go_on_duty()
    await stage.house.add_case(risk=DANGER, waited=timedelta(minutes=3))
    await dewi.hears("has waited for two minutes")
    await dewi.hears("People are waiting")
    before = [each.text for each in await dewi.inbox()]
    await stage.stop()
    another = stage.make()
    async with another.app:
        await another.look()
    assert [each.text for each in await dewi.inbox()] == before


async def test_an_alarm_reaches_supervisors(stage: Stage) -> None:
    """/alarm tells the supervisors who calls; without one it says that nobody can be reached."""
    dewi = await stage.member()
    await dewi.send("/alarm")
    await dewi.hears("No supervisor can be reached")
    rani = await stage.member("Rani", Role.SUPERVISOR)
    await dewi.send("/alarm")
    await rani.hears("Dewi calls for a supervisor")
    await dewi.hears("Supervisors told: 1")


async def test_close_asks_how_it_ended(stage: Stage) -> None:
    """/close offers the outcomes of the desk, and a press closes; a second press finds it gone."""
    dewi = await stage.member()
    await dewi.send("/close")
    await dewi.hears("You have no talk now")
    await stage.house.add_case(risk=CALM)
    await dewi.send("/next")
    await dewi.hears("Somebody is with you")
    await dewi.send("/close")
    asked = await dewi.hears("How did the talk end?")
    await dewi.press(asked, asked.button_data()[0])
    await dewi.hears("The talk is closed")
    [(state, outcome)] = await stage.ask("SELECT state, outcome FROM cases")
    assert (state, outcome) == ("closed", "helped")
    await dewi.press(asked, asked.button_data()[1])

    async def refused() -> bool:
        answers = await stage.fake.callback_answers()
        return any(each.text and "over" in each.text for each in answers)

    await stage.eventually(refused)
    assert (await stage.ask("SELECT outcome FROM cases"))[0].outcome == "helped"


async def test_a_forged_press_changes_nothing(stage: Stage) -> None:
    """A button with somebody else's case, or with nonsense, is refused in words."""
    dewi, budi = await stage.member("Dewi"), await stage.member("Budi")
    case_id = await stage.house.add_case(risk=CALM)
    assert await stage.house.talks.claim_next(budi.staff)
    help_message = await dewi.hears("is linked now")
    case, given = case_id.hex, data_of("give", case_id, dewi.staff.id)
    forged = [
        f"{what}:{case}" for what in ("close:helped", "back", "ask", "hand", "take", "leave")
    ]
    nonsense = (f"close:won:{case}", "back:nothing", "close", "give:x", "give:ü:ü", "hand")
    for data in (*forged, given, *nonsense):
        await stage.fake.press(dewi.account, help_message.message_id, data, is_stale=True)

    async def all_answered() -> bool:
        return len(await stage.fake.callback_answers()) == len(forged) + 1 + len(nonsense)

    await stage.eventually(all_answered)
    assert all(each.text for each in await stage.fake.callback_answers())
    [(state, by)] = await stage.ask("SELECT state, claimed_by FROM cases")
    assert (state, by) == ("claimed", budi.staff.id)


async def test_what_was_begun_before_a_crash_is_not_done_twice(stage: Stage) -> None:
    """An update that comes again after its act was begun is said to be unsure, and takes nobody else."""
    dewi = await stage.member()
    for _ in range(2):
        await stage.house.add_case(risk=CALM)
    happened = await stage.fake.write(dewi.account, "/next")
    await dewi.hears("Somebody is with you")
    assert happened.update_id is not None
    await stage.fake.redeliver(happened.update_id)
    await dewi.hears("I was interrupted")
    claimed = await stage.ask("SELECT 1 FROM cases WHERE state = 'claimed'")
    assert len(claimed) == 1


async def test_the_flood_limit_is_respected(stage: Stage) -> None:
    """When Telegram says to wait, the bot waits, and then says what it had to say, once."""
    dewi = await stage.member()
    await stage.fake.fail_next("sendMessage", Fault("too_many_requests", retry_after_s=1))
    await dewi.send("/help")
    await dewi.hears("/next · ")
    answers = [each for each in await dewi.inbox() if "/next · " in each.text]
    assert len(answers) == 1


async def test_commands_stand_in_telegrams_menu(stage: Stage) -> None:
    """Telegram lists the commands in each language of the staff."""
    calls = await stage.fake.wait_for_calls("setMyCommands", 3)
    languages = {str(call.params.get("language_code") or "") for call in calls}
    assert {"", "en", "id"} <= languages
    for name in ("start", "next", "duty", "break", "close", "alarm", "help"):
        assert all(f'"{name}"' in str(call.params["commands"]) for call in calls)


async def test_the_settings_page_makes_and_ends_a_link(
    stage: Stage, desk: Browser, house: House
) -> None:
    """Under Settings a counsellor makes a code, sees that an account is linked, and unlinks it."""
    assert "Make a code" not in (await desk.open("/desk/settings")).text
    object.__setattr__(house.services, "staff_bot", True)
    await desk.open("/desk/settings")
    made = await desk.send("/desk/settings/telegram/code")
    code = made.text.partition("<code")[2].partition(">")[2].partition("<")[0]
    assert len(code) == staff_accounts.CODE_CHARS
    await stage.fake.write(STRANGER, code)
    await stage.until(lambda sent: "is linked now" in sent.text, STRANGER)
    assert "An account is linked since" in words_of(await desk.open("/desk/settings"))
    await desk.send("/desk/settings/telegram/unlink")
    assert await stage.ask("SELECT 1 FROM staff_telegram") == []
