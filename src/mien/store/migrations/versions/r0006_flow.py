"""What is counted at cameras.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table; what was not counted then cannot be counted now."""
    op.create_table(
        "flow_quarters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("watched_s", sa.Float(53), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_flow_quarters_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_flow_quarters_site_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_flow_quarters_camera_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_flow_quarters"),
        sa.UniqueConstraint("run_id", "begins_at", name="uq_flow_quarters_run_id_begins_at"),
    )
    op.create_index("ix_flow_quarters_site_id_begins_at", "flow_quarters", ["site_id", "begins_at"])
    op.create_index("ix_flow_quarters_expires_at", "flow_quarters", ["expires_at"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("flow_quarters")
