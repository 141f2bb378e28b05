"""Quizzes on the desk: made, written, translated, tried, sent, published by somebody else, undone and retired."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx
import pytest
from sqlalchemy import text

from bot.content.edits import Fate
from bot.desk.web.pages import Pages
from bot.desk.web.studio.quiz_form import KINDS
from bot.desk.web.studio.quizzes import STATES
from bot.editing.quiz_mistakes import CODES
from bot.hotline.permissions import Role
from tests.integration.desk.browser import Browser, words_of
from tests.integration.desk.conftest import open_browser
from tests.integration.desk.house import LOCALES, House, Words

LIST = "/desk/campaigns/quizzes"
SHIPPED = f"{LIST}/job_offers"
QUESTION = re.compile(r'data-question="(\w+)"')
INPUT = re.compile(r'<input [^>]*name="([^"]+)"[^>]*>')
AREA = re.compile(r'<textarea [^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)
SELECT = re.compile(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
CHOSEN = re.compile(r'value="([^"]*)"[^>]* selected')


@pytest.fixture
async def writer(house: House) -> AsyncIterator[Browser]:
    """A campaigner's browser, signed in."""
    async with desk_of(house, "Tari") as browser:
        yield browser


@pytest.fixture
async def second(house: House) -> AsyncIterator[Browser]:
    """Another campaigner's browser, signed in."""
    async with desk_of(house, "Rina") as browser:
        yield browser


@asynccontextmanager
async def desk_of(house: House, name: str) -> AsyncIterator[Browser]:
    """Sign somebody in who makes campaigns."""
    staff = await house.add_staff(name, Role.CAMPAIGNER)
    async with open_browser(house) as browser:
        await browser.sign_in(staff.email)
        yield browser


def form_of(page: httpx.Response, action: str) -> dict[str, list[str]]:
    """Return what a browser would send of the form with this action, were nothing changed."""
    found = re.search(rf'action="{re.escape(action)}"[^>]*>(.*?)</form>', page.text, re.DOTALL)
    assert found is not None, f"no form for {action}"
    html, fields = found[1], dict[str, list[str]]()
    for tag in INPUT.finditer(html):
        kind = re.search(r'type="(\w+)"', tag[0])
        is_box = kind is not None and kind[1] in {"checkbox", "radio"}
        value = re.search(r' value="([^"]*)"', tag[0])
        if " disabled" not in tag[0] and (not is_box or " checked" in tag[0]):
            fields.setdefault(tag[1], []).append(unescape(value[1]) if value else "")
    for name, written in AREA.findall(html):
        fields.setdefault(name, []).append(unescape(written))
    for name, options in SELECT.findall(html):
        chosen = CHOSEN.search(options) or re.search(r'value="([^"]*)"', options)
        fields.setdefault(name, []).append(unescape(chosen[1]) if chosen else "")
    return fields


async def submit(
    browser: Browser, page: httpx.Response, action: str, **changed: str | list[str]
) -> httpx.Response:
    """Change some fields of a form and send it."""
    fields = form_of(page, action)
    for name, value in changed.items():
        fields[name] = value if isinstance(value, list) else [value]
    return await browser.client.post(action, data=fields)


async def follow(browser: Browser, answer: httpx.Response) -> httpx.Response:
    """Open the page that an answer leads to."""
    assert answer.status_code == 303, words_of(answer)
    return await browser.open(answer.headers["location"])


async def begin(browser: Browser, **fields: str) -> str:
    """Begin a new quiz; return the path of its draft."""
    page = await browser.open(LIST)
    answer = await submit(browser, page, LIST, **{"title": "At the harbour", **fields})
    return answer.headers["location"].partition("?")[0]


async def edit(browser: Browser) -> str:
    """Begin to edit a quiz of the files; return the path of the draft."""
    page = await browser.open(SHIPPED)
    answer = await submit(browser, page, f"{SHIPPED}/edit")
    return answer.headers["location"].partition("?")[0]


async def change_title(browser: Browser, draft: str, title: str = "Real or fake?") -> None:
    """Change the title in a draft, and its translation."""
    page = await browser.open(draft)
    sent = {"title": title, "said.title": "Asli atau palsu?"}
    answer = await submit(browser, page, f"{draft}/save", **sent)
    assert answer.status_code == 303, words_of(answer)


async def send(browser: Browser, draft: str) -> httpx.Response:
    """Send a draft for review."""
    return await submit(browser, await browser.open(draft), f"{draft}/send", note="Please look")


async def publish(browser: Browser, draft: str) -> httpx.Response:
    """Publish what somebody else has sent."""
    return await submit(browser, await browser.open(draft), f"{draft}/publish")


