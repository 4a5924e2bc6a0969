"""What cameras counted by day and by month.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Make the table; `mien.store.migrate.prepare` fills it with what is stored already."""
    op.create_table(
        "flow_sums",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("span", sa.String(5), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("counted", sa.JSON(), nullable=False),
        sa.Column("doors", sa.JSON(none_as_null=True)),
        sa.CheckConstraint("span IN ('day', 'month')", name="span"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_flow_sums_site_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_flow_sums_camera_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("site_id", "camera_id", "span", "first", name="pk_flow_sums"),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("flow_sums")
