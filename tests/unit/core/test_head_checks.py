"""Which lines of a head count: those of keys that are good for its size, the newest first."""

import dataclasses

import pytest

from liuhen.core.checkpoint import Checkpoint
from liuhen.core.head_checks import (
    RETIRED_AT,
    check_log_signature,
    check_signer_signature,
    is_by_retired_key,
    key_facts,
    without_retired_keys,
)
from liuhen.core.head_signature import HeadSignerKey, LogKey, checkpoint_digest
from liuhen.core.log_standing import AppointedSigner, LogStanding
from liuhen.core.note import SignedNote
from liuhen.core.policy import SizeRange, TrustPolicy
from liuhen.core.verdict import Check, State
from tests.receipt_kit import CHAIN_ID, CONTRACT, Kit

KIT, OTHER = Kit(), Kit(seed=2)
OURS: tuple[LogKey | HeadSignerKey, ...] = (KIT.log_key, KIT.signer_key)
THEIRS: tuple[LogKey | HeadSignerKey, ...] = (OTHER.log_key, OTHER.signer_key)
NOTE = SignedNote.parse(KIT.checkpoint(5))
HEAD = Checkpoint.parse(NOTE.text)
DIGEST = checkpoint_digest(HEAD, KIT.log_id, CHAIN_ID, CONTRACT)
RAW = OTHER.signer_private.sign_recoverable(DIGEST, hasher=None)
BOTH = NOTE.with_lines(
    [
        OTHER.log_key.line(OTHER.log_private.sign(NOTE.text.encode())),
        OTHER.signer_key.line(RAW[:64] + bytes([RAW[64] + 27])),
    ]
)
RETIRED = SizeRange(0, 7)
CODES = ("log_signature", "signer_signature")


def checks(note: SignedNote, policy: TrustPolicy) -> tuple[Check, Check]:
    return check_log_signature(note, HEAD, policy), check_signer_signature(note, HEAD, policy)


def policy_of(*parts: tuple[Kit, SizeRange]) -> TrustPolicy:
    log_keys: list[tuple[LogKey, SizeRange]] = [(kit.log_key, sizes) for kit, sizes in parts]
    signers: list[tuple[HeadSignerKey, SizeRange]] = [
        (kit.signer_key, sizes) for kit, sizes in parts
    ]
    return KIT.policy(log_keys=tuple(log_keys), signers=tuple(signers))


def test_a_line_of_a_key_in_office_names_the_key_and_no_size() -> None:
    log, signer = checks(NOTE, policy_of((KIT, SizeRange())))
    assert log == Check("log_signature", State.PASSED, "signed", {"key": KIT.log_key.to_text()})
    assert signer == Check(
        "signer_signature", State.PASSED, "signed", {"key": KIT.signer_key.to_text()}
    )
    assert not is_by_retired_key(log)


def test_a_line_of_a_retired_key_names_the_last_size_it_is_good_for() -> None:
    for check, key in zip(checks(NOTE, policy_of((KIT, RETIRED))), OURS, strict=True):
        assert (check.state, check.reason) == (State.PASSED, "signed")
        assert check.facts == {"key": key.to_text(), RETIRED_AT: 7}
        assert check.facts == key_facts(key, RETIRED)
        assert is_by_retired_key(check)


@pytest.mark.parametrize(
    "order",
    [
        [(KIT, RETIRED), (OTHER, SizeRange())],
        [(OTHER, SizeRange()), (KIT, RETIRED)],
    ],
)
def test_of_a_retired_key_and_one_in_office_the_one_in_office_counts(
    order: list[tuple[Kit, SizeRange]],
) -> None:
    for check, key in zip(checks(BOTH, policy_of(*order)), THEIRS, strict=True):
        assert (check.state, check.facts) == (State.PASSED, {"key": key.to_text()})


def test_of_two_keys_in_office_the_first_of_the_policy_counts() -> None:
    log, _ = checks(BOTH, policy_of((OTHER, SizeRange()), (KIT, SizeRange())))
    assert (log.state, log.facts) == (State.PASSED, {"key": OTHER.log_key.to_text()})


@pytest.mark.parametrize("order", [[KIT, OTHER], [OTHER, KIT]])
def test_one_line_of_a_policy_key_that_does_not_verify_fails_the_note(order: list[Kit]) -> None:
    bad = tuple(
        dataclasses.replace(line, signature=bytes(len(line.signature)))
        if line.key_id in (OTHER.log_key.key_id, OTHER.signer_key.key_id)
        else line
        for line in BOTH.signatures
    )
    policy = policy_of(*((kit, SizeRange()) for kit in order))
    for check, key in zip(
        checks(SignedNote(BOTH.text, bad), policy),
        THEIRS,
        strict=True,
    ):
        assert (check.state, check.reason) == (State.FAILED, "signature-mismatch")
        assert check.code in CODES
        assert check.facts == {"key": key.to_text()}


