"""Every port has a real implementation and one in memory; the type checker compares them.

The functions are never called: that they are well typed is the test.
"""

import inspect

import liuhen.ports
from liuhen.adapters.alarm_command import AlarmCommand
from liuhen.adapters.alarm_url import AlarmUrl
from liuhen.adapters.blob_folder import BlobFolder
from liuhen.adapters.blob_s3 import BlobBucket
from liuhen.adapters.chain.transaction_signer import DigestTransactionSigner
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.http_witness import HttpWitness
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.signing.local_key import LocalTextSigner
from liuhen.adapters.signing.pkcs11_token import TokenTextSigner
from liuhen.adapters.signing.remote import RemoteHeadSigner, RemoteTransactionSigner
from liuhen.adapters.signing.secp256k1 import DigestHeadSigner
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.appending import SqlAppending
from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.stored_tables import SqlStoredTables
from liuhen.ports import (
    AlarmHook,
    AnchorStore,
    Appending,
    Blobs,
    Clock,
    CosignedStore,
    ErasureJournal,
    HeadRegister,
    HeadSigner,
    Logs,
    LogStore,
    StoredTables,
    TextSigner,
    TransactionSigner,
    Witness,
)
from tests.fakes.alarm_hook import MemoryHook
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.clock import FakeClock
from tests.fakes.cosigned_store import MemoryCosignedStore
from tests.fakes.erasure_journal import MemoryJournal
from tests.fakes.head_register import MemoryRegister
from tests.fakes.head_signer import KnownSigner
from tests.fakes.log_store import MemoryAppending, MemoryLogs, MemoryLogStore
from tests.fakes.stored_tables import MemoryTables
from tests.fakes.witness import MemoryWitness


def clocks(real: SystemClock, fake: FakeClock) -> list[Clock]:
    return [real, fake]


def log_stores(real: SqlLogStore, fake: MemoryLogStore) -> list[LogStore]:
    return [real, fake]


def sessions(real: SqlAppending, fake: MemoryAppending) -> list[Appending]:
    return [real, fake]


def logs(real: SqlLogs, fake: MemoryLogs) -> list[Logs]:
    return [real, fake]


def registers(real: RegisterFile, fake: MemoryRegister) -> list[HeadRegister]:
    return [real, fake]


def text_signers(
    local: LocalTextSigner, token: TokenTextSigner, fake: KnownSigner
) -> list[TextSigner]:
    return [local, token, fake]


def head_signers(
    digest: DigestHeadSigner, remote: RemoteHeadSigner, fake: KnownSigner
) -> list[HeadSigner]:
    return [digest, remote, fake]


def transaction_signers(
    digest: DigestTransactionSigner, remote: RemoteTransactionSigner
) -> list[TransactionSigner]:
    return [digest, remote]


def anchor_stores(real: SqlAnchorStore, fake: MemoryAnchorStore) -> list[AnchorStore]:
    return [real, fake]


def alarm_hooks(command: AlarmCommand, url: AlarmUrl, fake: MemoryHook) -> list[AlarmHook]:
    return [command, url, fake]


def witnesses(real: HttpWitness, fake: MemoryWitness) -> list[Witness]:
    return [real, fake]


def cosigned_stores(real: SqlCosignedStore, fake: MemoryCosignedStore) -> list[CosignedStore]:
    return [real, fake]


def blobs(folder: BlobFolder, bucket: BlobBucket, fake: MemoryBlobs) -> list[Blobs]:
    return [folder, bucket, fake]


def erasure_journals(real: ErasuresFile, fake: MemoryJournal) -> list[ErasureJournal]:
    return [real, fake]


def stored_tables(real: SqlStoredTables, fake: MemoryTables) -> list[StoredTables]:
    return [real, fake]


def test_all_methods_of_a_port_say_what_they_promise() -> None:
    for name in liuhen.ports.__all__:
        port = getattr(liuhen.ports, name)
        for member, value in inspect.getmembers(port, inspect.isfunction):
            if not member.startswith("_"):
                assert inspect.getdoc(value), f"{name}.{member}"


def test_the_system_clock_is_in_utc() -> None:
    offset = SystemClock().now().utcoffset()
    assert offset is not None
    assert not offset
