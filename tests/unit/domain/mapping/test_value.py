import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.domain.field import FieldTable, check_fields, code, decimal
from liuhen.domain.mapping.value import case_of, code_of, day_of, decimal_of, moment_of, money_of


@pytest.mark.parametrize("ocid", ["ocds-213czf-000-00001", "UA-2027-01-01-000001-a", "a" * 64])
def test_an_identifier_that_is_a_case_code_stays_as_it_is(ocid: str) -> None:
    assert case_of(ocid) == ocid


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("OCDS-87SD3T-SEFIN/DRM", "OCDS-87SD3T-SEFIN-DRM"),
        ("a b", "a\tb"),
        ("x" * 64 + "1", "x" * 64 + "2"),
        ("é", "e"),
    ],
)
def test_two_identifiers_never_share_a_case(one: str, other: str) -> None:
    assert case_of(one) != case_of(other)


def test_an_identifier_that_looks_like_a_made_code_is_made_anew() -> None:
    made = case_of("a b")
    assert made == "a-b_xc8687a08aa5d6ed2044328fa"
    assert case_of(made) != made


@given(st.text(min_size=1))
def test_every_identifier_has_a_case_code_and_a_code(identifier: str) -> None:
    assert 0 < len(case_of(identifier)) <= 64
    found = code_of(identifier)
    if identifier.strip():
        check_fields(FieldTable((code("c", "c", "c"),)), {"c": found})
    else:
        assert found is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (775.76, "775.76"),
        (1e21, None),
        (1777723.75, "1777723.75"),
        (13500000, "13500000"),
        (-5, "-5"),
        (1e-7, "0.0000001"),
        ("623386.00", "623386.00"),
        ("295.72万元", None),
        ("1,234", None),
        ("", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_a_number_is_taken_with_its_own_digits_or_not_at_all(
    value: object, expected: str | None
) -> None:
    found = decimal_of(value)  # type: ignore[arg-type]  # any JSON
    assert found == expected
    if found is not None:
        check_fields(FieldTable((decimal("d", "d", "d"),)), {"d": found})


@pytest.mark.parametrize(
    ("value", "moment", "day"),
    [
        ("2010-06-10T14:23:12Z", "2010-06-10T14:23:12Z", "2010-06-10"),
        ("2019-11-25T17:20:38.1197059Z", "2019-11-25T17:20:38.1197059Z", "2019-11-25"),
        ("2015-11-09T00:00:00.-06:00", None, "2015-11-09"),
        ("2015-11-09", None, "2015-11-09"),
        ("2015-11-09T00:00:00", None, "2015-11-09"),
        ("2015-13-09T00:00:00Z", None, None),
        ("0001-01-01T00:00:00Z", None, None),
        ("2015-06-01 02:00:00", None, None),
        ("9 Nov 2015", None, None),
        ("", None, None),
        (20151109, None, None),
    ],
)
def test_a_time_that_is_none_still_names_its_day(
    value: object, moment: str | None, day: str | None
) -> None:
    assert moment_of(value) == moment  # type: ignore[arg-type]  # any JSON
    assert day_of(value) == day  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [{"amount": 5}, {"currency": "EUR"}, {"amount": "x"}, 5, None])
def test_an_amount_without_currency_is_no_money(value: object) -> None:
    assert money_of(value) is None  # type: ignore[arg-type]  # any JSON
