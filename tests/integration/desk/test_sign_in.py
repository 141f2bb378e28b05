"""Getting in, staying in, and getting out."""

from datetime import timedelta
from time import perf_counter

from argon2 import PasswordHasher
from sqlalchemy import select, text

from bot.content.load import Content
from bot.desk.web.passwords import Passwords
from bot.hotline.staff import Staff, disable
from bot.store import sessions
from bot.store.batch import at_once
from bot.store.engine import Database
from bot.store.tables import StaffRow, StaffSessionRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import PASSWORD, House


async def test_right_password_opens_the_queue(stranger: Browser, counsellor: Staff) -> None:
    """Who gives the right e-mail, in any case, and password is taken to the queue."""
    answer = await stranger.sign_in(counsellor.email.upper())
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    assert "Nobody is waiting." in words_of(await stranger.open("/desk/"))


async def test_wrong_mail_and_wrong_password_look_the_same(
    stranger: Browser, counsellor: Staff
) -> None:
    """Nobody learns from the answer whether an address belongs to the staff."""
    wrong = await stranger.sign_in(counsellor.email, "not the password")
    unknown = await stranger.sign_in("xxxx@example.org", "not the password")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text.replace(counsellor.email, "") == unknown.text.replace("xxxx@example.org", "")


async def test_wrong_mail_takes_as_long_as_wrong_password(db: Database, content: Content) -> None:
    """An unknown address costs a whole argon2id check too."""
    house = House(db, content, passwords=Passwords())
    counsellor = await house.add_staff("Dewi")
    took = {}
    async with open_browser(house) as browser:
        await browser.sign_in("warm@example.org", "up")
        for email in (counsellor.email, "unknown@example.org"):
            began = perf_counter()
            await browser.sign_in(email, "not the password")
            took[email] = perf_counter() - began
    slow, fast = max(took.values()), min(took.values())
    assert fast > slow / 4


async def test_sixth_try_waits_and_the_wait_grows(
    stranger: Browser, counsellor: Staff, house: House
) -> None:
    """Five tries are free, then the right password has to wait too, and longer each time."""
    for _ in range(5):
        assert (await stranger.sign_in(counsellor.email, "wrong")).status_code == 401
    waits = []
    for _ in range(3):
        answer = await stranger.sign_in(counsellor.email)
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        house.clock.ahead += timedelta(seconds=waits[-1] + 1)
        assert (await stranger.sign_in(counsellor.email, "wrong")).status_code == 401
    assert waits[0] <= 60 < waits[1] <= 120 < waits[2] <= 240


async def test_right_password_forgives_earlier_mistakes(
    stranger: Browser, counsellor: Staff
) -> None:
    """Mistyping a few times today does not count against tomorrow."""
    for _ in range(3):
        for _ in range(4):
            await stranger.sign_in(counsellor.email, "wrong")
        assert (await stranger.sign_in(counsellor.email)).status_code == 303
        stranger.client.cookies.clear()


async def test_one_address_cannot_try_many_accounts(stranger: Browser, house: House) -> None:
    """Trying one password on many addresses is stopped as well."""
    answers = [await stranger.sign_in(f"somebody{n}@example.org", "guess") for n in range(21)]
    assert [a.status_code for a in answers] == [401] * 20 + [429]


async def test_only_the_hash_of_the_token_is_kept(desk: Browser, house: House) -> None:
    """Who reads the database cannot sign in with what stands there."""
    token = desk.client.cookies["suar_desk"]
    async with house.db.transaction() as conn:
        kept = (await conn.execute(select(StaffSessionRow))).one()
    assert token.encode() not in bytes(kept.token_hash)
    assert token not in str(kept)


async def test_cookie_is_kept_from_scripts_and_other_sites(
    stranger: Browser, counsellor: Staff
) -> None:
    """The session's cookie is HttpOnly, SameSite=Strict and only for the desk."""
    answer = await stranger.sign_in(counsellor.email)
    [cookie] = [c for c in answer.headers.get_list("set-cookie") if c.startswith("suar_desk=")]
    assert {"httponly", "samesite=strict", "path=/desk"} <= set(cookie.lower().split("; "))


async def test_signing_in_again_gives_a_new_token_and_ends_the_old(
    desk: Browser, counsellor: Staff, house: House
) -> None:
    """A token planted or seen before the sign-in is worth nothing after it."""
    old = desk.client.cookies["suar_desk"]
    house.clock.ahead += timedelta(minutes=61)
    await desk.sign_in(counsellor.email)
    assert desk.client.cookies["suar_desk"] != old
    async with house.db.transaction() as conn:
        before = house.clock.now() - timedelta(minutes=50)
        hashed = sessions.hash_token(old)
        rows = await at_once(conn, lambda batch: sessions.ask_session(batch, hashed, now=before))
        assert sessions.read_session(rows) is None


