"""A person on Telegram: real web and worker processes, a real database, and the Bot API over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.support.processes import (
    WEBHOOK_SECRET,
    Stack,
)
from tests.support.telegram_fake.client import TelegramFakeClient
from tests.support.telegram_fake.faults import Fault
from tests.support.telegram_fake.records import Happened
from tests.support.telegram_fake.runner import DEFAULT_TOKEN
from tests.support.telegram_person import (
    ANSWER,
    DISCLOSURE,
    QUESTION,
    QUIET_S,
    SECRET_HEADER,
    Person,
    an_update,
    counts,
    eventually,
    people,
    post,
)

pytestmark = pytest.mark.slow
webhook_only = pytest.mark.parametrize("telegram_suar", ["webhook"], indirect=True)


async def test_start_greets_in_the_language_of_the_app(person: Person) -> None:
    """Pressing "Start" brings the welcome and the choice of language, in the app's language."""
    hello, choice = await person.start()
    assert hello.text.startswith("Hello, good that you are here.")
    assert choice.button_texts()


async def test_the_app_s_language_is_followed(person: Person) -> None:
    """An app in Indonesian is greeted in Indonesian, one in a begun language with the original beneath, any other in the default."""
    await person.telegram.person(person.id, language_code="id")
    indonesian = await person.start()
    greeted = {}
    for language in ("jv", "eo"):
        other = Person(person.telegram, next(people))
        await person.telegram.person(other.id, language_code=language)
        greeted[language] = (await other.start())[0].text
    assert "Suar" in indonesian[0].text
    assert not indonesian[0].text.startswith("Hello")
    assert greeted["eo"] == indonesian[0].text
    assert indonesian[0].text[:60] in greeted["jv"]
    assert not greeted["jv"].startswith(indonesian[0].text[:20])


async def test_a_campaign_s_link_leads_to_its_quiz(person: Person) -> None:
    """/start with the payload of a campaign begins with its quiz."""
    [intro] = await person.start("quiz_warning_signs", expect=1)
    assert intro.text.startswith("Eight short chats from real life.")
    await person.press("quiz.play.begin")
    [_, question] = await person.press("study.ask.no", expect=2)
    assert question.text.startswith("Question 1 of 8")
    told = question
    while "quiz.play.next" not in told.button_data():
        # A question that takes several choices is handed in.
        done = [button for button in told.button_data() if button.endswith(".done")]
        chosen = told is not question
        [told] = await person.press(done[0] if done and chosen else told.button_data()[0])
    assert told.text.startswith(("Right!", "Not quite."))


async def test_an_unknown_payload_is_a_plain_start(person: Person) -> None:
    """/start with a payload that nobody knows greets like any other."""
    hello, _ = await person.start("who-knows_what")
    assert hello.text.startswith("Hello")


async def test_a_question_is_answered(person: Person) -> None:
    """A question in free text gets its answer with the ways on."""
    [answer] = await person.write(QUESTION)
    assert answer.text.startswith(ANSWER)
    assert "answer.give.from-what_is_trafficking" in answer.button_data()


async def test_a_press_is_answered_and_the_clock_on_the_button_stops(person: Person) -> None:
    """A pressed inline button brings its answer, and the press itself is confirmed to Telegram."""
    await person.write(QUESTION)
    before = len(await person.telegram.callback_answers())
    [sources] = await person.press("answer.give.from-what_is_trafficking")
    assert sources.text.startswith("This answer comes from:")
    # Through a webhook the press is confirmed in the answer to it, which comes after the message.
    async with asyncio.timeout(5):
        while len(answers := await person.telegram.callback_answers()) == before:
            await asyncio.sleep(0.02)
    assert len(answers) == before + 1


async def test_a_button_that_nobody_knows_gets_a_clear_answer(person: Person) -> None:
    """Pressing a button of an older version says so and offers a way on."""
    await person.write(QUESTION)
    last = (await person.inbox())[-1]
    await person.telegram.press(person.id, last.message_id, "answer.give.more-what_is_trafficking")
    await person.wait(2)
    await post_press(person, "gone.long-ago")
    said = await person.wait(3)
    assert said[-1].text.startswith("That button is from an older message")
    assert said[-1].button_data()


