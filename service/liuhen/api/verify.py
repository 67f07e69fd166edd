"""`POST /v1/verify`: a receipt, a record or a digest in, a verdict out."""

import re
from dataclasses import replace
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from liuhen.api.body import ClientGone, read_body
from liuhen.api.digest import parse_digest
from liuhen.api.problems import ProblemRaised, http_problem
from liuhen.api.served_log import ServedLogs
from liuhen.app.verify import Verifier
from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.file_check import FileDigest
from liuhen.core.receipt import (
    RECEIPT_LIMITS,
    SCHEMA,
    Receipt,
    parse_receipt,
    receipt_from_json,
)
from liuhen.core.record import check_record
from liuhen.core.sent_members import PLACES, Members
from liuhen.core.strict_json import Limits, parse_json
from liuhen.core.verdict import Verdict

MAX_FILES: Final = 1000
MAX_BLOCK_HASHES: Final = 100
_MAX_NAME: Final = 1000
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BLOCK_HASH: Final = re.compile(r"0x([0-9a-f]{64})", re.ASCII)
_DESCRIPTION: Final = """
One of

- a receipt file, as it is (`audit-receipt/v1`);
- `{"receipt": R, "files": [{"name", "sha256", "canonical_sha256"?, "members"?}]}` with R the
  receipt file's text as one string, or the receipt object; files are compared by digest and never
  sent;
  `members` are the SHA-256 of the canonical form of each member, where the file is a submission;
  with `"too_long": true` in place of canonical_sha256 for JSON longer than a record can be;
  with `"block_hashes": ["0x…"]` for blocks that you vouch for, as `--block-hash` does;
- `{"files": [F]}` or `{"digest": "sha-256:…"}`: is this in the log?
- `{"record": {…}}`: a whole record, `audit-record/v1`.

200 for every verdict: match, waiting, different, not_found, could_not_check. 400 for what is
malformed. The service uses its own trust policy and node; `liuhen verify` does without it.
"""
_EXAMPLES: Final = {
    "digest": {"value": {"digest": "sha-256:" + 64 * "0"}},
    "receipt and file": {
        "value": {
            "receipt": '{"anchors":[],…}',
            "files": [{"name": "report.pdf", "sha256": 64 * "0"}],
        }
    },
}


def verify_router(logs: ServedLogs, body_bytes: int) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/v1", tags=["verification"])
    limits = replace(RECEIPT_LIMITS, body_bytes=body_bytes)

    @router.post(
        "/verify",
        summary="Verify a receipt, a record or a digest",
        description=_DESCRIPTION,
        response_class=Response,
        responses={200: {"content": {"application/json": {}}}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {"application/json": {"examples": _EXAMPLES}},
            }
        },
    )
    async def verify(request: Request) -> Response:
        try:
            body = await read_body(request.receive, body_bytes)
        except ClientGone:
            return Response(status_code=400)
        verdict = await run_in_threadpool(verify_body, logs.verify, body, limits)
        _count(logs, verdict)
        headers = {"Cache-Control": "no-store"}
        return Response(
            canonical(verdict.to_json()), headers=headers, media_type="application/json"
        )

    return router


def _count(logs: ServedLogs, verdict: Verdict) -> None:
    """Count a check for the log it was about; for the first one where that is not known."""
    origin = verdict.facts.get("origin")
    ours = [log for log in logs.logs if log.policy.origin == origin]
    for log in (ours or logs.logs)[:1]:
        logs.anonymous.count_check(log.name)


def verify_body(verify: Verifier, body: bytes, limits: Limits) -> Verdict:
    """Verify what a body asks for.

    Raises:
        Malformed: The body, or the receipt or record in it, is not what it claims to be.
        ProblemRaised: The body asks for nothing we know.
    """
    value = parse_json(body, limits)
    if not isinstance(value, dict):
        raise _refused("the body must be an object")
    if value.get("schema") == SCHEMA:
        return verify.receipt(parse_receipt(body, limits))
    match sorted(value):
        case [*others, "receipt"] if set(others) <= {"block_hashes", "files"}:
            return _verify_receipt(verify, value, limits)
        case ["files"]:
            return _verify_file(verify, value)
        case ["digest"]:
            return _verify_digest(verify, value["digest"])
        case ["record"]:
            return _verify_record(verify, value["record"])
    raise _refused("the body must be a receipt, or have receipt, files, digest or record")


