"""The second step on the desk: setting it up, giving codes, and a thousand wrong ones."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from bot.hotline import second_step
from bot.hotline.permissions import Role
from bot.hotline.staff import Staff
from bot.store.tables import RecoveryCodeRow, SecondStepRow, StaffSessionRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import PASSWORD, House
from tests.support.second_step import code_on


async def by_password(browser: Browser, staff: Staff) -> None:
    """Give the password and stop before the code."""
    await browser.open("/desk/sign-in?lang=en")
    answer = await browser.send("/desk/sign-in?lang=en", email=staff.email, password=PASSWORD)
    assert answer.status_code == 303


@pytest.fixture
async def newcomer(house: House) -> Staff:
    """A counsellor who signs in for the first time."""
    return await house.add_staff("Ayu", second_step=False)


async def test_first_sign_in_sets_the_second_step_up(
    stranger: Browser, house: House, newcomer: Staff
) -> None:
    """Whoever sees conversations gets no further than the picture; with its first code they get their recovery codes and in."""
    await by_password(stranger, newcomer)
    assert (await stranger.open("/desk/review")).headers["location"] == (
        "/desk/second-step?next=%2Fdesk%2Freview"
    )
    page = await stranger.open("/desk/second-step?next=/desk/review")
    assert '<svg viewBox="0 0' in page.text
    assert " style=" not in page.text
    again = await stranger.open("/desk/second-step?next=/desk/review")
    at = house.clock.now().timestamp()
    code = code_on(page.text, at=at)
    assert code == code_on(again.text, at=at)
    before = stranger.client.cookies["suar_desk"]
    shown = await stranger.send("/desk/second-step", code=code)
    assert shown.status_code == 200
    codes = words_of(shown).count("-")
    assert shown.text.count("<li><code>") == second_step.RECOVERY_CODES
    assert codes >= 2 * second_step.RECOVERY_CODES
    assert 'href="/desk/review"' in shown.text
    assert stranger.client.cookies["suar_desk"] != before
    assert (await stranger.open("/desk/review")).status_code == 200
    assert await house.audited() == [
        ("signed_in", "password"),
        ("second_step_set_up", None),
        ("signed_in", "code"),
    ]


async def test_a_wrong_first_code_sets_nothing_up(
    stranger: Browser, house: House, newcomer: Staff
) -> None:
    """Whoever mistypes stays on the page with the same picture."""
    await by_password(stranger, newcomer)
    page = await stranger.open("/desk/second-step")
    refused = await stranger.send("/desk/second-step", code="000000")
    assert refused.status_code == 422
    assert "This code is not right." in words_of(refused)
    at = house.clock.now().timestamp()
    assert code_on(refused.text, at=at) == code_on(page.text, at=at)
    assert (await stranger.open("/desk/")).headers["location"] == "/desk/second-step"


async def test_who_sees_no_case_may_go_without(stranger: Browser, house: House) -> None:
    """A campaigner is let in by password, may set a second step up, and is asked for it from then on."""
    campaigner = await house.add_staff("Citra", Role.CAMPAIGNER)
    await by_password(stranger, campaigner)
    assert (await stranger.open("/desk/")).status_code == 200
    page = await stranger.open("/desk/second-step")
    code = code_on(page.text, at=house.clock.now().timestamp())
    assert (await stranger.send("/desk/second-step", code=code)).status_code == 200
    async with open_browser(house) as phone:
        await by_password(phone, campaigner)
        assert (await phone.open("/desk/")).headers["location"] == "/desk/code"


async def test_a_code_of_the_app_opens_the_page_that_was_wanted(
    stranger: Browser, house: House, counsellor: Staff
) -> None:
    """Password, then code, then the page; the token of before the code is worth nothing."""
    await by_password(stranger, counsellor)
    half = stranger.client.cookies["suar_desk"]
    house.clock.ahead += timedelta(seconds=30)
    wanted = (await stranger.open("/desk/help")).headers["location"]
    assert wanted == "/desk/code?next=%2Fdesk%2Fhelp"
    answer = await stranger.give_code(house.code_of(counsellor), wanted)
    assert answer.headers["location"] == "/desk/help"
    assert (await stranger.open("/desk/help")).status_code == 200
    async with open_browser(house) as thief:
        thief.client.cookies.set("suar_desk", half, path="/desk")
        answer = await thief.open("/desk/help")
        assert answer.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Fhelp"


async def test_a_code_works_once(stranger: Browser, house: House, counsellor: Staff) -> None:
    """What somebody has read over a shoulder is used up, whether it came from the app or from the drawer."""
    house.clock.ahead += timedelta(seconds=30)
    for code in (house.code_of(counsellor), house.codes[counsellor.email][0]):
        for expected in (303, 422):
            async with open_browser(house) as browser:
                await by_password(browser, counsellor)
                assert (await browser.give_code(code)).status_code == expected
    kinds = [kind for kind, _ in await house.audited()]
    assert (kinds.count("code_wrong"), kinds.count("recovery_code_used")) == (2, 1)


async def test_nobody_elses_code_works(stranger: Browser, house: House, counsellor: Staff) -> None:
    """Codes are of one person only."""
    other = await house.add_staff("Budi")
    house.clock.ahead += timedelta(seconds=30)
    await by_password(stranger, counsellor)
    for code in (house.code_of(other), house.codes[other.email][0]):
        assert (await stranger.give_code(code)).status_code == 422


async def _kept(house: House) -> list[object]:
    async with house.db.transaction() as conn:
        tables = (SecondStepRow, RecoveryCodeRow, StaffSessionRow)
        return [
            [
                tuple(row)
                for row in await conn.execute(select(table).order_by(*table.__table__.primary_key))
            ]
            for table in tables
        ]


@pytest.mark.slow
async def test_a_thousand_wrong_codes_change_nothing_and_are_noted(
    stranger: Browser, house: House, counsellor: Staff
) -> None:
    """Whoever has the password and guesses codes gets five tries, then waits, longer each time; each try is a line of the log."""
    await by_password(stranger, counsellor)
    await stranger.open("/desk/code")
    before, noted = await _kept(house), len(await house.audited())
    statuses = []
    for number in range(1000):
        answer = await stranger.send("/desk/code", code=f"{number:06}")
        statuses.append(answer.status_code)
    assert set(statuses) == {422, 429}
    assert statuses[:6] == [422] * 5 + [429]
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many tries." in words_of(answer)
    after = await _kept(house)
    assert [before[0], before[1]] == [after[0], after[1]]
    kinds = [kind for kind, _ in (await house.audited())[noted:]]
    assert len(kinds) == 1000
    assert set(kinds) == {"code_wrong", "code_too_often"}
    right = await stranger.send("/desk/code", code=house.codes[counsellor.email][0])
    assert right.status_code == 429
    house.clock.ahead += timedelta(minutes=16)
    right = await stranger.send("/desk/code", code=house.codes[counsellor.email][0])
    assert right.status_code == 303


async def test_wrong_codes_do_not_lock_the_password_out(
    stranger: Browser, house: House, counsellor: Staff
) -> None:
    """Codes are counted apart from passwords, so that neither hides the other."""
    await by_password(stranger, counsellor)
    for _ in range(6):
        answer = await stranger.give_code("000000")
    assert answer.status_code == 429
    async with open_browser(house) as browser:
        await by_password(browser, counsellor)


@pytest.mark.parametrize(
    "code", ["", " ", "0" * 5000, "١٢٣٤٥٦", "<b>1</b>", "\x00", "' OR 1=1 --"]
)
async def test_no_other_text_is_a_code(
    stranger: Browser, house: House, counsellor: Staff, code: str
) -> None:
    """Whatever is typed instead is refused in words."""
    await by_password(stranger, counsellor)
    answer = await stranger.give_code(code)
    assert answer.status_code == 422
    assert "<b>1</b>" not in answer.text


async def test_new_recovery_codes_end_the_old_ones(
    desk: Browser, house: House, counsellor: Staff
) -> None:
    """They are shown once, and those in the drawer are worth nothing any more."""
    await desk.open("/desk/settings")
    page = await desk.send("/desk/second-step/codes")
    assert page.text.count("<li><code>") == second_step.RECOVERY_CODES
    assert "Recovery codes left: 10" in words_of(await desk.open("/desk/settings"))
    async with open_browser(house) as browser:
        await by_password(browser, counsellor)
        old = await browser.give_code(house.codes[counsellor.email][0])
        fresh = page.text.partition("<li><code>")[2].partition("<")[0]
        new = await browser.give_code(fresh)
    assert (old.status_code, new.status_code) == (422, 303)


async def test_another_phone_needs_a_fresh_code_and_signs_others_out(
    desk: Browser, house: House, counsellor: Staff
) -> None:
    """The old phone's codes go on until the new one has given its first; then only the new one's count."""
    async with open_browser(house) as elsewhere:
        await elsewhere.sign_in(counsellor.email)
        house.clock.ahead += timedelta(minutes=11)
        assert (await desk.open("/desk/second-step")).headers["location"] == (
            "/desk/code?next=%2Fdesk%2Fsecond-step"
        )
        answer = await desk.give_code(
            house.code_of(counsellor), "/desk/code?next=/desk/second-step"
        )
        assert answer.headers["location"] == "/desk/second-step?said=code_given"
        page = await desk.open("/desk/second-step")
        code = code_on(page.text, at=house.clock.now().timestamp())
        assert (await desk.send("/desk/second-step", code=code)).status_code == 200
        assert (await elsewhere.open("/desk/")).headers["location"] == "/desk/sign-in"
    house.clock.ahead += timedelta(seconds=60)
    old = pyotp.TOTP(house.secrets[counsellor.email]).at(house.clock.now())
    async with open_browser(house) as browser:
        await by_password(browser, counsellor)
        assert (await browser.give_code(old)).status_code == 422


async def test_secrets_are_sealed_for_their_owner(house: House, counsellor: Staff) -> None:
    """In the database stands neither the secret nor a recovery code, and one person's cannot be put in place of another's."""
    other = await house.add_staff("Budi")
    kept = repr(await _kept(house))
    assert house.secrets[counsellor.email] not in kept
    assert not any(
        code in kept or code.replace("-", "") in kept for code in house.codes[counsellor.email]
    )
    async with house.db.transaction() as conn:
        sealed = await conn.scalar(
            select(SecondStepRow.secret_sealed).where(SecondStepRow.staff_id == other.id)
        )
        await second_step._set(conn, counsellor.id, secret_sealed=sealed)
    with pytest.raises(ValueError, match="cannot be opened"):
        async with house.db.transaction() as conn:
            await second_step.use_code(
                conn, house.people, counsellor.id, "000000", now=house.clock.now()
            )


async def test_a_reset_lets_somebody_begin_anew(
    stranger: Browser, house: House, counsellor: Staff
) -> None:
    """With phone and drawer lost, an admin takes the second step away and the next sign-in sets it up."""
    async with house.db.transaction() as conn:
        await second_step.reset(conn, counsellor.id)
    await by_password(stranger, counsellor)
    assert (await stranger.open("/desk/")).headers["location"] == "/desk/second-step"
