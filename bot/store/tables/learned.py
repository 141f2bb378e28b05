"""The tables of what quizzes have taught. For the role that reads them see `bot.store.tables.campaigns`."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.tables.base import CONTACT, NOW, Base
from bot.store.tables.campaigns import ZERO


class QuizCountRow(Base):
    """How often a question was answered and how often rightly, on a day, in a language; of whom is not kept."""

    __tablename__ = "quiz_counts"
    day: Mapped[date] = mapped_column(primary_key=True)
    quiz: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    fact: Mapped[str] = mapped_column(primary_key=True)
    locale: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    """`round`, or `finished` for a whole round: then `question` and `fact` are empty."""
    shown: Mapped[int] = mapped_column(Integer, server_default=ZERO)
    right: Mapped[int] = mapped_column(Integer, server_default=ZERO)


class CityRoundRow(Base):
    """How many rounds were finished for a city on a day, by people who wanted theirs to count for it; of whom is not kept."""

    __tablename__ = "city_rounds"
    city: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    finished: Mapped[int] = mapped_column(server_default=ZERO)


class StudyMemberRow(Base):
    """Somebody who agreed to be asked the same fact again after one and four weeks."""

    __tablename__ = "study_members"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[UUID] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    since: Mapped[datetime] = mapped_column(server_default=NOW)


class StudyAnswerRow(Base):
    """An answer to a question that measures what somebody knows of a fact."""

    __tablename__ = "study_answers"
    contact_id: Mapped[UUID] = mapped_column(
        ForeignKey(CONTACT, ondelete="CASCADE"), primary_key=True
    )
    fact: Mapped[str] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(primary_key=True)
    """`before`, `after`, `week1` or `week4`."""
    quiz: Mapped[str]
    question: Mapped[str]
    locale: Mapped[str]
    choices: Mapped[int]
    """Among how many possible answers a guess would choose; 0: asked, and not answered yet."""
    right: Mapped[bool | None]
    """None: they said that they do not know."""
    on: Mapped[date]
