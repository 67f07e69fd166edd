"""Trust policies: exactly the stated members, each refused by name."""

import json
from dataclasses import replace
from typing import Any

import pytest

from liuhen.core.cosignature import ED25519, WitnessKey
from liuhen.core.errors import MalformedPolicy
from liuhen.core.policy import Life, SizeRange, parse_policy
from tests.receipt_kit import Kit
from tests.witness_kit import ML, W1, W2

KIT = Kit()
FULL = KIT.policy(
    log_keys=((KIT.log_key, SizeRange(0, 10)), (KIT.log_key, SizeRange(11))),
    known_blocks=((7, bytes(32)),),
    witnesses=(W1.key, ML.key),
    quorum=2,
)


def test_a_policy_prints_as_it_was_read() -> None:
    for policy in (KIT.policy(), FULL):
        assert parse_policy(policy.to_text().encode()) == policy
        assert parse_policy(json.dumps(policy.to_json(), indent=2).encode()) == policy


def test_a_policy_holds_its_witnesses_as_keys() -> None:
    read = parse_policy(FULL.to_text().encode())
    assert [key.name for key in read.witnesses] == [W1.name, ML.name]
    assert read.quorum == 2


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
    ("witnesses", []),
    ("witnesses", ["w"]),
    ("witnesses", [KIT.log_key.to_text()]),
    ("witnesses", [W1.key.to_text(), W1.key.to_text()]),
    ("witnesses", [W1.key.to_text(), replace(W2.key, name=W1.name).to_text()]),
    ("witnesses", [W1.key.to_text(), replace(W1.key, name="another").to_text()]),
    ("quorum", 3),
    ("quorum", -1),
    ("quorum", "1"),
    ("quorum", True),
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


def test_a_range_may_hold_one_size_and_no_less() -> None:
    value: Any = FULL.to_json()
    value["log_keys"][0] |= {"from_size": 7, "to_size": 7}
    ((_, sizes), _) = parse_policy(json.dumps(value).encode()).log_keys
    assert sizes == SizeRange(7, 7)
    value["log_keys"][0]["to_size"] = 6
    with pytest.raises(MalformedPolicy, match=r"log_keys/0/to_size"):
        parse_policy(json.dumps(value).encode())


@pytest.mark.parametrize(("again", "place"), [((W1, W2, W1), 2), ((W1, W1, W2), 1)])
def test_a_witness_stands_there_once_wherever(again: tuple[Any, ...], place: int) -> None:
    policy = replace(FULL, witnesses=tuple(witness.key for witness in again))
    with pytest.raises(MalformedPolicy, match=f"witnesses/{place}: has the name or the key"):
        parse_policy(policy.to_text().encode())


@pytest.mark.parametrize(("nth", "other"), [(0, 1), (0, 2), (1, 2)])
def test_a_name_or_a_key_of_another_witness_is_found_anywhere(nth: int, other: int) -> None:
    keys = [W1.key, W2.key, ML.key]
    name = keys[nth].name
    keys[other] = replace(keys[other], name=name)
    policy = replace(FULL, witnesses=tuple(keys))
    with pytest.raises(MalformedPolicy, match=f"witnesses/{other}"):
        parse_policy(policy.to_text().encode())


@pytest.mark.parametrize(
    ("pointer", "value", "said"),
    [
        ("require", 1, "require: must be a string"),
        ("chain", [], "chain: must be an object"),
        ("chain/id", 0, "chain/id: must not be 0"),
        ("log_keys/0/from_size", -1, "log_keys/0/from_size: must be an integer from 0"),
        ("log_id", "0x11", "log_id: must be 32 bytes of lower-case hex after 0x"),
    ],
)
def test_a_refusal_names_place_and_rule(pointer: str, value: Any, said: str) -> None:
    bent: Any = FULL.to_json()
    *above, name = pointer.split("/")
    member = bent
    for step in above:
        member = member[int(step) if step.isdigit() else step]
    member[name] = value
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(json.dumps(bent).encode())
    assert str(caught.value) == said


def test_three_different_witnesses_are_accepted() -> None:
    policy = replace(FULL, witnesses=(W1.key, W2.key, ML.key), quorum=3)
    assert parse_policy(policy.to_text().encode()) == policy


@pytest.mark.parametrize("name", ["Xtra", "more", "~"])
def test_an_unknown_member_is_named_whole(name: str) -> None:
    bent: Any = FULL.to_json()
    bent[name] = bent["chain"][name] = 1
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(json.dumps(bent).encode())
    assert str(caught.value) in {f"{name}: is unknown", f"chain/{name}: is unknown"}
    del bent["chain"][name]
    with pytest.raises(MalformedPolicy) as caught:
        parse_policy(json.dumps(bent).encode())
    assert str(caught.value) == f"{name}: is unknown"


def test_the_log_is_no_witness_of_itself() -> None:
    itself = WitnessKey("witness.example/itself", ED25519, KIT.log_key.public)
    value = {**json.loads(KIT.policy().to_text()), "witnesses": [itself.to_text()]}
    with pytest.raises(MalformedPolicy, match="witnesses/0: has the key of the log"):
        parse_policy(json.dumps(value).encode())
