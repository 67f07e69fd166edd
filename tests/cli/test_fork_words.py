"""Every sentence about a report is there in both languages, with the same facts."""

import pytest

from liuhen.cli import fork_words
from liuhen.cli.costs import amount
from liuhen.cli.words import Pair
from liuhen.client.fork_report import Nothing
from tests.cli.test_words import HAN, fields

PAIRS = {name: value for name, value in vars(fork_words).items() if isinstance(value, Pair)}
PAIRS |= fork_words.NOTHING


@pytest.mark.parametrize("name", PAIRS)
def test_both_languages_say_the_same(name: str) -> None:
    pair = PAIRS[name]
    assert HAN.search(pair.zh)
    assert not HAN.search(pair.en)
    assert fields(pair.zh) == fields(pair.en)


def test_every_reason_to_prove_nothing_has_a_sentence() -> None:
    assert fork_words.NOTHING.keys() == {str(each) for each in Nothing}


def test_amounts_are_told_in_a_unit_that_suits_them() -> None:
    assert [amount(wei) for wei in (0, 999_999_999, 10**9, 10**18 + 1)] == [
        *("0 wei", "999999999 wei", "1 gwei", "1000000000 gwei"),
    ]
