"""`about_me`: one thing about the person, out of a few, so that campaigns fit them; it may always be skipped."""

from collections.abc import Sequence

from bot.content.campaign_steps import AboutMe
from bot.conversation.campaign_effects import ChangeProfile
from bot.conversation.steps.base import Door, Exit, Handler, Move, Scene
from bot.messages import Button, Outgoing
from bot.understanding.cleaning import folded

CHOSEN = "\u2713 "
"""Before the title of an option that is chosen."""
MENU = "menu.main"
ASKED = "campaigns.news"
"""Nothing is kept of who does not agree there."""


class AboutMeHandler(Handler[AboutMe]):
    """One option, or several: then each press chooses one or takes it back, until `done`."""

    def exits(self, step: AboutMe, door: Door) -> Sequence[Exit]:
        after = [
            door.button(name, title, step.instead if name == step.child else step.next)
            for name, title in step.options.items()
        ]
        if step.done is not None:
            after = [door.button(name, title) for name, title in step.options.items()]
            after.append(door.button("done", step.done, step.next))
        after += [Exit(ASKED, each.button, each.title, "old_button") for each in after]
        skip = door.button("skip", step.skip, step.next)
        return (*after, skip, door.link(MENU, step.menu))

    def enter(self, step: AboutMe, scene: Scene) -> Move:
        return Move(say=(_asked(step, scene, ()),), remember={step.key: None})

    def press(self, step: AboutMe, choice: str, scene: Scene) -> Move | None:
        if choice == "skip":
            return Move(go=step.next)
        if choice not in {*step.options, "done"} or (choice == "done" and not step.several):
            return None
        if not scene.world.hears:
            return Move(go=ASKED)
        if step.several:
            return _several(step, choice, scene)
        go = step.instead if choice == step.child else step.next
        return Move(effects=(ChangeProfile({step.key: choice}),), go=go)

    def hear(self, step: AboutMe, text: str, scene: Scene) -> Move | None:
        typed = folded(text)
        for name, title in (*step.options.items(), ("done", step.done), ("skip", step.skip)):
            if title is not None and typed in {folded(title), folded(scene.title(title))}:
                return self.press(step, name, scene)
        return None


def _several(step: AboutMe, choice: str, scene: Scene) -> Move:
    before = tuple(scene.memory.get(step.key) or ())
    if choice == "done":
        kept = ChangeProfile({step.key: list(before)})
        return Move(effects=(kept,), go=step.next, remember={step.key: None})
    chosen = tuple(name for name in step.options if (name in before) != (name == choice))
    return Move(say=(_asked(step, scene, chosen),), remember={step.key: list(chosen)})


def _asked(step: AboutMe, scene: Scene, chosen: Sequence[str]) -> Outgoing:
    buttons = []
    for name, title in step.options.items():
        plain = scene.button(name, title)
        mark = CHOSEN if name in chosen else ""
        buttons.append(Button(plain.id, f"{mark}{plain.title}"))
    if step.done is not None and chosen:
        buttons.append(scene.button("done", step.done))
    buttons += [scene.button("skip", step.skip), scene.link(MENU, step.menu)]
    return Outgoing(scene.say(step.text), tuple(buttons))
