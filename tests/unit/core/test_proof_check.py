"""Proofs in other people's forms, checked against the trust policy."""

import dataclasses

import pytest

from liuhen.core.canonical import JsonObject
from liuhen.core.cose_receipt import CoseReceipt
from liuhen.core.errors import ProofMismatch
from liuhen.core.head_checks import key_facts
from liuhen.core.note import SignedNote
from liuhen.core.policy import Life, SizeRange, TrustPolicy
from liuhen.core.proof_check import ClaimedEntry, check_proof, parse_proof
from liuhen.core.shown import ShownRecord
from liuhen.core.tlog_proof import TlogProof
from liuhen.core.verdict import Check, Outcome, State, Verdict
from tests.proof_kit import cose_receipt, tlog_proof
from tests.receipt_kit import Kit
from tests.witness_kit import ML, W1, cosigned, head_of

KIT, OTHER = Kit(), Kit(seed=2)
RECEIPT = KIT.receipt()
CLAIMED = ClaimedEntry.of(RECEIPT)
FINAL = KIT.policy(Life.FINAL)


def without_line(note: str, number: int) -> str:
    signed = SignedNote.parse(note)
    lines = tuple(line for i, line in enumerate(signed.signatures) if i != number)
    return SignedNote(signed.text, lines).to_text()


def judge(
    proof: TlogProof | CoseReceipt, policy: TrustPolicy = FINAL, claimed: ClaimedEntry = CLAIMED
) -> tuple[Outcome, str]:
    verdict = check_proof(proof, claimed, policy)
    seals = verdict.outcome is Outcome.MATCH and isinstance(proof, TlogProof)
    assert verdict.life is (Life.SEALED if seals else None)
    return verdict.outcome, verdict.reason


MATCH = (Outcome.MATCH, "all-required-checks-passed")
PROOFS: list[TlogProof | CoseReceipt] = [tlog_proof(KIT), cose_receipt(KIT)]
both = pytest.mark.parametrize("proof", PROOFS, ids=["tlog-proof", "COSE"])


def states(verdict: Verdict) -> dict[str, State]:
    return {check.code: check.state for check in verdict.checks}


@both
@pytest.mark.parametrize("life", Life)
def test_a_good_proof_matches_whatever_the_policy_asks_of_receipts(
    proof: TlogProof | CoseReceipt, life: Life
) -> None:
    assert judge(proof, KIT.policy(life)) == MATCH


@both
def test_an_entry_in_hex_is_enough(proof: TlogProof | CoseReceipt) -> None:
    assert judge(proof, claimed=ClaimedEntry(CLAIMED.entry)) == MATCH


def test_a_tlog_proof_claims_a_position_and_a_cose_receipt_does_not() -> None:
    position, membership = (check_proof(proof, CLAIMED, FINAL).facts for proof in PROOFS)
    assert (position["claims"], position["entry_index"]) == ("position", KIT.index)
    assert (membership["claims"], membership["entry_index"]) == ("membership", None)


def test_every_check_is_listed() -> None:
    tlog, cose = (states(check_proof(proof, CLAIMED, FINAL)) for proof in PROOFS)
    assert list(tlog) == ["commitment", "origin", "inclusion", "log_signature", "signer_signature"]
    assert list(cose) == ["commitment", "origin", "log_signature", "inclusion", "signer_signature"]
    assert cose.pop("signer_signature") is State.NOT_CHECKED
    assert set(tlog.values()) == set(cose.values()) == {State.PASSED}


def test_one_signature_of_two_is_never_called_sealed() -> None:
    for proof, life in zip(PROOFS, (Life.SEALED, None), strict=True):
        verdict = check_proof(proof, CLAIMED, FINAL)
        assert (verdict.outcome, verdict.life) == (Outcome.MATCH, life)


def test_both_kinds_are_told_apart_by_what_is_in_them() -> None:
    tlog, cose = PROOFS
    assert isinstance(tlog, TlogProof)
    assert isinstance(cose, CoseReceipt)
    assert parse_proof(tlog.to_text().encode()) == tlog
    assert parse_proof(cose.to_bytes()) == cose


@both
def test_another_entry_is_different(proof: TlogProof | CoseReceipt) -> None:
    code = "inclusion" if isinstance(proof, TlogProof) else "log_signature"
    assert judge(proof, claimed=ClaimedEntry(bytes(32))) == (Outcome.DIFFERENT, code)


