"""The tables beside a line: the file that came with it, and whether its words are hard to read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import NOW, Base

LINE = "transcript.id"


class AttachmentRow(Base):
    """A file of a line of a talk. It goes with its line, so it is kept no longer than the words around it."""

    __tablename__ = "attachments"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(LINE, ondelete="CASCADE"), unique=True
    )
    """One file a line, and one line a message of the person."""
    state: Mapped[str]
    """`coming` (its platform still has it), `kept` or `refused`."""
    kind: Mapped[str | None]
    """`picture`, `voice` or `pdf`, as its bytes say; None while it is coming, and where it was refused."""
    why: Mapped[str | None]
    """Why it was refused: a key of `flows/pages/attachments.yml`."""
    source_sealed: Mapped[bytes | None]
    """Where it is fetched from; emptied once that is done."""
    bytes_sealed: Mapped[bytes | None]
    preview_sealed: Mapped[bytes | None]
    """A picture of a few dots, of which nothing can be made out but its colours."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)


class LineVeilRow(Base):
    """What somebody of the staff has said of a line: that it is hard to read, or that it is not."""

    __tablename__ = "line_veils"
    line_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey(LINE, ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    veiled: Mapped[bool]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
