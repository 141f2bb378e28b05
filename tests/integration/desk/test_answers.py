"""What Suar says, on the desk: finding an answer, editing it, a second person's eye, undo, and what is not live."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from bot.desk.web.preview import CHANNELS
from bot.hotline.staff import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import House

ANSWER = "/desk/answers/what_is_trafficking"
FIELD = re.compile(r'<input class="form-control" id="(\w+)" name="\w+"[^>]* value="([^"]*)"')
AREA = re.compile(r'<textarea [^>]*name="([\w-]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
CHECKED = re.compile(r'name="action" value="(\w+)" checked')


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    async with desk_of(house, "Tari", Role.CAMPAIGNER) as browser:
        yield browser


@pytest.fixture
async def second(house: House) -> AsyncIterator[Browser]:
    """A supervisor's browser, signed in."""
    async with desk_of(house, "Rani", Role.SUPERVISOR) as browser:
        yield browser


def desk_of(house: House, name: str, role: Role) -> "_Desk":
    """Return the browser of somebody new."""
    return _Desk(house, name, role)


class _Desk:
    """Opens a browser and signs somebody in."""

    def __init__(self, house: House, name: str, role: Role) -> None:
        self.house, self.name, self.role = house, name, role
        self.inside = open_browser(house)

    async def __aenter__(self) -> Browser:
        staff = await self.house.add_staff(self.name, self.role)
        browser = await self.inside.__aenter__()
        await browser.sign_in(staff.email)
        return browser

    async def __aexit__(self, *error: object) -> None:
        await self.inside.__aexit__(None, None, None)


async def form_of(desk: Browser, locale: str = "", **changed: str) -> dict[str, str]:
    """Open the form of the answer; return its fields as a browser would send them, with some changed."""
    page = await desk.open(f"{ANSWER}/edit" + (f"?locale={locale}" if locale else ""))
    assert page.status_code == 200
    [seen] = re.findall(r'name="seen" value="(\w+)"', page.text)
    fields = dict(FIELD.findall(page.text)) | dict(AREA.findall(page.text))
    fields = {name: unescape(value) for name, value in fields.items()}
    actions = CHECKED.findall(page.text)
    assert len(actions) == (0 if locale else 1)
    return {**fields, "seen": seen, **({"action": actions[0]} if actions else {}), **changed}


async def edit(desk: Browser, locale: str = "", *, do: str = "send", **changed: str) -> str:
    """Edit the answer; return the path of the edit."""
    fields = await form_of(desk, locale, **changed)
    answer = await desk.send(
        f"{ANSWER}/edit" + (f"?locale={locale}" if locale else ""), do=do, **fields
    )
    assert answer.status_code == 303, words_of(answer)
    path, said = answer.headers["location"].split("?said=")
    assert said == ("sent_to_review" if do == "send" else "draft_saved")
    return str(path)


async def press(desk: Browser, path: str, verb: str, **fields: str) -> int:
    """Press a button of an edit's page; return the status."""
    await desk.open(path)
    return (await desk.send(f"{path}/{verb}", **fields)).status_code


async def test_answers_are_found_by_words_of_any_language(writer: Browser, house: House) -> None:
    """The list is searched in every language, and narrowed by whom it is for and what stands around it."""
    every = words_of(await writer.open("/desk/answers"))
    count = len(house.content.answers)
    assert f"{count} of {count}" in every
    found = words_of(await writer.open("/desk/answers?q=penyelundupan&audience=everyone"))
    assert "What is human trafficking?" in found
    assert "What are the warning signs of forced labour?" not in found
    assert "No answer fits." in words_of(await writer.open("/desk/answers?q=xyzzy"))


async def test_freshness_follows_the_calendar(writer: Browser, house: House) -> None:
    """An answer is fresh, then due, then overdue, then dark; each can be asked for."""
    due = house.content.answers["what_is_trafficking"].review_by
    for until, name in ((-31, "fresh"), (-30, "due"), (1, "overdue"), (91, "dark")):
        house.clock.ahead += due + timedelta(days=until) - house.clock.now().date()
        await writer.sign_in("tari@example.org")
        page = await writer.open(f"/desk/answers?freshness={name}")
        assert 'href="/desk/answers/what_is_trafficking"' in page.text, name


