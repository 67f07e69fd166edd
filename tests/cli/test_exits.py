"""Exit codes are pinned: scripts depend on them."""

import pytest

from liuhen.cli import exits
from liuhen.core import errors
from liuhen.core.verdict import Outcome

CLASSES: set[type[errors.AuditError]] = {
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.AuditError)
}
FAMILIES: dict[type[errors.AuditError], int] = {
    errors.Malformed: 7,
    errors.Mismatch: 3,
    errors.NotYet: 4,
    errors.Unknown: 5,
    errors.Unavailable: 6,
}
EXCEPTIONS = {errors.AuditError: 6, errors.RecordRefused: 7, errors.ErasureRefused: 7}


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("match", 0), ("different", 3), ("waiting", 4), ("not_found", 5), ("could_not_check", 6)],
)
def test_an_outcome_has_its_exit_code_for_good(outcome: str, code: int) -> None:
    assert exits.OUTCOMES[Outcome(outcome)] == code


def test_every_outcome_and_every_error_has_an_exit_code() -> None:
    assert exits.OUTCOMES.keys() == set(Outcome)
    assert exits.ERRORS.keys() == CLASSES


@pytest.mark.parametrize("error", sorted(CLASSES, key=str))
def test_an_error_has_the_exit_code_of_its_family(error: type[errors.AuditError]) -> None:
    family = next((code for base, code in FAMILIES.items() if issubclass(error, base)), None)
    assert exits.ERRORS[error] == EXCEPTIONS.get(error, family)


def test_a_refinement_of_a_module_has_the_exit_code_of_its_base() -> None:
    class Refined(errors.MalformedJson):
        pass

    assert exits.of_error(Refined("NaN")) == 7


@pytest.mark.parametrize(
    ("codes", "worst"),
    [
        ([], 0),
        ([0, 0], 0),
        ([0, 4], 4),
        ([4, 5], 5),
        ([5, 6, 4], 6),
        ([6, 7], 7),
        ([7, 3, 6, 5, 4, 0], 3),
    ],
)
def test_the_worst_of_several_stands(codes: list[int], worst: int) -> None:
    assert exits.worst(codes) == worst


def test_no_answer_is_a_crash_or_a_usage_error() -> None:
    assert {1, 2}.isdisjoint([*exits.OUTCOMES.values(), *exits.ERRORS.values()])
