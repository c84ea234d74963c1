"""The first tables: study, picture, image, participant, trial."""

from typing import Final

import sqlalchemy as sa
from alembic import op

revision: Final = "0001"
down_revision: Final = None
branch_labels: Final = None
depends_on: Final = None

ANSWER_FITS: Final = (
    "answer IS NULL OR (part = 'believe' AND answer IN (0, 1)) OR (part = 'rate' AND answer BETWEEN 1 AND 4) "
    "OR (part = 'practice' AND answer BETWEEN 0 AND 4)"
)


def upgrade() -> None:
    """Make them."""
    _study_and_pictures()
    _people()
    _trials()


def _study_and_pictures() -> None:
    op.create_table(
        "study",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("protocol", sa.Text, nullable=False),
        sa.Column("protocol_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_study"),
    )
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("study_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name="fk_picture_study_id", ondelete="CASCADE"),
        sa.UniqueConstraint("study_id", "number", name="uq_picture_study_id_number"),
        sa.CheckConstraint("role IN ('scored', 'practice', 'attention')", name=op.f("ck_picture_role")),
    )
    op.create_table(
        "image",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("file_sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_image"),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["picture.id"], name="fk_image_picture_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("picture_id", "kind", name="uq_image_picture_id_kind"),
        sa.UniqueConstraint("id", "picture_id", name="uq_image_id_picture_id"),
    )


def _people() -> None:
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("study_id", sa.Integer, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("age_band", sa.String(16), nullable=True),
        sa.Column("color_vision", sa.String(16), nullable=True),
        sa.Column("order_seed", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name="fk_participant_study_id", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("study_id", "number", name="uq_participant_study_id_number"),
        sa.UniqueConstraint("token_sha256", name="uq_participant_token_sha256"),
        sa.CheckConstraint(
            "color_vision IN ('normal', 'deficient', 'unsure')", name=op.f("ck_participant_color_vision")
        ),
        sa.CheckConstraint("round >= 1", name=op.f("ck_participant_round")),
    )


def _trials() -> None:
    op.create_table(
        "trial",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("participant_id", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("part", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("image_id", sa.Integer, nullable=False),
        sa.Column("picture_id", sa.Integer, nullable=False),
        sa.Column("attention", sa.Boolean, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Integer, nullable=True),
        sa.Column("response_ms", sa.Integer, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_trial"),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["participant.id"], name="fk_trial_participant_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["image_id", "picture_id"], ["image.id", "image.picture_id"], name="fk_trial_image_id_picture_id"
        ),
        sa.UniqueConstraint(
            "participant_id",
            "round",
            "part",
            "position",
            name="uq_trial_participant_id_round_part_position",
        ),
        sa.UniqueConstraint("participant_id", "picture_id", name="uq_trial_participant_id_picture_id"),
        sa.UniqueConstraint("token", name="uq_trial_token"),
        sa.CheckConstraint("part IN ('practice', 'believe', 'rate')", name=op.f("ck_trial_part")),
        sa.CheckConstraint(ANSWER_FITS, name=op.f("ck_trial_answer")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_trial_answered")),
        sa.CheckConstraint("response_ms >= 0", name=op.f("ck_trial_response_ms")),
    )
    op.create_index(
        "ix_trial_one_open",
        "trial",
        ["participant_id"],
        unique=True,
        sqlite_where=sa.text("answered_at IS NULL"),
        postgresql_where=sa.text("answered_at IS NULL"),
    )
    op.create_index("ix_trial_image_id_part", "trial", ["image_id", "part"])
