"""pycose on our COSE receipts, and what RFC 9942 alone does not bind (evidence §9)."""

import dataclasses
from pathlib import Path

import pytest

from liuhen.core.cose_receipt import CoseReceipt, encode_receipt
from liuhen.core.errors import MalformedProof
from liuhen.core.proof_check import ClaimedEntry, check_proof
from liuhen.core.verdict import Outcome
from tests.third_party.served_log import MadeLog, Proven, bend
from tests.third_party.tools import pycose


def read(proven: Proven) -> CoseReceipt:
    return CoseReceipt.parse(proven.cose.read_bytes())


def test_every_receipt_is_accepted(log: MadeLog) -> None:
    answers = pycose(log.vkey, *[(each.cose, each.entry) for each in log.proven.values()])
    for size, answer in zip(log.proven, answers, strict=True):
        assert answer.startswith("ok ")
        assert f"read as entry {size - 1} of {size}," in answer


def test_bent_receipts_and_other_entries_are_refused(log: MadeLog, tmp_path: Path) -> None:
    proven = log.proven[257]
    body = proven.cose.read_bytes()
    receipts = [(proven.cose, log.proven[256].entry)]
    for place in range(len(body)):
        file = tmp_path / f"{place}.cose"
        file.write_bytes(bend(body, place))
        receipts.append((file, proven.entry))
    answers = pycose(log.vkey, *receipts)
    accepted = [answer for answer in answers if answer.startswith("ok ")]
    assert accepted == [], "one bit turned, and still accepted"


def test_index_and_size_can_be_read_anew_by_who_knows_rfc_9942_alone(
    log: MadeLog, tmp_path: Path
) -> None:
    proven = log.proven[257]  # entry 256 of 257: its path is one hash, the root of the rest
    whole = read(proven)
    assert (whole.signed.size, whole.index, len(whole.inclusion)) == (257, 256, 1)
    signed = whole.signed
    anew = tmp_path / "anew.cose"
    anew.write_bytes(encode_receipt(signed.protected(), 2, 1, whole.inclusion, signed.signature))
    (answer,) = pycose(log.vkey, (anew, proven.entry))
    assert answer.startswith("ok ")
    assert "read as entry 1 of 2," in answer, "the same root, another position"


def test_our_own_check_does_not_take_another_size(log: MadeLog) -> None:
    proven = log.proven[257]
    whole, claimed = read(proven), ClaimedEntry(proven.entry)
    signed = whole.signed
    other = encode_receipt(signed.protected(), 2, 1, whole.inclusion, signed.signature)
    with pytest.raises(MalformedProof):
        CoseReceipt.parse(other)
    smaller = CoseReceipt(dataclasses.replace(signed, size=2), 1, whole.inclusion)
    assert check_proof(whole, claimed, log.policy).outcome is Outcome.MATCH
    assert check_proof(smaller, claimed, log.policy).outcome is Outcome.DIFFERENT


def test_a_receipt_of_another_log_is_refused(log: MadeLog) -> None:
    proven = log.proven[2]
    name, rest = log.vkey.split("+", 1)
    (answer,) = pycose(f"{name}x+{rest}", (proven.cose, proven.entry))
    assert answer.startswith("refused ")
    assert "another issuer" in answer
