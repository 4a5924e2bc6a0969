"""Indexes by site and date: what of a site goes next is asked on a page.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"

_TABLES = "interactions", "visits", "receipts", "flow_quarters"


def upgrade() -> None:
    """Make them."""
    for table in _TABLES:
        op.create_index(f"ix_{table}_site_id_expires_at", table, ["site_id", "expires_at"])


def downgrade() -> None:
    """Drop them again."""
    for table in _TABLES:
        op.drop_index(f"ix_{table}_site_id_expires_at", table)
