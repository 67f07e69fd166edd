"""`liuhen draw seed`, `commit` and `select`: what the parties to a draw do, step by step."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import existing

if TYPE_CHECKING:
    from liuhen.core.canonical import JsonValue
    from liuhen.domain.draw import Call

SEED: Final = """Example: liuhen draw seed SLZX-2026-0031 采购人 --out purchaser.seed

Make a fresh seed of one party, keep it in a file that only its owner can read, and print the
commitment to it. Give the commitment away, and the seed once the block is there.
"""
COMMIT: Final = """Example: liuhen draw commit CASE --pool pool.json --condition 会计=1 --block 1:23

Make the submission that commits to a draw; `liuhen append` enters it.

The block must lie so far ahead that the record is anchored before it is mined. The pool is a JSON
file {"pool": [{"token", "majors", "unit"}]}.
"""
SELECT: Final = """Example: liuhen draw select sent.json --pool pool.json --seed A --block-hash HASH

Run a draw: print the order of calling for each major, and who is to be called next.

The first file is the submission, the record or the receipt that committed to the draw. Pool and
seeds are compared with it.
"""

_BLOCK_HASH: Final = re.compile(r"0x([0-9a-fA-F]{64})", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BLOCK: Final = re.compile(r"([0-9]{1,15}):([0-9]{1,15})", re.ASCII)
_COUNT: Final = re.compile(r"[1-9][0-9]?", re.ASCII)

_Pool = Annotated[Path, typer.Option(help="File with the pool.", metavar="FILE", callback=existing)]


def seed(
    case: Annotated[str, typer.Argument(help="Case code.", metavar="CASE")],
    party: Annotated[str, typer.Argument(help="Who the seed is of.", metavar="PARTY")],
    out: Annotated[Path, typer.Option(help="File to write; must not exist.", metavar="FILE")],
) -> None:
    """Make a seed, write it, and print its commitment."""
    import secrets

    from liuhen.adapters.secret_file import write_secret
    from liuhen.cli import talk
    from liuhen.core.canonical import canonical_text
    from liuhen.core.errors import Unavailable
    from liuhen.domain.draw import SEED_BYTES, seed_commitment

    fresh = secrets.token_bytes(SEED_BYTES)
    text = canonical_text({"case": case, "party": party, "seed": fresh.hex()}) + "\n"
    try:
        written = write_secret(out, text)
    except OSError as error:
        raise Unavailable(f"{out} cannot be written: {error.strerror}") from error
    if not written:
        raise typer.BadParameter(f"{out} is there already", param_hint="--out")
    talk.say(seed_commitment(case, party, fresh).hex())


def commit(  # noqa: PLR0917 -- Typer names them
    case: Annotated[str, typer.Argument(help="Case code.", metavar="CASE")],
    pool: _Pool,
    condition: Annotated[
        list[str], typer.Option(help="How many of a major; as often as needed.", metavar="MAJOR=N")
    ],
    seed: Annotated[
        list[str],
        typer.Option(help="A party's commitment; two at least.", metavar="PARTY=HEX"),
    ],
    block: Annotated[
        str, typer.Option(help="The block whose hash is waited for.", metavar="CHAIN:NUMBER")
    ],
    recuse_unit: Annotated[
        list[str] | None, typer.Option(help="A unit whose people are not called.", metavar="UNIT")
    ] = None,
    recuse: Annotated[
        list[str] | None, typer.Option(help="An expert who is not called.", metavar="TOKEN")
    ] = None,
    library: Annotated[str | None, typer.Option(help="Name of the library.")] = None,
    pool_version: Annotated[str | None, typer.Option(help="Its version.")] = None,
    reason: Annotated[
        str | None, typer.Option(help="Why a draw is begun anew, where one was before.")
    ] = None,
    withheld_by: Annotated[
        list[str] | None,
        typer.Option(help="A party that withheld its seed in it.", metavar="PARTY"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; else stdout.", metavar="FILE")
    ] = None,
) -> None:
    """Put the submission together, and write it."""
    from liuhen.cli.draw_files import read_pool
    from liuhen.domain.draw import pool_digest
    from liuhen.domain.draw_record import terms_of

    experts = read_pool(pool)
    chain_id, number = _block(block)
    data: dict[str, JsonValue] = {
        "action": "committed",
        "pool_sha256": pool_digest(experts).hex(),
        "pool_size": len(experts),
        "conditions": [
            {"major": major, "count": _count(count)} for major, count in _pairs(condition)
        ],
        "seed_commitments": [
            {"party": party, "commitment": _hex(text)} for party, text in _pairs(seed)
        ],
        "block": {"chain_id": chain_id, "number": number},
    }
    told: dict[str, JsonValue] = {
        "recusal_units": [*recuse_unit] if recuse_unit else None,
        "recusal_tokens": [*recuse] if recuse else None,
        "library": library,
        "pool_version": pool_version,
        "reason": reason,
        "withheld_by": [*withheld_by] if withheld_by else None,
    }
    data |= {name: value for name, value in told.items() if value is not None}
    if len(seed) < 2:
        raise typer.BadParameter("two parties at least", param_hint="--seed")
    terms = terms_of(data)
    for wanted in terms.conditions:
        able = sum(terms.admits(expert, wanted.major) for expert in experts)
        if able < wanted.count:
            raise typer.BadParameter(
                f"the pool has {able} experts of {wanted.major}, not {wanted.count}",
                param_hint="--condition",
            )
    _write(out, {"type": "expert_draw", "case": case, "data": data})


def select(
    committed: Annotated[
        Path,
        typer.Argument(
            help="What committed to the draw; - is stdin.", metavar="FILE", callback=existing
        ),
    ],
    pool: _Pool,
    seed: Annotated[
        list[Path], typer.Option(help="Seed file of a party; of every party.", metavar="FILE")
    ],
    block_hash: Annotated[
        str, typer.Option(help="Hash of the block, 0x and 64 digits.", metavar="HASH")
    ],
    calls: Annotated[
        Path | None,
        typer.Option(
            help='Calls so far: {"calls": [{"expert_token", "major", "result"}]}.',
            metavar="FILE",
            callback=existing,
        ),
    ] = None,
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare pool and seeds with the commitment, and print the orders."""
    from liuhen.cli import talk
    from liuhen.cli.draw_files import (
        compare_pool,
        read_commitment,
        read_object,
        read_pool,
        read_seeds,
    )
    from liuhen.domain.draw import calling_order, draw_key, next_call
    from liuhen.domain.draw_record import calls_of, terms_of

    case, data = read_commitment(committed)
    experts, seeds = read_pool(pool), read_seeds(case, data, seed)
    compare_pool(experts, data)
    terms, key = terms_of(data), draw_key(dict(data), seeds, parse_block_hash(block_hash))
    done: list[Call] = [] if calls is None else calls_of(read_object(calls))
    orders = {
        each.major: calling_order(key, experts, terms, each.major) for each in terms.conditions
    }
    following = next_call(key, experts, terms, done)
    if json:
        told: JsonValue = None
        if following is not None:
            told = {"expert_token": following.token, "major": following.major}
        shown: JsonValue = [{"major": major, "order": [*order]} for major, order in orders.items()]
        talk.say_json({"case": case, "next": told, "orders": shown})
        return
    for major, order in orders.items():
        for number, token in enumerate(order, 1):
            talk.say(f"{major}  {number}  {token}")
    if following is None:
        talk.warn("every place is filled")
    else:
        talk.warn(f"next: {following.token or 'nobody is left'} ({following.major})")


