"""Where each command, and each plain wish of a person, leads from anywhere."""

COMMANDS = {
    "/start": "welcome.hello",
    "/menu": "menu.main",
    "/help": "menu.main",
    "/language": "language.choose",
    "/quiz": "quiz.play",
    "/human": "consent.ask",
    "/numbers": "emergency.show",
    "/privacy": "privacy.show",
    "/stop": "privacy.show.stop",
    "/erase": "erase.ask",
    "/safe": "watched.ask",
    "/join": "join.ask",
    "/switch": "phone.ask",
}
INTENT_STEPS = {
    "talk_to_human": "consent.ask",
    "hotline_numbers": "emergency.show",
    "services_nearby": "services.ask",
    "menu": "menu.main",
    "about_bot": "menu.about",
    "privacy": "privacy.show",
    "change_language": "language.choose",
    "stop_messages": "privacy.show.stop",
    "delete_my_data": "erase.ask",
    "start_quiz": "quiz.play",
    "campaign_events": "campaigns.about",
    "join_campaign": "campaigns.about",
    "greet": "menu.greet",
    "thanks": "menu.thanks",
    "goodbye": "menu.goodbye",
}
