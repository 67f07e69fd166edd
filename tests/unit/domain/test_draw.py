"""The draw of experts: the algorithm itself, against an independent one."""

import hashlib
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.domain.draw import (
    Call,
    Condition,
    Expert,
    NextCall,
    Terms,
    calling_order,
    draw_key,
    next_call,
    pool_digest,
    seed_commitment,
)
from liuhen.domain.draw_record import pool_of, terms_of
from tests.draw_kit import VECTOR
from tests.reference import draw as reference

KEY = b"\7" * 32
POOL = [Expert(f"X-{n}", ("a", "b") if n % 3 == 0 else ("a",), f"unit {n % 4}") for n in range(12)]


def test_the_vector_is_what_the_reference_makes() -> None:
    assert reference.example() == VECTOR


def test_the_example_comes_out_as_published() -> None:
    pool, terms = pool_of(VECTOR), terms_of(VECTOR["committed"])
    seeds = {party: bytes.fromhex(seed) for party, seed in VECTOR["seeds"].items()}
    assert pool_digest(pool).hex() == VECTOR["committed"]["pool_sha256"]
    for each in VECTOR["committed"]["seed_commitments"]:
        found = seed_commitment(VECTOR["case"], each["party"], seeds[each["party"]])
        assert found.hex() == each["commitment"]
    key = draw_key(VECTOR["committed"], seeds, bytes.fromhex(VECTOR["block_hash"]))
    assert key.hex() == VECTOR["key"]
    for major, order in VECTOR["orders"].items():
        assert calling_order(key, pool, terms, major) == order
    assert all_calls(key, pool, terms, VECTOR["refusing"]) == VECTOR["calls"]


def all_calls(key: bytes, pool: list[Expert], terms: Terms, refusing: list[str]) -> list[list[str]]:
    done: list[Call] = []
    while (wanted := next_call(key, pool, terms, done)) is not None and wanted.token is not None:
        done.append(Call(wanted.token, wanted.major, wanted.token not in refusing))
    return [[call.token, call.major] for call in done]


MAJORS = st.lists(
    st.sampled_from(["网络", "软件", "会计", "a"]), min_size=1, max_size=3, unique=True
)
UNITS = st.sampled_from(["", "医院", "大学", "所"])
POOLS = st.lists(
    st.tuples(st.text("xyz专😀", min_size=1, max_size=3), MAJORS, UNITS),
    max_size=14,
    unique_by=lambda told: told[0],
)


@given(
    told=POOLS,
    counts=st.dictionaries(
        st.sampled_from(["网络", "软件", "会计"]), st.integers(1, 3), min_size=1
    ),
    units=st.lists(UNITS.filter(bool), max_size=2),
    recused=st.integers(0, 3),
    refusing=st.integers(0, 5),
    key=st.binary(min_size=32, max_size=32),
)
def test_any_draw_is_the_one_of_the_reference(
    told: list[tuple[str, list[str], str]],
    counts: dict[str, int],
    units: list[str],
    recused: int,
    refusing: int,
    key: bytes,
) -> None:
    pool: list[Any] = [
        {"token": token, "majors": majors, "unit": unit} for token, majors, unit in told
    ]
    tokens = [each["token"] for each in pool]
    committed: dict[str, Any] = {
        "conditions": [{"major": major, "count": count} for major, count in counts.items()],
        "recusal_units": units,
        "recusal_tokens": tokens[:recused],
    }
    experts, terms = pool_of({"pool": pool}), terms_of(committed)
    assert pool_digest(experts).hex() == reference.pool_digest(pool)
    declined = tokens[-refusing:] if refusing else []
    wanted = [[*each] for each in reference.calls(key.hex(), pool, committed, declined)]
    assert all_calls(key, experts, terms, declined) == wanted
    called = [token for token, _ in wanted]
    assert len(set(called)) == len(called)
    assert not set(called) & set(tokens[:recused])


def test_the_order_of_the_pool_is_all_the_same() -> None:
    terms = Terms([Condition("a", 3)])
    assert pool_digest(POOL) == pool_digest(POOL[::-1])
    assert calling_order(KEY, POOL, terms, "a") == calling_order(KEY, POOL[::-1], terms, "a")


def test_a_token_that_is_there_twice_has_no_digest() -> None:
    with pytest.raises(ValueError, match="one token"):
        pool_digest([*POOL, Expert("X-3", ("b",))])


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_seed_of_another_length_has_no_commitment(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seed_commitment("A-1", "centre", bytes(length))


def test_a_commitment_is_bound_to_case_and_party() -> None:
    seed = bytes(32)
    told = [("A-1", "b"), ("A-2", "b"), ("A-1", "c"), ("A-1b", ""), ("A-", "1b")]
    assert len({seed_commitment(case, party, seed) for case, party in told}) == len(told)


def test_whoever_is_called_for_one_major_is_not_called_for_another() -> None:
    terms = Terms([Condition("a", 12), Condition("b", 1)])
    calls = [Call(token, "a", is_accepted=True) for token in calling_order(KEY, POOL, terms, "a")]
    assert next_call(KEY, POOL, terms, calls) == NextCall(None, "b")


def test_a_major_with_nobody_left_does_not_stop_the_others() -> None:
    terms = Terms([Condition("none", 1), Condition("a", 1)])
    first = next_call(KEY, POOL, terms, [])
    assert first == NextCall(calling_order(KEY, POOL, terms, "a")[0], "a")
    assert first is not None
    assert first.token is not None
    done = [Call(first.token, "a", is_accepted=True)]
    assert next_call(KEY, POOL, terms, done) == NextCall(None, "none")


def test_an_empty_pool_has_nobody_to_call() -> None:
    assert next_call(KEY, [], Terms([Condition("a", 1)]), []) == NextCall(None, "a")


def test_the_first_place_falls_on_everybody_alike() -> None:
    """Chi-square over 6,000 fixed keys, 11 degrees of freedom: beyond 31.3 in 1 of 1,000 cases."""
    draws, terms = 6000, Terms([Condition("a", 1)])
    hits = dict.fromkeys((expert.token for expert in POOL), 0)
    for number in range(draws):
        key = hashlib.sha256(str(number).encode()).digest()
        hits[calling_order(key, POOL, terms, "a")[0]] += 1
    even = draws / len(POOL)
    assert sum((count - even) ** 2 / even for count in hits.values()) < 31.3


def test_two_majors_are_ordered_apart() -> None:
    everybody = [Expert(expert.token, ("a", "b")) for expert in POOL]
    orders = [calling_order(KEY, everybody, Terms([]), major) for major in ("a", "b")]
    assert all(sorted(one) == sorted(other) and one != other for one, other in pairwise(orders))
