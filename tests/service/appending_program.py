"""A service that appends as fast as it can until it is killed; a program of its own.

Usage: appending_program.py FOLDER

Prints a line for each acknowledged record: its number, and the size and root hash of the
checkpoint in its receipt.
"""

import logging
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import structlog

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.clock import SystemClock
from liuhen.adapters.keys_file import LOOKUP_KEY, create_missing_keys, load_key
from liuhen.adapters.register_file import RegisterFile
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.app.append import Appender
from liuhen.app.case_rules import CaseRules
from liuhen.app.digest_key import DigestKey
from liuhen.app.log_writer import LogWriter
from liuhen.app.open_log import find_or_create_log, open_log
from liuhen.app.prove import Prover
from liuhen.app.seal import HeadSealer
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.note import SignedNote
from liuhen.core.receipt import parse_receipt
from liuhen.domain.facts import RuleContext
from liuhen.ports import ChainTarget
from liuhen.wiring.signers import open_head_signer, open_text_signer

ORIGIN = "log.example/logs/jyg"
TARGET = ChainTarget(20231, b"\xc3" * 20, b"\xd4" * 32)


@dataclass(frozen=True)
class Service:
    """A running log, and what must be closed to start it again in the same process."""

    writer: LogWriter
    appender: Appender
    register: RegisterFile
    database: Database

    def close(self) -> None:
        """Stop it."""
        self.writer.stop()
        self.register.close()
        self.database.close()


def open_service(folder: Path) -> Service:
    """Put a log together on real adapters and open it."""
    for name in ("data", "keys"):
        (folder / name).mkdir(exist_ok=True)
    create_missing_keys(folder / "keys")
    database = Database(sqlite_url(folder / "data"))
    migrate(database)
    clock = SystemClock()
    log = find_or_create_log(SqlLogs(database), clock, ORIGIN)
    store = SqlLogStore(database, log.log_id)
    register = RegisterFile(folder / "register" / "jyg.register", ORIGIN)
    keys = folder / "keys"
    signers = open_text_signer(keys, ORIGIN), open_head_signer(keys)
    sealer = HeadSealer(ORIGIN, register, *signers, [TARGET])
    digest_key = DigestKey(load_key(folder / "keys" / LOOKUP_KEY))
    rules = CaseRules(RuleContext(ChinaCalendar(), digest_key.mark))
    writer = LogWriter(ORIGIN, store, sealer, clock, rules)
    prover = Prover(store, [], lambda: writer.published, sealer.seal_size)
    appender = Appender(writer, prover.receipt_of, digest_key, clock)
    service = Service(writer, appender, register, database)
    try:
        open_log(writer, sealer, digest_key, clock)
    except BaseException:
        service.close()
        raise
    return service


def append_for_ever(appender: Appender, case: str) -> None:
    number = 0
    while True:
        number += 1
        body = f'{{"case":"{case}","data":{{"n":{number}}}}}'.encode()
        answer = appender.append_here(body)
        receipt = parse_receipt(answer.receipt.encode())
        head = Checkpoint.parse(SignedNote.parse(receipt.checkpoint).text)
        sys.stdout.write(f"{answer.record_id} {head.size} {head.root.hex()}\n")
        sys.stdout.flush()


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    service = open_service(Path(sys.argv[1]))
    for number in range(6):
        threading.Thread(
            target=append_for_ever, args=(service.appender, f"A-{number % 4}"), daemon=True
        ).start()
    while True:
        service.writer.request_map_head().result()
        threading.Event().wait(0.05)


if __name__ == "__main__":
    main()
