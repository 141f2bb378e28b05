"""Campaigns and messages on the desk: written, looked at, approved by somebody else, taken back, tried on the team."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import update

from bot.hotline.staff import Role
from bot.store.tables import BroadcastRow
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House
from tests.integration.desk.studio import (
    FIELDS,
    SECOND,
    act,
    add_tester,
    make_campaign,
    make_message,
    post,
    put_run,
)
from tests.support.files import picture


@pytest.fixture
async def rina(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser."""
    me = await house.add_staff("Rina", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


@pytest.fixture
async def budi(house: House) -> AsyncIterator[Browser]:
    """A second campaigner's browser."""
    me = await house.add_staff("Budi", Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(me.email)
        yield browser


async def test_a_message_goes_its_way(rina: Browser, budi: Browser) -> None:
    """Written, sent for approval, sent back with a reason that its author reads, mended, approved by the other, paused and resumed."""
    campaign = await make_campaign(rina)
    message = await make_message(rina, campaign)
    shown = await rina.open(message)
    assert "Nothing is missing." in words_of(shown)
    await act(rina, message, "submit")
    refused = await act(rina, message, "approve")
    assert refused.status_code == 409
    assert "You wrote it, so somebody else approves it" in words_of(refused)
    assert (await act(budi, message, "send_back")).status_code == 422
    back = await act(budi, message, "send_back", reason="Say where it is.")
    assert "Say where it is." in words_of(await rina.open(message))
    assert "Draft" in words_of(back)
    await act(rina, message, "submit")
    assert "Say where it is." not in words_of(await rina.open(message))
    assert "Approved." in words_of(await act(budi, message, "approve"))
    assert "Paused" in words_of(await act(budi, message, "pause"))
    shown = await act(rina, message, "resume")
    told = words_of(shown)
    for line in ("Rina made it", "Budi sent it back", "Budi approved it", "Rina let it go on"):
        assert line in told
    listed = await rina.open(campaign)
    assert "Live" in words_of(listed)


async def test_the_wizard_leads_to_a_message_that_waits(rina: Browser, house: House) -> None:
    """Five steps, stopped in the middle and gone on with; a step that is not right yet keeps what was typed when one goes back."""
    await rina.open("/desk/campaigns/start")
    assert (await rina.send("/desk/campaigns/start", title="")).status_code == 422
    answer = await rina.send("/desk/campaigns/start", title="First of mine")
    second = answer.headers["location"]
    assert second.endswith("/start/2")
    shown = await rina.open(second)
    assert "What are people to do?" in words_of(shown)
    shown = await rina.open(f"{second}?goal=quiz")
    words = {
        "goal": "quiz", "a-target0": "quiz:warning_signs", "a-id-text": "Ayo main!",
        "a-id-title0": "Main", "a-en-text": "", "a-en-title0": "Play",
    }  # fmt: skip
    assert (await rina.send(second, **words)).status_code == 422
    back = await rina.send(second, **words, do="back")
    assert back.headers["location"].endswith("/start/1")
    assert "Ayo main!" in (await rina.open(second)).text
    answer = await rina.send(second, **{**words, "a-en-text": "Let us play!"})
    third = answer.headers["location"]
    listed = await rina.open("/desk/campaigns")
    assert "Go on where you were" in listed.text
    gone_on = await rina.open(second.removesuffix("/2"))
    assert gone_on.headers["location"] == third
    await rina.open(third)
    assert (await rina.send(third, who="cities")).status_code == 422
    answer = await rina.send(third, who="cities", city="kupang")
    fourth = answer.headers["location"]
    await rina.open(fourth)
    assert (await rina.send(fourth, when="day", on="2020-01-01", time="10:00")).status_code == 422
    tomorrow = f"{house.clock.now():%Y}-12-31"
    assert (await rina.send(fourth, when="day", on=tomorrow, time="23:00")).status_code == 422
    answer = await rina.send(fourth, when="now")
    fifth = answer.headers["location"]
    shown = await rina.open(fifth)
    assert "Let us play!" in shown.text
    assert "they live in Kupang" in words_of(shown)
    assert (await rina.send(fifth, do="test")).status_code == 409
    answer = await rina.send(fifth, do="submit")
    shown = await rina.open(answer.headers["location"])
    assert "Waits for approval" in words_of(shown)
    assert (await rina.open(fifth)).status_code == 404


async def test_what_is_wrong_stands_at_its_field(rina: Browser) -> None:
    """A button without a place, a text that is missing: nothing is kept, what was typed is, and each is said with its place."""
    campaign = await make_campaign(rina)
    new = f"{campaign}/messages/new"
    await rina.open(new)
    answer = await post(
        rina, new, {**FIELDS, "a-en-text": "", "a-id-target0": "", "name": "Kept words"}
    )
    told = words_of(answer)
    assert answer.status_code == 422
    assert "English, text" in told
    assert "Write something here." in told
    assert "Indonesian, button 1" in told
    assert "Choose where this leads." in told
    assert 'value="Kept words"' in answer.text


async def test_the_form_changes_without_scripts(rina: Browser) -> None:
    """A language and a second version are added and taken out by buttons of the form; nothing is kept before it is saved."""
    campaign = await make_campaign(rina)
    message = await make_message(rina, campaign)
    await rina.open(message)
    more = await post(rina, message, {**FIELDS, "do": "add_language", "new-locale": "ms"})
    assert 'name="a-ms-text"' in more.text
    assert "Not saved yet" in words_of(more)
    assert 'name="a-ms-text"' not in (await rina.open(message)).text
    second = await post(rina, message, {**FIELDS, "do": "second"})
    assert 'name="b-id-text"' in second.text
    less = await post(rina, message, {**FIELDS, "do": "drop_language:id"})
    assert 'name="a-id-text"' not in less.text


async def test_who_was_slower_is_told_and_loses_nothing(rina: Browser, budi: Browser) -> None:
    """Two at the same message: the second to save reads that it has changed, and finds their own words in the form."""
    message = await make_message(rina, await make_campaign(rina))
    await rina.open(message)
    await budi.open(message)
    assert (await post(rina, message, {**FIELDS, "name": "Rina’s"})).status_code == 303
    late = await post(budi, message, {**FIELDS, "name": "Budi’s"})
    assert late.status_code == 409
    assert "Budi’s" in late.text
    assert "Somebody has changed this" in words_of(late)


async def test_a_picture_comes_with_its_words(rina: Browser) -> None:
    """Uploaded with the form, it is shown and asks for words in each language before anybody approves it; what is none is refused."""
    message = await make_message(rina, await make_campaign(rina))
    await rina.open(message)
    bad = await post(rina, message, FIELDS, file=("x.png", b"GIF89a nothing", "image/png"))
    assert bad.status_code == 422
    assert "This is no picture that can be used." in words_of(bad)
    await rina.open(message)
    assert (await post(rina, message, FIELDS, file=("x.jpg", picture(), "image/jpeg"))).is_redirect
    shown = await rina.open(message)
    [address] = set(re.findall(r"/desk(/campaigns/pictures/[0-9a-f-]{36})", shown.text))
    sent = await rina.client.get(f"/desk{address}")
    assert sent.headers["content-type"].startswith("image/")
    assert "sandbox" in sent.headers["content-security-policy"]
    assert "Say what is on the picture, for those who cannot see it." in words_of(shown)
    refused = await act(rina, message, "submit")
    assert refused.status_code == 422
    await rina.open(message)
    number = address.rsplit("/", 1)[1]
    said = {"picture": number, "alt-id": "Empat teman", "alt-en": "Four friends"}
    await post(rina, message, {**FIELDS, **said})
    assert "Waits for approval" in words_of(await act(rina, message, "submit"))


async def test_what_one_has_just_done_can_be_undone(rina: Browser, budi: Browser) -> None:
    """Right after an act its page offers to take it back, to whoever did it and nobody else."""
    message = await make_message(rina, await make_campaign(rina))
    shown = await act(rina, message, "submit")
    assert 'value="withdraw"' in shown.text
    assert "Undo" in words_of(shown)
    assert "Undo" not in words_of(await budi.open(message))
    assert "Draft" in words_of(await act(rina, message, "withdraw"))
    shown = await act(rina, message, "archive")
    assert "Undo" in words_of(shown)
    assert "Draft" in words_of(await act(rina, message, "unarchive"))


async def test_the_team_gets_it_first(rina: Browser, house: House) -> None:
    """Without a tester it says how to invite one; with one it goes out in any state, and the page shows it as a test."""
    message = await make_message(rina, await make_campaign(rina))
    await rina.open(message)
    refused = await post(rina, f"{message}/test", {})
    assert refused.status_code == 409
    assert "No tester can be reached." in words_of(refused)
    await add_tester(house)
    await rina.open(message)
    assert (await post(rina, f"{message}/test", {})).status_code == 303
    shown = words_of(await rina.open(message))
    assert "To the testers" in shown
    assert "0 of 1 people are through" in shown
    listed = await rina.open("/desk/campaigns/testers")
    assert "Can be reached now: 1" in words_of(listed)
    await rina.send("/desk/campaigns/testers", label="Dewi")
    listed = await rina.open("/desk/campaigns/testers")
    [code] = set(re.findall(r"start=t_([\w-]+)", listed.text))
    await rina.send("/desk/campaigns/testers/uninvite", code=code)
    assert "start=t_" not in (await rina.open("/desk/campaigns/testers")).text


async def test_progress_counts_and_keeps_small_groups_back(rina: Browser, house: House) -> None:
    """How many have it, both versions side by side, and why some do not; fewer than five are not told apart."""
    message = await make_message(rina, await make_campaign(rina), **SECOND)
    await put_run(house, message, sent=20, delivered=6, read=4, recent=7, blocked=2, held=3)
    part = await rina.part(f"{message}/parts/progress")
    told = words_of(part)
    assert "42 of 42 people are through" in told
    assert "7: got another message in the last twenty hours" in told
    assert "fewer than 5: have blocked the bot" in told
    assert "left in peace" not in told
    assert "A 15 5 (33 %) 2 (13 %)" in told
    assert "every 2s" in part.text
    await put_run(house, message, state="done", sent=1)
    assert "every 2s" in (await rina.part(f"{message}/parts/progress")).text


async def test_what_has_stopped_is_on_the_first_page(rina: Browser, house: House) -> None:
    """A message that stopped is counted in the navigation of whoever makes campaigns, and says why on the first page."""
    message = await make_message(rina, await make_campaign(rina))
    async with house.db.transaction() as conn:
        stopped = update(BroadcastRow).values(state="stopped", stopped_because="leads_nowhere")
        await conn.execute(stopped)
    listed = await rina.open("/desk/campaigns")
    assert "The day itself : one of its buttons leads nowhere." in words_of(listed)
    assert "Messages that have stopped because something is wrong" in listed.text
    assert "It stopped:" in words_of(await rina.open(message))
    await rina.open(message)
    await post(rina, message, FIELDS)
    assert "leads nowhere" not in words_of(await rina.open("/desk/campaigns"))


async def test_links_are_made_closed_and_printed(rina: Browser) -> None:
    """A link has an address to copy and a code to print; a name that is taken or none is told; closed, it has no code any more."""
    campaign = await make_campaign(rina)

    async def make(**fields: str) -> httpx.Response:
        await rina.open(campaign)
        return await post(rina, f"{campaign}/links", {"target": "join", "city": "", **fields})

    assert (await make(code="wd27-kupang", city="kupang")).status_code == 303
    assert (await make(code="")).status_code == 303
    assert (await make(code="wd27-kupang")).status_code == 409
    assert (await make(code="a b")).status_code == 422
    assert (await make(code="xy", target="step:menu.main")).status_code == 422
    assert (await make(code="xy", city="atlantis")).status_code == 422
    shown = await rina.open(campaign)
    assert "https://t.me/suar_example_bot?start=c_wd27-kupang" in shown.text
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        code = await rina.client.get(f"{campaign}/links/wd27-kupang/qr.{kind}")
        assert code.content.startswith(begin)
    assert (await rina.client.get(f"{campaign}/links/gone/qr.png")).status_code == 404
    assert shown.text.count("data:image/svg+xml") == 2
    await post(rina, f"{campaign}/links/open", {"code": "wd27-kupang", "open": "no"})
    assert (await rina.open(campaign)).text.count("data:image/svg+xml") == 1


async def test_a_campaign_is_edited_ended_and_copied(rina: Browser, budi: Browser) -> None:
    """Its frame is changed, it does not end while messages wait, it is put away and taken out, and copied with its messages as drafts."""
    campaign = await make_campaign(rina, domains="https://www.Example.org/july suar.example")
    message = await make_message(rina, campaign)
    shown = await rina.open(campaign)
    assert "example.org\nsuar.example" in shown.text
    bad = await post(rina, campaign, {"title": "", "starts_on": "2027-07-02", "ends_on": "x"})
    assert bad.status_code == 422
    assert (await post(rina, campaign, {"title": "August"})).status_code == 303
    await act(rina, message, "submit")
    assert "cancel them first" in words_of(await act(rina, campaign, "archive")).lower()
    await act(budi, message, "approve")
    assert (await act(rina, campaign, "end")).status_code == 409
    await act(rina, message, "cancel")
    assert "Over" in words_of(await act(rina, campaign, "end"))
    assert "Put away" in words_of(await act(rina, campaign, "archive"))
    assert "August" in words_of(await rina.open("/desk/campaigns?archived=yes"))
    assert "Over" in words_of(await act(rina, campaign, "unarchive"))
    await rina.open(campaign)
    answer = await post(rina, f"{campaign}/copy", {"title": "August again"})
    copied = words_of(await rina.open(answer.headers["location"]))
    assert "August again" in copied
    assert "The day itself" in copied
    assert "Draft" in copied


async def test_the_preview_follows_the_form(rina: Browser) -> None:
    """What is typed is seen on each channel and on a locked phone, before it is kept, in the language and version that was chosen."""
    await rina.open(f"{await make_campaign(rina)}/messages/new")
    path = "/desk/campaigns/messages/parts/preview"
    long = "Come and see us on Friday. " * 10
    part = await post(rina, path, {**FIELDS, "a-en-text": long, "preview": "a-en"})
    told = words_of(part)
    assert "Come and see us on Friday. Come a…" in told
    assert told.count("Play the quiz") == 3
    assert 'lang="en"' in part.text


async def test_nothing_of_it_opens_for_others(house: House, rina: Browser) -> None:
    """Somebody who makes no campaigns finds neither a message nor its picture, and can do nothing with it."""
    message = await make_message(rina, await make_campaign(rina))
    nurse = await house.add_staff("Nia", Role.COUNSELLOR)
    async with open_browser(house) as browser:
        await browser.sign_in(nurse.email)
        for path in (message, f"{message}/dry-run", "/desk/campaigns/testers"):
            assert (await browser.open(path)).status_code == 404
        await browser.open("/desk/settings")
        assert (await browser.send(f"{message}/act", act="submit", version="1")).status_code == 404