async def post_press(person: Person, data: str) -> None:
    """Press a button that stands under no message, as an altered app could."""
    last = (await person.inbox())[-1]
    await person.telegram.press(person.id, last.message_id, data, is_stale=True)


@pytest.mark.parametrize("kind", ["sticker", "photo", "voice", "location", "contact", "document"])
async def test_what_cannot_be_read_is_politely_refused(person: Person, kind: str) -> None:
    """A sticker, photo, voice message, place, contact or file gets honest words and a way on."""
    acts: dict[str, Callable[[], Awaitable[Happened]]] = {
        "sticker": lambda: person.telegram.send_sticker(person.id),
        "photo": lambda: person.telegram.send_photo(person.id),
        "voice": lambda: person.telegram.send_voice(person.id),
        "location": lambda: person.telegram.send_location(person.id, -6.2, 106.8),
        "contact": lambda: person.telegram.send_contact(person.id, "+620000000001"),
        "document": lambda: person.telegram.send_document(person.id, "contract.pdf"),
    }
    await acts[kind]()
    [said] = await person.wait(1)
    assert said.text.startswith("I cannot see pictures or hear voice messages")
    assert any(data.endswith(".human") for data in said.button_data())


async def test_the_caption_of_a_photo_is_read(person: Person) -> None:
    """Words under a photo are understood like any others."""
    await person.telegram.send_photo(person.id, caption=DISCLOSURE)
    [support] = await person.wait(1)
    assert "I believe you" in support.text
    assert "110" in support.text


async def test_a_changed_message_is_not_answered_twice(person: Person) -> None:
    """Editing a message that was answered has no effect."""
    happened = await person.telegram.write(person.id, QUESTION)
    await person.wait(1)
    assert happened.message_id is not None
    await person.telegram.edit(person.id, happened.message_id, QUESTION + "?")
    await asyncio.sleep(QUIET_S)
    assert len(await person.inbox()) == 1


async def test_blocking_and_letting_in_again(person: Person, telegram_suar: Stack) -> None:
    """Who blocks the bot hears nothing and is noted; who unblocks and writes is answered again."""
    blocked = "SELECT count(*) FROM addresses WHERE blocked_at IS NOT NULL"
    await person.write(QUESTION)
    [[before]] = telegram_suar.ask(blocked)
    await person.telegram.block(person.id)
    await eventually(lambda: telegram_suar.ask(blocked) == [(int(str(before)) + 1,)])
    await person.telegram.unblock(person.id)
    await eventually(lambda: telegram_suar.ask(blocked) == [(before,)])
    [answer] = await person.write(QUESTION)
    assert answer.text.startswith(ANSWER)


async def test_an_update_delivered_three_times_has_one_effect(person: Person) -> None:
    """The same text and the same press, each delivered three times, are each answered once."""
    written = await person.telegram.write(person.id, QUESTION)
    await person.wait(1)
    pressed = await act_press(person)
    await person.wait(2)
    for happened in (written, pressed) * 2:
        assert happened.update_id is not None
        await person.telegram.redeliver(happened.update_id)
    await asyncio.sleep(QUIET_S)
    assert len(await person.inbox()) == 2
    [next_answer] = await person.write(QUESTION)
    assert next_answer.text.startswith(ANSWER)
    assert len(await person.inbox()) == 3


async def act_press(person: Person) -> Happened:
    """Press the button for the sources."""
    last = (await person.inbox())[-1]
    data = "answer.give.from-what_is_trafficking"
    return await person.telegram.press(person.id, last.message_id, data)


async def test_two_events_at_once_are_answered_in_order(person: Person) -> None:
    """What one person sends in one moment is answered in the order it was sent, even when sending is slow."""
    await person.telegram.fail_next(
        "sendMessage", Fault("slow", times=1, delay_s=0.5, chat_id=person.id)
    )
    await person.telegram.write_many([(person.id, QUESTION), (person.id, "/numbers")])
    first, second = await person.wait(2)
    assert first.text.startswith(ANSWER)
    assert second.text.startswith("These numbers can help now.")


async def test_many_people_at_once_are_all_answered(
    telegram: TelegramFakeClient, telegram_suar: Stack
) -> None:
    """Two hundred people who write in the same moment each get one answer."""
    everybody = [next(people) for _ in range(200)]
    await telegram.people(everybody[0], len(everybody))
    await telegram.write_many([(number, QUESTION) for number in everybody])
    for number in everybody:
        messages = await telegram.wait_for_messages(number, 1, timeout_s=60)
        assert len(messages) == 1
    await asyncio.to_thread(telegram_suar.wait_settled)
    assert [len(await telegram.messages(number)) for number in everybody] == [1] * 200


