"""What Suar's components leave on a Rasa message for the components after them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from suar_nlu.examples import Example
from suar_nlu.network import Answers, Rows
from suar_nlu.views import Views, make_views

LABELS = "suar_labels"
READING = "suar_reading"


@dataclass(frozen=True)
class Labels:
    """What is known of a message of the training data. `origin` is the text that a copy was made from.

    What is `held_out` teaches nothing: it shows afterwards how far the taught can be believed.
    """

    example: Example
    origin: str
    held_out: bool = False

    def fingerprint(self) -> str:
        """Return a hash, which Rasa asks for."""
        return hashlib.sha256(repr(self).encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Reading:
    """How far the components have read a message.

    `rows` has one row a view (first `views.whole`, then `views.windows`), `answers` and `languages` come later.
    """

    views: Views
    rows: Rows
    answers: Answers | None = None
    languages: NDArray[np.float64] | None = None

    @property
    def texts(self) -> list[str]:
        """All views in lower case, in the order of the rows."""
        return [text.lower() for text in (*self.views.whole, *self.views.windows)]

    @property
    def whole(self) -> Answers:
        """The answers about the whole message only."""
        return self.everything.take(len(self.views.whole))

    @property
    def everything(self) -> Answers:
        """The answers about all views."""
        if self.answers is None:
            msg = "the network has not read this message yet"
            raise RuntimeError(msg)
        return self.answers

    def beside(self, rows: Rows) -> Reading:
        """Return the reading with more numbers in each row."""
        return replace(self, rows=np.hstack([self.rows, rows]))

    def fingerprint(self) -> str:
        """Return a hash of the numbers, which Rasa asks for."""
        return hashlib.sha256(self.rows.tobytes()).hexdigest()


class Lesson(Message):
    """A message of the training data.

    Rasa copies and fingerprints all of them a dozen times, which takes longer than everything else; a lesson is its own
    copy, and its fingerprint that of what it was made from. Rasa's cache, which would want more, is switched off.
    """

    def __deepcopy__(self, memo: object) -> Lesson:
        """Return the lesson itself."""
        return self

    def fingerprint(self) -> str:
        """Return a hash of text and labels."""
        if self._own_fingerprint is None:
            known = f"{self.get(TEXT)}\0{self.get(LABELS)!r}"
            digest = hashlib.sha256(known.encode("utf-8", "replace"))
            self._own_fingerprint = digest.hexdigest()
        return self._own_fingerprint

    _own_fingerprint: str | None = None


def make_training_message(text: str, labels: Labels) -> Message:
    """Return a Rasa message for an example, a copy of it, or a held-out message."""
    return Lesson(data={TEXT: text, INTENT: labels.example.intent, LABELS: labels})


def choose_views(message: Message) -> Views:
    """Return the one text of a training example; of any other message the views under which it is read."""
    labels: Labels | None = message.get(LABELS)
    text = message.get(TEXT)
    return Views((text,), ()) if labels and not labels.held_out else make_views(text)


def split_messages(training_data: TrainingData) -> tuple[list[Message], list[Message]]:
    """Return what teaches and what is held out."""
    messages = training_data.training_examples
    return (
        [m for m in messages if not m.get(LABELS).held_out],
        [m for m in messages if m.get(LABELS).held_out],
    )
