import pytest

from liuhen.core.merkle import EMPTY_ROOT, TreeHead
from liuhen.ports import MOST_GAS, AnchorTx
from tests.fakes.chain import TARGET


@pytest.mark.parametrize("gas", [0, -1, 2**24 + 1])
def test_a_gas_limit_that_no_node_would_take_is_a_bug(gas: int) -> None:
    with pytest.raises(ValueError, match="gas limit"):
        AnchorTx(TARGET, 0, TreeHead(1, EMPTY_ROOT), (), 0, 1, 1, gas)


def test_the_gas_cap_itself_is_taken() -> None:
    assert AnchorTx(TARGET, 0, TreeHead(1, EMPTY_ROOT), (), 0, 1, 1, MOST_GAS).gas_limit == 2**24