async def test_one_answer_shows_all_that_is_known_of_it(writer: Browser) -> None:
    """Both languages, sources with links, the review, next questions, and how each channel shows it."""
    page = await writer.open(ANSWER)
    shown = words_of(page)
    for part in ("Apa itu perdagangan orang", "Human trafficking has three parts", "palermo",
                 "Telegram", "WhatsApp", "Web chat", "2027-05-21", "content-team",
                 "How hard to read", "English: easy (", "Indonesian: fairly easy ("):  # fmt: skip
        assert part in shown, part
    assert 'lang="id" dir="ltr"' in page.text
    assert 'rel="noopener noreferrer"' in page.text
    assert (await writer.open("/desk/answers/nothing")).status_code == 404


async def test_others_find_nothing(desk: Browser, stranger: Browser) -> None:
    """A counsellor does not edit what Suar says, and a stranger is sent to the door."""
    for path in ("/desk/answers", ANSWER, f"{ANSWER}/edit"):
        assert (await desk.open(path)).status_code == 404
        assert (await stranger.open(path)).status_code == 303
    await desk.open("/desk/")
    assert (await desk.send(f"{ANSWER}/still-right", seen="x")).status_code == 404


async def test_a_second_person_publishes(writer: Browser, second: Browser, house: House) -> None:
    """An edit is not said before somebody else has read and published it; then it is, at once."""
    before = house.live.content
    path = await edit(writer, text="People are traded. That is a crime.", note="shorter")
    assert house.live.content is before
    assert "Somebody else has to read and publish what you wrote." in words_of(
        await writer.open(path)
    )
    assert await press(writer, path, "publish") == 409
    listed = words_of(await second.open("/desk/answers"))
    assert "For you to decide What is human trafficking?" in listed
    shown = words_of(await second.open(path))
    assert "taken out: Human" in shown
    assert "added: People are traded." in shown
    assert "Tari: shorter" in shown
    assert await press(second, path, "publish") == 303
    said = house.live.content.answers["what_is_trafficking"].text
    assert said == "People are traded. That is a crime."
    assert await press(second, path, "publish") == 409


async def test_an_edit_is_sent_back_with_a_word(writer: Browser, second: Browser) -> None:
    """Sending back needs a reason; the author takes the words up again in a new edit."""
    path = await edit(writer, title="Trade in people")
    assert await press(second, path, "refuse") == 422
    assert await press(second, path, "refuse", verdict="Too <b>hard</b>.") == 303
    shown = await writer.open(path)
    assert "Rani: Too <b>hard</b>." in words_of(shown)
    [again] = re.findall(rf'href="({ANSWER}/edit\?from=[^"]+)"', shown.text)
    assert 'value="Trade in people"' in (await writer.open(again)).text


async def test_a_draft_waits_for_its_author(writer: Browser, second: Browser) -> None:
    """A draft may be unfinished; nobody else writes in it, and it is found again where it was left."""
    path = await edit(writer, do="save", title="A title that is far too long")
    shown = words_of(await writer.open(f"{ANSWER}/edit"))
    assert "Button: This is too long." in shown
    assert await press(writer, path, "send") == 422
    assert (await second.open(f"{ANSWER}/edit")).headers["location"] == path
    assert await press(second, path, "publish") == 409
    assert await press(second, path, "send") == 409
    assert await press(second, path, "withdraw") == 303


