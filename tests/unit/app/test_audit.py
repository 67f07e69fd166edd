"""The audit: what it finds beside bent rows, and what it says when it cannot look."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from liuhen.adapters.china_calendar import ChinaCalendar
from liuhen.adapters.register_file import read_register
from liuhen.adapters.sql.stored_tables import open_tables
from liuhen.app.audit.finding import Finding, Rule
from liuhen.app.audit.raw_tx import RawAnchorTx
from liuhen.app.audit.run import Audit, AuditedLog, audit
from liuhen.core.chain_view import NodeAnswer, NodeSilence
from liuhen.core.errors import AnchorMismatch, AuditError, HistoryMismatch, Unavailable
from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.merkle import TreeHead
from liuhen.core.verdict import Outcome
from liuhen.ports import AnchorTx
from tests.fakes.assembled_log import ORIGIN, TARGET
from tests.fakes.stored_tables import MemoryTables
from tests.flips.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    made.append([{"case": "A-1", "data": n} for n in range(3)])
    made.anchor()
    yield made
    made.close()


def run(world: World, **changes: Any) -> tuple[Audit, list[Finding]]:
    """Audit with some of the parts exchanged."""
    found: list[Finding] = []
    parts = AuditedLog(
        policy=world.policy(),
        tables=lambda: open_tables(world.folder / "data", ORIGIN),
        register=lambda: read_register(world.register, ORIGIN),
        digest_key=world.log.digest_key,
        calendar=ChinaCalendar(),
        chain=world.chain,
    )
    return audit(dataclasses.replace(parts, **changes), found.append), found


def rules(found: list[Finding]) -> set[tuple[Rule, str]]:
    return {(finding.rule, finding.place) for finding in found}


def test_a_log_that_is_well_is_found_to_be_well(world: World) -> None:
    done, found = run(world)
    assert (done.outcome, found) == (Outcome.MATCH, [])
    assert done.head == world.log.writer.published.tree


def test_an_audit_sees_the_log_as_it_was_when_it_began(world: World) -> None:
    before = world.log.writer.published.tree
    with open_tables(world.folder / "data", ORIGIN) as tables:
        world.append([{"case": "A-1", "data": "meanwhile"}])
        world.anchor()
        done, found = run(world, tables=lambda: nullcontext(tables), register=lambda: before)
    # The node was asked before the tables were opened in life; here it is ahead of them.
    assert rules(found) == {(Rule.CONTRACT, "contract")}
    assert done.head == before
    assert run(world)[0].outcome is Outcome.MATCH


def test_nothing_can_be_written_through_an_audit(world: World) -> None:
    with open_tables(world.folder / "data", ORIGIN) as tables:
        assert tables is not None
        with pytest.raises(Exception, match="readonly"):
            tables._connection.exec_driver_sql("DELETE FROM entry")


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"chain": None}, ["chain"]),
        ({"digest_key": None}, ["keyed_digest", "case_state"]),
        ({"register": lambda: None}, ["register"]),
    ],
)
def test_what_cannot_be_looked_at_is_said_once(
    world: World, changes: dict[str, Any], places: list[str]
) -> None:
    done, found = run(world, **changes)
    assert [(f.rule, f.place) for f in found] == [(Rule.NOT_CHECKED, each) for each in places]
    assert done.outcome is Outcome.COULD_NOT_CHECK


def failing(error: AuditError) -> Callable[[], Any]:
    def fail() -> Any:
        raise error

    return fail


@pytest.mark.parametrize(
    ("part", "error", "expected"),
    [
        ("register", Unavailable("no such disk"), (Rule.NOT_CHECKED, "register")),
        ("register", HistoryMismatch("damaged"), (Rule.REGISTER, "register")),
        ("erasures", Unavailable("no such disk"), (Rule.NOT_CHECKED, "erasures")),
        ("erasures", HistoryMismatch("damaged"), (Rule.RECORD, "erasures")),
    ],
)
def test_a_file_beside_the_database_that_fails_is_a_finding(
    world: World, part: str, error: AuditError, expected: tuple[Rule, str]
) -> None:
    _, found = run(world, **{part: failing(error)})
    assert expected in rules(found)


@pytest.mark.parametrize("head", [TreeHead(3, bytes(32)), TreeHead(99, bytes(32))])
def test_a_register_of_another_history_is_a_contradiction(world: World, head: TreeHead) -> None:
    done, found = run(world, register=lambda: head)
    assert rules(found) == {(Rule.REGISTER, "register")}
    assert done.outcome is Outcome.DIFFERENT


def test_a_contract_with_another_root_is_a_contradiction(world: World) -> None:
    world.chain.lying_root = bytes(32)
    done, found = run(world)
    assert rules(found) == {(Rule.CONTRACT, "contract"), (Rule.CONTRACT, "anchor")}
    assert done.outcome is Outcome.DIFFERENT


def test_a_final_anchor_that_the_contract_does_not_keep_is_a_contradiction(world: World) -> None:
    world.chain.forgetting["head_at"] = 1
    assert rules(run(world)[1]) == {(Rule.CONTRACT, "anchor")}


def test_a_node_that_does_not_answer_says_nothing(world: World) -> None:
    world.chain.down = True
    done, found = run(world)
    assert [(f.rule, f.place) for f in found] == [(Rule.NOT_CHECKED, "chain")]
    assert done.outcome is Outcome.COULD_NOT_CHECK


def test_a_node_that_falls_silent_half_way_is_asked_no_more(world: World) -> None:
    world.chain.failures["head_at"] = "before"
    assert [(f.rule, f.place) for f in run(world)[1]] == [(Rule.NOT_CHECKED, "chain")]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("chain_id", Rule.NOT_CHECKED),
        ("genesis_hash", Rule.NOT_CHECKED),
        ("code_hash", Rule.CONTRACT),
        ("signer", Rule.CONTRACT),
    ],
)
def test_a_node_of_another_chain_or_contract_is_noticed(
    world: World, name: str, rule: Rule
) -> None:
    policy = world.policy()
    value: Any = 5 if name == "chain_id" else bytes(20)
    world.chain.told = dataclasses.replace(world.chain.told, **{name: value})
    assert rules(run(world, policy=policy)[1]) == {(rule, "chain")}


def test_a_database_without_the_log_is_a_contradiction(world: World) -> None:
    done, found = run(world, tables=lambda: nullcontext(None))
    assert rules(found) == {(Rule.MISSING, "log")}
    assert done.outcome is Outcome.DIFFERENT


def test_a_table_that_is_not_known_is_said_to_be_unchecked(world: World) -> None:
    with open_tables(world.folder / "data", ORIGIN) as tables:
        assert tables is not None
        names = tables.names()
        tables.names = lambda: names | {"log"}  # type: ignore[method-assign]
        memory = MemoryTables({})
        memory.content["newer"] = []
    _, found = run(world, tables=lambda: nullcontext(memory))
    assert (Rule.NOT_CHECKED, "newer") in rules(found)


def test_an_erased_field_of_which_no_record_tells_is_found(world: World) -> None:
    number = world.append([{"data": {"name": "somebody"}}])[0]
    world.erase(number, "/data/name")
    erasures = world.journal.erasures()
    assert run(world, erasures=lambda: erasures)[0].outcome is Outcome.MATCH
    other = dataclasses.replace(erasures[0], record_id=erasures[0].erasure_id)
    done, found = run(world, erasures=lambda: [other])
    assert rules(found) == {(Rule.NOT_CHECKED, "erasures")}
    assert done.outcome is Outcome.COULD_NOT_CHECK


def signed(world: World) -> bytes:
    raw, _ = world.signer.sign_anchor(
        AnchorTx(TARGET, 3, TreeHead(8, b"\7" * 32), [b"\1" * 32], 5, 10**9, 10**6, 200_000)
    )
    return raw


def test_a_signed_tx_is_read_back(world: World) -> None:
    tx = RawAnchorTx.parse(signed(world))
    assert (tx.chain_id, tx.contract, tx.log_id) == (
        TARGET.chain_id,
        TARGET.contract,
        TARGET.log_id,
    )
    assert (tx.old_size, tx.head, tx.consistency) == (3, TreeHead(8, b"\7" * 32), (b"\1" * 32,))
    assert (tx.nonce, tx.max_fee_wei, tx.tip_wei, tx.gas_limit) == (5, 10**9, 10**6, 200_000)
    assert tx.sender == world.signer.address


def test_a_bent_tx_is_refused_or_another(world: World) -> None:
    raw = signed(world)
    for at in range(len(raw)):
        bent = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        try:
            tx = RawAnchorTx.parse(bent)
        except AuditError:
            continue
        assert tx.sender != world.signer.address
        assert tx.tx_hash != RawAnchorTx.parse(raw).tx_hash


@pytest.mark.parametrize("raw", [b"", b"\1", b"\2\xc0", b"\2\x80", b"{}"])
def test_what_is_no_anchoring_tx_is_refused(raw: bytes) -> None:
    with pytest.raises(AnchorMismatch):
        RawAnchorTx.parse(raw)


# What the contract says of the log as a whole


def told(world: World, **changes: Any) -> NodeAnswer:
    """Return what a node of the policy's chain says, where all is well but the changes."""
    policy = world.policy()
    signers = (AppointedSigner(world.log.signer.address, 0),)
    return NodeAnswer(
        node="node",
        chain_id=policy.chain.id,
        genesis=policy.chain.genesis,
        code_hash=policy.code_hash,
        latest=TreeHead(0, bytes(32)),
        tip=30,
        standing=dataclasses.replace(LogStanding(signers=signers), **changes),
    )


