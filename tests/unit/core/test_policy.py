"""Trust policies: exactly the stated members, each refused by name."""

import json
from typing import Any

import pytest

from liuhen.core.errors import MalformedPolicy
from liuhen.core.policy import Life, SizeRange, parse_policy
from tests.receipt_kit import Kit

KIT = Kit()
FULL = KIT.policy(
    log_keys=((KIT.log_key, SizeRange(0, 10)), (KIT.log_key, SizeRange(11))),
    known_blocks=((7, bytes(32)),),
    witnesses=("witness",),
    quorum=1,
)


def test_a_policy_prints_as_it_was_read() -> None:
    for policy in (KIT.policy(), FULL):
        assert parse_policy(policy.to_text().encode()) == policy
        assert parse_policy(json.dumps(policy.to_json(), indent=2).encode()) == policy


def test_a_range_of_sizes_holds_both_its_ends() -> None:
    assert [size in SizeRange(3, 5) for size in range(2, 7)] == [False, True, True, True, False]
    assert 10**18 in SizeRange(3)
    assert 2**63 not in SizeRange(0)
    assert "3" not in SizeRange(0)


def test_life_has_three_words_in_order() -> None:
    assert [life.rank for life in Life] == [0, 1, 2]
    assert [str(life) for life in Life] == ["sealed", "anchored", "final"]


BAD: list[tuple[str, Any]] = [
    ("schema", "audit-policy/v2"),
    ("schema", None),
    ("require", "certain"),
    ("require", 1),
    ("origin", "Log.Example/logs/a"),
    ("origin", "log.example/logs/other"),
    ("log_id", "0x11"),
    ("log_id", "11" * 32),
    ("hash_algorithm", "sm3"),
    ("max_anchor_age_seconds", -1),
    ("max_anchor_age_seconds", 1.5),
    ("max_anchor_age_seconds", True),
    ("log_keys", {}),
    ("log_keys", [5]),
    ("log_keys", []),
    ("log_keys/0/vkey", "x"),
    ("log_keys/0/vkey", None),
    ("log_keys/0/to_size", -1),
    ("log_keys/0/to_size", "5"),
    ("log_keys/0/from_size", None),
    ("log_keys/0/more", 1),
    ("signers", []),
    ("signers/0/address", "0x" + "AA" * 20),
    ("signers/0/address", "0x" + "aa" * 19),
    ("chain", []),
    ("chain/kind", "private"),
    ("chain/id", 0),
    ("chain/id", "1"),
    ("chain/genesis", "0x00"),
    ("chain/finality_depth", None),
    ("chain/more", 1),
    ("chain/validators", None),
    ("chain/validators", {}),
    ("chain/validators", [5]),
    ("contract/address", None),
    ("contract/code_hash", "0x11"),
    ("contract/more", 1),
    ("known_blocks/0/number", "7"),
    ("known_blocks/0/hash", "0x" + "zz" * 32),
    ("witnesses", [5]),
    ("witnesses", 5),
    ("quorum", 2),
    ("more", 1),
]


@pytest.mark.parametrize(("pointer", "value"), BAD, ids=[f"{p}={v!r:.20}" for p, v in BAD])
def test_a_wrong_member_is_refused_by_name(pointer: str, value: Any) -> None:
    document: Any = FULL.to_json()
    *steps, last = pointer.split("/")
    target = document
    for step in steps:
        target = target[int(step) if isinstance(target, list) else step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(json.dumps(document).encode())
    assert any(step in str(caught.value) for step in pointer.split("/") if not step.isdigit())


@pytest.mark.parametrize("text", ["[]", "5", '"policy"'])
def test_anything_but_an_object_is_refused(text: str) -> None:
    with pytest.raises(MalformedPolicy, match="object"):
        parse_policy(text.encode())


def test_a_policy_that_names_validators_is_told_that_seals_do_not_count_yet() -> None:
    document: Any = FULL.to_json()
    document["chain"]["validators"] = [{"from_block": 0, "addresses": ["0x" + "11" * 20]}]
    with pytest.raises(MalformedPolicy, match=r"chain/validators.*not supported yet"):
        parse_policy(json.dumps(document).encode())
