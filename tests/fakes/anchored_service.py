"""The whole service over a chain in memory: real API, writer, anchorer and verifier."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from starlette.testclient import TestClient

from liuhen.api.served_log import ServedLog, ServedLogs
from liuhen.app.anchor import Anchorer
from liuhen.app.anchor_rules import AnchoredLog, AnchorRules, Progress
from liuhen.app.anchoring import AnchorLimits, AnchorWork, WatchedAnchoring
from liuhen.app.final_block import NewestFinalBlock
from liuhen.app.verify import VerifiedLog, Verifier
from liuhen.core.chain_view import ChainQuestion, NodeAnswer, NodeReport
from liuhen.core.errors import Unavailable
from liuhen.core.log_standing import AppointedSigner, LogStanding
from liuhen.core.policy import ChainKind, TrustedChain
from liuhen.wiring.anchoring import map_head_of_writer
from liuhen.wiring.app import build_app
from tests.check_log import policy_of
from tests.fakes.anchor_store import MemoryAnchorLease, MemoryAnchorStore
from tests.fakes.assembled_log import TARGET, AssembledLog
from tests.fakes.chain import FakeChain, FakeSigner
from tests.fakes.clock import FakeClock

DEPTH = 3
LIMITS = AnchorLimits(overdue_seconds=1800.0, daily_budget_wei=10**15)


class AnchoredService:
    """One log, its chain, and a client of its API. `work` is what the process says it does."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.chain = FakeChain(DEPTH)
        self.store = MemoryAnchorStore(TARGET, self.clock)
        self.log = AssembledLog(anchors=[self.store])
        self.log.clock = self.clock
        self.log.restart()
        self.log.open()
        known = self.chain.known
        self.policy = replace(
            policy_of(self.log.signer.log_key, self.log.signer.address, TARGET),
            chain=TrustedChain(ChainKind.DEVELOPMENT, known.chain_id, known.genesis_hash, DEPTH),
            code_hash=known.code_hash,
        )
        self.anchorer = Anchorer(
            store=self.store,
            lease=MemoryAnchorLease(),
            chain=self.chain,
            signer=FakeSigner(),
            log=AnchoredLog(
                self.log.store, self.log.prover.tree, map_head_of_writer(self.log.writer)
            ),
            expected=known,
            rules=AnchorRules(development=False, polls_before_resend=2),
            final_block=NewestFinalBlock(TARGET.chain_id),
            clock=self.clock,
        )
        self.work = AnchorWork(anchors_here=True, holds_lease=True, balance_wei=10**18)
        served = ServedLog(
            name="jyg",
            policy=self.policy,
            append=self.log.appender,
            append_many=self.log.bulk,
            erase=self.log.eraser,
            find=self.log.finder,
            prove=self.log.prover,
            anchors=[self.store],
            check_ready=self.log.writer.check_ready,
            rules=self.log.rules,
            store=self.log.store,
            clock=self.clock,
            anchoring=WatchedAnchoring(
                self.log.store, [self.store], lambda: self.work, LIMITS, self.clock
            ),
        )
        verified = VerifiedLog(self.policy, self.log.finder, self.log.prover, self.ask)
        self.logs = ServedLogs([served], Verifier([verified], self.clock))
        self.client = TestClient(build_app(self.logs, hosts=["testserver"]))

    def append(self) -> str:
        """Append a record; return its number."""
        answer = self.client.post("/v1/records", json={"data": {"score": "92.50"}})
        assert answer.status_code == 201, answer.text
        number: str = answer.headers["Liuhen-Record-Id"]
        return number

    def step(self, times: int = 12) -> None:
        """Let the anchorer do what it can without another block."""
        for _ in range(times):
            try:
                if self.anchorer.step() is Progress.IDLE:
                    return
            except Unavailable:
                continue

    def life(self, number: str) -> str:
        """Return how far a record has come, as the API tells it."""
        life: str = self.client.get(f"/v1/records/{number}").json()["life"]
        return life

    def ask(self, asked: ChainQuestion) -> Sequence[NodeReport]:
        """Answer a verifier as an honest node of the chain would, as it is now."""
        known = self.chain.known
        blocks = {number: self.chain.block(number) for number in asked.blocks}
        return [
            NodeAnswer(
                node="127.0.0.1:8545",
                chain_id=known.chain_id,
                genesis=known.genesis_hash,
                code_hash=known.code_hash,
                latest=self.chain.anchored_head(),
                tip=self.chain.height,
                standing=LogStanding(signers=(AppointedSigner(self.log.signer.address, 0),)),
                heads={size: self.chain.head_at(size) for size in asked.sizes},
                block_hashes={n: None if b is None else b.hash for n, b in blocks.items()},
                block_times={n: b.time for n, b in blocks.items() if b is not None},
            )
        ]


@contextmanager
def anchored_service() -> Iterator[AnchoredService]:
    """Run it."""
    service = AnchoredService()
    try:
        with service.client:
            yield service
    finally:
        service.log.close()
