"""Daily roll-ups, and the clock of each site.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_COLUMNS = {
    "interactions": int,
    "unread": int,
    "covered": int,
    "short": int,
    "turned": int,
    "unseen": int,
    "wide": int,
    "improved": int,
    "worsened": int,
    "unchanged": int,
    "unclear": int,
    "eps_sum": float,
    "eps_squares": float,
    "index_n": int,
    "index_sum": float,
    "index_squares": float,
    "ends_n": int,
    "initial_sum": float,
    "initial_squares": float,
    "final_sum": float,
    "final_squares": float,
    "falls_begin": int,
    "falls_middle": int,
    "falls_end": int,
    "fell_begin": int,
    "fell_middle": int,
    "fell_end": int,
    "usable_s": float,
}


def upgrade() -> None:
    """Make the tables; `mien.store.migrate.prepare` fills them with what is stored already."""
    op.create_index("ix_interactions_site_id_started_at", "interactions", ["site_id", "started_at"])
    op.add_column("sites", sa.Column("time_zone", sa.Text()))
    op.create_table(
        "rollup_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("sorting", sa.String(16), nullable=False),
        sa.Column("touchpoint", sa.Text()),
        sa.Column("type", sa.Text()),
        sa.Column("service_point", sa.Text()),
        sa.Column("shift", sa.Text()),
        sa.Column("protocol", sa.Text()),
        sa.Column("scale", sa.String(20), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_rollup_groups_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rollup_groups"),
    )
    op.create_index("ix_rollup_groups_site_id_sorting", "rollup_groups", ["site_id", "sorting"])
    op.create_table(
        "rollup_days",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(
            sa.Column(name, sa.Integer() if kind is int else sa.Float(53), nullable=False)
            for name, kind in _COLUMNS.items()
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["rollup_groups.id"], name="fk_rollup_days_group_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "day", name="pk_rollup_days"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("rollup_days")
    op.drop_table("rollup_groups")
    op.drop_index("ix_interactions_site_id_started_at", "interactions")
    op.drop_column("sites", "time_zone")
