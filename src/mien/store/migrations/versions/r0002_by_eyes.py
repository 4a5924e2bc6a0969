"""How many readings of an interaction were made from the eyes alone.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column; what is stored was read before covers were noticed, so it holds none."""
    op.add_column("interactions", sa.Column("by_eyes", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop it again."""
    op.drop_column("interactions", "by_eyes")
