"""The fake of Telegram, driven by a real aiogram Bot over HTTP, by polling and by webhook."""

import asyncio
import contextlib
import hashlib
import json
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDice
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    Message,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from aiohttp import web

from tests.support.files import picture
from tests.support.telegram_fake import (
    DEFAULT_TOKEN,
    ControlError,
    Fault,
    TelegramFake,
    TelegramFakeClient,
    running_fake,
)
from tests.support.telegram_fake.bodies import parse_params

SARI = 1001
BUDI = 1002
SECOND_TOKEN = "4200000001:another-local-bot"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@contextlib.asynccontextmanager
async def bot_of(fake: TelegramFakeClient, token: str = DEFAULT_TOKEN) -> AsyncIterator[Bot]:
    """Return an aiogram Bot that talks to the fake."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(fake.base_url))
    bot = Bot(token, session=session, default=DefaultBotProperties(parse_mode=None))
    try:
        yield bot
    finally:
        await session.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[TelegramFakeClient]:
    """Run one fake with two bots for all tests here."""
    async with running_fake(tokens=(DEFAULT_TOKEN, SECOND_TOKEN)) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(running: TelegramFakeClient) -> AsyncIterator[Bot]:
    """Return the first bot."""
    async with bot_of(running) as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def fake(running: TelegramFakeClient) -> TelegramFakeClient:
    """Return the fake as new, with one person."""
    await running.reset()
    await running.for_bot(SECOND_TOKEN).reset()
    await running.person(SARI, first_name="Sari")
    return running


@contextlib.contextmanager
def refused(kind: type[TelegramAPIError], text: str) -> Iterator[None]:
    """Expect an error of this kind whose text ends like this."""
    with pytest.raises(kind) as caught:
        yield
    assert type(caught.value) is kind
    assert caught.value.message.endswith(text), caught.value.message


def buttons(*data: str) -> InlineKeyboardMarkup:
    """Return a keyboard with one button per row."""
    rows = [[InlineKeyboardButton(text=f"to {one}", callback_data=one)] for one in data]
    return InlineKeyboardMarkup(inline_keyboard=rows)


# Sending


async def test_a_sent_message_is_answered_and_can_be_read_back(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """What the bot sends arrives with its text, entities, markup and options."""
    sent = await bot.send_message(
        SARI,
        "  <b>Halo</b> &amp; selamat datang 🙂 https://example.org/a ",
        parse_mode="HTML",
        reply_markup=buttons("menu", "stop"),
        protect_content=True,
        disable_notification=True,
    )
    assert sent.text == "Halo & selamat datang 🙂 https://example.org/a"
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [
        ("bold", 0, 4),
        ("url", 25, 21),
    ]
    assert sent.chat.first_name == "Sari"
    assert sent.has_protected_content

    (message,) = await fake.messages(SARI)
    assert message.message_id == sent.message_id
    assert message.button_data() == ["menu", "stop"]
    assert message.button_texts() == ["to menu", "to stop"]
    assert message.protect_content
    assert message.disable_notification
    assert abs(message.at_s - time.time()) < 5


async def test_message_ids_count_over_all_private_chats_and_both_directions(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """One counter numbers all messages of the account, as a real bot sees it."""
    first = await fake.write(SARI, "halo")
    answer = await bot.send_message(SARI, "ya")
    other = await fake.write(BUDI, "halo juga")
    last = await bot.send_message(BUDI, "ya")
    ids = [first.message_id, answer.message_id, other.message_id, last.message_id]
    assert ids == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "Bad Request: message text is empty"),
        (" \n ", "Bad Request: text must be non-empty"),
        ("a" * 4097, "Bad Request: message is too long"),
        ("🙂" * 2049, "Bad Request: message is too long"),
    ],
)
async def test_texts_must_have_1_to_4096_characters(bot: Bot, text: str, refusal: str) -> None:
    """A text that is empty or too long is refused in Telegram's words."""
    with refused(TelegramBadRequest, refusal):
        await bot.send_message(SARI, text)


async def test_length_counts_after_entities(bot: Bot) -> None:
    """Markup does not count; exactly 4096 visible characters pass."""
    sent = await bot.send_message(SARI, f"<b>{'a' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<q>x</q>", 'Unsupported start tag "q" at byte offset 2'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("x < y", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=http://x.org>y</a>", "Unexpected end of name token at byte offset 8"),
        ("<b =>x</b>", 'Empty attribute name in the tag "b" at byte offset 0'),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x>y</a>', "Unclosed start tag at byte offset 0"),
    ],
)
async def test_broken_html_is_refused_with_the_reason(bot: Bot, html: str, reason: str) -> None:
    """Entity errors carry TDLib's own text; these were compared with genuine TDLib."""
    with refused(TelegramBadRequest, f"Bad Request: can't parse entities: {reason}"):
        await bot.send_message(SARI, html, parse_mode="HTML")


async def test_html_becomes_entities(bot: Bot) -> None:
    """Tags turn into entities whose offsets count UTF-16 units."""
    html = (
        '😀<a href="https://Example.org">tautan</a><i><u>x</u></i>'
        '<pre><code class="language-py">y</code></pre><tg-spoiler>z</tg-spoiler>'
        "<blockquote expandable>k</blockquote>&lt;&#65;"
        '<a href="tg://user?id=7">dia</a><a href="javascript:x">tidak</a>'
    )
    sent = await bot.send_message(SARI, html, parse_mode="HTML")
    assert sent.text == "😀tautanxyzk<Adiatidak"
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [
        ("text_link", 2, 6),
        ("underline", 8, 1),
        ("italic", 8, 1),
        ("pre", 9, 1),
        ("spoiler", 10, 1),
        ("expandable_blockquote", 11, 1),
        ("text_mention", 14, 3),
    ]
    assert (sent.entities or [])[0].url == "https://example.org/"
    assert (sent.entities or [])[3].language == "py"


