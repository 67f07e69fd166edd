"""The tables. Every one carries `log_id`; one service may keep several logs.

Names, types and constraints here and in `migration/versions` must agree; a test compares a
migrated database with this metadata. Hashes, keys and raw bytes are BLOBs; times of records are
the text that was committed to, so they are never converted.

Narrow and hot are apart from wide and cold: `entry` is 32 bytes a row, `record` holds content
and secrets. `tile` holds full rows of hashes, and above level 0 also the unfinished ones: those
change once in 256 entries, while an unfinished row of level 0 is simply the newest entries.
"""

from datetime import datetime
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

_NARROW = {"sqlite_with_rowid": False}
"""Small rows found by their primary key only: SQLite keeps them in the key's own tree."""


def _log() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["log_id"], ["log.log_id"])


class LogRow(SQLModel, table=True):
    """A log of this service."""

    __tablename__: ClassVar[str] = "log"
    log_id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(String(200), nullable=False, unique=True))
    origin: str = Field(sa_column=Column(String(200), nullable=False, unique=True))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class HeadRow(SQLModel, table=True):
    """The head of a log: the row that whoever appends must hold."""

    __tablename__: ClassVar[str] = "head"
    __table_args__ = (_log(),)
    log_id: int = Field(primary_key=True)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    recorded_at: str = Field(sa_column=Column(String(24), nullable=False))
    map_head: int = Field(sa_column=Column(BigInteger, nullable=False))


class EntryRow(SQLModel, table=True):
    """The 32 bytes of one entry."""

    __tablename__: ClassVar[str] = "entry"
    __table_args__ = (PrimaryKeyConstraint("log_id", "entry_index"), _log(), _NARROW)
    log_id: int
    entry_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    entry: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))


class RecordRow(SQLModel, table=True):
    """The content of one record, with the secret its salts come from.

    After an erasure both are zeros of the same length, and an `erased_record` row stands in their
    place: SQLite writes what keeps its length over the old bytes, and copies nothing elsewhere.
    """

    __tablename__: ClassVar[str] = "record"
    __table_args__ = (
        PrimaryKeyConstraint("log_id", "entry_index"),
        ForeignKeyConstraint(["log_id", "entry_index"], ["entry.log_id", "entry.entry_index"]),
        UniqueConstraint("record_id"),
        UniqueConstraint("log_id", "case", "case_seq"),
        Index(None, "log_id", "type", "entry_index"),
    )
    log_id: int
    entry_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    record_id: str = Field(sa_column=Column(String(36), nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    secret: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    type: str = Field(sa_column=Column(String(64), nullable=False))
    case: str | None = Field(sa_column=Column(String(64)))
    case_seq: int | None = Field(sa_column=Column(BigInteger))
    recorded_at: str = Field(sa_column=Column(String(24), nullable=False))
    padded_to: int | None = Field(default=None)


class ErasedRecordRow(SQLModel, table=True):
    """What is left of a record after an erasure: the `rows` of its receipts.

    Rows are only added at the end, and overwritten with zeros when the next erasure supersedes
    them (`stands` is false then): one that was moved would leave a copy in a page's free space.
    """

    __tablename__: ClassVar[str] = "erased_record"
    __table_args__ = (
        ForeignKeyConstraint(["log_id", "entry_index"], ["record.log_id", "record.entry_index"]),
        _log(),
        Index(None, "log_id", "entry_index"),
    )
    number: int | None = Field(default=None, primary_key=True)
    log_id: int
    entry_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    stands: bool
    rows: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class TileRow(SQLModel, table=True):
    """A row of hashes of the tree: up to 256 of 32 bytes."""

    __tablename__: ClassVar[str] = "tile"
    __table_args__ = (PrimaryKeyConstraint("log_id", "level", "tile_index"), _log())
    log_id: int
    level: int
    tile_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    hashes: bytes = Field(sa_column=Column(LargeBinary(8192), nullable=False))


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint kept for good: size 0 and every size that ends in a map head."""

    __tablename__: ClassVar[str] = "checkpoint"
    __table_args__ = (PrimaryKeyConstraint("log_id", "size"), _log())
    log_id: int
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class CosignedRow(SQLModel, table=True):
    """A checkpoint that enough witnesses cosigned."""

    __tablename__: ClassVar[str] = "cosigned"
    __table_args__ = (PrimaryKeyConstraint("log_id", "size"), _log())
    log_id: int
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    note: str = Field(sa_column=Column(Text, nullable=False))


class WitnessSizeRow(SQLModel, table=True):
    """The size that a witness is believed to have cosigned last; `witness` is its vkey's digest."""

    __tablename__: ClassVar[str] = "witness_size"
    __table_args__ = (PrimaryKeyConstraint("log_id", "witness"), _log(), _NARROW)
    log_id: int
    witness: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))


class CaseRow(SQLModel, table=True):
    """The state of a case.

    `facts` is canonical JSON made by the rules of version `rules`; what other rules made of the
    records is made anew when the case is next needed.
    """

    __tablename__: ClassVar[str] = "case_state"
    __table_args__ = (PrimaryKeyConstraint("log_id", "case"), _log(), _NARROW)
    log_id: int
    case: str = Field(sa_column=Column(String(64), nullable=False))
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    last_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    sealed: bool
    facts: str = Field(sa_column=Column(Text, nullable=False))
    rules: int


class MapHeadRow(SQLModel, table=True):
    """A map head: an entry that commits to the case map before it."""

    __tablename__: ClassVar[str] = "map_head"
    __table_args__ = (
        PrimaryKeyConstraint("log_id", "entry_index"),
        ForeignKeyConstraint(["log_id", "entry_index"], ["entry.log_id", "entry.entry_index"]),
        _NARROW,
    )
    log_id: int
    entry_index: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))


