"""`passphrase`: brings a person back to their case from another phone or channel."""

from collections.abc import Sequence

from bot.content.file_step import OwnFile
from bot.content.isolates import without_isolates
from bot.content.load import Content
from bot.content.steps import Passphrase
from bot.conversation.effects import ResumeCase
from bot.conversation.own import STEP as OWN_FILE
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Outgoing

N_WORDS = 4


class PassphraseHandler(Handler[Passphrase]):
    """The service looks the four words up before the turn; here only its answer is told."""

    def exits(self, step: Passphrase, door: Door) -> Sequence[Exit]:
        return (
            Exit(None, note="words_known"),
            door.link("consent.ask", step.human),
            door.link(OWN_FILE, _own_file(door.content)),
            door.link("menu.main", step.menu),
        )

    def enter(self, step: Passphrase, scene: Scene) -> Move:
        own = scene.link(OWN_FILE, _own_file(scene.content))
        buttons = (own, scene.link("menu.main", step.menu))
        return Move(say=(Outgoing(scene.say(step.text), buttons, sensitive=True),))

    def hear(self, step: Passphrase, text: str, scene: Scene) -> Move | None:
        result = scene.world.returning
        if result is None:
            return None
        if result.case_id is not None:
            welcome = scene.say(step.welcome_back, reference=result.reference)
            return Move(
                say=(Outgoing(welcome),), effects=(ResumeCase(result.case_id),), leave=True
            )
        refused = step.too_many if result.too_many_tries else step.unknown
        buttons = (scene.link("consent.ask", step.human), scene.link("menu.main", step.menu))
        return Move(say=(Outgoing(scene.say(refused), buttons),))


def _own_file(content: Content) -> str:
    """Return the title of the button to those who only want to look: the words stand in the flow that it leads to."""
    step = content.step(OWN_FILE)
    assert isinstance(step, OwnFile)
    return step.door


def words_of(text: str) -> tuple[str, ...] | None:
    """Return the four words that `text` consists of, or None when it is not four words."""
    copied = without_isolates(text)
    words = tuple(word.strip(".,;:'\"").casefold() for word in copied.split())
    return words if len(words) == N_WORDS and all(word.isalpha() for word in words) else None
