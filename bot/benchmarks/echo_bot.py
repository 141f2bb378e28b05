"""The limit: a bot on bare aiogram that says everything again, written as aiogram's documentation shows.

Nothing is kept, nothing is understood. `python -m bot.benchmarks.echo_bot URL-OF-TELEGRAM TOKEN SECRET PORT`

Source: https://docs.aiogram.dev/en/latest/dispatcher/webhook.html
"""

import sys

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

HOST = "127.0.0.1"
PATH = "/webhook"
router = Router()


@router.message()
async def on_message(message: Message) -> None:
    """Say it again."""
    await message.answer(message.text or "-")


@router.callback_query()
async def on_press(query: CallbackQuery) -> None:
    """Say the button's name, and stop its little clock."""
    if isinstance(query.message, Message):
        await query.message.answer(query.data or "-")
    await query.answer()


def serve(api_url: str, token: str, secret: str, port: int) -> None:
    """Serve until the process is told to stop."""

    async def on_startup(bot: Bot) -> None:
        await bot.set_webhook(f"http://{HOST}:{port}{PATH}", secret_token=secret)

    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    dispatcher.startup.register(on_startup)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    app = web.Application()
    handler = SimpleRequestHandler(dispatcher=dispatcher, bot=bot, secret_token=secret)
    handler.register(app, path=PATH)
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host=HOST, port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
