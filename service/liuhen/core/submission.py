"""From what a client sends to a record with its commitment, in two steps.

    prepare(body, …)  →  Draft          pure and the long part: read, check, walk, salt, hash
    Draft.complete(…) →  Sealed         the short part, under the writer's lock

A client sends an object with `data` and, where it knows them, `type` (else "generic"), `case`,
`occurred_at`, `submitter` {organisation, system, person}, `version` (else 1), `supersedes`,
`nonce`, `links` and `attachments`. The service adds the rest. What only the writer knows (when,
which number in the case, after which record and block) are six leaves whatever they hold, so
all others and most of the tree above them are hashed before the head of the log is locked.
"""

import hashlib
from collections.abc import Collection, Mapping

from liuhen.core.canonical import JsonObject, JsonValue, canonical
from liuhen.core.commitment import (
    MISSING,
    SALT_BYTES,
    SECRET_BYTES,
    PartialTree,
    hash_leaves,
    make_salts,
    shown_rows,
)
from liuhen.core.draft import Draft, Sealed
from liuhen.core.envelope import FIXED_PATHS, lay_out
from liuhen.core.errors import MalformedRecord
from liuhen.core.field_leaf import LeafWalk
from liuhen.core.padding import pad, padded_count
from liuhen.core.record import (
    ATTACHMENT_RULES,
    FORMAT,
    RULES,
    SUBMITTER_RULES,
    Check,
    check_members,
    list_of,
    object_of,
)
from liuhen.core.strict_json import DEFAULT_LIMITS, Limits, parse_json

__all__ = ["Draft", "Sealed", "parse_submission", "prepare"]

OWN_TYPE_PREFIX = "log."
"""Types that only the service itself may use."""

_SENT_SUBMITTER = {name: SUBMITTER_RULES[name] for name in ("organisation", "system", "person")}
_SENT_RULES: Mapping[str, Check] = {
    **{name: RULES[name] for name in ("type", "case", "occurred_at", "version", "supersedes")},
    **{name: RULES[name] for name in ("nonce", "links", "data")},
    "submitter": object_of(_SENT_SUBMITTER, optional=_SENT_SUBMITTER),
    "attachments": list_of(ATTACHMENT_RULES, optional=["sm3"]),
}
_OPTIONAL = _SENT_RULES.keys() - {"data"}


def parse_submission(
    body: bytes, limits: Limits = DEFAULT_LIMITS, *, own_types: bool = False
) -> JsonObject:
    """Read what a client sends.

    Args:
        body: The request's body.
        limits: What it may cost.
        own_types: Whether the service itself is the client: then types `log.*` pass.

    Raises:
        MalformedJson: It is not strict JSON.
        MalformedRecord: A member is unknown, missing or breaks its rule.
    """
    sent = check_members("", parse_json(body, limits), _SENT_RULES, _OPTIONAL)
    if str(sent.get("type", "")).startswith(OWN_TYPE_PREFIX) and not own_types:
        raise MalformedRecord("/type", f'must not begin with "{OWN_TYPE_PREFIX}"')
    return sent


