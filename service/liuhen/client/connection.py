"""The connection to one service: enter, fetch, look up, wait."""

import re
import time
from typing import Final, Self
from urllib.parse import quote
from uuid import uuid4

import httpx2

from liuhen.client.history import prove_consistency
from liuhen.client.problem import error_of, read_problem
from liuhen.client.retry import Retry
from liuhen.client.stored import StoredReceipt
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.errors import Malformed, MalformedJson, NotYet, Unavailable
from liuhen.core.merkle import TreeHead
from liuhen.core.policy import Life
from liuhen.core.receipt import MAX_RECEIPT_BYTES
from liuhen.core.strict_json import Limits, parse_json

_ANSWER: Final = Limits(body_bytes=MAX_RECEIPT_BYTES)
_KEY: Final = re.compile(r"[!-~]{1,255}", re.ASCII)
_POLL_SECONDS: Final = 0.5
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Liuhen:
    """One service.

    Example:
        >>> with Liuhen("https://log.example") as log:  # doctest: +SKIP
        ...     stored = log.append({"score": "43.00"}, case="SLZX-2026-0031")
        ...     log.wait_until(stored.record_id, Life.FINAL, timeout=600)

    All methods raise `Unavailable` where no answer comes, and the error of `core.errors` that the
    service's problem names. What may be repeated is repeated, see `Retry`.
    """

    def __init__(
        self,
        base_url: str,
        *,
        timeout: float = 30.0,
        retry: Retry | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            base_url: Where the service is, such as `https://log.example`.
            timeout: Seconds allowed to each step of a request: connecting, sending, reading.
            retry: How to try again.
            transport: For tests; by default the network.

        Raises:
            Unavailable: `base_url` is not http:// or https:// with a host.
        """
        url = _parse_url(base_url)
        # A proxy of the environment must not come between us and a service on this machine.
        self._http = httpx2.Client(
            base_url=url,
            timeout=timeout,
            transport=transport,
            trust_env=url.host not in _LOOPBACK,
            headers={"accept": "application/json, application/problem+json"},
        )
        self._retry = retry or Retry()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def append(
        self,
        data: JsonValue,
        *,
        type: str = "generic",  # noqa: A002 -- the record's member is called so
        case: str | None = None,
        idempotency_key: str | None = None,
    ) -> StoredReceipt:
        """Enter a record, and return its receipt once it is durable.

        Args:
            data: What to enter: JSON values, with money and scores as strings.
            type: The record's type.
            case: The case that numbers it.
            idempotency_key: The same key again gives the same record, never a second one. None
                draws a key for this call, so that its own retries enter nothing twice.

        Raises:
            MalformedJson: `data` has no canonical form.
            CommitmentMismatch: The receipt is of other data than was sent.
        """
        submission: JsonObject = {"data": data, "type": type}
        if case is not None:
            submission["case"] = case
        key = idempotency_key or uuid4().hex
        stored = self.append_bytes(canonical(submission), idempotency_key=key)
        stored.check_data(data)
        return stored

    def append_bytes(self, body: bytes, *, idempotency_key: str | None = None) -> StoredReceipt:
        """Enter a whole submission, as JSON text.

        Args:
            body: The submission, with `data` and what else a client knows.
            idempotency_key: As for `append`; without one the request is sent once and never again.

        Raises:
            Malformed: The key is not 1 to 255 visible ASCII characters.
        """
        headers = {"content-type": "application/json"}
        if idempotency_key is not None:
            headers["idempotency-key"] = _checked_key(idempotency_key)
        response = self._retry.send(
            lambda: self._http.post("/v1/records", content=body, headers=headers),
            repeatable=idempotency_key is not None,
        )
        content = _content(response)
        if response.status_code == httpx2.codes.ACCEPTED:
            raise NotYet("received, and not yet in the log: fetch the receipt later")
        replayed = response.headers.get("idempotent-replayed") == "true"
        return StoredReceipt.parse(content, replayed=replayed)

    def receipt(self, record_id: str) -> StoredReceipt:
        """Fetch the receipt of a record, with the anchors it has by now.

        Raises:
            Unknown: The service has no such record.
        """
        stored = StoredReceipt.parse(self._get(f"/v1/records/{quote(record_id, safe='')}/receipt"))
        stored.check_record_id(record_id)
        return stored

    def record(self, record_id: str) -> JsonObject:
        """Fetch what the service tells of a record.

        Raises:
            Unknown: The service has no such record.
        """
        return self._get_object(f"/v1/records/{quote(record_id, safe='')}")

    def lookup(self, digest: bytes) -> list[JsonObject]:
        """Ask which records hold what has this digest; the oldest come first.

        Args:
            digest: SHA-256 of an attachment, or of the canonical form of `data`.

        Returns:
            Of each record its `record_id`, `log`, `entry_index`, `type` and `recorded_at`.

        Raises:
            Unknown: None does.
        """
        found = self._get_object(f"/v1/lookup?digest=sha-256:{digest.hex()}").get("records")
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def consistency(self, log_name: str, old: TreeHead, new: TreeHead) -> list[bytes]:
        """Prove from a log's tiles that one of its heads is a prefix of another, and check that.

        Args:
            log_name: Last part of the log's origin.
            old: The smaller head; of one entry at least.
            new: The larger head.

        Raises:
            ProofMismatch: They are not of one history.
            Unavailable: A tile cannot be had.
        """
        folder = f"/logs/{quote(log_name, safe='')}"
        return prove_consistency(lambda path: self._get(f"{folder}/{path}"), old, new)

    def wait_until(self, record_id: str, life: Life, timeout: float = 300.0) -> StoredReceipt:
        """Wait until a record has come so far, as the service tells it; return its receipt then.

        Args:
            record_id: The record.
            life: Sealed, anchored or final.
            timeout: Seconds to wait.

        Raises:
            NotYet: It has not, within the time.
        """
        end = time.monotonic() + timeout
        while (reached := self._life(record_id)).rank < life.rank:
            if time.monotonic() + _POLL_SECONDS > end:
                raise NotYet(f"record {record_id} is {reached} after {timeout:g} seconds")
            time.sleep(_POLL_SECONDS)
        return self.receipt(record_id)

    def _life(self, record_id: str) -> Life:
        told = self.record(record_id).get("life")
        try:
            return Life(str(told))
        except ValueError as error:
            raise Malformed("the service tells no state that this version knows") from error

    def _get(self, path: str) -> bytes:
        return _content(self._retry.send(lambda: self._http.get(path), repeatable=True))

    def _get_object(self, path: str) -> JsonObject:
        value = parse_json(self._get(path), _ANSWER)
        if not isinstance(value, dict):
            raise MalformedJson("the service answered what is not an object")
        return value


def _checked_key(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise Malformed("an idempotency key is 1 to 255 visible ASCII characters")
    return key


def _content(response: httpx2.Response) -> bytes:
    if not response.is_success:
        problem = read_problem(response)
        raise error_of(problem) from problem
    return response.content


def _parse_url(text: str) -> httpx2.URL:
    """Accept http and https URLs with a host; the text may hold credentials and is not repeated."""
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, TypeError) as error:
        raise Unavailable("the URL of the service cannot be read") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise Unavailable("the URL of the service is not http:// or https:// with a host")
    return url
