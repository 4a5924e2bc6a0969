"""Visits, and how pairs of cameras differ.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables; of what is stored already nobody knows who came with whom."""
    op.create_table(
        "visits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.String(20)),
        sa.Column("eps", sa.Float(53)),
        sa.Column("eps_low", sa.Float(53)),
        sa.Column("eps_high", sa.Float(53)),
        sa.Column("outcome", sa.String(20)),
        sa.Column("reason", sa.Text()),
        sa.Column("calibrated", sa.Boolean()),
        sa.Column("eps_mean", sa.Float(53)),
        sa.Column("eps_sd", sa.Float(53)),
        sa.Column("eps_shared_sd", sa.Float(53)),
        sa.Column("scale", sa.String(20)),
        sa.Column("reader", sa.Text()),
        sa.Column("stops", sa.JSON()),
        sa.Column("event_id", sa.String(36)),
        sa.Column("told", sa.String(64)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("ended IN ('exit', 'not seen again', 'closing', 'interrupted')", name="ended"),
        sa.CheckConstraint("outcome IN ('improved', 'worsened', 'unchanged', 'unclear')", name="outcome"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_visits_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.UniqueConstraint("uid", name="uq_visits_uid"),
    )
    op.create_index("ix_visits_site_id_started_at", "visits", ["site_id", "started_at"])
    op.create_index("ix_visits_site_id_ended", "visits", ["site_id", "ended"])
    op.create_index("ix_visits_expires_at", "visits", ["expires_at"])
    op.create_table(
        "visit_interactions",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("interaction_uid", sa.String(36), nullable=False),
        sa.Column("probability", sa.Float(53)),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name="fk_visit_interactions_visit_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "position", name="pk_visit_interactions"),
        sa.UniqueConstraint("interaction_uid", name="uq_visit_interactions_interaction_uid"),
    )
    op.create_table(
        "camera_pairs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("from_camera_id", sa.Integer(), nullable=False),
        sa.Column("to_camera_id", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(20), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("mean_offset", sa.Float(53), nullable=False),
        sa.Column("offset_variance", sa.Float(53), nullable=False),
        sa.Column("variance", sa.Float(53), nullable=False),
        sa.Column("testers", sa.Integer(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_camera_pairs_site_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["from_camera_id"], ["cameras.id"], name="fk_camera_pairs_from_camera_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["to_camera_id"], ["cameras.id"], name="fk_camera_pairs_to_camera_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_camera_pairs"),
    )
    op.create_index(
        "ix_camera_pairs_site_id_from_camera_id_to_camera_id",
        "camera_pairs",
        ["site_id", "from_camera_id", "to_camera_id"],
    )


def downgrade() -> None:
    """Drop them again, the dependent ones first."""
    for table in ("camera_pairs", "visit_interactions", "visits"):
        op.drop_table(table)
