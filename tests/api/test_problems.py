import html
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from liuhen.api.problems import HTTP_CODES, STATUS, all_codes, problem_of
from liuhen.core import errors
from liuhen.core.errors import AuditError, MalformedJson, NotYet, Unavailable
from liuhen.portal.messages import CATALOGUES


def error_classes(parent: type[AuditError] = AuditError) -> Iterator[type[AuditError]]:
    yield parent
    for child in parent.__subclasses__():
        yield from error_classes(child)


def test_the_table_has_exactly_the_error_classes() -> None:
    tree = {each for each in vars(errors).values() if isinstance(each, type)}
    assert set(STATUS) == {each for each in tree if issubclass(each, AuditError)}


def _bare(kind: type[AuditError]) -> AuditError:
    """Make an error without what its own kind wants to be told."""
    return kind.__new__(kind)


def test_an_error_that_is_refined_elsewhere_keeps_its_parents_code_and_status() -> None:
    for refined in set(error_classes()) - set(STATUS):
        error = _bare(refined)
        assert error.code in {known.code for known in STATUS}
        assert problem_of(error).status == problem_of(_bare(refined.__bases__[0])).status


def test_every_code_is_of_one_class() -> None:
    codes = [error.code for error in STATUS] + list(HTTP_CODES.values())
    assert len(codes) == len(set(codes)) == len(all_codes())


@pytest.mark.parametrize("code", all_codes())
def test_every_problem_type_is_a_page_in_both_languages(client: TestClient, code: str) -> None:
    for language, messages in CATALOGUES.items():
        answer = client.get(f"/problems/{code}", headers={"Accept-Language": language})
        assert answer.status_code == 200
        assert str(answer.url).endswith(f"/{language}/problems/{code}")
        text = html.unescape(answer.text)
        assert messages(f"problem.{code}.title") in text
        assert messages(f"problem.{code}.action") in text


def test_no_page_is_about_a_problem_that_cannot_be() -> None:
    for messages in CATALOGUES.values():
        pages = {key.split(".")[1] for key in messages.under("problem.") if key.count(".") == 2}
        assert pages == set(all_codes())


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "no-such-page"),
        ("GET", "/v1/records/x", 404, "unknown"),
        ("GET", "/v1/records", 405, "method-not-allowed"),
        ("DELETE", "/v1/verify", 405, "method-not-allowed"),
        ("GET", "/v1/lookup", 422, "malformed-request"),
        ("POST", "/v1/records", 400, "malformed-json"),
    ],
)
def test_every_error_has_one_shape(
    client: TestClient, method: str, path: str, status: int, code: str
) -> None:
    answer = client.request(method, path, headers={"Accept-Language": "en-GB, zh;q=0.5"})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Content-Language"] == "en"
    problem = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= problem.keys()
    assert problem["type"] == f"/problems/{code}"
    assert problem["title"] == CATALOGUES["en"](f"problem.{code}.title")
    assert problem["status"] == status
    assert problem["instance"].startswith("urn:uuid:")


def test_titles_are_chinese_unless_somebody_prefers_english(client: TestClient) -> None:
    title = CATALOGUES["zh"]("problem.no-such-page.title")
    for language in ("", "zh-CN", "fr", "*", "en;q=0.1, zh", ";;;"):
        answer = client.get("/nothing", headers={"Accept-Language": language})
        assert answer.json()["title"] == title


def test_a_405_says_which_methods_there_are(client: TestClient) -> None:
    assert client.get("/v1/records").headers["Allow"] == "POST"


def test_errors_of_ours_carry_their_facts_and_a_crash_tells_nothing(app: FastAPI) -> None:
    def fail(error: Exception) -> None:
        raise error

    paths = {
        "/test/json": MalformedJson("a rule", line=3, column=4, offset=17, path="/data"),
        "/test/later": NotYet("in a moment"),
        "/test/away": Unavailable("the database is away"),
        "/test/crash": KeyError("the contents of a record"),
    }
    for path, error in paths.items():
        app.add_api_route(path, lambda error=error: fail(error))
    client = TestClient(app, raise_server_exceptions=False)
    problem = client.get("/test/json").json()
    assert [problem[name] for name in ("rule", "line", "column", "offset", "path")] == [
        *("a rule", 3, 4, 17, "/data")
    ]
    later = client.get("/test/later")
    assert (later.status_code, later.headers["Retry-After"]) == (409, "5")
    away = client.get("/test/away")
    assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
    crash = client.get("/test/crash")
    assert (crash.status_code, crash.json()["type"]) == (500, "/problems/crash")
    assert "contents" not in crash.text
