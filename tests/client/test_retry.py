"""Waiting between attempts."""

import httpx2
import pytest

from liuhen.client.retry import Retry
from liuhen.core.errors import Unavailable


def waits(*answers: httpx2.Response | Exception, attempts: int = 5) -> list[float]:
    """Send until answered; return the waits, each drawn as long as it may be."""
    left = list(answers)
    slept: list[float] = []

    def request() -> httpx2.Response:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    retry = Retry(attempts, sleep=slept.append, draw=lambda _, longest: longest)
    try:
        retry.send(request, repeatable=True)
    except Unavailable:
        assert not left
    return slept


def busy(retry_after: str = "") -> httpx2.Response:
    return httpx2.Response(503, headers={"retry-after": retry_after} if retry_after else {})


def test_an_answer_is_not_waited_for() -> None:
    assert waits(httpx2.Response(201)) == []
    assert waits(httpx2.Response(422)) == []


def test_the_bound_doubles() -> None:
    assert waits(*[httpx2.ConnectError("refused")] * 5) == [0.2, 0.4, 0.8, 1.6]


def test_the_bound_has_a_bound() -> None:
    assert max(waits(*[busy()] * 12, attempts=12)) == 10


def test_the_service_may_ask_for_more_time() -> None:
    assert waits(busy("5"), httpx2.Response(201)) == [5.2]


@pytest.mark.parametrize("text", ["-5", "1e9", "soon", "Wed, 21 Oct 2026 07:28:00 GMT", "٣"])
def test_what_is_not_in_seconds_counts_as_nothing(text: str) -> None:
    headers = [(b"retry-after", text.encode())]
    assert waits(httpx2.Response(503, headers=headers), httpx2.Response(201)) == [0.2]


def test_nobody_waits_for_a_year() -> None:
    assert waits(busy("31536000"), httpx2.Response(201)) == [10.2]


def test_a_request_that_must_not_be_repeated_is_not() -> None:
    sent = []

    def request() -> httpx2.Response:
        sent.append(1)
        raise httpx2.ReadTimeout("late")

    with pytest.raises(Unavailable, match="no answer: ReadTimeout"):
        Retry(sleep=lambda _: None).send(request, repeatable=False)
    assert sent == [1]


def test_it_is_said_who_does_not_answer_and_no_credentials() -> None:
    def request() -> httpx2.Response:
        asked = httpx2.Request("GET", "http://user:word@log.example:8420/v1?key=word")
        raise httpx2.ConnectError("refused", request=asked)

    with pytest.raises(Unavailable) as caught:
        Retry(1).send(request, repeatable=True)
    assert str(caught.value) == "no answer from log.example:8420: ConnectError"