async def test_every_page_opens(house: House, writer: Browser) -> None:
    """The list, a quiz, its draft, each of its questions, and the round to try are there."""
    assert "job_offers" in (await writer.open(LIST)).text
    draft = await edit(writer)
    page = await writer.open(draft)
    assert page.status_code == 200
    names = QUESTION.findall(page.text)
    assert len(names) == len(house.content.quizzes["job_offers"].questions)
    for name in names:
        shown = await writer.open(f"{draft}/questions/{name}?check=1")
        assert shown.status_code == 200
        assert "preview-telegram" in shown.text, words_of(shown)
    assert "Nothing to mend" in words_of(page)
    tried = await writer.open(f"{draft}/try")
    assert tried.status_code == 200
    assert "quiz.play.begin" in tried.text


async def test_what_somebody_writes_is_published_by_somebody_else(
    house: House, writer: Browser, second: Browser
) -> None:
    """The author cannot publish; the second person sees what is different, and then it is what people play."""
    draft = await edit(writer)
    await change_title(writer, draft)
    assert (await send(writer, draft)).status_code == 303
    own = await writer.open(draft)
    assert f"{draft}/publish" not in own.text
    assert (await writer.send(f"{draft}/publish")).status_code == 409
    assert house.live.content.quizzes["job_offers"].title == "Real job or not?"
    assert "Real or fake?" in words_of(await second.open(LIST))
    page = await second.open(draft)
    assert "Asli atau palsu?" in page.text
    assert (await publish(second, draft)).status_code == 303
    content = house.live.content
    assert content.quizzes["job_offers"].title == "Real or fake?"
    assert content.words.say("Real or fake?", "id") == "Asli atau palsu?"
    assert "Changed on the desk" in words_of(await writer.open(SHIPPED))


async def test_a_second_edit_keeps_the_translations_of_the_first(
    house: House, writer: Browser, second: Browser
) -> None:
    """What one edit has translated is not lost when the next one takes its place."""
    first = await edit(writer)
    await change_title(writer, first)
    await send(writer, first)
    await publish(second, first)
    draft = await edit(writer)
    page = await writer.open(draft)
    assert "Asli atau palsu?" in page.text
    await submit(writer, page, f"{draft}/save", topic="Job posts.")
    assert "The source has changed" in words_of(await writer.open(draft))
    await send(writer, draft)
    assert (await publish(second, draft)).status_code == 303
    assert house.live.content.words.say("Real or fake?", "id") == "Asli atau palsu?"
    assert house.live.content.can_play("job_offers", "id")


async def test_nothing_is_sent_back_without_a_word(writer: Browser, second: Browser) -> None:
    """Whoever sends an edit back says why; its author takes it up again from there."""
    draft = await edit(writer)
    await change_title(writer, draft)
    await send(writer, draft)
    await second.open(draft)
    wordless = await second.send(f"{draft}/refuse", verdict=" ")
    assert wordless.status_code == 422
    assert "Write a word to the author" in words_of(wordless)
    assert (await second.send(f"{draft}/refuse", verdict="Too long")).status_code == 303
    page = await writer.open(draft)
    assert "Too long" in words_of(page)
    again = await follow(writer, await submit(writer, page, f"{draft}/again"))
    assert "Real or fake?" in again.text


async def test_what_was_published_is_undone(
    house: House, writer: Browser, second: Browser
) -> None:
    """Whoever has just published something takes it back alone; later the former words wait for somebody else."""
    draft = await edit(writer)
    await change_title(writer, draft)
    await send(writer, draft)
    await publish(second, draft)
    answer = await submit(second, await second.open(draft), f"{draft}/undo")
    assert "taken_back" in answer.headers["location"]
    assert house.live.content.quizzes["job_offers"].title == "Real job or not?"


async def test_a_new_quiz_is_made_from_the_start(
    house: House, writer: Browser, second: Browser
) -> None:
    """A copy of another gets a name and ids of its own; published, it is offered; undone, it is retired and not gone."""
    draft = await begin(writer, like="job_offers")
    page = await writer.open(draft)
    assert "Nothing to mend" in words_of(page)
    shipped = {each.id for each in house.content.quizzes["job_offers"].questions}
    assert not shipped & set(QUESTION.findall(page.text))
    await submit(writer, page, f"{draft}/save", **{"said.title": "Di pelabuhan"})
    assert (await send(writer, draft)).status_code == 303
    assert (await publish(second, draft)).status_code == 303
    quiz = house.live.content.quizzes["at_the_harbour"]
    assert not quiz.retired
    assert house.live.content.can_play("at_the_harbour", "id")
    assert "Made on the desk" in words_of(await writer.open(f"{LIST}/at_the_harbour"))
    await submit(second, await second.open(draft), f"{draft}/undo")
    assert house.live.content.quizzes["at_the_harbour"].retired


