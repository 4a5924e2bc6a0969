"""What is counted by segment.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables; of nobody who came before is it known in which segment they were."""
    op.create_table(
        "segment_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("touchpoint", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("cameras", sa.JSON(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_segment_parts_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_segment_parts"),
    )
    op.create_index("ix_segment_parts_site_id_day", "segment_parts", ["site_id", "day"])
    op.create_index("ix_segment_parts_expires_at", "segment_parts", ["expires_at"])
    op.create_table(
        "segment_cells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("age", sa.String(8)),
        sa.Column("gender", sa.String(8)),
        sa.Column("scored", sa.String(16), nullable=False),
        sa.Column("interactions", sa.Integer(), nullable=False),
        sa.Column("change_sum", sa.Float(53)),
        sa.Column("change_sd", sa.Float(53)),
        sa.Column("state_sum", sa.Float(53)),
        sa.Column("state_sd", sa.Float(53)),
        sa.ForeignKeyConstraint(
            ["part_id"], ["segment_parts.id"], name="fk_segment_cells_part_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_segment_cells"),
    )
    op.create_index("ix_segment_cells_part_id", "segment_cells", ["part_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("segment_cells")
    op.drop_table("segment_parts")
