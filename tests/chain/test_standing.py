"""Forks, replaced keys and a log that ended, on real chains: what a verifier says then."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from coincurve import PrivateKey
from typer.testing import CliRunner
from web3 import Web3

from liuhen.adapters.chain.deploy import Deployer
from liuhen.cli.main import app
from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_checks import RETIRED_AT
from liuhen.core.head_signature import HeadSignerKey, address_of, checkpoint_digest
from liuhen.core.keccak import keccak256
from liuhen.core.note import SignedNote
from liuhen.core.policy import ChainKind, Life, SizeRange, TrustedChain, TrustPolicy
from liuhen.core.receipt import Anchor, Receipt
from tests.chain.conftest import RunningChain
from tests.log_folder import write_log_folder
from tests.receipt_kit import Kit

NUMBERS = itertools.count()
GAS = 2_000_000
SEALED, ANCHORED = Life.SEALED, Life.ANCHORED


class Operator:
    """Keeps a small log on a real chain with its keys, and does what no operator may do."""

    def __init__(self, chain: RunningChain, folder: Path) -> None:
        self.chain, self.folder = chain, folder
        origin = f"test.example/logs/standing-{next(NUMBERS)}"
        self.kit, self.fork = Kit(origin=origin), Kit(origin=origin, data={"seat": "E1"})
        self.old, self.new = self.kit.signer_private, PrivateKey(b"\x0e" * 32)
        self.deployer = Deployer(chain.url, chain.deployer_key)
        signer = address_of(self.old.public_key)
        self.log = self.deployer.set_up(origin, self.deployer.address, signer)

    def send(self, name: str, *arguments: Any) -> None:
        """Call the contract as the log's owner, who is its publisher too."""
        views = self.deployer._contract(self.log.contract)
        data = views.encode_abi(name, [self.log.log_id, *arguments])
        self.deployer._sender.send(self.log.contract, bytes.fromhex(data[2:]), GAS)

    def anchor(self, old: int, new: int) -> None:
        proof = self.kit.tree.consistency(old, new) if old else []
        self.send("anchor", old, new, self.kit.tree.root(new), proof)

    def key(self, private: PrivateKey) -> HeadSignerKey:
        address = address_of(private.public_key)
        return HeadSignerKey(self.kit.origin, self.chain.chain_id, self.log.contract, address)

    def sign(self, kit: Kit, size: int, private: PrivateKey) -> bytes:
        head = Checkpoint(kit.origin, size, kit.tree.root(size))
        digest = checkpoint_digest(head, self.log.log_id, self.chain.chain_id, self.log.contract)
        raw = private.sign_recoverable(digest, hasher=None)
        return bytes(raw[:64] + bytes([raw[64] + 27]))

    def note(self, size: int, private: PrivateKey | None = None, kit: Kit | None = None) -> str:
        kit, private = kit or self.kit, private or self.old
        text = Checkpoint(kit.origin, size, kit.tree.root(size)).to_text()
        lines = (
            kit.log_key.line(kit.log_private.sign(text.encode())),
            self.key(private).line(self.sign(kit, size, private)),
        )
        return SignedNote(text, lines).to_text()

    def receipt(
        self, size: int, anchored: int | None = None, private: PrivateKey | None = None
    ) -> Receipt:
        anchors: tuple[Anchor, ...] = ()
        if anchored is not None:
            root, path = self.kit.tree.root(anchored), self.kit.tree.consistency(size, anchored)
            place = self.chain.chain_id, self.log.contract, self.log.log_id
            anchors = (Anchor(*place, anchored, root, tuple(path)),)
        return self.kit.receipt(size, checkpoint=self.note(size, private), anchors=anchors)

    def policy(self, require: Life, *keys: tuple[PrivateKey, SizeRange]) -> TrustPolicy:
        given = keys or ((self.old, SizeRange()),)
        return self.kit.policy(
            require,
            log_id=self.log.log_id,
            signers=tuple((self.key(private), sizes) for private, sizes in given),
            chain=TrustedChain(
                ChainKind.DEVELOPMENT, self.chain.chain_id, self.log.genesis_hash, 0
            ),
            contract=self.log.contract,
            code_hash=self.log.code_hash,
            max_anchor_age_seconds=2**50,
        )

    def verify(self, receipt: Receipt, policy: TrustPolicy) -> tuple[int, dict[str, Any]]:
        file, trusted = self.folder / "receipt.json", self.folder / "policy.json"
        file.write_text(receipt.to_text())
        trusted.write_text(policy.to_text())
        return self._run("verify", str(file), "--policy", str(trusted))

    def check_log(self, kit: Kit, size: int) -> tuple[int, dict[str, Any]]:
        """Look at a whole log as a third party that sees it for the first time."""
        place, trusted = self.folder / f"log-{next(NUMBERS)}", self.folder / "policy.json"
        entries = [keccak256(b"entry %d" % i) for i in range(size)]
        entries[kit.index] = kit.sealed.commitment
        write_log_folder(place, entries, self.note(size, kit=kit))
        trusted.write_text(self.policy(SEALED).to_text())
        state = place / "state.json"
        return self._run(
            "log", "check", str(place), "--policy", str(trusted), "--state", str(state)
        )

    def _run(self, *words: str) -> tuple[int, dict[str, Any]]:
        done = CliRunner().invoke(app, [*words, "--rpc", self.chain.url, "--json"])
        told: dict[str, Any] = json.loads(done.stdout)
        return done.exit_code, told


@pytest.fixture
def operator(chain: RunningChain, tmp_path: Path) -> Operator:
    return Operator(chain, tmp_path)


