"""From python-telegram-bot's updates to the acts: who is it, where, and what do they want."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.desk.telegram.acts import Acts
from bot.desk.telegram.post import Post
from bot.desk.telegram.replies import Replies
from bot.desk.telegram.services import StaffBotServices
from bot.hotline.staff_accounts import CODE_CHARS, Linked

App = Application[Any, Any, Any, Any, Any, Any]
Act = Callable[[Linked], Awaitable[None]]


@dataclass
class Hands:
    """Takes what the staff write and press."""

    services: StaffBotServices
    post: Post
    acts: Acts
    replies: Replies

    def listen(self, app: App) -> None:
        """Let `app` hand on what the staff do."""
        acts = self.acts
        known: dict[str, Act] = {
            "next": acts.take_next,
            "duty": acts.duty,
            "break": acts.take_breather,
            "alarm": acts.alarm,
            "help": acts.help,
        }
        new = filters.UpdateType.MESSAGE
        for name, act in known.items():
            app.add_handler(CommandHandler(name, self._on_command(act), new))
        app.add_handler(CommandHandler("close", self._on_close, new))
        app.add_handler(MessageHandler(filters.ChatType.PRIVATE & new, self._on_private))
        app.add_handler(MessageHandler(new & filters.COMMAND, self._on_command(acts.help)))
        app.add_handler(MessageHandler(filters.ALL, self._on_group))
        app.add_handler(CallbackQueryHandler(self._on_press))

    def _on_command(self, act: Act) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
        async def on_command(update: Update, _: Any) -> None:  # noqa: ANN401  # the library's context
            who = await self._who(update)
            if who is not None:
                await act(who)

        return on_command

    async def _on_close(self, update: Update, _: Any) -> None:  # noqa: ANN401  # the library's context
        who = await self._who(update)
        if who is None or update.message is None:
            return
        here = update.message.chat_id == self.services.group
        await self.acts.close(who, update.message.message_thread_id if here else None)

    async def _on_private(self, update: Update, _: Any) -> None:  # noqa: ANN401  # the library's context
        """A code, with or without /start; anything else is answered with what there is to be had."""
        message, user = update.message, update.effective_user
        if message is None or user is None:
            return
        word = (message.text or "").removeprefix("/start").strip()
        if len(word) == CODE_CHARS and word.isalnum():
            await self.acts.link(user.id, word, self._locale_of(user.language_code))
            return
        who = await self._who(update)
        if who is not None:
            await self.acts.help(who)

    async def _on_group(self, update: Update, _: Any) -> None:  # noqa: ANN401  # the library's context
        message, user = update.message or update.edited_message, update.effective_user
        if message is None or user is None or message.chat_id != self.services.group:
            return
        who = await self.acts.find(user.id)
        await self.replies.take(message, who, edited=update.edited_message is not None)

    async def _on_press(self, update: Update, _: Any) -> None:  # noqa: ANN401  # the library's context
        query = update.callback_query
        assert query is not None
        who = await self.acts.find(query.from_user.id)
        if who is None:
            locale = self._locale_of(query.from_user.language_code)
            await self.post.answer(query.id, self.services.say("not_yours", locale))
            return
        message = query.message
        here = message is not None and message.chat.id == self.services.group
        thread = getattr(message, "message_thread_id", None) if here else None
        problem = await self.acts.press(who, query.data or "", thread)
        await self.post.answer(query.id, problem)

    async def _who(self, update: Update) -> Linked | None:
        """Return who asks; a stranger is told in private how to become known, and nothing else."""
        user, chat = update.effective_user, update.effective_chat
        if user is None or chat is None:
            return None
        if chat.type != chat.PRIVATE and chat.id != self.services.group:
            return None
        who = await self.acts.find(user.id)
        if who is None and chat.type == chat.PRIVATE:
            words = self.services.say("not_linked", self._locale_of(user.language_code))
            await self.post.say(user.id, words)
        return who

    def _locale_of(self, code: str | None) -> str:
        wanted = (code or "").partition("-")[0].lower()
        pages = self.services.pages
        return wanted if wanted in pages.locales else pages.fallback