async def test_groups_are_left_alone(person: Person, telegram_suar: Stack) -> None:
    """What is said in a group is neither answered nor stored."""
    group = -1_000_000 - person.id
    await person.telegram.group(group, "Neighbours")
    before = counts(telegram_suar)
    await person.telegram.write(person.id, DISCLOSURE, chat_id=group)
    await person.telegram.write(person.id, "/start@suar", chat_id=group)
    await asyncio.sleep(QUIET_S)
    assert await person.telegram.messages(group) == []
    assert await person.inbox() == []
    assert counts(telegram_suar) == before


@webhook_only
@pytest.mark.parametrize("secret", [None, "", "wrong", WEBHOOK_SECRET + "x", "\u00fc"])
async def test_a_forged_webhook_is_forbidden(
    person: Person, telegram_suar: Stack, secret: str | None
) -> None:
    """Without Telegram's secret an update is refused with 403, and nothing is stored or said."""
    before = counts(telegram_suar)
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(
            f"{telegram_suar.url}/telegram/webhook",
            content=an_update(person.id, DISCLOSURE),
            headers=headers,
        )
    assert answer.status_code == 403
    assert counts(telegram_suar) == before
    assert await person.inbox() == []


@webhook_only
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"12",
        b'"text"',
        b"\xff\xfe\x00",
        b'{"update_id": "x"}',
        b"[" * 20_000,
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
async def test_a_malformed_webhook_is_a_bad_request(telegram_suar: Stack, body: bytes) -> None:
    """What is no update is answered with 400, short and without a traceback."""
    answer = await post(telegram_suar, body)
    assert answer.status_code == 400
    assert len(answer.text) < 100


@webhook_only
@pytest.mark.parametrize(
    "part",
    [b'"something_new": {"a": 1}', b'"message": {"text": 3}', b'"message": []', b'"poll": 3'],
)
async def test_a_webhook_of_unknown_content_is_taken_and_ignored(
    telegram_suar: Stack, part: bytes
) -> None:
    """An update that we do not know, or cannot make out, is accepted, so that Telegram does not send it for ever."""
    before = counts(telegram_suar)
    answer = await post(telegram_suar, b'{"update_id": 5, ' + part + b"}")
    assert answer.status_code == 200
    assert counts(telegram_suar) == before


@webhook_only
async def test_odd_text_is_answered(person: Person, telegram_suar: Stack) -> None:
    """NUL, a lone surrogate, right-to-left marks and HTML are answered like any text, and nothing breaks."""
    texts = [
        "a\x00b",
        "\ud800 help",
        "\u202egnissap\u202c \u0645\u0631\u062d\u0628\u0627",
        "<b>x</b> <script>",
        " ",
    ]
    for number, text in enumerate(texts):
        answer = await post(
            telegram_suar, an_update(person.id, text, 800_000_000 + person.id * 10 + number)
        )
        assert answer.status_code == 200
        await person.wait(number + 1)


@webhook_only
async def test_suar_tells_telegram_its_commands_in_every_language(
    telegram: TelegramFakeClient, telegram_suar: Stack
) -> None:
    """At the start the commands are set once a language and once for everybody else, and the webhook with its secret."""
    told = await telegram.wait_for_calls("setMyCommands", 3)
    languages = [call.params.get("language_code") or "" for call in told]
    hooks = await telegram.calls("setWebhook")
    assert {"", "en", "id"} <= set(languages)
    assert hooks[0].params["url"].endswith("/telegram/webhook")
    assert hooks[0].params["secret_token"] == WEBHOOK_SECRET


async def test_the_logs_tell_nothing_of_a_person(person: Person, telegram_suar: Stack) -> None:
    """After all this, no log holds a word, a number or a name of a person, or a token."""
    await person.write(DISCLOSURE)
    log = telegram_suar.logs()
    for secret in (
        "passport",
        "trafficking",
        "Sari",
        str(person.id),
        DEFAULT_TOKEN,
        "three parts",
    ):
        assert secret not in log
    assert "Traceback" not in log
