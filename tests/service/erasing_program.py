"""A service that appends, begins to erase a field, and is killed at one step; a program of its own.

Usage: erasing_program.py FOLDER STEP

Prints what must not be found afterwards: record number, secret and salt in hex, a line each.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.sql import appending
from liuhen.adapters.sql.engine import Database
from liuhen.app.rows import rows_of
from liuhen.app.seal import HeadSealer
from liuhen.core.canonical import canonical
from liuhen.core.disclosure import Shown
from tests.fakes.running_service import running_logs

VALUE = "张三的电话 13800138000"
BODY = canonical({"case": "A-1", "data": {"phone": VALUE, "price": "100.00"}})
BASIS = "PIPL art. 47"
Method = Callable[..., Any]


def killing(method: Method, *, before: bool) -> Method:
    """Return the method with the end of this process around it."""

    def call(*args: Any, **named: Any) -> Any:
        if not before:
            method(*args, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    return call


def plan(step: str) -> None:
    """Let this process be killed at a step."""
    match step:
        case "before-noting":
            ErasuresFile.add = killing(ErasuresFile.add, before=True)  # type: ignore[method-assign]
        case "noted":
            ErasuresFile.add = killing(ErasuresFile.add, before=False)  # type: ignore[method-assign]
        case "erased-uncommitted":
            killed = killing(appending.SqlAppending.erase, before=False)
            appending.SqlAppending.erase = killed  # type: ignore[method-assign]
        case "committed":
            HeadSealer.seal = killing(HeadSealer.seal, before=True)  # type: ignore[method-assign]
        case "signed":
            HeadSealer.seal = killing(HeadSealer.seal, before=False)  # type: ignore[method-assign]
        case "before-wal":
            Database.cut_wal = killing(Database.cut_wal, before=True)  # type: ignore[method-assign]


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    folder, step = Path(sys.argv[1]), sys.argv[2]
    with running_logs(folder) as logs:
        log = logs.get(None)
        for number in range(20):
            log.append.append_here(b'{"data":{"n":%d}}' % number)
        record_id = log.append.append_here(BODY, idempotency_key="key").record_id
        record = log.find.record(record_id)
        rows = {row.path: row for row in rows_of(record) if isinstance(row, Shown)}
        assert record.secret is not None
        salt = rows["data", "phone"].salt
        sys.stdout.write(f"{record_id}\n{record.secret.hex()}\n{salt.hex()}\n")
        sys.stdout.flush()
        plan(step)
        log.erase.erase(record_id, ["/data/phone"], BASIS)


if __name__ == "__main__":
    main()
