"""Disclosing and erasing with the SDK, against a service in memory."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from liuhen.client import Liuhen
from liuhen.core.errors import (
    ErasureRefused,
    MalformedJson,
    MalformedPointer,
    MalformedReceipt,
    Unavailable,
    Unknown,
)
from liuhen.core.selection import select
from tests.fakes.http_service import FakeService, problem

KEY = bytes(range(32))
ANSWER: dict[str, Any] = {"record_id": "r", "erasure_id": "e", "erased": ["/data"], "purged": True}


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def log(service: FakeService) -> Iterator[Liuhen]:
    with service.connect() as connected:
        yield connected


def test_a_disclosure_is_asked_for_with_its_fields(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"scores": ["1", "2", "3"]})
    rows = select(stored.receipt.rows, ["/data/scores/2"])
    narrowed = replace(stored.receipt, rows=rows)
    service.answers = [httpx2.Response(200, content=narrowed.to_text().encode())]
    made = log.disclosure(
        stored.record_id, ["/data/scores/2", "/data/a&b=c"], hide_names=True, hide_case=True
    )
    assert made.receipt == narrowed
    asked = service.requests[-1].url
    assert asked.path == f"/v1/records/{stored.record_id}/disclosure"
    assert asked.params.get_list("show") == ["/data/scores/2", "/data/a&b=c"]
    assert asked.params.get_list("hide") == ["names", "case"]


def test_names_are_left_to_the_service_unless_said(service: FakeService, log: Liuhen) -> None:
    stored = log.append({"a": 1})
    for hide_names, hide in ((None, []), (False, ["values"])):
        service.answers = [httpx2.Response(200, content=stored.body)]
        log.disclosure(stored.record_id, hide_names=hide_names)
        assert service.requests[-1].url.params.get_list("hide") == hide


def test_a_disclosure_of_another_record_is_refused(service: FakeService, log: Liuhen) -> None:
    first, second = log.append({"a": 1}), log.append({"a": 2})
    service.answers = [httpx2.Response(200, content=first.body)]
    with pytest.raises(MalformedReceipt, match="asked for record"):
        log.disclosure(second.record_id)


def test_an_erasure_is_asked_for_by_the_operator(service: FakeService, log: Liuhen) -> None:
    service.answers = [httpx2.Response(201, json=ANSWER)]
    answer = log.erase("r", ["/data/phone"], "依据", operator_key=KEY)
    assert answer == ANSWER
    request = service.requests[-1]
    assert (request.method, request.url.path) == ("POST", "/v1/records/r/erasures")
    assert request.headers["authorization"] == f"Bearer {KEY.hex()}"
    assert json.loads(request.content) == {"fields": ["/data/phone"], "basis": "依据"}


def test_an_erasure_is_never_sent_twice(service: FakeService, log: Liuhen) -> None:
    service.fail_after = 1
    service.answers = [httpx2.Response(201, json=ANSWER)]
    service.fail_before = 1
    with pytest.raises(Unavailable):
        log.erase("r", ["/data"], "x", operator_key=KEY)
    assert len(service.requests) == 1


def test_what_the_service_refuses_is_the_same_error_here(service: FakeService, log: Liuhen) -> None:
    answers = [
        (422, "erasure-refused", {"field": "/case", "rule": "is always shown"}, ErasureRefused),
        (400, "malformed-pointer", {}, MalformedPointer),
        (404, "unknown", {}, Unknown),
        (401, "operator-only", {}, Unavailable),
    ]
    for status, code, members, error in answers:
        service.answers = [problem(status, code, "why", **members)]
        with pytest.raises(error) as caught:
            log.erase("r", ["/case"], "x", operator_key=KEY)
        if isinstance(caught.value, ErasureRefused):
            assert (caught.value.field, caught.value.rule) == ("/case", "is always shown")
        assert KEY.hex() not in str(caught.value)


def test_an_answer_that_is_no_object_is_malformed(service: FakeService, log: Liuhen) -> None:
    service.answers = [httpx2.Response(201, content=b"[]")]
    with pytest.raises(MalformedJson):
        log.erase("r", ["/data"], "x", operator_key=KEY)


def test_the_operators_key_does_not_go_over_a_network_in_clear(service: FakeService) -> None:
    transport = httpx2.MockTransport(service.handle)
    with (
        Liuhen("http://log.example", transport=transport) as remote,
        pytest.raises(Unavailable, match="https"),
    ):
        remote.erase("r", ["/data"], "x", operator_key=KEY)
    assert service.requests == []