@both
def test_a_path_of_another_length_is_different(proof: TlogProof | CoseReceipt) -> None:
    short = dataclasses.replace(proof, inclusion=proof.inclusion[:-1])
    assert judge(short) == (Outcome.DIFFERENT, "inclusion")


@both
def test_a_bent_path_is_different(proof: TlogProof | CoseReceipt) -> None:
    path = (bytes(32), *proof.inclusion[1:])
    assert judge(dataclasses.replace(proof, inclusion=path))[0] is Outcome.DIFFERENT


@both
def test_a_log_that_the_policy_does_not_name_cannot_be_checked(
    proof: TlogProof | CoseReceipt,
) -> None:
    elsewhere = Kit(origin="log.example/logs/other").policy()
    claimed = ClaimedEntry(CLAIMED.entry)
    assert judge(proof, elsewhere, claimed) == (Outcome.COULD_NOT_CHECK, "origin-not-in-policy")


def test_a_record_of_another_log_is_different() -> None:
    claimed = dataclasses.replace(CLAIMED, origin="log.example/logs/other")
    for proof in PROOFS:
        assert judge(proof, claimed=claimed) == (Outcome.DIFFERENT, "origin")


@both
def test_a_key_that_the_policy_does_not_name_cannot_be_checked(
    proof: TlogProof | CoseReceipt,
) -> None:
    policy = KIT.policy(log_keys=OTHER.policy().log_keys, signers=OTHER.policy().signers)
    assert judge(proof, policy) == (Outcome.COULD_NOT_CHECK, "no-line-by-a-policy-key")


@both
@pytest.mark.parametrize("sizes", [SizeRange(6), SizeRange(0, 4)], ids=["later", "earlier"])
def test_a_key_for_other_sizes_cannot_be_checked(
    proof: TlogProof | CoseReceipt, sizes: SizeRange
) -> None:
    policy = KIT.policy(log_keys=((KIT.log_key, sizes),))
    assert judge(proof, policy) == (Outcome.COULD_NOT_CHECK, "key-not-for-this-size")


def test_both_lines_of_a_checkpoint_are_needed() -> None:
    for number in (0, 1):
        proof = tlog_proof(KIT, checkpoint=without_line(KIT.checkpoint(5), number))
        assert judge(proof) == (Outcome.COULD_NOT_CHECK, "no-line-by-a-policy-key")


def test_a_bent_signature_is_different() -> None:
    for number, code in enumerate(["log_signature", "signer_signature"]):
        signed = SignedNote.parse(KIT.checkpoint(5))
        lines = list(signed.signatures)
        bent = bytes([lines[number].signature[0] ^ 1]) + lines[number].signature[1:]
        lines[number] = dataclasses.replace(lines[number], signature=bent)
        note = SignedNote(signed.text, tuple(lines)).to_text()
        assert judge(tlog_proof(KIT, checkpoint=note)) == (Outcome.DIFFERENT, code)
    cose = cose_receipt(KIT)
    signed_size = dataclasses.replace(cose.signed, signature=bytes(64))
    changed = dataclasses.replace(cose, signed=signed_size)
    assert judge(changed) == (Outcome.DIFFERENT, "log_signature")


def test_a_cose_receipt_of_another_size_with_the_same_root_is_different() -> None:
    size, index = 5, 4  # entry 4 of 5 would be entry 1 of 2 by its path alone
    kit = Kit(index=index)
    whole = cose_receipt(kit, size)
    claimed = ClaimedEntry.of(kit.receipt(size))
    assert judge(whole, kit.policy(), claimed) == MATCH
    smaller = CoseReceipt(dataclasses.replace(whole.signed, size=2), 1, whole.inclusion)
    assert judge(smaller, kit.policy(), claimed) == (Outcome.DIFFERENT, "log_signature")


@both
def test_rows_that_make_no_record_are_different(proof: TlogProof | CoseReceipt) -> None:
    rows = tuple(row for row in RECEIPT.rows if getattr(row, "path", None) != ("nonce",))
    claimed = ClaimedEntry.of(dataclasses.replace(RECEIPT, rows=rows))
    assert judge(proof, claimed=claimed)[0] is Outcome.DIFFERENT


def test_extra_is_not_evidence() -> None:
    verdict = check_proof(tlog_proof(KIT, extra=b"index 7"), CLAIMED, FINAL)
    assert verdict.outcome is Outcome.MATCH
    assert "index 7" not in str(verdict.to_json())


