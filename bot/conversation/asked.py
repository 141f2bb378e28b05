"""Learns by what words each answer is asked for, in the background, and again whenever answers or the model change.

Until it is done, questions are answered by their intent alone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bot.content.load import Content
from bot.errors import NluUnavailable, StoreUnavailable
from bot.store import question_vectors
from bot.store.engine import Database
from bot.store.question_vectors import hash_of
from bot.understanding.model import Nlu
from bot.understanding.nearest import Questions
from bot.understanding.service import Reader

log = structlog.get_logger(__name__)

AGAIN_S = 5.0
LOOK_S = 30.0
AT_ONCE = 25
"""Vectors are kept after so many, so that a restart goes on where it was."""


@dataclass
class Asked:
    """Keeps a reader's questions up to date."""

    db: Database
    nlu: Nlu
    reader: Reader
    content: Content
    _made_of: tuple[object, str] | None = None

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                done = await self.learn()
            except (NluUnavailable, StoreUnavailable):
                done = False
            except Exception:
                # Questions are still answered by their intents; the log says what to mend.
                log.exception("questions_not_learned")
                done = False
            await asyncio.sleep(LOOK_S if done else AGAIN_S)

    async def learn(self) -> bool:
        """Bring the questions up to date; False where that has to be tried again soon."""
        model = await self.nlu.model()
        content = self.content
        if model is None:
            return False
        if self._made_of == (content, model):
            return True
        ways = ways_of_asking(content)
        async with self.db.transaction() as conn:
            vectors = dict(await question_vectors.known(conn, model))
        missing = [text for _, text in ways if hash_of(text) not in vectors]
        if missing:
            await self._make(model, list(dict.fromkeys(missing)))
            return False
        self.reader.questions = Questions(
            [answer for answer, _ in ways], [vectors[hash_of(text)] for _, text in ways]
        )
        self._made_of = (content, model)
        log.info("questions_learned", ways=len(ways))
        return True

    async def _make(self, model: str, texts: Sequence[str]) -> None:
        """Ask the model for vectors, one text at a time: people come first."""
        async with self.db.transaction() as lock:
            if not await question_vectors.try_make(lock):
                return
            for start in range(0, len(texts), AT_ONCE):
                some = texts[start : start + AT_ONCE]
                made = [(hash_of(text), (await self.nlu.parse(text)).meaning) for text in some]
                found = [(key, vector or b"") for key, vector in made]
                async with self.db.transaction() as conn:
                    await question_vectors.keep(conn, model, found)


def ways_of_asking(content: Content) -> list[tuple[str, str]]:
    """Return each answer's id with a way of asking for it: its question and title in every language, and how people ask."""
    ways: list[tuple[str, str]] = []
    for answer in content.answers.values():
        asked = [text for texts in answer.asked.values() for text in texts]
        for locale in content.words.locales:
            asked += [content.words.say(answer.question, locale)]
            asked += [content.words.say(answer.title, locale)]
        ways += [(answer.id, text) for text in dict.fromkeys(asked)]
    return ways