def test_a_head_without_a_line_that_counts_is_not_checked() -> None:
    for sizes, reason in (
        (SizeRange(6), "key-not-for-this-size"),
        (SizeRange(0, 4), "key-not-for-this-size"),
    ):
        for check in checks(NOTE, policy_of((KIT, sizes))):
            assert (check.state, check.reason, check.facts) == (State.NOT_CHECKED, reason, {})
    found = checks(NOTE, policy_of((OTHER, SizeRange())))
    for check, code in zip(found, CODES, strict=True):
        assert check == Check(code, State.NOT_CHECKED, "no-line-by-a-policy-key")


def test_what_retired_keys_signed_can_be_set_aside_and_nothing_else_is() -> None:
    retired, _ = checks(NOTE, policy_of((KIT, RETIRED)))
    current, _ = checks(NOTE, policy_of((KIT, SizeRange())))
    failed = Check("log_signature", State.FAILED, "signature-mismatch", dict(retired.facts))
    aside, *others = without_retired_keys([retired, current, failed])
    assert (aside.code, aside.state, aside.reason) == (
        "log_signature",
        State.NOT_CHECKED,
        "key-retired",
    )
    assert aside.facts == retired.facts
    assert others == [current, failed]


# --- what the contract says of the signer ---------------------------------------------------------

OLD, NEW = KIT.signer_key.signer, OTHER.signer_key.signer


def signer(note: SignedNote, policy: TrustPolicy, *appointed: tuple[bytes, int]) -> Check:
    keys = tuple(AppointedSigner(address, first) for address, first in appointed)
    return check_signer_signature(note, HEAD, policy, LogStanding(signers=keys))


def test_the_contracts_key_without_an_end_counts_as_the_policy_says() -> None:
    for sizes in (SizeRange(), RETIRED, SizeRange(2, 5)):
        policy = policy_of((KIT, sizes))
        assert signer(NOTE, policy, (OLD, 0)) == check_signer_signature(NOTE, HEAD, policy)


@pytest.mark.parametrize(
    ("by_policy", "next_first", "good_to"),
    [
        (SizeRange(), 6, 5),
        (SizeRange(), 100, 99),
        (SizeRange(0, 7), 100, 7),
        (SizeRange(0, 99), 8, 7),
        (SizeRange(0, 7), 8, 7),
    ],
)
def test_a_key_that_the_contract_replaced_is_retired_whatever_the_policy_says(
    by_policy: SizeRange, next_first: int, good_to: int
) -> None:
    check = signer(NOTE, policy_of((KIT, by_policy)), (OLD, 0), (NEW, next_first))
    assert (check.state, check.facts) == (
        State.PASSED,
        {"key": KIT.signer_key.to_text(), RETIRED_AT: good_to},
    )


@pytest.mark.parametrize(
    ("appointed", "reason"),
    [
        ([(OLD, 0), (NEW, 5)], "signer-not-for-this-size"),
        ([(OLD, 0), (NEW, 1)], "signer-not-for-this-size"),
        ([(NEW, 0), (OLD, 6)], "signer-not-for-this-size"),
        ([(NEW, 0)], "signer-not-in-contract"),
        ([(NEW, 0), (bytes(20), 3)], "signer-not-in-contract"),
        ([], "signer-not-in-contract"),
    ],
)
def test_a_key_that_is_not_the_contracts_for_this_size_does_not_count(
    appointed: list[tuple[bytes, int]], reason: str
) -> None:
    for sizes in (SizeRange(), RETIRED):
        assert signer(NOTE, policy_of((KIT, sizes)), *appointed) == Check(
            "signer_signature",
            State.NOT_CHECKED,
            reason,
            {"key": KIT.signer_key.to_text(), "size": 5},
        )


def test_of_two_lines_the_one_by_the_contracts_key_counts() -> None:
    policy = policy_of((KIT, SizeRange()), (OTHER, SizeRange()))
    for address, kit in ((OLD, KIT), (NEW, OTHER)):
        assert signer(BOTH, policy, (address, 0)).facts == {"key": kit.signer_key.to_text()}
    retired = signer(BOTH, policy, (OLD, 0), (NEW, 6))
    assert retired.facts == {"key": KIT.signer_key.to_text(), RETIRED_AT: 5}


def test_the_contracts_key_counts_only_where_the_policy_holds_it_good_for_this_size() -> None:
    policy = policy_of((KIT, SizeRange()), (OTHER, SizeRange(6)))
    assert signer(BOTH, policy, (NEW, 0)).reason == "signer-not-in-contract"
    assert signer(NOTE, policy, (OLD, 0), (NEW, 4)).reason == "signer-not-for-this-size"
    only_later = policy_of((KIT, SizeRange(6)))
    assert signer(NOTE, only_later, (OLD, 0)).reason == "key-not-for-this-size"


def test_a_line_that_does_not_verify_fails_whatever_the_contract_says() -> None:
    bad = tuple(
        dataclasses.replace(line, signature=bytes(len(line.signature)))
        if line.key_id == OTHER.signer_key.key_id
        else line
        for line in BOTH.signatures
    )
    policy = policy_of((KIT, SizeRange()), (OTHER, SizeRange()))
    for appointed in ([(OLD, 0)], [(NEW, 0)], []):
        check = signer(SignedNote(BOTH.text, bad), policy, *appointed)
        assert (check.state, check.reason) == (State.FAILED, "signature-mismatch")
