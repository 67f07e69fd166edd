"""Anchors: what attempts cost, how often a reorganisation struck, chains started anew, a lease."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and a table; the same size may be anchored on a chain started anew."""
    with op.batch_alter_table("anchor") as table:
        table.add_column(sa.Column("wiped", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("reorgs", sa.Integer(), nullable=False, server_default="0"))
        table.drop_constraint(op.f("uq_anchor_log_id_chain_id_contract_size"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_anchor_log_id_chain_id_contract_wiped_size"),
            ["log_id", "chain_id", "contract", "wiped", "size"],
        )
    with op.batch_alter_table("anchor_attempt") as table:
        table.add_column(sa.Column("fee_wei", sa.BigInteger(), nullable=True))
        table.drop_constraint(op.f("uq_anchor_attempt_tx_hash"), type_="unique")
        table.create_unique_constraint(
            op.f("uq_anchor_attempt_anchor_id_tx_hash"), ["anchor_id", "tx_hash"]
        )
    op.create_index(
        op.f("ix_anchor_attempt_sender_nonce"), "anchor_attempt", ["sender", "nonce"], unique=False
    )
    # What is counted and looked for all the time is found without reading the rows themselves.
    op.drop_index(op.f("ix_anchor_attempt_anchor_id"), "anchor_attempt")
    op.create_index(
        op.f("ix_anchor_attempt_anchor_id_state_fee_wei"),
        "anchor_attempt",
        ["anchor_id", "state", "fee_wei"],
        unique=False,
    )
    op.create_index(
        op.f("ix_anchor_log_id_chain_id_contract_wiped_state_reorgs"),
        "anchor",
        ["log_id", "chain_id", "contract", "wiped", "state", "reorgs"],
        unique=False,
    )
    # The newest ones are looked at all the time.
    op.create_index(
        op.f("ix_anchor_log_id_chain_id_contract_wiped_anchor_id"),
        "anchor",
        ["log_id", "chain_id", "contract", "wiped", "anchor_id"],
        unique=False,
    )
    op.create_table(
        "anchor_lease",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("contract", sa.LargeBinary(length=20), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_anchor_lease_log_id")),
        sa.PrimaryKeyConstraint("log_id", "chain_id", "contract", name=op.f("pk_anchor_lease")),
        sqlite_with_rowid=False,
    )
