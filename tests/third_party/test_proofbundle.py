"""proofbundle on our tlog-proofs, with witnesses of both kinds."""

import json
from pathlib import Path

import pytest

from tests.third_party.served_log import MadeLog, Proven, bend
from tests.third_party.tools import Refused, proofbundle
from tests.witness_kit import ML, W1, W2

BOTH = (W1, ML)


def verify(log: MadeLog, proven: Proven, proof: Path, *witnesses: str, threshold: int = 2) -> str:
    leaf = proof.with_name("leaf.bin")
    leaf.write_bytes(proven.entry)
    keys = [part for key in witnesses for part in ("--witness-vkey", key)]
    return proofbundle(
        *("verify-proof", "--payload-file", leaf, "--log-vkey", log.vkey),
        *("--expected-origin", log.policy.origin, *keys, "--threshold", str(threshold)),
        *("--json", proof),
    )


def vkeys(*witnesses: object) -> list[str]:
    return [witness.key.to_text() for witness in witnesses]  # type: ignore[attr-defined]


def test_every_proof_is_accepted_with_both_kinds_of_witness(log: MadeLog) -> None:
    for size, proven in log.proven.items():
        answer = json.loads(verify(log, proven, proven.cosigned, *vkeys(*BOTH)))
        assert (answer["ok"], answer["index"], answer["tree_size"]) == (True, size - 1, size)
        assert [witness["ok"] for witness in answer["witnesses"].values()] == [True, True]


def test_a_proof_without_witnesses_is_accepted_where_none_is_asked_for(log: MadeLog) -> None:
    proven = log.proven[300]
    assert json.loads(verify(log, proven, proven.tlog_proof, threshold=0))["ok"]


def test_too_few_witnesses_are_refused(log: MadeLog) -> None:
    proven = log.proven[300]
    with pytest.raises(Refused):
        verify(log, proven, proven.tlog_proof, *vkeys(*BOTH))
    with pytest.raises(Refused):
        verify(log, proven, proven.cosigned, *vkeys(W1, W2))


def test_the_entry_of_another_record_is_refused(log: MadeLog) -> None:
    with pytest.raises(Refused):
        verify(log, log.proven[256], log.proven[257].cosigned, *vkeys(*BOTH))


def test_one_bent_byte_is_refused_wherever_it_stands(log: MadeLog, tmp_path: Path) -> None:
    proven = log.proven[300]
    body = proven.cosigned.read_bytes()
    places = {
        "header": body.index(b"tlog"),
        "index": body.index(b"index") + 6,
        "hash": body.index(b"\n", body.index(b"index")) + 9,
        "origin": body.index(b"log.example"),
        "size": body.index(b"300", body.index(b"log.example")),
        "root": body.index(b"\n300\n") + 9,
        "log signature": body.index("—".encode()) + 60,
        "witness": body.index(b"w1 ") + 60,
        "ML-DSA witness": body.index(b"w1-mldsa ") + 600,
    }
    for name, place in places.items():
        bent = tmp_path / "bent.tlog-proof"
        bent.write_bytes(bend(body, place))
        with pytest.raises(Refused):
            pytest.fail(f"{name}: {verify(log, proven, bent, *vkeys(*BOTH))}")
