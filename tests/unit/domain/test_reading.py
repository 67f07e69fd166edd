"""Reading what imported and erased records may lack."""

from decimal import Decimal

import pytest

from liuhen.domain.reading import day_of, get_decimal, moment_of


@pytest.mark.parametrize("text", ["NaN", "sNaN", "-NaN", "Infinity", "-inf", "", "五", "1,5"])
def test_what_is_no_finite_number_is_none(text: str) -> None:
    assert get_decimal({"points": text}, "points") is None


def test_a_decimal_number_is_read_exactly() -> None:
    assert get_decimal({"points": "43.00"}, "points") == Decimal("43.00")
    assert get_decimal({"points": 43}, "points") is None
    assert get_decimal({}, "points") is None


@pytest.mark.parametrize("text", ["1899-12-31", "2200-01-01", "9999-12-31", "2026-02-29", "昨天"])
def test_a_day_that_nobody_can_count_from_is_none(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-03-31T09:30:00",
        "2026-03-31 half past nine",
    ],
)
def test_a_time_that_nobody_can_place_is_none(text: str) -> None:
    assert moment_of(text) is None
    assert day_of(text) is None


def test_the_day_of_a_time_is_its_day_in_beijing() -> None:
    assert str(day_of("2026-03-31T16:00:00Z")) == "2026-04-01"
    assert str(day_of("2026-03-31T15:59:59Z")) == "2026-03-31"
