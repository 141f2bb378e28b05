"""The language can be changed while somebody waits for a counsellor, too."""

from bot.content.load import Content
from bot.conversation.state import Owner
from tests.unit.conversation.talk import Talk


def test_who_waits_can_change_the_language(content: Content) -> None:
    """By the button or by the command; afterwards they still wait, and are told so in the new language."""
    for talk in (
        Talk.greeted(content)
        .press("consent.ask")
        .press("consent.ask.talk")
        .press("language.choose"),
        Talk.greeted(content).press("consent.ask").press("consent.ask.talk").write("/language"),
    ):
        assert talk.state.at == "language.choose"
        talk.press("language.choose.id")
        assert talk.owner is Owner.QUEUE
        assert talk.state.locale == "id"
        assert talk.says("consent.waiting.waiting")