def parse_block_hash(text: str) -> bytes:
    """Return the hash of a block; anything else is wrong usage."""
    match = _BLOCK_HASH.fullmatch(text)
    if match is None:
        raise typer.BadParameter("must be 0x and 64 hex digits", param_hint="--block-hash")
    return bytes.fromhex(match[1])


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [text.rpartition("=") for text in texts]
    if not all(name and equals for name, equals, _ in pairs):
        raise typer.BadParameter("must be NAME=VALUE", param_hint="--condition, --seed")
    if len({name for name, _, _ in pairs}) != len(pairs):
        raise typer.BadParameter("a name is there twice", param_hint="--condition, --seed")
    return [(name, value) for name, _, value in pairs]


def _count(text: str) -> int:
    if _COUNT.fullmatch(text) is None:
        raise typer.BadParameter("a number from 1 to 99", param_hint="--condition")
    return int(text)


def _hex(text: str) -> str:
    if _HEX.fullmatch(text) is None:
        raise typer.BadParameter("must be 64 lower-case hex digits", param_hint="--seed")
    return text


def _block(text: str) -> tuple[int, int]:
    match = _BLOCK.fullmatch(text)
    if match is None:
        raise typer.BadParameter("must be CHAIN:NUMBER", param_hint="--block")
    return int(match[1]), int(match[2])


def _write(out: Path | None, submission: "dict[str, JsonValue]") -> None:
    from liuhen.cli import talk
    from liuhen.cli.output_file import write_file
    from liuhen.core.canonical import canonical

    if out is None:
        talk.say_json(submission)
        return
    write_file(out, canonical(submission) + b"\n", private=True)
    talk.say(str(out))
