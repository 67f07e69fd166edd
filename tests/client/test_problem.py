"""Every problem of the service is one error on this side."""

import httpx2
import pytest

from liuhen.client.problem import Problem, error_of, problem_of, read_problem
from liuhen.core import errors
from tests.fakes.http_service import problem

CLASSES = [
    error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, errors.AuditError)
]


@pytest.mark.parametrize("wanted", CLASSES, ids=lambda error: error.code)
def test_every_code_comes_back_as_its_class(wanted: type[errors.AuditError]) -> None:
    told = read_problem(problem(400, wanted.code, "why", field="/type", rule="must be known"))
    error = error_of(told)
    assert type(error) is wanted
    assert "why" in str(error) or "must be known" in str(error)


def test_a_place_in_the_text_comes_back() -> None:
    told = read_problem(
        problem(400, "malformed-json", "long", rule="a duplicate key", line=3, column=7, path="/a")
    )
    error = error_of(told)
    assert isinstance(error, errors.MalformedJson)
    assert (error.line, error.column, error.offset, error.path) == (3, 7, None, "/a")


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (413, "too-large", errors.Malformed),
        (422, "malformed-request", errors.Malformed),
        (422, "of-a-newer-version", errors.Malformed),
        (500, "crash", errors.Unavailable),
        (404, "no-such-page", errors.Unavailable),
        (405, "method-not-allowed", errors.Unavailable),
        (421, "host-not-allowed", errors.Unavailable),
    ],
)
def test_a_code_that_we_do_not_know_is_never_a_difference(
    status: int, code: str, wanted: type[errors.AuditError]
) -> None:
    assert type(error_of(read_problem(problem(status, code)))) is wanted


@pytest.mark.parametrize("status", [301, 400, 404, 422, 500])
@pytest.mark.parametrize("body", [b"", b"<html>Not Found</html>", b"[1]", b'"type"', b"\xff"])
def test_a_page_of_some_other_server_tells_nothing(status: int, body: bytes) -> None:
    told = read_problem(httpx2.Response(status, content=body))
    assert (told.status, told.code) == (status, f"http-{status}")
    assert type(error_of(told)) is errors.Unavailable


def test_an_error_without_a_problem_has_none() -> None:
    assert problem_of(errors.Unknown("of our own")) is None
    told = Problem(404, {"type": "/problems/unknown", "instance": "urn:uuid:1"})
    error = error_of(told)
    error.__cause__ = told
    assert problem_of(error) is told
    assert told.instance == "urn:uuid:1"