# --- facts --------------------------------------------------------------------------------------


def checks(
    proof: TlogProof | CoseReceipt, policy: TrustPolicy = FINAL, claimed: ClaimedEntry = CLAIMED
) -> dict[str, Check]:
    return {check.code: check for check in check_proof(proof, claimed, policy).checks}


def test_the_verdict_says_what_the_record_says_of_itself_and_where_it_is() -> None:
    known = {"entry": CLAIMED.entry.hex(), "size": 5, "log": KIT.origin}
    tlog, cose = (check_proof(proof, CLAIMED, FINAL).facts for proof in PROOFS)
    assert tlog == {**CLAIMED.facts, **known, "claims": "position", "entry_index": KIT.index}
    assert cose == {**CLAIMED.facts, **known, "claims": "membership", "entry_index": None}
    assert CLAIMED.facts == ShownRecord.of(RECEIPT.rows).facts()


@both
def test_the_verdict_says_so_whatever_it_is(proof: TlogProof | CoseReceipt) -> None:
    facts = check_proof(proof, CLAIMED, FINAL).facts
    unknown = KIT.policy(log_keys=OTHER.policy().log_keys)
    assert check_proof(proof, CLAIMED, unknown).facts == facts
    bent = dataclasses.replace(proof, inclusion=(bytes(32), *proof.inclusion[1:]))
    assert check_proof(bent, CLAIMED, FINAL).facts == facts


@both
def test_the_check_of_origins_names_them_all(proof: TlogProof | CoseReceipt) -> None:
    names: JsonObject = {"record": KIT.origin, "checkpoint": KIT.origin, "policy": KIT.origin}
    reason = "same-origin" if isinstance(proof, TlogProof) else "proof-of-this-log"
    assert checks(proof)["origin"] == Check("origin", State.PASSED, reason, names)
    bare = checks(proof, claimed=ClaimedEntry(CLAIMED.entry))["origin"]
    named: JsonObject = {**names, "record": None}
    assert bare == Check("origin", State.PASSED, "proof-of-this-log", named)
    elsewhere = "log.example/logs/other"
    differs = checks(proof, claimed=dataclasses.replace(CLAIMED, origin=elsewhere))["origin"]
    other: JsonObject = {**names, "record": elsewhere}
    assert differs == Check("origin", State.FAILED, "origins-differ", other)
    policy = Kit(origin=elsewhere).policy()
    unknown = checks(proof, policy)["origin"]
    other = {**names, "policy": elsewhere}
    assert unknown == Check("origin", State.NOT_CHECKED, "origin-not-in-policy", other)


def test_a_checkpoint_without_a_line_of_its_own_log_has_two_origins() -> None:
    signed = SignedNote.parse(KIT.checkpoint(5))
    lines = tuple(dataclasses.replace(line, name="other.example") for line in signed.signatures)
    proof = tlog_proof(KIT, checkpoint=SignedNote(signed.text, lines).to_text())
    assert checks(proof)["origin"].reason == "origins-differ"


SIZED: JsonObject = {"entry": CLAIMED.entry.hex(), "size": 5}
SIGNED: JsonObject = {"key": KIT.log_key.to_text(), "size": 5}
NO_ROOT = Check("inclusion", State.NOT_CHECKED, "no-signed-root", SIZED)


def test_the_root_that_a_cose_receipt_leads_to_is_told() -> None:
    found = checks(cose_receipt(KIT))
    root: JsonObject = {**SIZED, "root": KIT.tree.root(5).hex()}
    assert found["inclusion"] == Check("inclusion", State.PASSED, "entry-in-log", root)
    facts = {**key_facts(KIT.log_key, SizeRange()), "size": 5}
    assert found["log_signature"] == Check("log_signature", State.PASSED, "root-signed", facts)
    assert found["signer_signature"] == Check(
        "signer_signature", State.NOT_CHECKED, "no-place-for-signer-line"
    )


