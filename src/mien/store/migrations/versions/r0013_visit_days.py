"""Visits by day.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the table; `mien.store.migrate.prepare` fills it with what is stored already."""
    op.create_table(
        "visit_days",
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("joined", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_visit_days_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("site_id", "day", name="pk_visit_days"),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("visit_days")
