"""Every port has a real implementation and one in memory; the type checker compares them.

The functions are never called: that they are well typed is the test.
"""

import inspect

import liuhen.ports
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import FileSigner
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.appending import SqlAppending
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.ports import AnchorStore, Appending, Clock, HeadRegister, HeadSigner, Logs, LogStore
from tests.fakes.anchor_store import MemoryAnchorStore
from tests.fakes.clock import FakeClock
from tests.fakes.head_register import MemoryRegister
from tests.fakes.head_signer import KnownSigner
from tests.fakes.log_store import MemoryAppending, MemoryLogs, MemoryLogStore


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


def signers(real: FileSigner, fake: KnownSigner) -> list[HeadSigner]:
    return [real, fake]


def anchor_stores(real: SqlAnchorStore, fake: MemoryAnchorStore) -> list[AnchorStore]:
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
