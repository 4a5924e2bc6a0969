"""By which channels a task was made elsewhere.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_MADE = """
INSERT INTO task_channels (task_id, channel, fate)
SELECT tasks.id, deliveries.channel, 'made'
FROM tasks JOIN deliveries ON deliveries.site_id = tasks.site_id
WHERE deliveries.channel LIKE 'crm.%'
  AND NOT EXISTS (
    SELECT 1 FROM outbox WHERE outbox.subject = tasks.uid AND outbox.number > deliveries.number
  )
  AND NOT EXISTS (
    SELECT 1 FROM dispatches JOIN outbox ON outbox.number = dispatches.number
    WHERE outbox.subject = tasks.uid AND dispatches.channel = deliveries.channel
  )
"""


def upgrade() -> None:
    """Make the table; what customer systems were given already and nothing waits of is there."""
    op.create_table(
        "task_channels",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(40), nullable=False),
        sa.Column("fate", sa.String(10), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["tasks.id"], name="fk_task_channels_task_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", "channel", name="pk_task_channels"),
    )
    op.execute(sa.text(_MADE))


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("task_channels")
