"""Nobody waits longer for a signer than was said."""

from threading import Event

import pytest

from liuhen.adapters.signing.time_limit import TimeLimit
from liuhen.core.errors import Unavailable


def test_what_is_returned_and_raised_reaches_the_caller() -> None:
    limit = TimeLimit("the signer", 20.0, most=1)
    assert limit.run(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        limit.run(lambda: 1 // 0)
    assert limit.run(lambda: 8) == 8


def test_calls_that_do_not_end_are_left_behind_and_not_piled_up() -> None:
    limit, release = TimeLimit("the signer", 0.05, most=2), Event()
    begun: list[int] = []

    def hang() -> None:
        begun.append(1)
        release.wait(20)

    for _ in range(2):
        with pytest.raises(Unavailable, match=r"the signer has not answered within 0\.05 seconds"):
            limit.run(hang)
    for _ in range(3):
        with pytest.raises(Unavailable, match="the signer has not ended earlier calls"):
            limit.run(hang)
    assert len(begun) <= 2
    release.set()
    patient = TimeLimit("the signer", 20.0, most=2)
    patient._places = limit._places
    assert patient.run(lambda: 9) == 9