async def test_a_title_is_needed_and_fits_a_button(writer: Browser) -> None:
    """A new quiz without a title, or with a long one, is not begun; what was typed stays."""
    page = await writer.open(LIST)
    for title, told in (("", "Write a title first."), ("x" * 23, "Take out 3 characters.")):
        answer = await submit(writer, page, LIST, title=title)
        assert answer.status_code == 422
        assert told in words_of(answer)
        assert f'value="{title}"' in answer.text


async def test_a_question_is_written_from_nothing(house: House, writer: Browser) -> None:
    """What is missing is told at its field in a sentence; once it is mended the preview shows the question."""
    draft = await begin(writer)
    page = await writer.open(draft)
    shown = await follow(writer, await submit(writer, page, f"{draft}/questions", kind="several"))
    [name] = QUESTION.findall((await writer.open(draft)).text)
    action = f"{draft}/questions/{name}"
    saved = await submit(writer, shown, action, text="Which help?", fact="listening_helps")
    page = await follow(writer, saved)
    told = words_of(page)
    assert "Too few answers: this kind needs 2 to 4." in told
    assert "Name at least one source that shows it." in told
    answers = {"choices.a": "Listen", "choices.b": "Laugh", "said.choices.a": "Dengarkan"}
    fields = {
        **answers,
        "right": ["a", "b"],
        "explanation": "Yes.",
        "sources": ["iasc_guide", "no"],
    }
    page = await follow(writer, await submit(writer, page, action, **fields))
    assert "At least one answer must be right, and at least one not." in words_of(page)
    assert "There is no source called “no”." in words_of(page)
    page = await follow(
        writer, await submit(writer, page, action, right=["a"], sources=["iasc_guide"])
    )
    assert "preview-telegram" in page.text
    assert "Dengarkan" in page.text
    indonesian = await writer.open(f"{action}?tongue=id&channel=whatsapp")
    assert "preview-whatsapp" in indonesian.text
    assert "without a translation" in words_of(indonesian)


async def test_a_flag_question_has_its_picture(writer: Browser) -> None:
    """The lines of a chat are drawn with their letters; a line taken out moves what the answers are about."""
    draft = await begin(writer)
    page = await writer.open(draft)
    shown = await follow(writer, await submit(writer, page, f"{draft}/questions", kind="flag"))
    action = str(shown.url.path)
    lines = {"picture.0": "Hi", "picture.1": "Bring money", "picture.3": "Today", "by.3": "me"}
    answers = {f"choices.{each}": f"Line {each}" for each in "abc"}
    about = {"line.a": "0", "line.b": "1", "line.c": "3"}
    fields = {"text": "Which?", "fact": "listening_helps", "explanation": "So.", "right": "b"}
    sent = {**fields, **lines, **answers, **about, "sources": ["iasc_guide"]}
    page = await follow(writer, await submit(writer, shown, action, **sent))
    assert "data:image/png;base64," in page.text, words_of(page)
    assert form_of(page, action)["picture.2"] == ["Today"]
    assert form_of(page, action)["by.2"] == ["me"]


async def test_questions_are_arranged(house: House, writer: Browser) -> None:
    """They are moved by buttons, or to a place; doubled, and taken out."""
    draft = await edit(writer)
    page = await writer.open(draft)
    ids = QUESTION.findall(page.text)

    async def arrange(name: str, **fields: str) -> list[str]:
        shown = await writer.open(draft)
        action = f"{draft}/questions/{name}/arrange"
        assert (await submit(writer, shown, action, **fields)).status_code == 303
        return QUESTION.findall((await writer.open(draft)).text)

    assert (await arrange(ids[0], do="down"))[:2] == [ids[1], ids[0]]
    assert (await arrange(ids[0], do="up"))[:2] == ids[:2]
    assert (await arrange(ids[0], do="place", place="4"))[4] == ids[0]
    assert (await arrange(ids[0], do="place", place="0"))[0] == ids[0]
    doubled = await arrange(ids[0], do="double")
    assert doubled[2:] == ids[1:]
    assert doubled[1] not in ids
    assert await arrange(doubled[1], do="remove") == ids


