"""What a case keeps sealed beside its level: what was told of danger, and what the person wished for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.store.crypto import DataKey
from bot.understanding.model import Risk

PURPOSE = "case.details"


@dataclass(frozen=True)
class Details:
    """The sealed part of a case."""

    kinds: tuple[str, ...] = ()
    subject: str = "unknown"
    wishes: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The name to be called by, the counsellor's gender and language; only what the person asked for."""

    @classmethod
    def of(cls, risk: Risk, wishes: Mapping[str, str]) -> Self:
        """Return the details of a case that begins."""
        return cls(risk.kinds, risk.subject, dict(wishes))

    @classmethod
    def opened(cls, sealed: bytes | None, key: DataKey) -> Self:
        """Return what `sealed` made, or nothing known where nothing was kept."""
        if sealed is None:
            return cls()
        data = key.open_json(sealed, PURPOSE)
        return cls(tuple(data["kinds"]), data["subject"], data.get("wishes", {}))

    def sealed(self, key: DataKey) -> bytes:
        """Return the form that is stored."""
        data = {"kinds": list(self.kinds), "subject": self.subject, "wishes": dict(self.wishes)}
        return key.seal_json(data, PURPOSE)
