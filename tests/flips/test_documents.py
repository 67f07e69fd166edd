"""What people carry away: receipts of every shape and proofs, bent byte by byte.

Every byte of a plain receipt is bent in tests/unit/core/test_examine.py, and every bit of a COSE
receipt beside its parser; proofs are bent under other people's verifiers in tests/third_party.
"""

import random
from collections.abc import Callable

import pytest

from liuhen.core.disclosure import Shown, Withheld
from liuhen.core.errors import Malformed
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.proof_check import ClaimedEntry, check_proof, parse_proof
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.tlog_proof import TlogProof
from liuhen.core.verdict import Outcome
from tests.detached_kit import content_of, detached_receipt
from tests.receipt_kit import Kit, judge
from tests.witness_kit import W1, W2, cosigned, head_of

KIT = Kit()
SEALED = KIT.receipt()
NEVER = {Outcome.MATCH, Outcome.WAITING}


def disclosure() -> Receipt:
    """Hide half of the data: some values, some with their names."""
    rows = [
        row
        if not isinstance(row, Shown) or row.path[0] != "data"
        else (row.withheld() if number % 2 else row.closed())
        for number, row in enumerate(SEALED.rows)
    ]
    assert any(isinstance(row, Withheld) for row in rows)
    return KIT.receipt(rows=tuple(rows))


def with_content() -> Receipt:
    content = content_of()
    return content.complete(detached_receipt(content))


def with_witnesses() -> Receipt:
    note = KIT.checkpoint(5)
    lines = [witness.line(head_of(note)) for witness in (W1, W2)]
    return KIT.receipt(checkpoint=cosigned(note, *lines))


RECEIPTS: dict[str, tuple[Callable[[], Receipt], TrustPolicy]] = {
    "disclosure": (disclosure, KIT.policy(require=Life.SEALED)),
    "content": (with_content, KIT.policy(require=Life.SEALED)),
    "witnesses": (
        with_witnesses,
        KIT.policy(require=Life.SEALED, witnesses=(W1.key, W2.key), quorum=2),
    ),
}


@pytest.mark.parametrize("name", RECEIPTS)
def test_a_receipt_with_a_bent_byte_is_never_a_match_and_never_waits(name: str) -> None:
    make, policy = RECEIPTS[name]
    receipt = make()
    assert judge(receipt, policy).outcome is Outcome.MATCH
    body, chance = receipt.to_text().encode(), random.Random(name)
    for at in range(chance.randrange(2), len(body), 2):
        bent = bytearray(body)
        bent[at] ^= 1 << chance.randrange(8)
        try:
            verdict = judge(parse_receipt(bytes(bent)), policy)
        except Malformed:
            continue
        assert verdict.outcome not in NEVER, (at, verdict.reason, bytes(bent[at - 9 : at + 9]))


def test_a_proof_file_with_a_bent_byte_is_never_a_match() -> None:
    proof = TlogProof(
        index=SEALED.entry_index,
        inclusion=SEALED.inclusion,
        checkpoint=with_witnesses().checkpoint,
    )
    policy = RECEIPTS["witnesses"][1]
    claimed = ClaimedEntry.of(SEALED)
    body, chance = proof.to_text().encode(), random.Random(3)
    assert check_proof(parse_proof(body), claimed, policy).outcome is Outcome.MATCH
    for at in range(len(body)):
        bent = bytearray(body)
        bent[at] ^= 1 << chance.randrange(8)
        try:
            verdict = check_proof(parse_proof(bytes(bent)), claimed, policy)
        except Malformed:
            continue
        assert verdict.outcome not in NEVER, at
