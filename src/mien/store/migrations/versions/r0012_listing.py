"""An index by which the interactions of a site are listed, the newest first.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make it."""
    op.create_index("ix_interactions_site_id_started_at", "interactions", ["site_id", "started_at"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_interactions_site_id_started_at", "interactions")
