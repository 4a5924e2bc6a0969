"""What is now.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "live_states",
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["cameras.id"], name="fk_live_states_camera_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("camera_id", "kind", name="pk_live_states"),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("live_states")
