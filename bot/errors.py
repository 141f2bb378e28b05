"""The error tree; every leaf knows who reads it.

SuarError
├── ContentError      a flow, answer or catalogue is wrong: file, line, key, what was expected, how to mend it
├── SetupError        this machine or its configuration: said in one line, with the mend
├── Refused           an expected "no", shown to the person or the staff, never paged
│   ├── NotFound      also "not yours": from outside the two look the same
│   │   └── NoSuchLine  of a talk that is theirs
│   ├── Conflict      somebody else was faster, or the thing has moved on
│   ├── ConsentMissing
│   ├── NotSure       it may be somebody else who writes: the check question comes first
│   ├── Watched       somebody else may be looking at the person's phone: nothing is shown there
│   ├── NotTaken      a file: too large, of another type, broken, or one too many
│   ├── NotDrawn      a picture that cannot be made: its words are sent without it
│   └── TooManyTries
├── Unavailable       the NLU service, a provider or the database is away; the work is tried again
│   ├── NluUnavailable
│   └── StoreUnavailable
└── SendError         (in `bot.channels.errors`) a closed set of what can go wrong when sending
"""


class SuarError(Exception):
    """Something Suar knows how to name."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class ContentError(SuarError):
    """A flow, an answer or a catalogue is wrong."""

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        line: int | None = None,
        key: str | None = None,
        mend: str | None = None,
    ) -> None:
        self.file = file
        self.line = line
        self.key = key
        """The path of keys inside the file, such as ``answers.3.title``; it stands in `problem` too."""
        self.problem = problem
        self.mend = mend
        where = f"{file}:{line}" if line else file
        super().__init__(f"{where}: {problem}" + (f" (to mend: {mend})" if mend else ""))


class SetupError(SuarError):
    """This machine or its configuration keeps Suar from starting."""


class Refused(SuarError):
    """An expected no."""


class NotFound(Refused):
    """There is nothing of that name for you."""


class NoSuchLine(NotFound):
    """The talk has no line of that number that you may read."""


class Conflict(Refused):
    """Somebody else was faster, or the thing has moved on."""


class ConsentMissing(Refused):
    """The person has not agreed to this."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(f"consent missing: {scope}")


class NotSure(Refused):
    """Somebody else may be writing: what the person told is covered until the check question is answered."""


class Watched(Refused):
    """Somebody else may be looking at the person's phone: nothing is shown there now."""


class TooManyTries(Refused):
    """Too many tries; wait a little."""

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(f"too many tries, wait {retry_after_s:.0f} s")


class NotTaken(Refused):
    """A file that is not taken."""

    def __init__(self, why: str) -> None:
        self.why = why
        """A key of `flows/pages/attachments.yml`; of a counsellor's file also `named` (it may say who made it), of a picture for a
        campaign also `animated` and `no_alt`."""
        super().__init__(f"not taken: {why}")


class NotDrawn(Refused):
    """A picture that cannot be made."""

    def __init__(self, why: str) -> None:
        self.why = why
        """A code for the log: `no_glyph`, `no_shaping`, `unknown`, `too_large`."""
        super().__init__(f"not drawn: {why}")


class Unavailable(SuarError):
    """A service that Suar leans on is away."""


class NluUnavailable(Unavailable):
    """The language-understanding service did not answer in time."""


class StoreUnavailable(Unavailable):
    """The database did not answer."""