def size_of(world: World) -> int:
    return world.log.writer.published.tree.size


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda world: {
                "mark": ForkMark(world.log.signer.address, 2, b"\1" * 32, b"\2" * 32, 21)
            },
            "a fork was shown in block 21: for 2 entries",
        ),
        (
            lambda world: {"closing": LogClosing(size_of(world) - 1, None, 21)},
            "the log ended at",
        ),
        (
            lambda world: {
                "signers": (
                    AppointedSigner(world.log.signer.address, 0),
                    AppointedSigner(b"\x0e" * 20, size_of(world)),
                )
            },
            "are signed there by 0x" + "0e" * 20,
        ),
    ],
)
def test_what_the_contract_says_against_the_log_is_a_contradiction(
    world: World, change: Callable[[World], dict[str, Any]], said: str
) -> None:
    done, (finding,) = run(world, standing=lambda: told(world, **change(world)))
    assert (finding.rule, finding.place) == (Rule.CONTRACT, "standing")
    assert said in finding.what
    assert done.outcome is Outcome.DIFFERENT


@pytest.mark.parametrize(
    "change",
    [
        lambda _: {},
        lambda world: {"closing": LogClosing(size_of(world), bytes(32), 21)},
        lambda world: {
            "signers": (
                AppointedSigner(world.log.signer.address, 0),
                AppointedSigner(b"\x0e" * 20, size_of(world) + 1),
            )
        },
        lambda _: {"signers": ()},  # that the log is not registered is said elsewhere
    ],
)
def test_a_log_that_ended_or_changes_its_key_in_order_is_well(
    world: World, change: Callable[[World], dict[str, Any]]
) -> None:
    done, found = run(world, standing=lambda: told(world, **change(world)))
    assert (done.outcome, found) == (Outcome.MATCH, [])


def test_a_node_that_does_not_tell_the_standing_leaves_it_open(world: World) -> None:
    done, (finding,) = run(world, standing=lambda: NodeSilence("node", "no answer"))
    assert (finding.rule, finding.place, finding.what) == (
        Rule.NOT_CHECKED,
        "standing",
        "no answer",
    )
    assert done.outcome is Outcome.COULD_NOT_CHECK


def test_what_a_node_of_another_chain_says_of_the_log_is_not_heard(world: World) -> None:
    mark = ForkMark(world.log.signer.address, 2, b"\1" * 32, b"\2" * 32, 21)
    foreign = dataclasses.replace(told(world, mark=mark), genesis=b"\5" * 32)
    assert run(world, standing=lambda: foreign)[1] == []