class MappedCaseRow(SQLModel, table=True):
    """What a map head says of a case; valid until a later row of the same key."""

    __tablename__: ClassVar[str] = "mapped_case"
    __table_args__ = (
        PrimaryKeyConstraint("log_id", "case_key", "map_head"),
        ForeignKeyConstraint(["log_id", "map_head"], ["map_head.log_id", "map_head.entry_index"]),
        _NARROW,
    )
    log_id: int
    case_key: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    map_head: int = Field(sa_column=Column(BigInteger, nullable=False))
    salt: bytes = Field(sa_column=Column(LargeBinary(16), nullable=False))
    count: int = Field(sa_column=Column(BigInteger, nullable=False))
    head: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))


class IdempotencyRow(SQLModel, table=True):
    """An idempotency key that was used, both sides keyed digests; `submission` may be erased."""

    __tablename__: ClassVar[str] = "idempotency"
    __table_args__ = (PrimaryKeyConstraint("log_id", "key"), _log(), _NARROW)
    log_id: int
    key: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    submission: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    record_id: str = Field(sa_column=Column(String(36), nullable=False))


class KeyedDigestRow(SQLModel, table=True):
    """A keyed digest of something a record contains, for lookup (evidence §2)."""

    __tablename__: ClassVar[str] = "keyed_digest"
    __table_args__ = (PrimaryKeyConstraint("log_id", "digest", "entry_index"), _log(), _NARROW)
    log_id: int
    digest: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    entry_index: int = Field(sa_column=Column(BigInteger, nullable=False))


class AnchorRow(SQLModel, table=True):
    """A head that is to stand, or stands, in a contract.

    `wiped` is 0 while its chain goes on; else which of the chains it was on, counted from 1, that
    were started anew: only development chains are, and what stood on them is kept to be looked at.
    """

    __tablename__: ClassVar[str] = "anchor"
    __table_args__ = (
        UniqueConstraint("log_id", "chain_id", "contract", "wiped", "size"),
        _log(),
        Index(None, "log_id", "chain_id", "contract", "wiped", "state", "reorgs"),
        Index(None, "log_id", "chain_id", "contract", "wiped", "anchor_id"),
    )
    anchor_id: int | None = Field(default=None, primary_key=True)
    log_id: int
    chain_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    contract: bytes = Field(sa_column=Column(LargeBinary(20), nullable=False))
    chain_log_id: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    wiped: int = Field(default=0)
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    root: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    has_checkpoint: bool
    state: str = Field(sa_column=Column(String(16), nullable=False))
    block_number: int | None = Field(sa_column=Column(BigInteger))
    block_hash: bytes | None = Field(sa_column=Column(LargeBinary(32)))
    block_time: int | None = Field(sa_column=Column(BigInteger))
    tx_index: int | None = Field(default=None)
    log_position: int | None = Field(default=None)
    evidence: str | None = Field(sa_column=Column(Text))
    reorgs: int = Field(default=0)
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class AnchorAttemptRow(SQLModel, table=True):
    """One signed tx for an anchor, stored before it is sent."""

    __tablename__: ClassVar[str] = "anchor_attempt"
    __table_args__ = (
        _log(),
        ForeignKeyConstraint(["anchor_id"], ["anchor.anchor_id"]),
        UniqueConstraint("anchor_id", "tx_hash"),  # a chain started anew may see the same tx again
        Index(None, "anchor_id", "state", "fee_wei"),
        Index(None, "sender", "nonce"),
    )
    attempt_id: int | None = Field(default=None, primary_key=True)
    log_id: int
    anchor_id: int
    old_size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sender: bytes = Field(sa_column=Column(LargeBinary(20), nullable=False))
    nonce: int = Field(sa_column=Column(BigInteger, nullable=False))
    max_fee_wei: int = Field(sa_column=Column(BigInteger, nullable=False))
    tip_wei: int = Field(sa_column=Column(BigInteger, nullable=False))
    gas_limit: int = Field(sa_column=Column(BigInteger, nullable=False))
    raw_tx: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    tx_hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    state: str = Field(sa_column=Column(String(16), nullable=False))
    block_number: int | None = Field(sa_column=Column(BigInteger))
    block_hash: bytes | None = Field(sa_column=Column(LargeBinary(32)))
    block_time: int | None = Field(sa_column=Column(BigInteger))
    tx_index: int | None = Field(default=None)
    log_position: int | None = Field(default=None)
    fee_wei: int | None = Field(sa_column=Column(BigInteger))
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))
    changed_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class AnchorLeaseRow(SQLModel, table=True):
    """Which anchorer works, and until when nobody else may."""

    __tablename__: ClassVar[str] = "anchor_lease"
    __table_args__ = (PrimaryKeyConstraint("log_id", "chain_id", "contract"), _log(), _NARROW)
    log_id: int
    chain_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    contract: bytes = Field(sa_column=Column(LargeBinary(20), nullable=False))
    holder: str = Field(sa_column=Column(String(32), nullable=False))
    expires_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


class OutboxRow(SQLModel, table=True):
    """A message to the outside, stored with the change it tells of."""

    __tablename__: ClassVar[str] = "outbox"
    __table_args__ = (_log(),)
    message_id: int | None = Field(default=None, primary_key=True)
    log_id: int
    topic: str = Field(sa_column=Column(String(64), nullable=False))
    anchor_id: int
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True), nullable=False))


METADATA = SQLModel.metadata
"""All tables above."""


def table_of(row: type[SQLModel]) -> Table:
    """Return the table behind a row class, for Core statements."""
    return METADATA.tables[str(row.__tablename__)]