def prepare(
    body: bytes,
    *,
    origin: str,
    record_id: str,
    secret: bytes,
    nonce: str | None,
    network_address: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    own_types: bool = False,
    padded_types: Collection[str] = (),
    with_rows: bool = True,
) -> Draft:
    """Do everything that can be done before the head of the log is locked. Pure.

    Args:
        body: The request's body.
        origin: The log's origin.
        record_id: A fresh UUID of version 7.
        secret: 32 fresh random bytes; used for this record and never again.
        nonce: 128 random bits in hex, used if the client sent none.
        network_address: Where the submission came from, if that is kept.
        limits: What it may cost.
        own_types: Whether the service itself is the client: then types `log.*` pass.
        padded_types: Types whose number of elements is secret: padding hides it.
        with_rows: Whether to print the rows of its receipt, which takes time.

    Raises:
        MalformedJson: The body is not strict JSON.
        MalformedRecord: A member is unknown, missing or breaks its rule, or a limit is passed.
    """
    if len(secret) != SECRET_BYTES:
        raise ValueError("a secret has 32 bytes")
    sent = parse_submission(body, limits, own_types=own_types)
    known = _known(sent, origin, record_id, nonce, network_address)
    walk = LeafWalk(len(body), limits, FIXED_PATHS)
    walked = {
        "attachments": walk.leaves(_attachments(sent), b'"attachments"'),
        "data": walk.leaves(sent["data"], b'"data"'),
        "links": walk.leaves(sent.get("links", []), b'"links"'),
    }
    leaves, record = lay_out(known, walked)
    padded_to = padded_count(len(leaves)) if known["type"] in padded_types else None
    leaves = pad(leaves, padded_to)
    data_text = walked["data"][1]
    salts = make_salts(secret, record_id, len(leaves))
    return Draft(
        type=str(known["type"]),
        record_id=record_id,
        case=_string(sent, "case"),
        occurred_at=_string(sent, "occurred_at"),
        supersedes=_string(sent, "supersedes"),
        submitter=sent.get("submitter"),
        links=sent.get("links"),
        data=sent["data"],
        secret=secret,
        data_digest=hashlib.sha256(data_text).digest(),
        submission_digest=hashlib.sha256(_sent_text(sent, data_text)).digest(),
        attachment_digests=_attachment_digests(sent),
        leaf_count=len(leaves),
        padded_to=padded_to,
        record_parts=record.split(MISSING),
        rows_parts=shown_rows(leaves, salts).split(MISSING) if with_rows else (),
        writers_salts=[
            salts[SALT_BYTES * at : SALT_BYTES * (at + 1)]
            for at, (_, text) in enumerate(leaves)
            if text is MISSING
        ],
        tree=PartialTree(hash_leaves(leaves, salts)),
    )


def _known(
    sent: JsonObject,
    origin: str,
    record_id: str,
    nonce: str | None,
    network_address: str | None,
) -> dict[str, JsonValue]:
    """Collect the envelope's scalars that are known before the writer's turn, by place."""
    submitter = sent.get("submitter", {})
    assert isinstance(submitter, dict)
    known = {
        "case": sent.get("case"),
        "format": FORMAT,
        "nonce": sent.get("nonce") or nonce,
        "occurred_at": sent.get("occurred_at"),
        "origin": origin,
        "record_id": record_id,
        "submitter/network_address": network_address,
        "submitter/organisation": submitter.get("organisation"),
        "submitter/person": submitter.get("person"),
        "submitter/system": submitter.get("system"),
        "supersedes": sent.get("supersedes"),
        "type": sent.get("type", "generic"),
        "version": sent.get("version", 1),
    }
    for name in ("nonce", "origin", "record_id"):
        RULES[name](f"/{name}", known[name])
    SUBMITTER_RULES["network_address"]("/submitter/network_address", network_address)
    return known


def _attachments(sent: JsonObject) -> list[JsonValue]:
    return [{"sm3": None, **attachment} for attachment in _objects(sent, "attachments")]


def _attachment_digests(sent: JsonObject) -> tuple[bytes, ...]:
    digests = (
        attachment.get(kind)
        for attachment in _objects(sent, "attachments")
        for kind in ("sha256", "sm3")
    )
    return tuple(bytes.fromhex(digest) for digest in digests if isinstance(digest, str))


def _objects(sent: JsonObject, name: str) -> list[JsonObject]:
    value = sent.get(name, [])
    assert isinstance(value, list)
    return [element for element in value if isinstance(element, dict)]


def _string(sent: JsonObject, name: str) -> str | None:
    value = sent.get(name)
    return value if isinstance(value, str) else None


def _sent_text(sent: JsonObject, data_text: bytes) -> bytes:
    """Make the canonical form of the submission without walking over `data` again."""
    texts = {**{name: canonical(sent[name]) for name in sent if name != "data"}, "data": data_text}
    members = (f'"{name}":'.encode() + texts[name] for name in sorted(texts))
    return b"{" + b",".join(members) + b"}"