async def test_what_does_not_fit_is_named_and_kept_in_the_form(writer: Browser) -> None:
    """A title that fits no button, a source nobody knows, a review before its day: said beside the typed words."""
    fields = await form_of(writer, note="my words")
    for changed, said in (
        ({"title": "x" * 21}, "Button: This is too long."),
        ({"sources": "palermoo"}, "did you mean `palermo`?"),
        ({"review_by": "2020-01-01"}, "Write a day after the review"),
        ({"text": ""}, "Answer: This cannot be empty."),
        ({"title": "Menu"}, "two buttons of one message read the same"),
        ({"text": "Write to {name}."}, "a placeholder is not filled in"),
        ({}, "Nothing is different yet."),
    ):
        page = await writer.send(f"{ANSWER}/edit", do="send", **{**fields, **changed})
        assert page.status_code == 422
        assert said in words_of(page)
        assert 'value="my words"' in page.text


async def test_nobody_overwrites_what_somebody_published(
    writer: Browser, second: Browser, house: House
) -> None:
    """Who has an old page open is shown what has changed, and keeps what they typed."""
    fields = await form_of(second, title="Second title")
    path = await edit(writer, title="First title")
    assert await press(second, path, "publish") == 303
    page = await second.send(f"{ANSWER}/edit", do="send", **fields)
    assert page.status_code == 409
    assert 'value="Second title"' in page.text
    assert "taken out: First added: Second" in words_of(page)
    [seen] = re.findall(r'name="seen" value="(\w+)"', page.text)
    again = await second.send(f"{ANSWER}/edit", do="send", **{**fields, "seen": seen})
    assert again.status_code == 303
    assert house.live.content.answers["what_is_trafficking"].title == "First title"


async def test_a_translation_is_edited_on_its_own(
    writer: Browser, second: Browser, house: House
) -> None:
    """Indonesian words are changed beside their source; the source stays."""
    path = await edit(writer, "id", title="Apa itu dagang?")
    assert await press(second, path, "publish") == 303
    content = house.live.content
    title = content.answers["what_is_trafficking"].title
    assert (title, content.words.say(title, "id")) == ("What is trafficking?", "Apa itu dagang?")


async def test_a_new_text_keeps_its_former_words_until_it_is_translated(
    writer: Browser, second: Browser, house: House
) -> None:
    """Nobody gets a foreign language because the source was mended; the desk says what is to be translated."""
    path = await edit(writer, title="Trade in people")
    waiting = words_of(await writer.open(f"{ANSWER}/edit?locale=id"))
    assert "Trade in people" in waiting
    assert "An edit of the source is under way." in waiting
    assert await press(second, path, "publish") == 303
    assert house.live.content.words.say("Trade in people", "id") == "Apa itu TPPO?"
    listed = await writer.open("/desk/answers?words=former")
    count = len(house.content.answers)
    assert f"1 of {count}" in words_of(listed)
    path = await edit(writer, "id")
    assert "somebody says that they fit the new text" in words_of(await second.open(path))
    assert await press(second, path, "publish") == 303
    assert f"0 of {count}" in words_of(await writer.open("/desk/answers?words=former"))


async def test_undo_alone_for_ten_minutes_and_together_after(
    writer: Browser, second: Browser, house: House
) -> None:
    """Who has published takes it back at once while it is fresh; later, and for anybody else, a second person is needed."""
    path = await edit(writer, title="First title")
    assert await press(second, path, "publish") == 303
    assert await press(second, path, "undo") == 303
    assert house.live.content.answers["what_is_trafficking"].title == "What is trafficking?"
    path = await edit(writer, title="Second title")
    assert await press(second, path, "publish") == 303
    house.clock.ahead += timedelta(minutes=11)
    assert await press(second, path, "undo") == 303
    assert house.live.content.answers["what_is_trafficking"].title == "Second title"
    history = (await writer.open(ANSWER)).text
    waiting = re.findall(r'href="(/desk/edits/[0-9a-f-]+)"', history)[0]
    assert await press(second, waiting, "publish") == 409
    assert await press(writer, waiting, "publish") == 303
    assert house.live.content.answers["what_is_trafficking"].title == "What is trafficking?"
    assert len(set(re.findall(r'href="(/desk/edits/[0-9a-f-]+)"', history))) == 4


