"""The Bot API methods that the fake knows, by name in lower case as the server compares them."""

from collections.abc import Awaitable, Callable

from tests.support.telegram_fake.bodies import Params
from tests.support.telegram_fake.methods import files, messages, polling, profile, topics
from tests.support.telegram_fake.state import BotAccount

Handler = Callable[[BotAccount, Params], Awaitable[object]]

METHODS: dict[str, tuple[str, Handler]] = {
    name.lower(): (name, handler)
    for name, handler in {
        "getMe": profile.get_me,
        "getUpdates": polling.get_updates,
        "setWebhook": polling.set_webhook,
        "deleteWebhook": polling.delete_webhook,
        "getWebhookInfo": polling.get_webhook_info,
        "sendMessage": messages.send_message,
        "editMessageText": messages.edit_message_text,
        "editMessageCaption": messages.edit_message_caption,
        "editMessageReplyMarkup": messages.edit_message_reply_markup,
        "deleteMessage": messages.delete_message,
        "deleteMessages": topics.delete_messages,
        "createForumTopic": topics.create_forum_topic,
        "editForumTopic": topics.edit_forum_topic,
        "closeForumTopic": topics.close_forum_topic,
        "reopenForumTopic": topics.reopen_forum_topic,
        "deleteForumTopic": topics.delete_forum_topic,
        "getChatMember": topics.get_chat_member,
        "answerCallbackQuery": messages.answer_callback_query,
        "sendChatAction": messages.send_chat_action,
        "sendPhoto": files.send_photo,
        "sendVoice": files.send_voice,
        "sendDocument": files.send_document,
        "getFile": files.get_file,
        "getChat": profile.get_chat,
        "setMyCommands": profile.set_my_commands,
        "getMyCommands": profile.get_my_commands,
        "deleteMyCommands": profile.delete_my_commands,
        "setMyDescription": profile.set_my_description,
        "getMyDescription": profile.get_my_description,
        "setMyShortDescription": profile.set_my_short_description,
        "getMyShortDescription": profile.get_my_short_description,
        "close": profile.close,
        "logOut": profile.log_out,
    }.items()
}
