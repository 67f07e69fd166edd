"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them all."""
    op.create_table(
        "log",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_log")),
        sa.UniqueConstraint("name", name=op.f("uq_log_name")),
        sa.UniqueConstraint("origin", name=op.f("uq_log_origin")),
    )
    op.create_table(
        "anchor",
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("contract", sa.LargeBinary(length=20), nullable=False),
        sa.Column("chain_log_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("has_checkpoint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=True),
        sa.Column("tx_index", sa.Integer(), nullable=True),
        sa.Column("log_position", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_anchor_log_id")),
        sa.PrimaryKeyConstraint("anchor_id", name=op.f("pk_anchor")),
        sa.UniqueConstraint(
            "log_id",
            "chain_id",
            "contract",
            "size",
            name=op.f("uq_anchor_log_id_chain_id_contract_size"),
        ),
    )
    op.create_table(
        "case_state",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last_index", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_case_state_log_id")),
        sa.PrimaryKeyConstraint("log_id", "case", name=op.f("pk_case_state")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "checkpoint",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_checkpoint_log_id")),
        sa.PrimaryKeyConstraint("log_id", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "cosigned",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_cosigned_log_id")),
        sa.PrimaryKeyConstraint("log_id", "size", name=op.f("pk_cosigned")),
    )
    op.create_table(
        "witness_size",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("witness", sa.LargeBinary(length=32), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_witness_size_log_id")),
        sa.PrimaryKeyConstraint("log_id", "witness", name=op.f("pk_witness_size")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entry",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_entry_log_id")),
        sa.PrimaryKeyConstraint("log_id", "entry_index", name=op.f("pk_entry")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "head",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recorded_at", sa.String(length=24), nullable=False),
        sa.Column("map_head", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_head_log_id")),
        sa.PrimaryKeyConstraint("log_id", name=op.f("pk_head")),
    )
    op.create_table(
        "idempotency",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("submission", sa.LargeBinary(length=32), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_idempotency_log_id")),
        sa.PrimaryKeyConstraint("log_id", "key", name=op.f("pk_idempotency")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "keyed_digest",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_keyed_digest_log_id")),
        sa.PrimaryKeyConstraint("log_id", "digest", "entry_index", name=op.f("pk_keyed_digest")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_outbox_log_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "tile",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("tile_index", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(length=8192), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_tile_log_id")),
        sa.PrimaryKeyConstraint("log_id", "level", "tile_index", name=op.f("pk_tile")),
    )
    op.create_table(
        "anchor_attempt",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("anchor_id", sa.Integer(), nullable=False),
        sa.Column("old_size", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.LargeBinary(length=20), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("max_fee_wei", sa.BigInteger(), nullable=False),
        sa.Column("tip_wei", sa.BigInteger(), nullable=False),
        sa.Column("gas_limit", sa.BigInteger(), nullable=False),
        sa.Column("raw_tx", sa.LargeBinary(), nullable=False),
        sa.Column("tx_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("block_time", sa.BigInteger(), nullable=True),
        sa.Column("tx_index", sa.Integer(), nullable=True),
        sa.Column("log_position", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["anchor_id"], ["anchor.anchor_id"], name=op.f("fk_anchor_attempt_anchor_id")
        ),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_anchor_attempt_log_id")),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_anchor_attempt")),
        sa.UniqueConstraint("tx_hash", name=op.f("uq_anchor_attempt_tx_hash")),
    )
    op.create_index(
        op.f("ix_anchor_attempt_anchor_id"), "anchor_attempt", ["anchor_id"], unique=False
    )
    op.create_table(
        "map_head",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id", "entry_index"],
            ["entry.log_id", "entry.entry_index"],
            name=op.f("fk_map_head_log_id_entry_index"),
        ),
        sa.PrimaryKeyConstraint("log_id", "entry_index", name=op.f("pk_map_head")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=64), nullable=True),
        sa.Column("case_seq", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.String(length=24), nullable=False),
        sa.Column("padded_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["log_id", "entry_index"],
            ["entry.log_id", "entry.entry_index"],
            name=op.f("fk_record_log_id_entry_index"),
        ),
        sa.PrimaryKeyConstraint("log_id", "entry_index", name=op.f("pk_record")),
        sa.UniqueConstraint(
            "log_id", "case", "case_seq", name=op.f("uq_record_log_id_case_case_seq")
        ),
        sa.UniqueConstraint("record_id", name=op.f("uq_record_record_id")),
    )
    op.create_table(
        "erased_record",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id", "entry_index"],
            ["record.log_id", "record.entry_index"],
            name=op.f("fk_erased_record_log_id_entry_index"),
        ),
        sa.ForeignKeyConstraint(["log_id"], ["log.log_id"], name=op.f("fk_erased_record_log_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_erased_record")),
    )
    op.create_index(
        op.f("ix_erased_record_log_id_entry_index"),
        "erased_record",
        ["log_id", "entry_index"],
        unique=False,
    )
    op.create_table(
        "mapped_case",
        sa.Column("log_id", sa.Integer(), nullable=False),
        sa.Column("case_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("map_head", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["log_id", "map_head"],
            ["map_head.log_id", "map_head.entry_index"],
            name=op.f("fk_mapped_case_log_id_map_head"),
        ),
        sa.PrimaryKeyConstraint("log_id", "case_key", "map_head", name=op.f("pk_mapped_case")),
        sqlite_with_rowid=False,
    )
