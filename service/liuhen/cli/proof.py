"""`liuhen proof check`: check a proof that is in the form of other people's tools."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.existing import ExistingPolicy, all_existing, existing
from liuhen.cli.language import Language, LanguageOption, of_terminal

if TYPE_CHECKING:
    from liuhen.core.canonical import JsonValue
    from liuhen.core.proof_check import ClaimedEntry
    from liuhen.core.verdict import Verdict

app = typer.Typer(help="Check proofs.", no_args_is_help=True, rich_markup_mode=None)

CHECK: Final = """Example: liuhen proof check ID.tlog-proof --receipt receipt.json

Check a proof of an entry against a trust policy: a .tlog-proof (c2sp.org) or a COSE receipt (RFC
9942), told apart by what is in it. The entry is made from a receipt, or given in hex.

A tlog-proof says that the entry is sealed, and nothing of the chain. A COSE receipt has one of the
log's two signatures: it says that the entry is in the log, not that it is sealed, nor where.

Exit codes: 0 match, 3 different, 6 could not check, 7 malformed.
"""

_ENTRY: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


@app.callback()
def _group() -> None:
    """Keep `check` a command of its own though it is the only one."""


@app.command("check", help=CHECK, short_help="Check a tlog-proof or a COSE receipt.")
def check(
    file: Annotated[
        Path, typer.Argument(help="Proof; - is stdin.", metavar="FILE", callback=existing)
    ],
    receipt: Annotated[
        Path | None,
        typer.Option(
            help="Receipt of the record that the proof is about.",
            metavar="RECEIPT",
            callback=existing,
        ),
    ] = None,
    entry: Annotated[
        str | None, typer.Option(help="The entry instead, 64 hex digits.", metavar="HEX")
    ] = None,
    policy: ExistingPolicy = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing: only the exit code.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add the source and the values of each check.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Check, answer, and exit with the code of the answer."""
    from liuhen.cli import exits
    from liuhen.cli.malformed import say_malformed
    from liuhen.cli.proof_words import MALFORMED
    from liuhen.core.errors import Malformed

    if (receipt is None) is (entry is None):
        raise typer.BadParameter("name the entry by --receipt or by --entry, and by one of them")
    if entry is not None and _ENTRY.fullmatch(entry) is None:
        raise typer.BadParameter("must be 64 lower-case hex digits", param_hint="--entry")
    all_existing([file] if receipt is None else [file, receipt])
    language = lang or of_terminal()
    inputs: dict[str, JsonValue] = {"proof": str(file)}
    inputs |= {"entry": entry} if receipt is None else {"receipt": str(receipt)}
    try:
        verdict = _check(file, receipt, entry, policy)
    except Malformed as error:
        if not quiet:
            say_malformed(error, MALFORMED, language, inputs if json else None)
        raise typer.Exit(exits.MALFORMED) from error
    if not quiet:
        _say(verdict, language, inputs if json else None, explain=explain)
    raise typer.Exit(exits.OUTCOMES[verdict.outcome])


def _check(
    file: Path, receipt: Path | None, entry: str | None, policy_file: Path | None
) -> "Verdict":
    """Read everything and check; what cannot be read cannot be checked."""
    from liuhen.cli.input_file import read_file
    from liuhen.cli.policy_file import default_place, find_policy
    from liuhen.core.errors import Unavailable
    from liuhen.core.proof_check import MAX_PROOF_BYTES, check_proof, parse_proof
    from liuhen.core.verdict import Outcome, Verdict

    try:
        proof = parse_proof(read_file(file, MAX_PROOF_BYTES))
        claimed = _claimed(receipt, entry)
        policy = find_policy(policy_file)
    except Unavailable as error:
        return Verdict(Outcome.COULD_NOT_CHECK, error.code, facts={"detail": str(error)})
    if policy is None:
        return Verdict(Outcome.COULD_NOT_CHECK, "no-policy", facts={"place": str(default_place())})
    return check_proof(proof, claimed, policy)


def _claimed(receipt: Path | None, entry: str | None) -> "ClaimedEntry":
    from liuhen.cli.input_file import read_file
    from liuhen.core.proof_check import ClaimedEntry
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    if receipt is None:
        return ClaimedEntry(bytes.fromhex(entry or ""))
    return ClaimedEntry.of(parse_receipt(read_file(receipt, MAX_RECEIPT_BYTES)))


def _say(
    verdict: "Verdict",
    language: Language,
    inputs: "dict[str, JsonValue] | None",
    *,
    explain: bool,
) -> None:
    from liuhen.cli import talk
    from liuhen.cli.proof_report import ProofReport

    if inputs is not None:
        talk.say_json({**verdict.to_json(), **inputs})
        return
    for line in ProofReport(verdict, language).lines(explain=explain):
        talk.say(*line)
