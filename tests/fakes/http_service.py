"""A service in memory, as far as a client can tell; it can fail before and after doing."""

import hashlib
import json
from typing import Any

import httpx2

from liuhen.client import Liuhen
from liuhen.client.retry import Retry
from liuhen.core.canonical import canonical
from liuhen.core.errors import AuditError, MalformedJson, MalformedRecord
from liuhen.core.merkle import leaf_hash
from liuhen.core.receipt import receipt_text
from liuhen.core.strict_json import parse_json
from liuhen.core.submission import prepare
from liuhen.core.tiles import Edge, TileRef, Tree
from tests.proof_kit import cose_receipt, tlog_proof
from tests.receipt_kit import Kit

URL = "http://127.0.0.1:8420"


class FakeService:
    """Records in a list; each answer is a receipt of the log as it is then.

    Attributes:
        fail_before: So many requests from now on are lost before anything is done.
        fail_after: So many are done, and their answer is lost.
        lose_posts: The same, of those only that enter something.
        answers: Answers to give in place of the next ones.
        requests: Every request that came.
        lives: Life words to tell, one a question; the last one stays.
    """

    def __init__(self) -> None:
        self.kit = Kit()
        self.fail_before, self.fail_after, self.lose_posts = 0, 0, 0
        self.answers: list[httpx2.Response] = []
        self.requests: list[httpx2.Request] = []
        self.lives = ["sealed", "anchored", "final"]
        self._commitments: list[bytes] = []
        self._rows: dict[str, tuple[int, str]] = {}
        self._keys: dict[str, str] = {}

    def connect(self, _url: str = URL) -> Liuhen:
        """Return a client of this service that never sleeps."""
        retry = Retry(sleep=lambda _: None)
        return Liuhen(URL, retry=retry, transport=httpx2.MockTransport(self.handle))

    @property
    def size(self) -> int:
        """Number of records that were entered."""
        return len(self._commitments)

    def handle(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        if self.fail_before:
            self.fail_before -= 1
            raise httpx2.ConnectError("connection refused")
        if self.answers:
            return self.answers.pop(0)
        answer = self._answer(request)
        if self.lose_posts and request.method == "POST":
            self.lose_posts -= 1
            raise httpx2.ReadError("connection reset")
        if self.fail_after:
            self.fail_after -= 1
            raise httpx2.ReadError("connection reset")
        return answer

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        try:
            if request.url.path == "/v1/records/bulk":
                return self._append_many(request)
            return self._append(request) if request.method == "POST" else self._read(request)
        except AuditError as error:
            return problem(400, error.code, str(error), **facts(error))

    def _append_many(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a line for each record, with its number only."""
        told = []
        for number, line in enumerate(request.content.split(b"\n"), 1):
            key = hashlib.sha256(canonical(parse_json(line))).hexdigest()
            replayed = key in self._keys
            try:
                self._enter(line, key)
            except AuditError as error:
                answer = problem(400, error.code, str(error), **facts(error)).json()
                told.append({"line": number, "status": 400, "problem": answer})
                continue
            stored = {"record_id": self._keys[key], "replayed": replayed}
            told.append({"line": number, "status": 201, **stored})
        return httpx2.Response(200, content="\n".join(map(json.dumps, told)))

    def _append(self, request: httpx2.Request) -> httpx2.Response:
        return self._enter(request.content, request.headers.get("idempotency-key"))

    def _enter(self, content: bytes, key: str | None) -> httpx2.Response:
        if key is not None and key in self._keys:
            body = self.receipt(self._keys[key])
            return httpx2.Response(201, content=body, headers={"idempotent-replayed": "true"})
        record_id = f"01936b2e-7c00-7000-8000-{self.size:012x}"
        draft = prepare(
            content,
            origin=self.kit.origin,
            record_id=record_id,
            secret=bytes([self.size + 1]) * 32,
            nonce="00" * 16,
        )
        place = (None, None) if draft.case is None else (0, None)
        sealed = draft.complete("2026-03-31T07:40:01.250Z", *place)
        self._commitments.append(sealed.commitment)
        self._rows[record_id] = (self.size - 1, sealed.rows_text)
        if key is not None:
            self._keys[key] = record_id
        return httpx2.Response(201, content=self.receipt(record_id))

    def receipt(self, record_id: str) -> bytes:
        """Return the receipt file of a record in the log as it is now."""
        edge = Edge()
        edge.append([leaf_hash(commitment) for commitment in self._commitments])
        self.kit.tree = Tree(lambda *row: edge.read(*row) or b"", self.size)
        index, rows = self._rows[record_id]
        proof = self.kit.tree.inclusion(index, self.size)
        return receipt_text(rows, index, proof, self.kit.checkpoint(self.size)).encode()

    def proof(self, record_id: str, form: str) -> bytes:
        """Return the proof of a record's entry in another form."""
        self.receipt(record_id)  # grows the tree
        self.kit.index = self._rows[record_id][0]
        if form == "cose":
            return cose_receipt(self.kit, self.size).to_bytes()
        return tlog_proof(self.kit, self.size).to_text().encode()

    def _read(self, request: httpx2.Request) -> httpx2.Response:  # noqa: PLR0911 -- one a path
        match request.url.path.split("/")[2:]:
            case ["records", record_id, "receipt"] if record_id in self._rows:
                return httpx2.Response(200, content=self.receipt(record_id))
            case ["records", record_id, "proof" | "cose" as form] if record_id in self._rows:
                return httpx2.Response(200, content=self.proof(record_id, form))
            case ["records", record_id] if record_id in self._rows:
                life = self.lives.pop(0) if len(self.lives) > 1 else self.lives[0]
                return httpx2.Response(200, json={"record_id": record_id, "life": life})
            case ["kit", "checkpoint"]:
                return httpx2.Response(200, text=self.kit.checkpoint(0))
            case [] if request.url.path == "/readyz":
                return httpx2.Response(200, json={"logs": [{"log": "kit"}], "ready": True})
            case ["kit", "tile", *rest]:
                return self._tile("/".join(["tile", *rest]))
            case ["lookup"]:
                found: Any = [{"record_id": record_id} for record_id in self._rows]
                digest = request.url.params["digest"]
                return httpx2.Response(200, json={"digest": digest, "records": found})
        return problem(404, "unknown", "this log has no such record")

    def _tile(self, path: str) -> httpx2.Response:
        tile = TileRef.parse(path)
        assert tile.level == 0, "so few entries have no other tiles"
        leaves = [leaf_hash(commitment) for commitment in self._commitments]
        return httpx2.Response(200, content=b"".join(leaves[: tile.width]))

    def forget(self, record_id: str) -> None:
        """Rewrite history: the record's entry becomes another one."""
        self._commitments[self._rows.pop(record_id)[0]] = bytes(32)


def problem(status: int, code: str, detail: str = "", **members: Any) -> httpx2.Response:
    """Return an answer as RFC 9457 has it."""
    body = {"type": f"/problems/{code}", "status": status, "detail": detail, **members}
    return httpx2.Response(status, content=canonical(json.loads(json.dumps(body))))


def facts(error: AuditError) -> dict[str, Any]:
    if isinstance(error, MalformedRecord):
        return {"field": error.field, "rule": error.rule}
    if isinstance(error, MalformedJson):
        return {"rule": error.rule, "line": error.line, "column": error.column}
    return {}
