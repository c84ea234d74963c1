"""The tables of a study, as SQLAlchemy 2 sees them. How they came to be stands in `migrations/`.

What must hold is said to the database, not to the program alone: an answer fits its question and has a time;
a person meets a picture once, and has at most one trial without an answer.
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SHA256: Final = 64
"""Letters of a hash."""
CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints and indexes: each has one, so that a migration can change it."""

ANSWER_FITS: Final = (
    "answer IS NULL OR (part = 'believe' AND answer IN (0, 1)) OR (part = 'rate' AND answer BETWEEN 1 AND 4) "
    "OR (part = 'practice' AND answer BETWEEN 0 AND 4)"
)
UNANSWERED: Final = "answered_at IS NULL"


class UtcDateTime(TypeDecorator[datetime]):
    """A time in UTC; SQLite, which knows no time zones, stores it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy gives it
        """Give UTC back."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


class Base(DeclarativeBase):
    """Of all tables."""

    metadata = MetaData(naming_convention=CONVENTION)


class StudyRow(Base):
    """A study; a database may hold several."""

    __tablename__ = "study"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    protocol: Mapped[str] = mapped_column(Text)
    """Canonical JSON of `protocol.Protocol`."""
    protocol_sha256: Mapped[str] = mapped_column(String(SHA256))


class PictureRow(Base):
    """A photograph that was drawn."""

    __tablename__ = "picture"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        CheckConstraint("role IN ('scored', 'practice', 'attention')", name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Running number in the study, from 1."""
    role: Mapped[str] = mapped_column(String(16))
    """What it is for: pictures of practice and attention checks are set apart."""
    name: Mapped[str] = mapped_column(Text)
    """Its path below the folder that it was drawn from."""
    sha256: Mapped[str] = mapped_column(String(SHA256))
    """Of the photograph's file; of its pixels when it comes from a packed set."""
    width: Mapped[int]
    height: Mapped[int]


class ImageRow(Base):
    """What is shown of a picture: the truth, or what something made of it."""

    __tablename__ = "image"
    __table_args__ = (UniqueConstraint("picture_id", "kind"), UniqueConstraint("id", "picture_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(String(SHA256))
    """Of the PNG file, which has this name below images/."""


class ParticipantRow(Base):
    """A person who takes part: no name, no address, nothing that names the device."""

    __tablename__ = "participant"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        UniqueConstraint("token_sha256"),
        CheckConstraint("color_vision IN ('normal', 'deficient', 'unsure')", name="color_vision"),
        CheckConstraint("round >= 1", name="round"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Running number in the study, from 1."""
    token_sha256: Mapped[str] = mapped_column(String(SHA256))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    language: Mapped[str] = mapped_column(String(35))
    age_band: Mapped[str | None] = mapped_column(String(16))
    color_vision: Mapped[str | None] = mapped_column(String(16))
    order_seed: Mapped[int]
    """Decides the orders that the person sees."""
    round: Mapped[int]
    """The round that the person is in, from 1."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a whole round was answered for the first time."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TrialRow(Base):
    """A picture that a person is asked about, and the answer."""

    __tablename__ = "trial"
    __table_args__ = (
        UniqueConstraint("participant_id", "round", "part", "position"),
        UniqueConstraint("participant_id", "picture_id"),
        UniqueConstraint("token"),
        ForeignKeyConstraint(["image_id", "picture_id"], ["image.id", "image.picture_id"]),
        CheckConstraint("part IN ('practice', 'believe', 'rate')", name="part"),
        CheckConstraint(ANSWER_FITS, name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("response_ms >= 0", name="response_ms"),
        Index(
            "ix_trial_one_open",
            "participant_id",
            unique=True,
            sqlite_where=text(UNANSWERED),
            postgresql_where=text(UNANSWERED),
        ),
        Index(None, "image_id", "part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"))
    round: Mapped[int]
    """From 1."""
    part: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    """Place in the part, from 0."""
    image_id: Mapped[int]
    picture_id: Mapped[int]
    """The picture of the image, here so that the database can refuse it a second time."""
    attention: Mapped[bool]
    token: Mapped[str] = mapped_column(String(64))
    """Opaque; stands in the URL of the image."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    shown_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[int | None]
    response_ms: Mapped[int | None]
