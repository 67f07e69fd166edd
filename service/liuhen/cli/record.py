"""`liuhen record`: canonical bytes, digest and commitment of a JSON file, on this machine alone."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import existing

if TYPE_CHECKING:
    from liuhen.core.canonical import JsonValue

app = typer.Typer(
    help="Canonical bytes, digest and commitment of a JSON file.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_File = Annotated[
    Path,
    typer.Argument(help="JSON file; - is stdin.", metavar="FILE", callback=existing),
]
_SecretFile = Annotated[
    Path | None,
    typer.Option(
        help="File with the secret of an earlier commitment, in hex; else a new one is drawn.",
        metavar="FILE",
        callback=existing,
    ),
]

CANONICAL: Final = """Example: liuhen record canonical finding.json > finding.canonical.json

Print the canonical form of a JSON file (RFC 8785), without a final newline.

What has no single canonical form is refused, with its place.
"""
DIGEST: Final = """Example: liuhen record digest finding.json

Print the SHA-256 of the canonical form of a JSON file, as 64 hex digits.
"""
COMMIT: Final = """Example: liuhen record commit record.json

Print the commitment of a complete record under a new secret, as JSON: commitment, secret, leaves.
A type whose number of elements is secret is padded, as the service does it.

The secret opens the record to whoever has it: keep it where the content is kept.
"""


@app.command("canonical", help=CANONICAL, short_help="Print the canonical form (RFC 8785).")
def print_canonical(file: _File) -> None:
    """Print the canonical form."""
    sys.stdout.buffer.write(_canonical(file))
    sys.stdout.buffer.flush()


@app.command("digest", help=DIGEST, short_help="Print the SHA-256 of the canonical form.")
def digest(file: _File) -> None:
    """Print the record digest."""
    import hashlib

    from liuhen.cli import talk

    talk.say(hashlib.sha256(_canonical(file)).hexdigest())


@app.command("commit", help=COMMIT, short_help="Print the commitment with a new secret.")
def print_commitment(file: _File, secret_file: _SecretFile = None) -> None:
    """Print commitment, secret and number of leaves."""
    from liuhen.cli import talk
    from liuhen.cli.input_file import read_file
    from liuhen.core.commitment import SECRET_BYTES, commit
    from liuhen.core.record import ENVELOPE_BYTES, parse_record
    from liuhen.core.strict_json import DEFAULT_LIMITS
    from liuhen.domain.catalogue import PADDED_TYPES

    record = parse_record(read_file(file, DEFAULT_LIMITS.body_bytes + ENVELOPE_BYTES))
    secret = _secret(secret_file) if secret_file else secrets.token_bytes(SECRET_BYTES)
    made = commit(record, secret, padded=record["type"] in PADDED_TYPES)
    answer: dict[str, JsonValue] = {
        "commitment": made.commitment.hex(),
        "leaves": len(made.rows),
        "secret": secret.hex(),
    }
    talk.say_json(answer)


def _canonical(file: Path) -> bytes:
    from liuhen.cli.input_file import read_file
    from liuhen.core.canonical import canonical
    from liuhen.core.strict_json import DEFAULT_LIMITS, parse_json

    return canonical(parse_json(read_file(file, DEFAULT_LIMITS.body_bytes)))


def _secret(file: Path) -> bytes:
    """Read 32 bytes in hex; the text itself never enters a message."""
    from liuhen.cli.input_file import read_file
    from liuhen.core.commitment import SECRET_BYTES
    from liuhen.core.errors import Malformed

    text = read_file(file, 1024).strip()
    try:
        secret = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise Malformed(f"{file}: a secret is {2 * SECRET_BYTES} hex digits")
    return secret