async def test_two_windows_do_not_overwrite_each_other(writer: Browser) -> None:
    """Whoever saves what they saw before somebody saved something newer is told, and keeps what they typed."""
    draft = await edit(writer)
    page = await writer.open(draft)
    assert (await submit(writer, page, f"{draft}/save", topic="One.")).status_code == 303
    late = await submit(writer, page, f"{draft}/save", topic="Another.")
    assert late.status_code == 409
    assert "Another." in late.text
    assert "One." in (await writer.open(draft)).text


async def test_others_cannot_write_in_a_draft(writer: Browser, second: Browser) -> None:
    """Somebody else sees the draft, and can neither change it nor begin another of the same quiz."""
    draft = await edit(writer)
    page = await second.open(draft)
    assert page.status_code == 200
    assert f"{draft}/save" not in page.text
    assert (await second.send(f"{draft}/save", version="1", title="Mine")).status_code == 409
    await second.open(SHIPPED)
    busy = await second.send(f"{SHIPPED}/edit")
    assert busy.status_code == 409


async def test_a_quiz_is_retired_at_once_and_brought_back_by_two(
    house: House, writer: Browser, second: Browser
) -> None:
    """Taking away needs nobody else; offering it again does. The quiz that covers a conversation stays."""
    page = await writer.open(SHIPPED)
    assert (await submit(writer, page, f"{SHIPPED}/retire")).status_code == 303
    assert house.live.content.quizzes["job_offers"].retired
    page = await writer.open(SHIPPED)
    answer = await submit(writer, page, f"{SHIPPED}/restore")
    back = answer.headers["location"].partition("?")[0]
    assert house.live.content.quizzes["job_offers"].retired
    assert (await publish(second, back)).status_code == 303
    assert not house.live.content.quizzes["job_offers"].retired
    cover = await writer.send(f"{LIST}/warning_signs/retire")
    assert cover.status_code == 409
    assert "It cannot be retired." in words_of(cover)


async def test_a_review_is_noted(house: House, writer: Browser) -> None:
    """Whoever has checked a quiz puts its next review off, and nothing else."""
    before = house.live.content.quizzes["job_offers"]
    page = await writer.open(SHIPPED)
    assert (await submit(writer, page, f"{SHIPPED}/still-right")).status_code == 303
    after = house.live.content.quizzes["job_offers"]
    assert after.review_by > before.review_by
    dates = {"reviewed_on", "review_by"}
    assert after.model_dump(exclude=dates) == before.model_dump(exclude=dates)


async def test_a_draft_is_played_without_a_trace(house: House, writer: Browser) -> None:
    """A round goes from the first press to the result; no row of any table is changed by it."""
    draft = await edit(writer)
    await change_title(writer, draft)
    page = await writer.open(f"{draft}/try?tongue=id")
    counted = await count_rows(house)
    for _ in range(60):
        buttons = re.findall(r'name="press" value="([^"]+)"', page.text)
        onward = [each for each in buttons if not each.endswith((".hint", ".timed", ".restart"))]
        if not onward or onward == ["quiz.play.again"]:
            break
        done = [each for each in onward if each.endswith(".done")]
        pressed = done[0] if done and "✓" in page.text.rpartition('id="now"')[2] else onward[0]
        action = f"{draft}/try#now"
        sent = {**form_of(page, action), "press": [pressed]}
        page = await writer.client.post(f"{draft}/try", data=sent)
        assert page.status_code == 200
    assert "/8" in page.text
    assert await count_rows(house) == counted


async def count_rows(house: House) -> dict[str, int]:
    """Return how many rows the tables have that a round could write to."""
    tables = ("quiz_counts", "study_answers", "conversations", "outbox", "contacts")
    async with house.db.transaction() as conn:
        return {
            name: await conn.scalar(text(f"SELECT count(*) FROM {name}")) or 0 for name in tables
        }


async def test_somebody_without_campaigns_finds_nothing(house: House, desk: Browser) -> None:
    """A counsellor has no business here."""
    assert (await desk.open(LIST)).status_code == 404


def test_every_id_has_its_words() -> None:
    """Kinds, states and fates have a word, and each mistake a sentence that is no code."""
    environment = Pages(Words("en", LOCALES, {}))._environments["en"]
    module = environment.get_template("studio/words_quiz.html").module
    assert set(module.QUIZ_KINDS) == set(KINDS)
    assert set(STATES) <= set(module.QUIZ_STATES)
    assert set(module.QUIZ_FATES) == {fate.value for fate in Fate}
    known = {"most": 1, "least": 1, "over": 1, "count": 1, "name": "x", "fact": "x", "words": "x"}
    for code in CODES:
        said = str(module.sentence({"code": code, "values": {**known, "detail": "x"}})).strip()
        assert len(said) > 10, code
