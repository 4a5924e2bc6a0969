"""Receipts, consents, how long what is stored is kept, and erasure.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_DAYS = ("readings_days", "interactions_days", "receipts_days")


def upgrade() -> None:
    """Make the tables, and the columns that tell when curves go; what is stored has no date until its site has days."""
    for name in _DAYS:
        op.add_column("sites", sa.Column(name, sa.Integer()))
    op.add_column("curves", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.create_index("ix_curves_expires_at", "curves", ["expires_at"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_reference", "consents", ["reference"])
    op.create_index("ix_consents_expires_at", "consents", ["expires_at"])
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("till", sa.Text(), nullable=False),
        sa.Column("service_point", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text()),
        sa.Column("consent_id", sa.Integer()),
        sa.Column("unjoined", sa.Text()),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consents.id"], name="fk_receipts_consent_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_receipts_site_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_receipts"),
        sa.UniqueConstraint("uid", name="uq_receipts_uid"),
    )
    op.create_index("ix_receipts_site_id_printed_at", "receipts", ["site_id", "printed_at"])
    op.create_index("ix_receipts_consent_id", "receipts", ["consent_id"])
    op.create_index("ix_receipts_expires_at", "receipts", ["expires_at"])
    op.create_table(
        "receipt_joins",
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("interaction_uid", sa.String(36), nullable=False),
        sa.Column("gap_s", sa.Float(53), nullable=False),
        sa.Column("odds", sa.Float(53), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name="fk_receipt_joins_receipt_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_receipt_joins"),
        sa.UniqueConstraint("interaction_uid", name="uq_receipt_joins_interaction_uid"),
    )
    op.create_index("ix_receipt_joins_expires_at", "receipt_joins", ["expires_at"])
    op.create_table(
        "withheld",
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("uid", name="pk_withheld"),
    )
    op.create_index("ix_withheld_expires_at", "withheld", ["expires_at"])
    op.create_table(
        "expiries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expiries"),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
    )


def downgrade() -> None:
    """Drop them again, the dependent ones first."""
    for table in ("erasures", "expiries", "withheld", "receipt_joins", "receipts", "consents"):
        op.drop_table(table)
    op.drop_index("ix_curves_expires_at", "curves")
    op.drop_column("curves", "expires_at")
    for name in reversed(_DAYS):
        op.drop_column("sites", name)
