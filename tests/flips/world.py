"""A log with something in every table: records, cases, keys, anchors, attempts, messages.

On real adapters, over a chain in memory that reads real signed txs.
"""

import dataclasses
from concurrent.futures import Future
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

from liuhen.adapters.chain.transaction_signer import LocalTransactionSigner
from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.erasures_file import ErasuresFile
from liuhen.adapters.register_file import RegisterFile, read_register
from liuhen.adapters.sql.anchor_lease import SqlAnchorLease
from liuhen.adapters.sql.anchor_store import SqlAnchorStore
from liuhen.adapters.sql.cosigned_store import SqlCosignedStore
from liuhen.adapters.sql.engine import Database, sqlite_url
from liuhen.adapters.sql.log_store import SqlLogs, SqlLogStore
from liuhen.adapters.sql.migrate import migrate
from liuhen.adapters.sql.stored_tables import SqlStoredTables, open_tables
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchoredLog, AnchorRules, Progress
from liuhen.app.append import Body
from liuhen.app.audit.finding import Finding
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.app.audit.run import Audit, AuditedLog, audit
from liuhen.app.erase import Eraser
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.open_log import find_or_create_log
from liuhen.app.waiting import ThreadSink
from liuhen.core.canonical import canonical
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.note import SignedNote
from liuhen.core.policy import ChainKind, TrustedChain, TrustPolicy
from liuhen.ports import AnchorTx, ChainIdentity, CosignedHead, StoredTables
from liuhen.wiring.anchoring import map_head_of_writer
from tests.check_log import policy_of
from tests.fakes.assembled_log import ORIGIN, TARGET, AssembledLog
from tests.fakes.chain import FakeChain, Tx
from tests.fakes.clock import FakeClock
from tests.witness_kit import W1

RULES = AnchorRules(development=True)


class SignedTxChain(FakeChain):
    """A chain that reads EIP-1559 txs in place of the fakes' own."""

    def send(self, raw_tx: bytes) -> None:
        tx = RawAnchorTx.parse(raw_tx)
        anchor = AnchorTx(
            *(TARGET, tx.old_size, tx.head, tx.consistency),
            *(tx.nonce, tx.max_fee_wei, tx.tip_wei, tx.gas_limit),
        )
        self.pool[tx.tx_hash] = Tx(tx.tx_hash, tx.sender, tx.nonce, tx.max_fee_wei, anchor)
        if self.automine:
            self.add_block()


class World:
    """The log, its chain, and an audit of it."""

    def __init__(self, folder: Path) -> None:
        """Make a log in a folder, with nothing in it but its opening."""
        self.folder, self._keys = folder, 0
        (folder / "data").mkdir()
        self.register = folder / "register" / "log.example_logs_jyg.register"
        self._open = ExitStack()
        self.database = database = Database(sqlite_url(folder / "data"))
        self.journal = ErasuresFile(self.register.with_suffix(".erasures"), ORIGIN)
        self._open.callback(database.close)
        migrate(database)
        self.log_id = find_or_create_log(SqlLogs(database), FakeClock(), ORIGIN).log_id
        register = RegisterFile(self.register, ORIGIN)
        self._open.callback(register.close)
        self.store = SqlLogStore(database, self.log_id)
        self.lease = SqlAnchorLease(database, self.log_id, TARGET, FakeClock(), 15.0)
        self.anchors = SqlAnchorStore(database, self.log_id, TARGET, FakeClock(), self.lease)
        self.log = AssembledLog(self.store, register, anchors=[self.anchors]).open()
        self._open.callback(self.log.close)
        self.chain = SignedTxChain()
        self.signer = LocalTransactionSigner(
            b"\x11" * 32, chain_id=TARGET.chain_id, contract=TARGET.contract
        )
        self.chain.balances[self.signer.address] = 10**18
        known = self.chain.known
        self.chain.told = ChainIdentity(
            *(known.chain_id, known.genesis_hash, known.code_hash),
            *(self.signer.address, self.log.signer.address),
        )

    def close(self) -> None:
        """Stop the service; the database stays."""
        self._open.close()

    def append(self, bodies: list[dict[str, Any]]) -> list[str]:
        """Append submissions in one group or few, each under a key of its own."""
        tickets: list[Future[Any]] = []
        for body in bodies:
            self._keys += 1
            key = f"key {self._keys}"
            request = self.log.appender.prepare(Body(canonical(body), None, key))
            tickets.append(Future())
            self.log.writer.submit(request, ThreadSink(), tickets[-1])
        return [ticket.result(60).record_id for ticket in tickets]

    def anchor(self, *, until_final: bool = True) -> None:
        """Anchor what there is: until it is final, or only until it is sent."""
        self.chain.automine = until_final
        anchorer = Anchorer(
            store=self.anchors,
            lease=self.lease,
            clock=FakeClock(),
            chain=self.chain,
            signer=self.signer,
            log=AnchoredLog(self.store, self.log.prover.tree, map_head_of_writer(self.log.writer)),
            expected=self.chain.told,
            rules=RULES,
            final_block=NewestFinalBlock(TARGET.chain_id),
        )
        for _ in range(30):
            progress = anchorer.step()
            if progress is Progress.IDLE or (progress is Progress.WAITING and not until_final):
                return

    def erase(self, record_id: str, *pointers: str) -> None:
        """Erase fields of a record."""
        eraser = Eraser(
            self.log.writer, self.store, self.journal, self.log.digest_key, self.log.clock
        )
        eraser.erase(record_id, pointers, "Art. 47")

    def cosign(self) -> None:
        """Have a witness cosign the newest head."""
        tree, note = self.log.writer.published
        line = W1.line(Checkpoint.parse(SignedNote.parse(note).text), 1_800_000_000)
        cosigned = SignedNote.parse(note).with_lines([line]).to_text()
        head = CosignedHead(tree.size, cosigned, True, {W1.key: tree.size})
        SqlCosignedStore(self.database, self.log_id).keep(head)

    def policy(self) -> TrustPolicy:
        """Return the log's policy, with the chain as it says it is."""
        told = self.chain.told
        return dataclasses.replace(
            policy_of(self.log.signer.log_key, self.log.signer.address, TARGET),
            chain=TrustedChain(ChainKind.DEVELOPMENT, told.chain_id, told.genesis_hash, 1),
            code_hash=told.code_hash,
            witnesses=(W1.key,),
        )

    def audit(self, tables: StoredTables | None = None) -> tuple[Audit, list[Finding]]:
        """Audit the log, or some other state of its tables."""
        found: list[Finding] = []
        log = AuditedLog(
            policy=self.policy(),
            tables=lambda: (
                open_tables(self.folder / "data", ORIGIN) if tables is None else nullcontext(tables)
            ),
            register=lambda: read_register(self.register, ORIGIN),
            digest_key=self.log.digest_key,
            calendar=ChinaCalendar(),
            chain=self.chain,
            erasures=self.journal.erasures,
        )
        return audit(log, found.append), found

    def tables(self, connection: Any) -> SqlStoredTables:
        """Return the tables as an open session sees them."""
        return SqlStoredTables(connection, self.log_id)