async def test_a_parse_mode_the_fake_does_not_speak_is_refused(bot: Bot) -> None:
    """Nothing passes unchecked: Markdown is refused rather than taken as it is."""
    with refused(TelegramBadRequest, "Bad Request: unsupported parse_mode"):
        await bot.send_message(SARI, "*x*", parse_mode="MarkdownV2")


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        (buttons("x" * 65), "Bad Request: BUTTON_DATA_INVALID"),
        (buttons("é" * 33), "Bad Request: BUTTON_DATA_INVALID"),
        (buttons(""), "Bad Request: BUTTON_DATA_INVALID"),
        (buttons(*map(str, range(101))), "Bad Request: reply markup is too long"),
        (
            InlineKeyboardMarkup(
                inline_keyboard=[[InlineKeyboardButton(text=" ", callback_data="a")]]
            ),
            "Bad Request: inline keyboard button text must be non-empty",
        ),
        (
            InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="a")]]),
            "Bad Request: can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            InlineKeyboardMarkup(
                inline_keyboard=[[InlineKeyboardButton(text="a", url="http://localhost/")]]
            ),
            "Bad Request: inline keyboard button URL 'http://localhost/' is invalid: "
            "Wrong HTTP URL",
        ),
        (
            ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="")]]),
            "Bad Request: keyboard button text must be non-empty",
        ),
    ],
)
async def test_wrong_markup_is_refused(
    bot: Bot, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup, refusal: str
) -> None:
    """Buttons need a text, something to do, and at most 64 bytes of data."""
    with refused(TelegramBadRequest, refusal):
        await bot.send_message(SARI, "halo", reply_markup=markup)


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        ("{", "can't parse reply keyboard markup JSON object"),
        ("[]", "object expected as reply markup"),
        (
            {"inline_keyboard": [{}]},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        (
            {"inline_keyboard": [["a"]]},
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            {"inline_keyboard": [[{"callback_data": "a"}]]},
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            {"inline_keyboard": [[{"text": "a", "url": "http://[x"}]]},
            "inline keyboard button URL 'http://[x' is invalid: Wrong HTTP URL",
        ),
        (
            {"inline_keyboard": [[{"text": "a", "url": "mailto:a@b.org://"}]]},
            "inline keyboard button URL 'mailto:a@b.org://' is invalid: Unsupported URL protocol",
        ),
        ({"keyboard": ["a"]}, 'field "keyboard" must be an Array of Arrays'),
        (
            {"keyboard": [[1]]},
            "can't parse keyboard button: KeyboardButton must be a String or an Object",
        ),
        ({"keyboard": [[{}]]}, "can't parse keyboard button: Can't find field \"text\""),
    ],
)
async def test_malformed_markup_is_refused(
    fake: TelegramFakeClient, markup: object, refusal: str
) -> None:
    """Markup that aiogram would never build is refused as precisely as Telegram does."""
    url = f"{fake.base_url}/bot{DEFAULT_TOKEN}/sendMessage"
    body = {"chat_id": SARI, "text": "halo", "reply_markup": markup}
    async with aiohttp.ClientSession() as http, http.post(url, json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"] == f"Bad Request: {refusal}"


async def test_a_reply_keyboard_is_remembered_but_not_echoed(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """Only inline keyboards come back in the Message object, as with Telegram."""
    keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Ya")]])
    sent = await bot.send_message(SARI, "halo", reply_markup=keyboard)
    assert sent.reply_markup is None
    assert (await fake.messages(SARI))[0].button_texts() == ["Ya"]


async def test_chats_must_be_known_and_open(fake: TelegramFakeClient, bot: Bot) -> None:
    """A stranger is not found, and somebody who never started the bot cannot be written to."""
    with refused(TelegramBadRequest, "Bad Request: chat not found"):
        await bot.send_message(99, "halo")
    with refused(TelegramBadRequest, "Bad Request: chat_id is empty"):
        await bot.send_message("", "halo")
    await fake.person(BUDI, is_open=False)
    with refused(TelegramForbiddenError, "bot can't initiate conversation with a user"):
        await bot.send_message(BUDI, "halo")
    await fake.start(BUDI)
    await bot.send_message(BUDI, "halo")


async def test_replies_name_their_message(fake: TelegramFakeClient, bot: Bot) -> None:
    """A reply carries the message it answers, which has to exist."""
    asked = await fake.write(SARI, "apa?")
    reply = ReplyParameters(message_id=asked.message_id or 0)
    sent = await bot.send_message(SARI, "ini", reply_parameters=reply)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "apa?"
    with refused(TelegramBadRequest, "Bad Request: message to be replied not found"):
        await bot.send_message(SARI, "ini", reply_parameters=ReplyParameters(message_id=99))


async def test_tokens_and_methods_must_be_known(fake: TelegramFakeClient, bot: Bot) -> None:
    """A wrong token is unauthorized and a method that the fake lacks is not found."""
    async with bot_of(fake, "1:wrong") as stranger:
        with refused(TelegramUnauthorizedError, "Unauthorized"):
            await stranger.get_me()
    with refused(TelegramNotFound, "Not Found"):
        await bot(SendDice(chat_id=SARI))


async def test_bodies_may_be_query_json_or_form(fake: TelegramFakeClient) -> None:
    """The fake reads what any client sends, by GET and by POST, whatever the method's case."""
    url = f"{fake.base_url}/bot{DEFAULT_TOKEN}/SENDmessage"
    markup = {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}
    async with aiohttp.ClientSession() as http:
        params = {"chat_id": str(SARI), "text": "satu"}
        await http.get(url, params=params)
        await http.post(url, json={"chat_id": SARI, "text": "dua", "reply_markup": markup})
        await http.post(url, data={**params, "text": "tiga", "reply_markup": json.dumps(markup)})
        with aiohttp.MultipartWriter("form-data") as form:
            for name, value in {**params, "text": "empat"}.items():
                part = form.append(value)
                part.set_content_disposition("form-data", name=name)
        await http.post(url, data=form)
        async with http.post(url, data=b"{", headers={"Content-Type": "application/json"}) as bad:
            assert await bad.json() == {
                "ok": False,
                "error_code": 400,
                "description": "Bad Request: can't parse JSON object",
            }
    messages = await fake.messages(SARI)
    assert [m.text for m in messages] == ["satu", "dua", "tiga", "empat"]
    assert [m.button_data() for m in messages] == [[], ["b"], ["b"], []]


async def test_multipart_keeps_values_that_look_like_delimiters() -> None:
    """Line breaks and dashes inside a value survive the multipart reader."""
    body = (
        b'--xx\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--x\r\n\r\nb\r\n'
        b'--xx\r\nContent-Disposition: form-data; name="f"; filename="n.bin"\r\n\r\n\r\n\x00\r\n'
        b"--xx--\r\n"
    )
    params = parse_params('multipart/form-data; boundary="xx"', b"", body)
    assert params.values == {"text": "a\r\n--x\r\n\r\nb"}
    assert params.files["f"].size == 3


async def test_text_must_be_utf8(fake: TelegramFakeClient) -> None:
    """Bytes that are no UTF-8 are refused, in every kind of body."""
    url = f"{fake.base_url}/bot{DEFAULT_TOKEN}/sendMessage"
    bodies = {
        "application/x-www-form-urlencoded": b"chat_id=1&text=%ff",
        "application/json": b'{"text": "\xff"}',
        "multipart/form-data; boundary=b": (
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--'
        ),
    }
    async with aiohttp.ClientSession() as http:
        for kind, body in bodies.items():
            async with http.post(url, data=body, headers={"Content-Type": kind}) as answer:
                refusal = "Bad Request: strings must be encoded in UTF-8"
                assert (await answer.json())["description"] == refusal


async def test_entities_may_be_given_ready_made(bot: Bot) -> None:
    """Entities given with the text come back moved along when blanks are stripped."""
    bold = MessageEntity(type="bold", offset=2, length=4)
    sent = await bot.send_message(SARI, "  Halo /bantuan  ", entities=[bold])
    assert [(e.type, e.offset, e.length) for e in sent.entities or []] == [
        ("bold", 0, 4),
        ("bot_command", 5, 8),
    ]


# Editing, deleting, answering


async def test_edits_change_text_and_keyboard(fake: TelegramFakeClient, bot: Bot) -> None:
    """An edit replaces the text; without a keyboard it takes the old keyboard away."""
    sent = await bot.send_message(SARI, "satu", reply_markup=buttons("a"))
    edited = await bot.edit_message_text("dua", chat_id=SARI, message_id=sent.message_id)
    assert isinstance(edited, Message)
    assert edited.edit_date
    assert edited.reply_markup is None
    await bot.edit_message_reply_markup(
        chat_id=SARI, message_id=sent.message_id, reply_markup=buttons("b")
    )
    (message,) = await fake.messages(SARI)
    assert (message.text, message.earlier_texts) == ("dua", ["satu"])
    assert message.button_data() == ["b"]


async def test_edits_are_refused_when_nothing_changes_or_nothing_is_there(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """The same content, a missing message and a person's message cannot be edited in."""
    not_modified = (
        "Bad Request: message is not modified: specified new message content and reply markup "
        "are exactly the same as a current content and reply markup of the message"
    )
    sent = await bot.send_message(SARI, "satu", reply_markup=buttons("a"))
    with refused(TelegramBadRequest, not_modified):
        await bot.edit_message_text(
            "satu", chat_id=SARI, message_id=sent.message_id, reply_markup=buttons("a")
        )
    with refused(TelegramBadRequest, not_modified):
        await bot.edit_message_reply_markup(
            chat_id=SARI, message_id=sent.message_id, reply_markup=buttons("a")
        )
    with refused(TelegramBadRequest, "Bad Request: message to edit not found"):
        await bot.edit_message_text("dua", chat_id=SARI, message_id=99)
    with refused(TelegramBadRequest, "Bad Request: message to edit not found"):
        await bot.edit_message_reply_markup(chat_id=SARI, message_id=99)
    with refused(TelegramBadRequest, "Bad Request: message identifier is not specified"):
        await bot.edit_message_text("dua", chat_id=SARI)
    written = await fake.write(SARI, "halo")
    with refused(TelegramBadRequest, "Bad Request: message can't be edited"):
        await bot.edit_message_text("dua", chat_id=SARI, message_id=written.message_id)
    photo = await bot.send_photo(SARI, "https://example.org/p.jpg", caption="satu")
    with refused(TelegramBadRequest, "Bad Request: there is no text in the message to edit"):
        await bot.edit_message_text("dua", chat_id=SARI, message_id=photo.message_id)
    await bot.edit_message_caption(chat_id=SARI, message_id=photo.message_id, caption="dua")
    assert (await fake.messages(SARI))[-1].text == "dua"


async def test_deleted_messages_are_gone(fake: TelegramFakeClient, bot: Bot) -> None:
    """A deleted message can be neither deleted nor edited again."""
    sent = await bot.send_message(SARI, "satu")
    assert await bot.delete_message(SARI, sent.message_id)
    assert (await fake.messages(SARI))[0].deleted
    with refused(TelegramBadRequest, "Bad Request: message to delete not found"):
        await bot.delete_message(SARI, sent.message_id)
    with refused(TelegramBadRequest, "Bad Request: message to edit not found"):
        await bot.edit_message_text("dua", chat_id=SARI, message_id=sent.message_id)


async def test_button_presses_are_answered_once_known_and_in_time(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """A press carries the real message; unknown and old presses cannot be answered."""
    too_old = "query is too old and response timeout expired or query ID is invalid"
    sent = await bot.send_message(SARI, "pilih", reply_markup=buttons("a", "b"))
    pressed = await fake.press(SARI, sent.message_id, "b")
    (update,) = await bot.get_updates()
    query = update.callback_query
    assert query is not None
    assert query.data == "b"
    assert isinstance(query.message, Message)
    assert query.message.text == "pilih"
    assert query.message.reply_markup
    assert query.message.reply_markup.model_dump() == buttons("a", "b").model_dump()
    assert await bot.answer_callback_query(query.id, text="ya", show_alert=True)
    (answer,) = await fake.callback_answers()
    assert (answer.callback_query_id, answer.text) == (pressed.callback_query_id, "ya")
    assert answer.show_alert
    with refused(TelegramBadRequest, too_old):
        await bot.answer_callback_query("123")
    with refused(TelegramBadRequest, "Bad Request: MESSAGE_TOO_LONG"):
        await bot.answer_callback_query(query.id, text="a" * 201)
    await fake.set_times(callback_lifetime_s=0)
    with refused(TelegramBadRequest, too_old):
        await bot.answer_callback_query(query.id)


async def test_people_press_only_what_they_see(fake: TelegramFakeClient, bot: Bot) -> None:
    """A missing button is the test's mistake, unless it says that the client is stale."""
    sent = await bot.send_message(SARI, "pilih", reply_markup=buttons("a"))
    with pytest.raises(ControlError, match="no button with data 'z'"):
        await fake.press(SARI, sent.message_id, "z")
    with pytest.raises(ControlError, match="message 77"):
        await fake.press(SARI, 77, "a")
    assert (await fake.press(SARI, sent.message_id, "z", is_stale=True)).update_id


async def test_a_photo_is_looked_at(fake: TelegramFakeClient, bot: Bot) -> None:
    """What is no picture, or is very long and narrow, is refused as Telegram does; name, bytes and cover are remembered."""
    with refused(TelegramBadRequest, "Bad Request: IMAGE_PROCESS_FAILED"):
        await bot.send_photo(SARI, BufferedInputFile(b"x" * 500, "p.jpg"))
    for size in ((2100, 100), (6000, 4001)):
        with refused(TelegramBadRequest, "Bad Request: PHOTO_INVALID_DIMENSIONS"):
            await bot.send_photo(SARI, BufferedInputFile(picture(size=size), "p.jpg"))
    data = picture(size=(2000, 100))
    await bot.send_photo(SARI, BufferedInputFile(data, "p.jpg"), has_spoiler=True)
    [sent] = await fake.messages(SARI)
    digest = hashlib.sha256(data).hexdigest()
    assert (sent.file_name, sent.file_sha256, sent.has_spoiler) == ("p.jpg", digest, True)


async def test_a_reference_to_a_missing_part_is_none(bot: Bot) -> None:
    """A call that names a part of its body that is not there has no file."""
    with refused(TelegramBadRequest, "Bad Request: there is no document in the request"):
        await bot.send_document(SARI, "attach://lost")


async def test_chat_actions_are_checked(bot: Bot) -> None:
    """A known action in a known chat passes."""
    assert await bot.send_chat_action(SARI, "typing")
    with refused(TelegramBadRequest, "Bad Request: wrong parameter action in request"):
        await bot.send_chat_action(SARI, "dancing")


# Files and profile


async def test_files_are_checked_by_size(fake: TelegramFakeClient, bot: Bot) -> None:
    """An upload is remembered by its size; too big, empty and missing files are refused."""
    data = picture()
    photo = await bot.send_photo(SARI, BufferedInputFile(data, "p.jpg"), caption="ini")
    assert photo.photo
    assert (photo.photo[0].file_size, photo.photo[0].width) == (len(data), 64)
    await bot.send_voice(SARI, BufferedInputFile(b"x" * 20, "v.ogg"), duration=2)
    document = await bot.send_document(SARI, BufferedInputFile(b"x" * 30, "d.pdf"))
    assert document.document
    assert document.document.file_name == "d.pdf"
    again = await bot.send_photo(SARI, photo.photo[0].file_id)
    assert again.photo
    assert again.photo[0].file_size == len(data)
    sizes = [(m.method, m.file_bytes) for m in await fake.messages(SARI)]
    assert sizes == [
        ("sendPhoto", len(data)),
        ("sendVoice", 20),
        ("sendDocument", 30),
        ("sendPhoto", None),
    ]
    big = 10 * 1024 * 1024 + 1
    with refused(
        TelegramBadRequest,
        f"file of size {big} bytes is too big for a photo; the maximum size is {big - 1} bytes",
    ):
        await bot.send_photo(SARI, BufferedInputFile(bytes(big), "p.jpg"))
    with refused(TelegramEntityTooLarge, "Request Entity Too Large"):
        await bot.send_document(SARI, BufferedInputFile(bytes(5 * big), "d.bin"))
    with refused(TelegramBadRequest, "Bad Request: file must be non-empty"):
        await bot.send_document(SARI, BufferedInputFile(b"", "d.bin"))
    with refused(TelegramBadRequest, "Bad Request: there is no photo in the request"):
        await bot.send_photo(SARI, "")
    with refused(TelegramBadRequest, "Bad Request: message caption is too long"):
        await bot.send_photo(SARI, "https://example.org/p.jpg", caption="a" * 1025)


async def test_a_persons_file_can_be_fetched(fake: TelegramFakeClient, bot: Bot) -> None:
    """getFile gives a path from which as many bytes come as were sent."""
    await fake.send_voice(SARI, duration=4, size=1234)
    (update,) = await bot.get_updates()
    assert update.message
    assert update.message.voice
    assert update.message.voice.duration == 4
    content = await bot.download(update.message.voice)
    assert content
    assert len(content.read()) == 1234
    with refused(TelegramBadRequest, "Bad Request: invalid file_id"):
        await bot.get_file("nothing")


async def test_the_profile_is_kept_per_language(bot: Bot) -> None:
    """Commands and descriptions come back as they were set, each for its language."""
    me = await bot.get_me()
    assert (me.id, me.is_bot) == (4200000000, True)
    await bot.set_my_commands([BotCommand(command="bantuan", description="Cari bantuan")])
    await bot.set_my_commands([BotCommand(command="help", description="Get help")], None, "en")
    assert [c.command for c in await bot.get_my_commands()] == ["bantuan"]
    assert [c.command for c in await bot.get_my_commands(language_code="en")] == ["help"]
    await bot.set_my_description("Panjang")
    await bot.set_my_short_description("Pendek")
    assert (await bot.get_my_description()).description == "Panjang"
    assert (await bot.get_my_short_description()).short_description == "Pendek"
    with refused(TelegramBadRequest, "Bad Request: BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Bantuan!", description="x")])
    with refused(TelegramBadRequest, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"):
        await bot.set_my_commands([BotCommand(command="a", description="x" * 257)])
    with refused(TelegramBadRequest, "Bad Request: bot short description is too long"):
        await bot.set_my_short_description("x" * 121)


async def test_get_chat_tells_who_it_is(bot: Bot) -> None:
    """GetChat answers with the full chat for somebody known only."""
    assert (await bot.get_chat(SARI)).first_name == "Sari"
    with refused(TelegramBadRequest, "Bad Request: chat not found"):
        await bot.get_chat(99)


async def test_after_log_out_nothing_works(bot: Bot) -> None:
    """`close` is harmless; `logOut` ends the account's life on this server."""
    assert await bot.close()
    assert await bot.log_out()
    with refused(TelegramBadRequest, "Logged out"):
        await bot.send_message(SARI, "halo")


# Polling


async def test_updates_stay_until_they_are_confirmed(fake: TelegramFakeClient, bot: Bot) -> None:
    """The same updates come again until an offset beyond them is asked for."""
    for text in ("satu", "dua", "tiga"):
        await fake.write(SARI, text)
    first, second = await bot.get_updates(limit=2)
    assert [u.update_id for u in await bot.get_updates()][:2] == [
        first.update_id,
        second.update_id,
    ]
    (third,) = await bot.get_updates(offset=second.update_id + 1)
    assert third.message
    assert third.message.text == "tiga"
    assert len(await fake.pending_updates()) == 1
    await fake.write(SARI, "empat")
    (last,) = await bot.get_updates(offset=-1)
    assert last.message
    assert last.message.text == "empat"
    assert len(await fake.pending_updates()) == 1
    assert await bot.get_updates(offset=last.update_id + 1) == []


async def test_a_long_poll_ends_with_the_first_update(fake: TelegramFakeClient, bot: Bot) -> None:
    """A waiting poll is answered at once when something happens, and empty when nothing does."""
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    await fake.write(SARI, "halo")
    (update,) = await poll
    assert time.monotonic() - started < 2
    started = time.monotonic()
    assert await bot.get_updates(offset=update.update_id + 1, timeout=1) == []
    assert 0.9 < time.monotonic() - started < 3


async def test_a_second_poll_ends_the_first_with_a_conflict(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """Of two polls the waiting one gets 409, as with the real server; the new one goes on."""
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(bot.get_updates(timeout=20))
    with refused(
        TelegramConflictError,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
    ):
        await waiting
    await fake.write(SARI, "halo")
    assert len(await second) == 1


async def test_a_poll_whose_client_left_is_no_rival(fake: TelegramFakeClient, bot: Bot) -> None:
    """After a client has gone away in the middle of a poll, the next poll meets no conflict."""
    gone = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    gone.cancel()
    await asyncio.sleep(0.1)
    await fake.write(SARI, "halo")
    assert len(await bot.get_updates(timeout=5)) == 1
    assert {call.status for call in await fake.calls("getUpdates")} == {200}


async def test_allowed_updates_are_remembered(fake: TelegramFakeClient, bot: Bot) -> None:
    """Kinds of updates that the bot did not ask for are not made; the choice stays in force."""
    await bot.get_updates(allowed_updates=["message"])
    sent = await bot.send_message(SARI, "pilih", reply_markup=buttons("a"))
    assert (await fake.press(SARI, sent.message_id, "a")).update_id is None
    assert (await fake.write(SARI, "halo")).update_id
    await bot.get_updates(allowed_updates=[])
    assert (await fake.press(SARI, sent.message_id, "a")).update_id


async def test_an_update_can_come_twice(fake: TelegramFakeClient, bot: Bot) -> None:
    """A confirmed update can be delivered again, with the same id, before newer ones."""
    happened = await fake.write(SARI, "satu")
    await bot.get_updates(offset=(happened.update_id or 0) + 1)
    newer = await fake.write(SARI, "dua")
    await fake.redeliver(happened.update_id or 0)
    ids = [u.update_id for u in await bot.get_updates(offset=newer.update_id)]
    assert ids == [happened.update_id, newer.update_id]
    assert len(await bot.get_updates(offset=newer.update_id)) == 1
    with pytest.raises(ControlError, match="there was no update 5"):
        await fake.redeliver(5)


async def test_a_dispatcher_talks_with_people_by_polling(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """A real aiogram dispatcher gets commands, texts and presses and answers them."""
    dispatcher = Dispatcher()

    @dispatcher.message(F.text.startswith("/start"))
    async def on_start(message: Message) -> None:
        await message.answer(f"Halo {message.text}", reply_markup=buttons("ya"))

    @dispatcher.callback_query()
    async def on_press(query: CallbackQuery) -> None:
        await query.answer("baik")
        assert isinstance(query.message, Message)
        await query.message.edit_text("Sudah")

    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False))
    try:
        await fake.start(SARI, "iklan7")
        (greeting,) = await fake.wait_for_messages(SARI, 1)
        assert greeting.text == "Halo /start iklan7"
        await fake.press(SARI, greeting.message_id, "ya")
        await fake.wait_for_calls("editMessageText")
        assert (await fake.messages(SARI))[0].text == "Sudah"
        assert [a.text for a in await fake.callback_answers()] == ["baik"]
    finally:
        await dispatcher.stop_polling()
        await polling


# People


async def test_people_are_who_the_test_says(fake: TelegramFakeClient, bot: Bot) -> None:
    """Name, language and their absence reach the bot as they were set."""
    await fake.person(BUDI, first_name="Budi", last_name="S.", language_code=None)
    await fake.write(BUDI, "halo")
    await fake.person(BUDI, language_code="jv")
    await fake.write(BUDI, "halo maneh")
    first, second = await bot.get_updates()
    assert first.message
    assert first.message.from_user
    assert first.message.from_user.full_name == "Budi S."
    assert first.message.from_user.language_code is None
    assert second.message
    assert second.message.from_user
    assert second.message.from_user.language_code == "jv"


async def test_people_send_all_kinds_of_things(fake: TelegramFakeClient, bot: Bot) -> None:
    """Every kind of message arrives as aiogram's own type for it."""
    await fake.start(SARI, "abc")
    await fake.send_sticker(SARI)
    await fake.send_photo(SARI, caption="lihat")
    await fake.send_voice(SARI)
    await fake.send_document(SARI, "surat.pdf")
    await fake.send_location(SARI, -6.2, 106.8)
    await fake.send_contact(SARI, "+620000000")
    messages = [update.message for update in await bot.get_updates()]
    kinds = [message.content_type for message in messages if message]
    assert kinds == ["text", "sticker", "photo", "voice", "document", "location", "contact"]
    start = messages[0]
    assert start
    assert start.text == "/start abc"
    assert [(e.type, e.length) for e in start.entities or []] == [("bot_command", 6)]


async def test_people_edit_what_they_wrote(fake: TelegramFakeClient, bot: Bot) -> None:
    """An edit comes as edited_message with the same message id."""
    written = await fake.write(SARI, "halo")
    await fake.edit(SARI, written.message_id or 0, "halo semua")
    edited = (await bot.get_updates())[1].edited_message
    assert edited
    assert (edited.message_id, edited.text) == (written.message_id, "halo semua")
    with pytest.raises(ControlError, match="message 50 is no text"):
        await fake.edit(SARI, 50, "x")


async def test_people_block_and_come_back(fake: TelegramFakeClient, bot: Bot) -> None:
    """A block is told as my_chat_member and refuses sends until the person starts again."""
    await fake.block(SARI)
    with refused(TelegramForbiddenError, "Forbidden: bot was blocked by the user"):
        await bot.send_message(SARI, "halo")
    with pytest.raises(ControlError, match="blocks the bot"):
        await fake.write(SARI, "halo")
    await fake.start(SARI)
    await bot.send_message(SARI, "halo lagi")
    blocked, back, started = await bot.get_updates()
    assert blocked.my_chat_member
    assert blocked.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member
    assert back.my_chat_member.new_chat_member.status == "member"
    assert started.message


async def test_groups_have_their_own_message_ids(fake: TelegramFakeClient, bot: Bot) -> None:
    """In a group people write, reply and press; its messages are numbered apart."""
    await fake.write(SARI, "pribadi")
    await fake.group(-1001, "Relawan")
    sent = await bot.send_message(-1001, "kasus baru", reply_markup=buttons("ambil"))
    assert sent.message_id == 1
    assert sent.chat.type == "supergroup"
    await fake.write(BUDI, "saya", chat_id=-1001, reply_to_message_id=sent.message_id)
    await fake.press(BUDI, sent.message_id, "ambil", chat_id=-1001)
    _, reply, press = await bot.get_updates()
    assert reply.message
    assert reply.message.message_id == 2
    assert reply.message.reply_to_message
    assert reply.message.reply_to_message.text == "kasus baru"
    assert press.callback_query


async def test_bots_know_nothing_of_each_other(fake: TelegramFakeClient, bot: Bot) -> None:
    """Two tokens are two accounts with their own chats and updates."""
    second = fake.for_bot(SECOND_TOKEN)
    await second.write(BUDI, "halo")
    with refused(TelegramBadRequest, "Bad Request: chat not found"):
        await bot.send_message(BUDI, "halo")
    async with bot_of(fake, SECOND_TOKEN) as staff_bot:
        await staff_bot.send_message(BUDI, "halo")
    assert await fake.pending_updates() == []


# Faults


async def test_planned_errors_hit_the_next_calls_only(fake: TelegramFakeClient, bot: Bot) -> None:
    """429, 403, 500 and 502 come as often as planned, each as aiogram's own exception."""
    await fake.fail_next("sendMessage", Fault("too_many_requests", times=2, retry_after_s=7))
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as caught:
            await bot.send_message(SARI, "halo")
        assert caught.value.retry_after == 7
    for kind, error, text in (
        ("forbidden", TelegramForbiddenError, "Forbidden: bot was blocked by the user"),
        ("internal_error", TelegramServerError, "Internal Server Error"),
        ("bad_gateway", TelegramServerError, "Bad Gateway"),
    ):
        await fake.fail_next("sendMessage", Fault(kind))  # type: ignore[arg-type]
        with refused(error, text):
            await bot.send_message(SARI, "halo")
    await bot.send_message(SARI, "halo")
    assert len(await fake.messages(SARI)) == 1
    statuses = [call.status for call in await fake.calls("sendMessage")]
    assert statuses == [429, 429, 403, 500, 502, 200]


async def test_faults_can_be_meant_for_one_chat_or_any_method(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """A fault for one chat lets others pass; "*" hits whatever comes; clearing ends them."""
    await fake.person(BUDI)
    await fake.fail_next("sendMessage", Fault("forbidden", chat_id=BUDI))
    await bot.send_message(SARI, "halo")
    with refused(TelegramForbiddenError, "Forbidden: bot was blocked by the user"):
        await bot.send_message(BUDI, "halo")
    await fake.fail_next("*", Fault("internal_error", times=5))
    with refused(TelegramServerError, "Internal Server Error"):
        await bot.get_me()
    await fake.clear_faults()
    await bot.get_me()
    with pytest.raises(ControlError, match="no method 'sendNothing'"):
        await fake.fail_next("sendNothing", Fault("slow"))


async def test_a_slow_call_is_late_but_good(fake: TelegramFakeClient, bot: Bot) -> None:
    """A slow call is answered after its delay, and the message is there once."""
    await fake.fail_next("sendMessage", Fault("slow", delay_s=0.3))
    started = time.monotonic()
    await bot.send_message(SARI, "halo")
    assert time.monotonic() - started >= 0.3
    assert len(await fake.messages(SARI)) == 1


@pytest.mark.parametrize(("kind", "messages"), [("hang_before", 0), ("hang_after", 1)])
async def test_a_lost_answer_leaves_the_bot_in_doubt(
    fake: TelegramFakeClient, bot: Bot, kind: str, messages: int
) -> None:
    """Cut lines look the same to the bot, whether the message was accepted or not."""
    await fake.fail_next("sendMessage", Fault(kind))  # type: ignore[arg-type]
    with pytest.raises(TelegramNetworkError, match=r"ServerDisconnectedError|ClientOSError"):
        await bot.send_message(SARI, "halo")
    assert len(await fake.messages(SARI)) == messages
    assert [call.status for call in await fake.calls("sendMessage")] == [0]
    await bot.send_message(SARI, "lagi")


async def test_a_held_line_runs_into_the_bots_own_timeout(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """With a long delay it is the client that gives up, although the message was accepted."""
    await fake.fail_next("sendMessage", Fault("hang_after", delay_s=60))
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(SARI, "halo", request_timeout=1)
    assert len(await fake.messages(SARI)) == 1


async def test_flood_limits_can_be_switched_on(fake: TelegramFakeClient, bot: Bot) -> None:
    """One chat takes a burst and then one a second; all chats together have their own limit."""
    await fake.limit_flood(per_second=5, per_chat_per_second=1, chat_burst=2)
    await fake.people(BUDI, 4)
    await bot.send_message(SARI, "1")
    await bot.send_message(SARI, "2")
    with pytest.raises(TelegramRetryAfter) as caught:
        await bot.send_message(SARI, "3")
    assert caught.value.retry_after == 1
    for chat_id in range(BUDI, BUDI + 3):
        await bot.send_message(chat_id, "halo")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(BUDI + 3, "halo")
    await fake.unlimit_flood()
    await bot.send_message(SARI, "3")


# Webhooks


@dataclass
class Receiver:
    """A bot's webhook address: takes updates and answers as the test says."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    pause_s: float = 0.0
    updates: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    under_way: int = 0
    most_under_way: int = 0

    async def take(self, request: web.Request) -> web.Response:
        """Answer one POST."""
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        self.updates.append(await request.json())
        self.arrived.set()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        await asyncio.sleep(self.pause_s)
        self.under_way -= 1
        status = self.answers.pop(0) if self.answers else 200
        return web.json_response(self.reply or {}, status=status)

    async def wait_for(self, count: int) -> list[int]:
        """Wait for so many updates and return their ids."""
        async with asyncio.timeout(5):
            while len(self.updates) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return [update["update_id"] for update in self.updates]


@pytest_asyncio.fixture(loop_scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    """Run a webhook address."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/telegram/webhook", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/webhook"
    yield receiver
    await runner.cleanup()


async def test_a_webhook_gets_updates_with_its_secret(
    fake: TelegramFakeClient, bot: Bot, receiver: Receiver
) -> None:
    """What was pending and what comes is posted in order, with the secret header."""
    waiting = await fake.write(SARI, "sebelum")
    assert await bot.set_webhook(receiver.url, secret_token="rahasia_1", max_connections=1)
    newer = [(await fake.write(SARI, text)).update_id for text in ("satu", "dua")]
    assert await receiver.wait_for(3) == [waiting.update_id, *newer]
    assert set(receiver.secrets) == {"rahasia_1"}
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (receiver.url, 1)
    await fake.redeliver(waiting.update_id or 0)
    assert (await receiver.wait_for(4))[3] == waiting.update_id
    statuses = [(d.update_id, d.attempt, d.status) for d in await fake.deliveries()]
    assert statuses[:3] == [(id_, 1, 200) for id_ in (waiting.update_id, *newer)]


async def test_polling_and_webhook_exclude_each_other(
    fake: TelegramFakeClient, bot: Bot, receiver: Receiver
) -> None:
    """A webhook ends a waiting poll and forbids new ones until it is deleted."""
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    await bot.set_webhook(receiver.url)
    with refused(TelegramConflictError, "Conflict: terminated by setWebhook request"):
        await poll
    with refused(
        TelegramConflictError,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    ):
        await bot.get_updates()
    await bot.delete_webhook()
    await fake.write(SARI, "halo")
    assert len(await bot.get_updates()) == 1
    assert (await bot.get_webhook_info()).url == ""


async def test_a_failing_webhook_is_tried_again(
    fake: TelegramFakeClient, bot: Bot, receiver: Receiver
) -> None:
    """Anything but 2xx repeats the update, which blocks its chat's lane but no other's."""
    await fake.set_times(webhook_retry_unit_s=0.05)
    receiver.answers = [500, 404, 302, 204]
    await bot.set_webhook(receiver.url, max_connections=1)
    first = await fake.write(SARI, "satu")
    second = await fake.write(SARI, "dua")
    ids = await receiver.wait_for(5)
    assert ids == [first.update_id] * 4 + [second.update_id]
    info = await bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 302"
    attempts = [(d.attempt, d.status) for d in (await fake.deliveries())[:4]]
    assert attempts == [(1, 500), (2, 404), (3, 302), (4, 204)]


async def test_an_unreachable_webhook_keeps_updates_pending(
    fake: TelegramFakeClient, bot: Bot
) -> None:
    """When nobody listens the attempts are noted without a status and nothing is lost."""
    await bot.set_webhook("http://127.0.0.1:9/telegram/webhook")
    await fake.write(SARI, "halo")
    attempts = await fake.wait_for_deliveries(1)
    assert attempts[0].status is None
    assert attempts[0].error
    assert len(await fake.pending_updates()) == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert await fake.pending_updates() == []


async def test_a_webhook_is_used_by_as_many_connections_as_allowed(
    fake: TelegramFakeClient, bot: Bot, receiver: Receiver
) -> None:
    """Different chats are delivered together up to max_connections, one chat in order."""
    receiver.pause_s = 0.1
    await bot.set_webhook(receiver.url, max_connections=3)
    people = [(SARI + n % 6, f"pesan {n}") for n in range(12)]
    await fake.write_many(people)
    await receiver.wait_for(12)
    assert receiver.most_under_way == 3
    for person_id in range(SARI, SARI + 6):
        sent = [u for u in receiver.updates if u["message"]["from"]["id"] == person_id]
        ids = [update["update_id"] for update in sent]
        assert ids == sorted(ids)


async def test_a_webhook_may_answer_with_a_method(
    fake: TelegramFakeClient, bot: Bot, receiver: Receiver
) -> None:
    """A method in the webhook's answer is run, except those that would change the webhook."""
    receiver.reply = {"method": "sendMessage", "chat_id": SARI, "text": "dari jawaban"}
    await bot.set_webhook(receiver.url)
    await fake.write(SARI, "halo")
    (message,) = await fake.wait_for_messages(SARI, 1)
    assert message.text == "dari jawaban"
    receiver.reply = {"method": "deleteWebhook"}
    await fake.write(SARI, "halo")
    await receiver.wait_for(2)
    assert (await bot.get_webhook_info()).url == receiver.url


@pytest.mark.parametrize(
    ("url", "secret", "refusal"),
    [
        ("ftp://example.org", "a", "Bad Request: invalid webhook URL specified"),
        ("https://example.org", "a b", "Bad Request: secret token contains unallowed characters"),
        ("https://example.org", "a" * 257, "Bad Request: secret token is too long"),
    ],
)
async def test_wrong_webhooks_are_refused(bot: Bot, url: str, secret: str, refusal: str) -> None:
    """Address and secret are checked before anything changes."""
    with refused(TelegramBadRequest, refusal):
        await bot.set_webhook(url, secret_token=secret)


async def test_set_webhook_says_what_it_did(fake: TelegramFakeClient, receiver: Receiver) -> None:
    """The description tells a new webhook from an old one, as Telegram's does."""
    url = f"{fake.base_url}/bot{DEFAULT_TOKEN}/"
    told = []
    async with aiohttp.ClientSession() as http:
        for method in ("setWebhook", "setWebhook", "deleteWebhook", "deleteWebhook"):
            async with http.post(url + method, json={"url": receiver.url}) as answer:
                told.append(await answer.json())
    assert told[0] == {"ok": True, "result": True, "description": "Webhook was set"}
    assert [one["description"] for one in told[1:]] == [
        "Webhook is already set",
        "Webhook was deleted",
        "Webhook is already deleted",
    ]


# Control


async def test_waiting_in_vain_says_what_was_seen(fake: TelegramFakeClient, bot: Bot) -> None:
    """A wait that runs out names the last calls, so that the reader need not guess."""
    await bot.send_message(SARI, "satu")
    with pytest.raises(TimeoutError, match=r"no 2 messages in 1001 .*sendMessage 200"):
        await fake.wait_for_messages(SARI, 2, timeout_s=0.1)


async def test_reset_forgets_everything(fake: TelegramFakeClient, bot: Bot) -> None:
    """After a reset there are no people, messages, updates, faults or calls."""
    await bot.send_message(SARI, "satu")
    await fake.write(SARI, "halo")
    await fake.fail_next("*", Fault("internal_error", times=9))
    await fake.reset()
    assert await fake.calls() == []
    assert await fake.pending_updates() == []
    assert await fake.message_count() == 0
    with refused(TelegramBadRequest, "Bad Request: chat not found"):
        await bot.send_message(SARI, "satu")


async def test_wrong_control_requests_are_explained(fake: TelegramFakeClient) -> None:
    """A misspelt operation or argument and an unknown bot are told apart."""
    async with aiohttp.ClientSession() as http:
        for path, body, text in (
            ("dance", {}, "there is no operation 'dance'"),
            ("write", {"who": 1}, "write: missing a required argument"),
            ("write", {"token": "1:x", "person_id": 1, "text": "a"}, "no bot with that token"),
            ("write", {"person_id": 1, "text": ""}, "splits texts"),
        ):
            async with http.post(f"{fake.base_url}/control/{path}", json=body) as answer:
                assert answer.status == 400
                assert text in (await answer.json())["error"]


async def test_the_fake_can_be_steered_in_its_own_process() -> None:
    """As a process of its own the fake does the same, known only by its address."""
    async with running_fake(separate_process=True) as fake, bot_of(fake) as bot:
        await fake.write(SARI, "halo")
        assert len(await bot.get_updates()) == 1
        await bot.send_message(SARI, "ya")
        assert [m.text for m in await fake.messages(SARI)] == ["ya"]


async def test_stopping_does_not_wait_for_polls() -> None:
    """A waiting poll and a held line end when the fake stops."""
    async with running_fake() as fake, bot_of(fake) as bot:
        await fake.person(SARI)
        await fake.fail_next("sendMessage", Fault("hang_before", delay_s=60))
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        send = asyncio.create_task(bot.send_message(SARI, "halo"))
        await fake.wait_for_calls("sendMessage")
        started = time.monotonic()
    with contextlib.suppress(TelegramNetworkError):
        await poll
    with pytest.raises(TelegramNetworkError):
        await send
    assert time.monotonic() - started < 3


async def test_the_fake_can_be_used_without_http() -> None:
    """In process the same acts and readings are plain methods."""
    control = TelegramFake([DEFAULT_TOKEN]).bot()
    happened = control.people.write(SARI, "halo @sari_x #kerja a@b.org")
    (update,) = control.readings.pending_updates()
    assert update["update_id"] == happened.update_id
    kinds = [entity["type"] for entity in update["message"]["entities"]]
    assert kinds == ["mention", "hashtag", "email"]
