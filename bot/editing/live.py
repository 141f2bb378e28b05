"""What Suar says right now: the files with the published edits over them, exchanged in one piece while it runs.

Whoever speaks holds the `Content` itself, so a turn pays nothing for this. A look that finds a mistake changes nothing:
the last good content goes on being said, and `trouble` tells what is wrong.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self
from uuid import UUID

import structlog

from bot.clock import Clock
from bot.content.edits import Fate, Overlaid, overlay
from bot.content.load import ROOT, Content, load_content
from bot.content.quiz_edits import OverlaidQuizzes, overlay_quizzes
from bot.content.voices import Voices
from bot.errors import ContentError, StoreUnavailable
from bot.store import content_edits, quiz_edits, voices
from bot.store.engine import Database
from bot.store.notices import CONTENT, Ear

AGAIN_S = 2.0

log = structlog.get_logger(__name__)


class Speaker(Protocol):
    """Something that says what stands in its `content`."""

    content: Content


@dataclass(frozen=True)
class Trouble:
    """Why something new is not said."""

    where: str
    key: str | None
    problem: str
    mend: str | None
    since: datetime

    @classmethod
    def of(cls, exc: ContentError, since: datetime) -> Self:
        """Tell of a mistake in the content."""
        where = f"{exc.file}:{exc.line}" if exc.line else exc.file
        return cls(where, exc.key, exc.problem, exc.mend, since)


@dataclass
class LiveContent:
    """The content of one process."""

    db: Database
    clock: Clock
    files: Content
    """The last good files."""
    root: Path = ROOT
    files_since: datetime = field(init=False)
    overlaid: Overlaid = field(init=False)
    """The files with the edits of answers."""
    quizzes: OverlaidQuizzes = field(init=False)
    """The same with the edits of quizzes."""
    _said: Content = field(init=False)
    _file_trouble: Trouble | None = None
    _speakers: list[Speaker] = field(default_factory=list)
    _reloads: int | None = None
    """How often a reload had been asked for when the files were read."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _looking: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.files_since = self.clock.now()
        self.overlaid = Overlaid(self.files)
        self.quizzes = OverlaidQuizzes(self.files)
        self._said = self.files

    @property
    def content(self) -> Content:
        """What is said now, and what of it can be heard."""
        return self._said

    @property
    def trouble(self) -> tuple[Trouble, ...]:
        """What is wrong with something newer; empty when all is well."""
        return tuple(self._troubles())

    def feed(self, *speakers: Speaker) -> None:
        """Keep the `content` of each of `speakers` the one that is live."""
        self._speakers += speakers
        for speaker in speakers:
            speaker.content = self.content

    def wake(self, _: str = "") -> None:
        """Look again soon, whatever the notice says: others may have been missed."""
        self._woken.set()

    async def run(self, ear: Ear) -> None:
        """Follow the notices until cancelled."""
        async with ear.listening(CONTENT, self.wake):
            while True:
                await self._woken.wait()
                self._woken.clear()
                try:
                    await self.look()
                except StoreUnavailable:
                    await asyncio.sleep(AGAIN_S)
                    self.wake()
                except Exception:
                    # Whatever it is, what was live stays so, and the next notice is heard.
                    log.exception("content_not_looked_at")

    async def look(self, *, files: bool = False) -> None:
        """Bring what is said up to date.

        Args:
            files: Read the files again, too, also when nobody has asked for it since they were read.

        Raises:
            StoreUnavailable: The database is away; nothing has changed.
        """
        async with self._looking:
            async with self.db.transaction(durable=False) as conn:
                reloads = await content_edits.count_reloads(conn)
            if files or self._reloads not in {None, reloads}:
                await self._read_files()
            self._reloads = reloads
            async with self.db.transaction() as conn:
                overlaid = overlay(self.files, await content_edits.list_published(conn))
                published = await quiz_edits.list_published(conn)
                quizzes = overlay_quizzes(self.files, published, overlaid.content)
                if done := _in_files(overlaid.fates):
                    await content_edits.retire(conn, done, self.clock.now())
                if done := _in_files(quizzes.fates):
                    await quiz_edits.retire(conn, done, self.clock.now())
                heard = Voices(await voices.list_live(conn))
            self._exchange(overlaid, quizzes, heard)

    async def _read_files(self) -> None:
        now = self.clock.now()
        try:
            # In a thread: it takes about a second, and people are being answered.
            self.files = await asyncio.to_thread(load_content, self.root)
        except ContentError as exc:
            self._file_trouble = Trouble.of(exc, now)
            # Where it is, not the trace: a slip in a file is no fault of the program.
            log.warning("content_kept", file=exc.file, line=exc.line, key=exc.key)
        else:
            self.files_since, self._file_trouble = now, None

    def _exchange(self, overlaid: Overlaid, quizzes: OverlaidQuizzes, heard: Voices) -> None:
        """Let everybody speak from the new content; nothing is awaited here, so nobody sees half of it."""
        self.overlaid, self.quizzes = overlaid, quizzes
        said = quizzes.content
        # The same object where nothing is to be heard: whoever prepares something of it has nothing to do.
        self._said = replace(said, voices=heard) if heard != said.voices else said
        for speaker in self._speakers:
            speaker.content = self._said
        for number, problem in (*overlaid.problems.items(), *quizzes.problems.items()):
            log.warning("edit_not_live", edit=str(number), key=problem.key)

    def _troubles(self) -> Iterator[Trouble]:
        if self._file_trouble is not None:
            yield self._file_trouble
        for problem in (*self.overlaid.problems.values(), *self.quizzes.problems.values()):
            yield Trouble.of(problem, self.files_since)


def _in_files(fates: Mapping[UUID, Fate]) -> list[UUID]:
    return [each for each, fate in fates.items() if fate is Fate.IN_FILES]
