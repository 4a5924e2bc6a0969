"""Until when a channel leaves the other side alone.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; no channel pauses."""
    op.add_column("deliveries", sa.Column("paused_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    """Drop it again."""
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("paused_until")
