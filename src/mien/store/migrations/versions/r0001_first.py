"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
        sa.UniqueConstraint("name", name="uq_sites_name"),
    )
    op.create_table(
        "cameras",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_cameras_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_cameras"),
        sa.UniqueConstraint("site_id", "name", name="uq_cameras_site_id_name"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer()),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("put_up_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_notices_camera_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_notices_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_site_id", "notices", ["site_id"])
    op.create_table(
        "recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("camera_id", sa.Integer()),
        sa.Column("touchpoint", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True)),
        sa.Column("duration_s", sa.Float(53)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_recordings_camera_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_recordings_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        sa.UniqueConstraint("key", name="uq_recordings_key"),
    )
    op.create_index("ix_recordings_expires_at", "recordings", ["expires_at"])
    op.create_index("ix_recordings_site_id", "recordings", ["site_id"])
    op.create_table(
        "media_grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recording_id", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_media_grants_recording_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_media_grants"),
        sa.UniqueConstraint("path", name="uq_media_grants_path"),
    )
    op.create_index("ix_media_grants_recording_id", "media_grants", ["recording_id"])
    op.create_index("ix_media_grants_until", "media_grants", ["until"])
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("settings_digest", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("position_s", sa.Float(53), nullable=False),
        sa.Column("checkpoint", sa.JSON(none_as_null=True)),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.Column("lease_token", sa.String(36)),
        sa.Column("lease_host", sa.Text()),
        sa.Column("lease_pid", sa.Integer()),
        sa.Column("lease_mark", sa.Text()),
        sa.Column("lease_since", sa.DateTime(timezone=True)),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_runs_recording_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint("recording_id", "generation", name="uq_runs_recording_id_generation"),
    )
    op.create_index(
        "uq_runs_visible",
        "runs",
        ["recording_id"],
        unique=True,
        sqlite_where=sa.text("visible"),
        postgresql_where=sa.text("visible"),
    )
    op.create_table(
        "interactions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer()),
        sa.Column("touchpoint", sa.Text()),
        sa.Column("type", sa.Text()),
        sa.Column("service_point", sa.Text()),
        sa.Column("shift", sa.Text()),
        sa.Column("protocol", sa.Text()),
        sa.Column("start_s", sa.Float(53), nullable=False),
        sa.Column("end_s", sa.Float(53), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("readings", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.Column("expressions", sa.JSON(none_as_null=True)),
        sa.Column("scale", sa.String(20), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_interactions_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_interactions_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interactions"),
        sa.UniqueConstraint("run_id", "uid", name="uq_interactions_run_id_uid"),
    )
    op.create_index("ix_interactions_expires_at", "interactions", ["expires_at"])
    op.create_index("ix_interactions_run_id_start_s_id", "interactions", ["run_id", "start_s", "id"])
    op.create_index(
        "ix_interactions_site_id_touchpoint_started_at",
        "interactions",
        ["site_id", "touchpoint", "started_at"],
    )
    op.create_index("ix_interactions_started_at", "interactions", ["started_at"])
    op.create_index("ix_interactions_uid", "interactions", ["uid"])
    op.create_table(
        "curves",
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name="fk_curves_interaction_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_curves"),
    )
    op.create_table(
        "moments",
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("t_s", sa.Float(53), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("change", sa.Float(53), nullable=False),
        sa.Column("probability", sa.Float(53), nullable=False),
        sa.CheckConstraint("kind IN ('rise', 'fall')", name=op.f("ck_moments_kind")),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name="fk_moments_interaction_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interaction_id", "position", name="pk_moments"),
    )
    op.create_table(
        "scores",
        sa.Column("interaction_id", sa.Integer(), nullable=False),
        sa.Column("eps", sa.Float(53)),
        sa.Column("eps_low", sa.Float(53)),
        sa.Column("eps_high", sa.Float(53)),
        sa.Column("initial_valence", sa.Float(53)),
        sa.Column("final_valence", sa.Float(53)),
        sa.Column("happiness_index", sa.Float(53)),
        sa.Column("hi_low", sa.Float(53)),
        sa.Column("hi_high", sa.Float(53)),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("usable_s", sa.Float(53), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("eps_mean", sa.Float(53)),
        sa.Column("eps_sd", sa.Float(53)),
        sa.Column("hi_mean", sa.Float(53)),
        sa.Column("hi_sd", sa.Float(53)),
        sa.Column("window_s", sa.Float(53)),
        sa.CheckConstraint(
            "outcome IN ('improved', 'worsened', 'unchanged', 'unclear')", name=op.f("ck_scores_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name="fk_scores_interaction_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("interaction_id", name="pk_scores"),
    )


def downgrade() -> None:
    """Drop every table, the dependent ones first."""
    for table in (
        "scores",
        "moments",
        "curves",
        "interactions",
        "runs",
        "media_grants",
        "recordings",
        "notices",
        "cameras",
        "sites",
    ):
        op.drop_table(table)
