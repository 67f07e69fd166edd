"""Counting the witnesses of a policy: who signed, when, and what a bent line does."""

import dataclasses
from typing import Any

import pytest

from liuhen.core import cosignature
from liuhen.core.errors import Malformed, SignatureMismatch, Unavailable
from liuhen.core.note import NoteSignature
from liuhen.core.policy import Life, TrustPolicy
from liuhen.core.receipt import Receipt, parse_receipt
from liuhen.core.verdict import Check, Outcome, State, Verdict
from tests.receipt_kit import NOW, RECORDED_AT, Kit, judge
from tests.witness_kit import ML, W1, W2, W3, cosigned, head_of

KIT = Kit()
SEALED = KIT.receipt()
HEAD = head_of(SEALED.checkpoint)
ALL = (W1.key, W2.key, W3.key)


def policy(quorum: int, **changes: Any) -> TrustPolicy:
    return KIT.policy(Life.SEALED, **{"witnesses": ALL, "quorum": quorum, **changes})


def under(*lines: NoteSignature) -> Receipt:
    return dataclasses.replace(SEALED, checkpoint=cosigned(SEALED.checkpoint, *lines))


def witnesses(verdict: Verdict) -> Check:
    return verdict.check("witnesses")


def test_a_policy_without_witnesses_has_no_such_check() -> None:
    verdict = judge(under(W1.line(HEAD)), KIT.policy(Life.SEALED))
    assert verdict.outcome is Outcome.MATCH
    assert "witnesses" not in {check.code for check in verdict.checks}
    assert verdict.facts["seen_not_later"] is None


def test_the_facts_name_who_signed_and_when() -> None:
    verdict = judge(under(W3.line(HEAD, 30), W1.line(HEAD, 10)), policy(2))
    assert verdict.outcome is Outcome.MATCH
    assert witnesses(verdict).facts == {
        "quorum": 2,
        "witnesses": 3,
        "cosigned": 2,
        "signed": [
            {"name": W1.name, "timestamp": 10},
            {"name": W3.name, "timestamp": 30},
        ],
        "seen_not_later": 30,
    }


@pytest.mark.parametrize(("quorum", "seen"), [(0, 10), (1, 10), (2, 20), (3, 30)])
def test_the_bound_is_the_time_at_which_the_quorum_had_signed(quorum: int, seen: int) -> None:
    lines = W2.line(HEAD, 30), W1.line(HEAD, 10), W3.line(HEAD, 20)
    assert judge(under(*lines), policy(quorum)).facts["seen_not_later"] == seen


def test_of_one_witness_the_first_time_counts_wherever_it_stands() -> None:
    for times in ((10, 20), (20, 10)):
        verdict = judge(under(*(W1.line(HEAD, time) for time in times)), policy(1))
        assert verdict.facts["seen_not_later"] == 10
        assert witnesses(verdict).facts["cosigned"] == 1


def test_the_same_witness_twice_counts_once() -> None:
    verdict = judge(under(W1.line(HEAD, 10), W1.line(HEAD, 20)), policy(2))
    assert (verdict.outcome, verdict.reason) == (Outcome.WAITING, "cosignatures-missing")
    assert verdict.facts["seen_not_later"] is None


@pytest.mark.parametrize("signed", [0, 1])
def test_too_few_are_waited_for_until_the_entry_is_too_old(signed: int) -> None:
    receipt, asked = under(*[W1.line(HEAD)] * signed), policy(2)
    verdict = judge(receipt, asked)
    assert (verdict.outcome, verdict.reason) == (Outcome.WAITING, "cosignatures-missing")
    old = RECORDED_AT + (NOW - RECORDED_AT) * 100
    verdict = judge(receipt, asked, now=old)
    assert (verdict.outcome, verdict.reason) == (Outcome.COULD_NOT_CHECK, "cosignatures-overdue")


