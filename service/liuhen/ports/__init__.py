"""What the application needs of the world, as Protocols with their guarantees.

Each port has a real implementation in `adapters/` and one in memory in `tests/fakes/` that can
fail before doing and after doing. An error of a store means "unknown", never "not done": who
gets one reads again before going on. Errors are those of `core.errors`; nothing of a database
driver, a chain library or an operating system comes through.
"""

from liuhen.ports.alarm import AlarmHook
from liuhen.ports.anchor import (
    AnchoredReading,
    AnchorLease,
    AnchorStore,
    AnchorTotals,
    NewAttempt,
    StoredAnchor,
    StoredAttempt,
)
from liuhen.ports.audit import RawRow, StoredTables
from liuhen.ports.blob import Blobs
from liuhen.ports.chain import (
    MOST_GAS,
    AnchorTx,
    Block,
    Chain,
    ChainIdentity,
    ChainTarget,
    MinedIn,
    NodeCondition,
    NodeRefused,
    NodeState,
    TransactionSigner,
    TxReceipt,
)
from liuhen.ports.clock import Clock
from liuhen.ports.erasure import ErasureJournal
from liuhen.ports.head import HeadRegister, HeadSigner, TextSigner
from liuhen.ports.log import (
    AnsweredKey,
    Appending,
    ErasedRecord,
    Group,
    LogReading,
    Logs,
    LogStore,
    LogWriting,
    MapHead,
    MappedCase,
    StoredHead,
    StoredLog,
    StoredRecord,
    StoredRow,
)
from liuhen.ports.witness import CosignedHead, CosignedReading, CosignedStore, OtherSize, Witness

__all__ = [
    "MOST_GAS",
    "AlarmHook",
    "AnchorLease",
    "AnchorStore",
    "AnchorTotals",
    "AnchorTx",
    "AnchoredReading",
    "AnsweredKey",
    "Appending",
    "Blobs",
    "Block",
    "Chain",
    "ChainIdentity",
    "ChainTarget",
    "Clock",
    "CosignedHead",
    "CosignedReading",
    "CosignedStore",
    "ErasedRecord",
    "ErasureJournal",
    "Group",
    "HeadRegister",
    "HeadSigner",
    "LogReading",
    "LogStore",
    "LogWriting",
    "Logs",
    "MapHead",
    "MappedCase",
    "MinedIn",
    "NewAttempt",
    "NodeCondition",
    "NodeRefused",
    "NodeState",
    "OtherSize",
    "RawRow",
    "StoredAnchor",
    "StoredAttempt",
    "StoredHead",
    "StoredLog",
    "StoredRecord",
    "StoredRow",
    "StoredTables",
    "TextSigner",
    "TransactionSigner",
    "TxReceipt",
    "Witness",
]
