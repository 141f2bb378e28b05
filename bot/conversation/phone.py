"""Several people at one phone, as the turn sees it: who makes room, and whose chat it is from then on."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bot.content.isolates import without_isolates
from bot.understanding.cleaning import folded

if TYPE_CHECKING:  # the state of a conversation holds what stands here
    from bot.conversation.state import Owner, State

FLOW, STEP = "phone", "phone.ask"
STAGE, THEN, TRIED = "stage", "then", "tried"
"""What the flow remembers: which words the step waits for, what is to happen once somebody has made room, and that words were
written which mean something else."""
SETTING, RETURNING = "setting", "returning"
"""Stages: words to come back with later are set; words from before are given."""
NEW, BACK = "new", "back"
MAX_WORDS, MIN_LETTERS, MAX_LETTERS = 4, 6, 60
_TRIMMED = ".,;:!?'\""


@dataclass(frozen=True)
class Comer:
    """Somebody who was here before and has given their words."""

    conversation_id: UUID
    state: "State" = field(repr=False)
    owner: "Owner"


@dataclass(frozen=True)
class PhoneLook:
    """What is known of those who use the phone; nothing of it says who or how many they are."""

    shared: bool = True
    """Several people may use it. False where every page is a chat of its own."""
    home: str = "en"
    """The language in which somebody new is spoken to first, unless their app tells one."""
    has_words: bool = False
    """Whoever is here has words to come back with."""
    has_said: bool = False
    """Something of theirs is kept that is worth coming back to."""
    taken: bool = False
    """The words just written cannot be theirs."""
    found: Comer | None = None
    too_many_tries: bool = False
    busy: bool = False
    """Something for whoever is here is still on its way, so that nobody can make room yet."""


def words_of(text: str) -> tuple[str, ...] | None:
    """Return the one to four words that `text` consists of, as they are compared; None when it is something else."""
    words = tuple(word.strip(_TRIMMED) for word in folded(without_isolates(text)).split())
    letters = "".join(words)
    if not 1 <= len(words) <= MAX_WORDS or not all(words) or len(letters) > MAX_LETTERS:
        return None
    return words if all(unicodedata.category(each)[0] in "LMN" for each in letters) else None


def is_plain(words: tuple[str, ...]) -> bool:
    """Tell whether words are too short to open a chat with."""
    return len("".join(words)) < MIN_LETTERS


def stage_of(memory: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return for which words the step waits; `memory` is that of all flows."""
    stage: str | None = memory.get(FLOW, {}).get(STAGE)
    return stage
