"""What the contract says of a log, as plain values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.core.log_standing import AppointedSigner, ForkMark, LogClosing, LogStanding
from liuhen.core.policy import SizeRange

FIRST, SECOND, THIRD = (bytes([number]) * 20 for number in (1, 2, 3))
KEYS = LogStanding(
    signers=(AppointedSigner(FIRST, 0), AppointedSigner(SECOND, 5), AppointedSigner(THIRD, 9))
)


@pytest.mark.parametrize(
    ("size", "signer", "sizes"),
    [
        (0, FIRST, SizeRange(0, 4)),
        (4, FIRST, SizeRange(0, 4)),
        (5, SECOND, SizeRange(5, 8)),
        (8, SECOND, SizeRange(5, 8)),
        (9, THIRD, SizeRange(9)),
        (2**63, THIRD, SizeRange(9)),
    ],
)
def test_each_size_has_the_one_key_whose_range_it_is_in(
    size: int, signer: bytes, sizes: SizeRange
) -> None:
    assert KEYS.signer_for(size) == (signer, sizes)


def test_a_log_that_the_contract_does_not_know_has_no_key() -> None:
    assert LogStanding().signer_for(5) is None


@given(
    st.lists(st.integers(1, 2**64 - 1), unique=True, max_size=6).map(sorted),
    st.integers(0, 2**64 - 1),
)
def test_ranges_leave_no_gap_and_do_not_overlap(firsts: list[int], size: int) -> None:
    begins = [0, *firsts]
    signers = tuple(AppointedSigner(bytes([n]) * 20, first) for n, first in enumerate(begins))
    found = LogStanding(signers=signers).signer_for(size)
    assert found is not None
    good = [n for n, first in enumerate(begins) if first <= size]
    assert found[0] == bytes([good[-1]]) * 20
    assert found[1].first <= size
    assert found[1].last is None or size <= found[1].last


def test_all_of_it_is_told_as_facts() -> None:
    mark = ForkMark(FIRST, 7, bytes([8]) * 32, bytes([9]) * 32, 21)
    standing = LogStanding(mark, LogClosing(9, bytes([4]) * 32, 22), KEYS.signers[:2])
    assert standing.to_json() == {
        "mark": {
            "signer": "0x" + "01" * 20,
            "size": 7,
            "root": "08" * 32,
            "other_root": "09" * 32,
            "block": 21,
        },
        "closing": {"final_size": 9, "successor": "0x" + "04" * 32, "block": 22},
        "signers": [
            {"address": "0x" + "01" * 20, "from_size": 0},
            {"address": "0x" + "02" * 20, "from_size": 5},
        ],
    }
    assert LogStanding().to_json() == {"mark": None, "closing": None, "signers": []}
    assert LogClosing(9, None, 22).to_json() == {"final_size": 9, "successor": None, "block": 22}