def test_a_cose_receipt_that_leads_nowhere_says_why() -> None:
    cose = cose_receipt(KIT)
    short = checks(dataclasses.replace(cose, inclusion=cose.inclusion[:-1]))
    assert short["log_signature"] == Check(
        "log_signature", State.NOT_CHECKED, "no-root-to-verify", SIGNED
    )
    inclusion = short["inclusion"]
    assert (inclusion.state, inclusion.reason) == (State.FAILED, ProofMismatch.code)
    assert inclusion.facts.keys() == {*SIZED, "detail"}
    bent = checks(dataclasses.replace(cose, inclusion=(bytes(32), *cose.inclusion[1:])))
    assert bent["log_signature"] == Check("log_signature", State.FAILED, "root-not-signed", SIGNED)
    assert bent["inclusion"] == NO_ROOT


def test_a_cose_receipt_by_no_key_of_the_policy_proves_no_root() -> None:
    for log_key, sizes, reason in (
        (OTHER.log_key, SizeRange(), "no-line-by-a-policy-key"),
        (KIT.log_key, SizeRange(6), "key-not-for-this-size"),
    ):
        found = checks(cose_receipt(KIT), KIT.policy(log_keys=((log_key, sizes),)))
        assert found["log_signature"] == Check("log_signature", State.NOT_CHECKED, reason)
        assert found["inclusion"] == NO_ROOT


@both
def test_the_key_that_signed_is_found_wherever_the_policy_has_it(
    proof: TlogProof | CoseReceipt,
) -> None:
    keys = (OTHER.log_key, SizeRange()), (KIT.log_key, SizeRange())
    for log_keys in (keys, keys[::-1]):
        assert judge(proof, KIT.policy(log_keys=log_keys)) == MATCH


@both
def test_the_first_check_that_fails_is_the_reason(proof: TlogProof | CoseReceipt) -> None:
    claimed = dataclasses.replace(CLAIMED, origin="log.example/logs/other", entry=bytes(32))
    assert judge(proof, claimed=claimed) == (Outcome.DIFFERENT, "origin")


# --- witnesses ----------------------------------------------------------------------------------

WITNESSED = KIT.policy(witnesses=(W1.key, ML.key), quorum=2)
NOTE = KIT.checkpoint(5)
LINES = [witness.line(head_of(NOTE)) for witness in (W1, ML)]


def test_witnesses_are_counted_in_a_tlog_proof() -> None:
    proof = tlog_proof(KIT, checkpoint=cosigned(NOTE, *LINES))
    assert judge(proof, WITNESSED) == MATCH
    assert states(check_proof(proof, CLAIMED, WITNESSED))["witnesses"] is State.PASSED


def test_too_few_witnesses_cannot_be_checked() -> None:
    for lines in ([], LINES[:1], LINES[1:]):
        proof = tlog_proof(KIT, checkpoint=cosigned(NOTE, *lines))
        assert judge(proof, WITNESSED) == (Outcome.COULD_NOT_CHECK, "cosignatures-missing")
    one = KIT.policy(witnesses=(W1.key, ML.key), quorum=1)
    assert judge(tlog_proof(KIT), one) == (Outcome.COULD_NOT_CHECK, "cosignatures-missing")


def test_a_bent_cosignature_is_different() -> None:
    for line in LINES:
        bent = dataclasses.replace(line, signature=line.signature[:-1] + b"\0")
        others = [other for other in LINES if other is not line]
        proof = tlog_proof(KIT, checkpoint=cosigned(NOTE, *others, bent))
        assert judge(proof, WITNESSED)[0] is Outcome.DIFFERENT


def test_a_quorum_of_none_asks_for_no_cosignature() -> None:
    policy = KIT.policy(witnesses=(W1.key,), quorum=0)
    assert judge(tlog_proof(KIT), policy) == MATCH


def test_a_cose_receipt_has_no_place_for_witnesses() -> None:
    unknown = (Outcome.COULD_NOT_CHECK, "no-place-for-cosignatures")
    assert judge(cose_receipt(KIT), WITNESSED) == unknown
    assert checks(cose_receipt(KIT), WITNESSED)["witnesses"] == Check(
        "witnesses", State.NOT_CHECKED, "no-place-for-cosignatures", {"quorum": 2}
    )
    assert judge(cose_receipt(KIT), KIT.policy(witnesses=(W1.key,), quorum=0)) == MATCH


@both
def test_a_retired_key_proves_nothing_without_an_anchor(proof: TlogProof | CoseReceipt) -> None:
    policy = KIT.policy(log_keys=((KIT.log_key, SizeRange(0, 6)),))
    assert judge(proof, policy) == (Outcome.COULD_NOT_CHECK, "key-retired")
