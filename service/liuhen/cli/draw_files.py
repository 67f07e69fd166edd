"""The files that a draw is made from: pool, commitment, seeds."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from liuhen.adapters.secret_file import read_secret
from liuhen.cli.input_file import read_file
from liuhen.core.disclosure import rebuild
from liuhen.core.errors import CommitmentMismatch, Malformed, MalformedJson, NotYet
from liuhen.core.receipt import MAX_RECEIPT_BYTES, SCHEMA, receipt_from_json
from liuhen.core.strict_json import parse_json
from liuhen.domain.draw import Expert, pool_digest, seed_commitment
from liuhen.domain.draw_record import pool_of, seeds_of
from liuhen.domain.reading import Members, get_list, get_members, get_text

_MOST_BYTES: Final = 16 * 2**20


def read_object(path: Path) -> Members:
    """Read a JSON object.

    Raises:
        MalformedJson: It is none.
        Unavailable: It cannot be read.
    """
    value = parse_json(read_file(path, _MOST_BYTES))
    if not isinstance(value, dict):
        raise MalformedJson(f"{path}: not an object")
    return value


def read_pool(path: Path) -> list[Expert]:
    """Read a pool, {"pool": [{token, majors, unit}]}.

    Raises:
        MalformedJson: It is none, is empty, or has a token twice.
    """
    experts = pool_of(read_object(path))
    try:
        pool_digest(experts)
    except ValueError as error:
        raise MalformedJson(f"{path}: {error}") from error
    if not experts or not all(each.token and each.majors for each in experts):
        raise MalformedJson(f'{path}: must be {{"pool": [{{"token", "majors", "unit"}}]}}')
    return experts


def read_commitment(path: Path) -> tuple[str, Members]:
    """Return case and data of what committed to a draw: a submission, a record, or a receipt."""
    value = parse_json(read_file(path, MAX_RECEIPT_BYTES))
    if isinstance(value, dict) and value.get("schema") == SCHEMA:
        value = rebuild(receipt_from_json(value).told)
    members = value if isinstance(value, dict) else {}
    case, data = get_text(members, "case"), get_members(members, "data")
    if case is None or get_text(data, "pool_sha256") is None:
        raise Malformed(f"{path}: commits to no draw, or hides a part")
    return case, data


def read_seeds(case: str, data: Members, paths: Sequence[Path]) -> dict[str, bytes]:
    """Read the seeds of all parties, and hold them against their commitments.

    Raises:
        NotYet: A party's seed is missing.
        CommitmentMismatch: A seed is not the one committed to.
        Unavailable: A file can be read by others.
    """
    found: dict[str, bytes] = {}
    for path in paths:
        value = parse_json(read_secret(path, "the seed"))
        told = seeds_of({"seeds": [value]})
        if not told:
            raise MalformedJson(f"{path}: not a seed file")
        found |= told
    for each in get_list(data, "seed_commitments"):
        party = get_text(each, "party") or ""
        if party not in found:
            raise NotYet(f"the seed of {party!r} is missing: without it there is no draw")
        if seed_commitment(case, party, found[party]).hex() != get_text(each, "commitment"):
            raise CommitmentMismatch(f"the seed of {party!r} is not the one committed to")
    parties = {get_text(each, "party") for each in get_list(data, "seed_commitments")}
    return {party: value for party, value in found.items() if party in parties}


def compare_pool(experts: Sequence[Expert], data: Members) -> None:
    """Hold a pool against the commitment.

    Raises:
        CommitmentMismatch: It is another one.
    """
    if pool_digest(experts).hex() != get_text(data, "pool_sha256"):
        raise CommitmentMismatch("the pool is not the one committed to")
