"""Who reads, from the fields of a request."""

from collections.abc import Sequence

import pytest
from fastapi import Request

from liuhen.api.problems import ProblemRaised
from liuhen.api.reader import Reader, reader_of
from liuhen.api.served_log import ServedLogs
from liuhen.domain.role import Role


def asking(*fields: tuple[str, str]) -> Request:
    """Return a request as Starlette reads it off the wire."""
    headers = [(name.lower().encode(), value.encode()) for name, value in fields]
    return Request({"type": "http", "headers": headers})


@pytest.fixture
def key(logs: ServedLogs) -> tuple[str, str]:
    assert logs.operator_key is not None
    return ("Authorization", f"Bearer {logs.operator_key.hex()}")


def test_whoever_gives_no_key_is_the_public_whatever_they_say(logs: ServedLogs) -> None:
    told = asking(("Liuhen-Role", "supervisor"), ("Liuhen-Reader", "王某"), ("Liuhen-Party", "X"))
    assert reader_of(told, logs) == Reader(Role.PUBLIC)


def test_a_reader_has_role_name_and_party_as_given(logs: ServedLogs, key: tuple[str, str]) -> None:
    fields = (key, ("Liuhen-Role", "bidder"), ("Liuhen-Reader", "王某"), ("Liuhen-Party", "甲公司"))
    assert reader_of(asking(*fields), logs) == Reader(Role.BIDDER, "王某", "甲公司")


def test_an_auditor_is_who_gives_the_key_alone(logs: ServedLogs, key: tuple[str, str]) -> None:
    assert reader_of(asking(key), logs) == Reader(Role.AUDITOR)


@pytest.mark.parametrize("given", ["Bearer " + 64 * "0", "Bearer", "Basic x", ""])
def test_a_wrong_key_is_401_and_never_the_public(logs: ServedLogs, given: str) -> None:
    with pytest.raises(ProblemRaised) as raised:
        reader_of(asking(("Authorization", given)), logs)
    assert raised.value.problem.status == 401


@pytest.mark.parametrize(
    "fields",
    [
        [("Liuhen-Role", "king")],
        [("Liuhen-Role", "")],
        [("Liuhen-Reader", 201 * "王")],
        [("Liuhen-Party", "a\x07b")],
    ],
)
def test_a_role_or_name_without_form_is_422(
    logs: ServedLogs, key: tuple[str, str], fields: Sequence[tuple[str, str]]
) -> None:
    with pytest.raises(ProblemRaised) as raised:
        reader_of(asking(key, *fields), logs)
    assert raised.value.problem.status == 422
    assert fields[0][0] in raised.value.problem.detail


def test_a_name_that_is_not_utf_8_is_422(logs: ServedLogs, key: tuple[str, str]) -> None:
    request = asking(key)
    request.scope["headers"].append((b"liuhen-reader", b"\xff"))
    with pytest.raises(ProblemRaised) as raised:
        reader_of(Request(request.scope), logs)
    assert raised.value.problem.status == 422
