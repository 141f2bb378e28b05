"""The person of the tests; the product plays golden conversations with the same one."""

from bot.prover.places import is_said, text_at
from bot.prover.talk import ADDRESS, DRAW, NOW, Talk, meaning, world

__all__ = ["ADDRESS", "DRAW", "NOW", "Talk", "is_said", "meaning", "text_at", "world"]