def test_a_quorum_of_none_requires_nothing_and_still_tells() -> None:
    verdict = judge(SEALED, policy(0))
    assert verdict.outcome is Outcome.MATCH
    assert witnesses(verdict).reason == "cosignatures-missing"
    assert witnesses(judge(under(W2.line(HEAD)), policy(0))).reason == "quorum-reached"


def test_a_line_that_fails_poisons_whatever_the_others_say() -> None:
    bad = dataclasses.replace(W1.line(HEAD), signature=W2.line(HEAD).signature)
    for quorum in (0, 1):
        verdict = judge(under(W2.line(HEAD), W3.line(HEAD), bad), policy(quorum))
        assert (verdict.outcome, verdict.reason) == (Outcome.DIFFERENT, "witnesses")
        assert witnesses(verdict).facts == {"key": W1.key.to_text()}
        assert witnesses(verdict).reason == SignatureMismatch.code


def test_a_good_line_does_not_mend_a_bad_one_of_the_same_witness() -> None:
    bad = dataclasses.replace(W1.line(HEAD), signature=W2.line(HEAD).signature)
    for lines in ((W1.line(HEAD), bad), (bad, W1.line(HEAD))):
        assert judge(under(*lines), policy(1)).outcome is Outcome.DIFFERENT


def test_lines_of_strangers_are_skipped_even_if_they_verify() -> None:
    verdict = judge(under(W3.line(HEAD)), policy(1, witnesses=(W1.key,)))
    assert verdict.reason == "cosignatures-missing"
    assert witnesses(verdict).facts["cosigned"] == 0


@pytest.mark.parametrize("change", [{"name": "witness.example.org/w"}, {"key_id": b"\0\0\0\0"}])
def test_half_a_witness_is_no_reason_to_wait(change: dict[str, Any]) -> None:
    line = dataclasses.replace(W1.line(HEAD), **change)
    verdict = judge(under(line), policy(1))
    assert (verdict.outcome, verdict.reason) == (
        Outcome.COULD_NOT_CHECK,
        "cosigned-by-another-key",
    )
    assert judge(under(line, W2.line(HEAD)), policy(1)).outcome is Outcome.MATCH


def test_without_ml_dsa_on_this_machine_nothing_is_concluded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receipt, asked = under(ML.line(HEAD)), policy(1, witnesses=(ML.key,))
    assert judge(receipt, asked).outcome is Outcome.MATCH

    def fail(*_: object) -> None:
        raise Unavailable("no ML-DSA")

    monkeypatch.setattr(cosignature, "_verify_ml_dsa", fail)
    verdict = judge(receipt, asked)
    assert (verdict.outcome, verdict.reason) == (Outcome.COULD_NOT_CHECK, "algorithm-not-here")
    assert witnesses(verdict).state is State.NOT_CHECKED
    cut = dataclasses.replace(ML.line(HEAD), signature=ML.line(HEAD).signature[:-1])
    assert judge(under(ML.line(HEAD), cut), asked).outcome is Outcome.DIFFERENT


def test_missing_cosignatures_do_not_hide_that_the_operator_owes_a_proof() -> None:
    asked = KIT.policy(witnesses=ALL, quorum=1)
    assert judge(SEALED, asked).reason == "cosignatures-missing"
    assert judge(SEALED, asked, KIT.node()).reason == "operator-owes-proof"


def test_a_cosigned_receipt_with_a_bent_byte_in_a_needed_line_never_matches_nor_waits() -> None:
    receipt = under(W1.line(HEAD), W2.line(HEAD))
    asked = policy(2)
    assert judge(receipt, asked).outcome is Outcome.MATCH
    body = receipt.to_text().encode()
    start = body.index("\u2014 witness".encode())
    end = body.index(b'"', start)
    for place in range(start, end):
        for flip in (1, 0x20):
            changed = bytearray(body)
            changed[place] ^= flip
            try:
                verdict = judge(parse_receipt(bytes(changed)), asked)
            except Malformed:
                continue
            assert verdict.outcome in {Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK}, place