def warned(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = verdict["facts"]["warnings"]
    return found


def reason_of(verdict: dict[str, Any], code: str) -> str:
    (found,) = [check["reason"] for check in verdict["checks"] if check["code"] == code]
    return str(found)


def check_forked(operator: Operator, size: int, root: bytes, other_root: bytes) -> None:
    """Check what everybody says once the contract holds the proof."""
    code, verdict = operator.verify(operator.receipt(5), operator.policy(SEALED))
    assert (code, verdict["reason"], verdict["life"]) == (6, "log-forked", None)
    code, verdict = operator.verify(operator.receipt(5, 9), operator.policy(ANCHORED))
    assert (code, verdict["life"]) == (0, "final")
    assert reason_of(verdict, "standing") == "forked-and-anchored"
    (warning,) = warned(verdict)
    assert warning.pop("block") > 0
    assert warning == {
        "code": "log-forked",
        "signer": "0x" + address_of(operator.old.public_key).hex(),
        "size": size,
        "root": root.hex(),
        "other_root": other_root.hex(),
    }


def test_a_reported_fork_leaves_only_what_is_anchored(operator: Operator) -> None:
    operator.anchor(0, 4)
    operator.anchor(4, 9)
    for receipt, require in (
        (operator.receipt(5), SEALED),
        (operator.receipt(5, 9), ANCHORED),
    ):
        code, verdict = operator.verify(receipt, operator.policy(require))
        assert (code, warned(verdict)) == (0, [])
        assert reason_of(verdict, "standing") == "no-fork-proven"
    assert operator.check_log(operator.kit, 9)[0] == 0
    signed, true = operator.fork.tree.root(5), operator.kit.tree.root(5)
    proof = operator.kit.tree.consistency(5, 9)
    signature = operator.sign(operator.fork, 5, operator.old)
    operator.send("reportFork", 5, signed, signature, true, proof, 9)
    check_forked(operator, 5, signed, true)
    code, report = operator.check_log(operator.kit, 9)
    assert (code, report["reason"]) == (6, "one-side-of-fork")
    assert len(warned(report)) == 1
    code, report = operator.check_log(operator.fork, 9)
    assert (code, reason_of(report, "contract")) == (3, "another-head-in-contract")


def test_two_heads_of_one_size_beyond_what_is_anchored_are_a_fork_too(operator: Operator) -> None:
    operator.anchor(0, 9)
    heads = [operator.kit, operator.fork]
    one, other = (kit.tree.root(7) for kit in heads)
    signatures = [operator.sign(kit, 7, operator.old) for kit in heads]
    operator.send("reportDoubleSign", 7, one, signatures[0], other, signatures[1])
    check_forked(operator, 7, one, other)


def test_a_key_that_was_replaced_signs_in_vain_although_the_policy_is_old(
    operator: Operator,
) -> None:
    operator.anchor(0, 5)
    old_policy = operator.policy(SEALED)
    assert operator.verify(operator.receipt(7), old_policy)[0] == 0
    operator.send("setSigner", Web3.to_checksum_address(address_of(operator.new.public_key)), 6)
    code, verdict = operator.verify(operator.receipt(7), old_policy)
    assert (code, verdict["reason"]) == (6, "signer-not-for-this-size")
    code, verdict = operator.verify(operator.receipt(5, 5), old_policy)
    assert (code, verdict["life"]) == (0, "final")
    (facts,) = [each["facts"] for each in verdict["checks"] if each["code"] == "signer_signature"]
    assert facts[RETIRED_AT] == 6
    code, verdict = operator.verify(operator.receipt(6), old_policy)
    assert (code, verdict["reason"], verdict["life"]) == (4, "not-anchored-yet", None)
    newer = operator.policy(SEALED, (operator.old, SizeRange(0, 6)), (operator.new, SizeRange(7)))
    code, verdict = operator.verify(operator.receipt(7, private=operator.new), newer)
    assert (code, verdict["life"]) == (0, "sealed")
    stranger = operator.policy(SEALED, (PrivateKey(b"\x0f" * 32), SizeRange()))
    code, verdict = operator.verify(operator.receipt(7, private=PrivateKey(b"\x0f" * 32)), stranger)
    assert (code, verdict["reason"]) == (6, "signer-not-in-contract")


def test_a_log_that_ended_names_the_one_that_goes_on(
    operator: Operator, chain: RunningChain, tmp_path: Path
) -> None:
    next_one = Operator(chain, tmp_path)
    assert next_one.log.contract == operator.log.contract
    operator.anchor(0, 5)
    operator.send("close", 6, next_one.log.log_id)
    code, verdict = operator.verify(operator.receipt(5, 5), operator.policy(ANCHORED))
    assert (code, reason_of(verdict, "standing")) == (0, "log-closed")
    (warning,) = warned(verdict)
    assert warning.pop("block") > 0
    successor = "0x" + next_one.log.log_id.hex()
    assert warning == {"code": "log-closed", "final_size": 6, "successor": successor}
    code, verdict = operator.verify(operator.receipt(6), operator.policy(ANCHORED))
    assert (code, verdict["reason"]) == (4, "not-anchored-yet")
    code, verdict = operator.verify(operator.receipt(7), operator.policy(ANCHORED))
    assert (code, verdict["reason"]) == (6, "beyond-final-size")
    assert operator.check_log(operator.kit, 6)[0] == 0
    code, report = operator.check_log(operator.kit, 7)
    assert (code, reason_of(report, "standing")) == (3, "beyond-final-size")
    assert next_one.verify(next_one.receipt(5), next_one.policy(SEALED))[0] == 0
