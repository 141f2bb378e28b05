"""Tells a counter-example as a conversation that a person can read."""

from collections.abc import Iterator

from bot.prover.explore import Found

MAX_CHARS = 160


def story(found: Found) -> Iterator[str]:
    """Yield the lines of a fault: what does not hold, and the conversation that shows it."""
    yield f"({found.fault.letter}) {found.fault.problem}"
    for outcome in found.path:
        yield f"    > {outcome.act.label}"
        for message in outcome.messages:
            words = " / ".join(message.text.split("\n"))
            yield f"    < {words if len(words) <= MAX_CHARS else words[:MAX_CHARS] + chr(0x2026)}"
            if message.buttons:
                yield "      " + " ".join(f"[{button.title}]" for button in message.buttons)
        for effect in outcome.effects:
            yield f"    * {type(effect).__name__}"
