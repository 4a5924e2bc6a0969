"""What is counted with an alert, and what must be alike for that.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the table and the column; of what was counted before nothing is known but how many there were."""
    op.add_column("alerts", sa.Column("alike", sa.String(100)))
    op.create_table(
        "alert_signals",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name="fk_alert_signals_alert_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("uid", name="pk_alert_signals"),
    )
    op.create_index("ix_alert_signals_alert_id", "alert_signals", ["alert_id"])
    op.create_index("ix_alert_signals_subject", "alert_signals", ["subject"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("alert_signals")
    op.drop_column("alerts", "alike")