async def test_an_hour_without_a_hand_on_the_desk_signs_out(desk: Browser, house: House) -> None:
    """What an open page fetches by itself does not keep the session alive."""
    for _ in range(4):
        house.clock.ahead += timedelta(minutes=20)
        answer = await desk.part("/desk/parts/queue")
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/desk/sign-in?said=signed_out"


async def test_work_keeps_the_session_but_not_beyond_twelve_hours(
    desk: Browser, house: House
) -> None:
    """Pages and keys keep somebody signed in for a shift, and no longer."""
    for _ in range(14):
        house.clock.ahead += timedelta(minutes=50)
        answer = await desk.client.get("/desk/parts/health", headers={"x-desk-active": "1"})
        assert answer.status_code == 200
    house.clock.ahead += timedelta(minutes=30)
    assert (await desk.open("/desk/")).headers["location"] == "/desk/sign-in"


async def test_signing_out_ends_the_session(desk: Browser) -> None:
    """After signing out, going back shows nothing."""
    token = desk.client.cookies["suar_desk"]
    await desk.open("/desk/")
    answer = await desk.send("/desk/sign-out")
    assert answer.headers["location"] == "/desk/sign-in?said=goodbye"
    desk.client.cookies.set("suar_desk", token, domain="desk", path="/desk")
    assert (await desk.open("/desk/")).status_code == 303


async def test_disabled_staff_are_out_at_once(
    desk: Browser, counsellor: Staff, house: House
) -> None:
    """Who is disabled loses the open session and cannot sign in again."""
    async with house.db.transaction() as conn:
        await disable(conn, counsellor.email, house.clock.now())
    assert (await desk.open("/desk/")).status_code == 303
    assert (await desk.sign_in(counsellor.email)).status_code == 401


async def test_old_hash_is_renewed_on_sign_in(
    stranger: Browser, counsellor: Staff, house: House
) -> None:
    """A hash made with other settings is replaced when its owner next signs in."""
    other = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with house.db.transaction() as conn:
        await sessions.set_password_hash(conn, counsellor.id, other)
    assert (await stranger.sign_in(counsellor.email)).status_code == 303
    async with house.db.transaction() as conn:
        kept = await conn.scalar(select(StaffRow.password_hash))
    assert kept is not None
    assert kept != other
    assert not house.passwords.is_outdated(kept)


def test_passwords_are_hashed_with_argon2id() -> None:
    """The settings are the library's own for today."""
    made = Passwords().hasher.hash(PASSWORD)
    assert made.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(made)


async def test_sign_in_leads_back_to_the_page_that_was_wanted(
    stranger: Browser, counsellor: Staff
) -> None:
    """A link into the desk still works after the detour by the sign-in page."""
    sent = await stranger.open("/desk/settings")
    assert sent.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Fsettings"
    await stranger.open(sent.headers["location"])
    answer = await stranger.send("/desk/sign-in", email=counsellor.email, password=PASSWORD)
    assert answer.headers["location"] == "/desk/settings"


async def test_sign_in_never_leads_to_another_site(stranger: Browser, counsellor: Staff) -> None:
    """A forged `next` is ignored."""
    for wanted in ("https://example.com/", "//example.com", "/desk/\\example.com", "/desk/../x"):
        await stranger.open("/desk/sign-in")
        answer = await stranger.send(
            "/desk/sign-in", email=counsellor.email, password=PASSWORD, next=wanted
        )
        assert answer.headers["location"] == "/desk/"
        stranger.client.cookies.clear()


async def test_changing_the_password_signs_other_browsers_out(
    desk: Browser, stranger: Browser, counsellor: Staff
) -> None:
    """The browser at hand goes on with a new token; any other has to sign in with the new password."""
    await stranger.sign_in(counsellor.email)
    await desk.open("/desk/settings")
    short = await desk.send("/desk/settings/password", current=PASSWORD, password="short")
    wrong = await desk.send("/desk/settings/password", current="wrong", password="a new long one")
    assert (short.status_code, wrong.status_code) == (422, 422)
    right = await desk.send("/desk/settings/password", current=PASSWORD, password="a new long one")
    assert right.headers["location"] == "/desk/settings?said=password_changed"
    assert (await desk.open("/desk/")).status_code == 200
    assert (await stranger.open("/desk/")).status_code == 303
    assert (await stranger.sign_in(counsellor.email, "a new long one")).status_code == 303


async def test_expired_sessions_and_links_are_purged(desk: Browser, house: House) -> None:
    """What nobody can use any more does not stay in the database."""
    house.clock.ahead += timedelta(hours=25)
    async with house.db.transaction() as conn:
        await sessions.add_setup_link(conn, clock=house.clock, life=timedelta(seconds=-1))
        assert await sessions.purge(conn, now=house.clock.now()) == 2
        assert await conn.scalar(text("SELECT count(*) FROM staff_sessions")) == 0
