"""`say`: speaks and goes on."""

from bot.content.load import Content
from tests.unit.conversation.talk import Talk


def test_it_never_waits(content: Content) -> None:
    """The welcome goes on to the choice of language in the same turn."""
    talk = Talk.new(content).write("/start")
    assert len(talk.messages) == 2
    assert talk.state.at == "welcome.language"