async def test_reviewed_still_right_changes_the_dates_only(writer: Browser, house: House) -> None:
    """One press notes today's review and the day of the next, as far away as it was."""
    before = house.content.answers["what_is_trafficking"]
    house.clock.ahead += before.review_by - house.clock.now().date()
    await writer.sign_in("tari@example.org")
    page = await writer.open(ANSWER)
    [seen] = re.findall(r'name="seen" value="(\w+)"', page.text)
    answer = await writer.send(f"{ANSWER}/still-right", seen=seen)
    assert answer.headers["location"] == f"{ANSWER}?said=still_right"
    after = house.live.content.answers["what_is_trafficking"]
    assert after.reviewed_on == before.review_by
    assert after.review_by - after.reviewed_on == before.review_by - before.reviewed_on
    assert after.text == before.text
    assert (await writer.send(f"{ANSWER}/still-right", seen=seen)).status_code == 409


async def test_what_git_changed_is_shown_with_both_versions(
    writer: Browser, second: Browser, house: House
) -> None:
    """The answer's page has both, the list names the edit; it is taken up again, or left at what the files say."""
    path = await edit(writer, title="Desk title")
    assert await press(second, path, "publish") == 303
    answer = house.content.answers["what_is_trafficking"].model_copy(update={"title": "Git title"})
    answers = {**house.content.answers, "what_is_trafficking": answer}
    house.live.files = replace(house.content, answers=answers)
    await house.live.look()
    assert house.live.content.answers["what_is_trafficking"].title == "Git title"
    page = await writer.open(ANSWER)
    assert "taken out: Git added: Desk title" in words_of(page)
    assert "Reviewed, still right" not in words_of(page)
    assert "Published, but not live What is human trafficking?" in words_of(
        await writer.open("/desk/answers")
    )
    [again] = re.findall(rf'href="({ANSWER}/edit\?from=[^"]+)"', page.text)
    assert 'value="Desk title"' in (await writer.open(again)).text
    assert await press(second, path, "withdraw") == 303
    assert "not live" not in words_of(await writer.open(ANSWER))


async def test_an_edit_of_a_vanished_answer_can_be_let_go(
    writer: Browser, second: Browser, house: House
) -> None:
    """When git has taken the answer away, the list still leads to its edit, which can be taken back."""
    path = await edit(writer, title="Desk title")
    assert await press(second, path, "publish") == 303
    gone = dict(house.content.answers)
    del gone["what_is_trafficking"]
    house.live.files = replace(house.content, answers=gone)
    await house.live.look()
    assert (await writer.open(ANSWER)).status_code == 404
    assert f'href="{path}"' in (await writer.open("/desk/answers")).text
    assert await press(writer, path, "withdraw") == 303
    assert f'href="{path}"' not in (await writer.open("/desk/answers")).text


async def test_the_desk_says_what_is_broken(writer: Browser, house: House) -> None:
    """Place, key, problem and mend of a mistake in the files stand above the list, with what is live instead."""
    house.live.root = Path("/nowhere")
    await house.live.look(files=True)
    shown = words_of(await writer.open("/desk/answers"))
    assert "The last good content is live" in shown
    assert "flows/sources.yml : the file is missing" in shown
    house.health |= {"content": "degraded"}
    banner = words_of(await writer.part("/desk/parts/health"))
    assert "The last good version stays live" in banner


async def test_the_preview_follows_what_is_typed(writer: Browser) -> None:
    """The form's preview is the bot's own turn on each channel, and says what is wrong instead while something is."""
    fields = await form_of(writer, text="Short and <i>plain</i>.")
    part = await writer.send(f"{ANSWER}/parts/preview", htmx=True, **fields)
    assert words_of(part).count("Short and <i>plain</i>.") == len(CHANNELS)
    assert "23 of 1024 characters" in words_of(part)
    part = await writer.send(f"{ANSWER}/parts/preview", htmx=True, **{**fields, "text": "x" * 601})
    assert "Answer: This is too long." in words_of(part)
