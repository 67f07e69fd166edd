"""Facts of cases, made anew from the records when a case is next needed; records found by type."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns and an index."""
    op.add_column("case_state", sa.Column("facts", sa.Text(), nullable=False, server_default="{}"))
    op.add_column(
        "case_state", sa.Column("rules", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index(
        op.f("ix_record_log_id_type_entry_index"),
        "record",
        ["log_id", "type", "entry_index"],
        unique=False,
    )
