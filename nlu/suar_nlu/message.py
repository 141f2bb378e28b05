"""What Suar's components leave on a Rasa message for the components after them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from suar_nlu.corpus import Corpus
from suar_nlu.examples import Example
from suar_nlu.ridge import Rows
from suar_nlu.views import Views

LABELS = "suar_labels"
VECTOR = "suar_vector"
READING = "suar_reading"


@dataclass(frozen=True)
class Vector:
    """One row of a matrix. Rasa fingerprints training messages several times, which prints a bare array each time."""

    row: Rows

    def fingerprint(self) -> str:
        """Return a hash of the numbers."""
        return hashlib.sha1(self.row.tobytes(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class Reading:
    """The views of a message being parsed and their projected vectors, shape (len(whole) + len(windows), 384)."""

    views: Views
    rows: Rows

    @property
    def whole(self) -> tuple[Rows, list[str]]:
        """Vectors and texts of the whole message only."""
        count = len(self.views.whole)
        return self.rows[:count], [text.lower() for text in self.views.whole]

    @property
    def everything(self) -> tuple[Rows, list[str]]:
        """Vectors and texts of all views."""
        return self.rows, [text.lower() for text in (*self.views.whole, *self.views.windows)]


def make_training_message(text: str, origin: str, example: Example) -> Message:
    """Return a Rasa message for an example or for a copy of it."""
    labels = {
        "origin": origin,
        "language": example.language,
        "risk": example.risk,
        "kinds": list(example.kinds),
        "subject": example.subject,
    }
    return Message(data={TEXT: text, INTENT: example.intent, LABELS: labels})


def stack_vectors(messages: Sequence[Message]) -> Rows:
    """Return the vectors of training messages, shape (n, 384)."""
    return np.stack([message.get(VECTOR).row for message in messages])


def make_corpus(messages: Sequence[Message]) -> Corpus:
    """Collect featurised training messages into columns."""
    labels: list[dict[str, Any]] = [message.get(LABELS) for message in messages]
    return Corpus(
        stack_vectors(messages),
        [str(message.get(TEXT)).lower() for message in messages],
        [label["origin"].lower() for label in labels],
        [label["language"] for label in labels],
        [message.get(INTENT) for message in messages],
        [label["risk"] for label in labels],
        [tuple(label["kinds"]) for label in labels],
        [label["subject"] for label in labels],
    )