def _verify_receipt(verify: Verifier, value: JsonObject, limits: Limits) -> Verdict:
    return verify.receipt(
        _receipt(value["receipt"], limits),
        _files(value.get("files", [])),
        _block_hashes(value.get("block_hashes", [])),
    )


def _receipt(value: JsonValue, limits: Limits) -> Receipt:
    if isinstance(value, str):  # the strict reader lets no half surrogate through
        return parse_receipt(value.encode(), limits)
    return receipt_from_json(value)


def _verify_file(verify: Verifier, value: JsonObject) -> Verdict:
    files = _files(value["files"])
    if len(files) != 1:
        raise _refused("files: without a receipt, exactly one file can be looked for")
    return verify.file(files[0])


def _verify_digest(verify: Verifier, value: JsonValue) -> Verdict:
    if not isinstance(value, str):
        raise _refused("digest: must be a string")
    digest = parse_digest(value)
    return verify.file(FileDigest(value, digest, digest))


def _verify_record(verify: Verifier, value: JsonValue) -> Verdict:
    check_record(value)
    assert isinstance(value, dict)
    return verify.record(value)


def _files(value: JsonValue) -> list[FileDigest]:
    if not isinstance(value, list) or len(value) > MAX_FILES:
        raise _refused(f"files: must be an array of at most {MAX_FILES}")
    return [_file(item, f"files/{at}") for at, item in enumerate(value)]


def _file(value: JsonValue, place: str) -> FileDigest:
    if not isinstance(value, dict) or not {"name", "sha256"} <= value.keys() <= {
        *("name", "sha256", "canonical_sha256", "too_long", "members"),
    }:
        rule = "must have name, sha256 and, for JSON, canonical_sha256 or too_long"
        raise _refused(f"{place}: {rule}")
    name, canonical_digest = value["name"], value.get("canonical_sha256")
    if not isinstance(name, str) or len(name) > _MAX_NAME:
        raise _refused(f"{place}/name: must be a string of at most {_MAX_NAME} characters")
    too_long = value.get("too_long", False)
    if not isinstance(too_long, bool):
        raise _refused(f"{place}/too_long: must be true or false")
    return FileDigest(
        name,
        _digest(value["sha256"], f"{place}/sha256"),
        None
        if canonical_digest is None
        else _digest(canonical_digest, f"{place}/canonical_sha256"),
        too_long,
        None if "members" not in value else _members(value["members"], f"{place}/members"),
    )


def _members(value: JsonValue, place: str) -> Members:
    if not isinstance(value, dict) or not value.keys() <= set(PLACES):
        raise _refused(f"{place}: must be an object of digests by member of a submission")
    return {name: _digest(digest, f"{place}/{name}") for name, digest in value.items()}


def _block_hashes(value: JsonValue) -> frozenset[bytes]:
    if not isinstance(value, list) or len(value) > MAX_BLOCK_HASHES:
        raise _refused(f"block_hashes: must be an array of at most {MAX_BLOCK_HASHES}")
    found = [_BLOCK_HASH.fullmatch(item) if isinstance(item, str) else None for item in value]
    if None in found:
        raise _refused("block_hashes: each must be 0x and 64 lower-case hex digits")
    return frozenset(bytes.fromhex(match[1]) for match in found if match is not None)


def _digest(value: JsonValue, place: str) -> bytes:
    if not isinstance(value, str) or _HEX.fullmatch(value) is None:
        raise _refused(f"{place}: must be 64 lower-case hex digits")
    return bytes.fromhex(value)


def _refused(detail: str) -> ProblemRaised:
    return ProblemRaised(http_problem(400, detail))
