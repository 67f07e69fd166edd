"""`liuhen verify`: check a receipt, and files with it, trusting nobody but the trust policy."""

import re
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import RpcUrls, ask_nodes, open_node
from liuhen.cli.existing import ExistingPolicy, all_existing, all_there, existing, files_of
from liuhen.cli.language import Language, LanguageOption, of_terminal

if TYPE_CHECKING:
    from liuhen.adapters.rpc import RpcNode
    from liuhen.core.canonical import JsonValue
    from liuhen.core.disclosure import Row
    from liuhen.core.errors import Malformed
    from liuhen.core.verdict import Verdict

HELP: Final = """Example: liuhen verify receipt.json bid.pdf --rpc http://127.0.0.1:8545

Check a receipt against a trust policy, and whether files are what was entered.

Exit codes: 0 match, 3 different, 4 waiting, 6 could not check, 7 malformed.
"""

_BLOCK_HASH: Final = re.compile(r"0x([0-9a-fA-F]{64})", re.ASCII)


def verify(
    receipt: Annotated[
        Path,
        typer.Argument(help="Receipt file; - is stdin.", metavar="RECEIPT", callback=existing),
    ],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Files to compare with the record; with --recursive also folders of them.",
            metavar="FILE",
            callback=all_there,
        ),
    ] = None,
    policy: ExistingPolicy = None,
    rpc: RpcUrls = None,
    block_hash: Annotated[
        list[str] | None,
        typer.Option(
            help="Hash of a block that you vouch for, 0x and 64 digits; may come again.",
            metavar="HASH",
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Use no network; what needs it is not checked.")
    ] = False,
    *,
    recursive: Annotated[
        bool, typer.Option("--recursive", help="Compare every file in the folders named.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing: only the exit code.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add the source and the values of each check.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Examine, answer, and exit with the code of the answer."""
    from liuhen.cli import exits
    from liuhen.core.errors import Malformed

    files, urls = files_of(files or [], recursive=recursive, but=receipt), rpc or []
    all_existing([receipt, *files])
    if offline and urls:
        raise typer.BadParameter("--offline forbids the network that --rpc asks for")
    hashes = frozenset(_parse_block_hash(text) for text in block_hash or [])
    answer = _Answer(receipt, files, json=json, quiet=quiet, language=lang or of_terminal())
    try:
        with ExitStack() as stack:
            nodes = [stack.enter_context(closing(open_node(url))) for url in urls]
            verdict, rows = _examine(receipt, files, policy, nodes, hashes)
    except Malformed as error:
        answer.malformed(error)
        raise typer.Exit(exits.MALFORMED) from error
    answer.verdict(verdict, rows, explain=explain)
    raise typer.Exit(exits.OUTCOMES[verdict.outcome])


def _examine(
    receipt_file: Path,
    files: Sequence[Path],
    policy_file: Path | None,
    nodes: Sequence["RpcNode"],
    block_hashes: frozenset[bytes],
) -> "tuple[Verdict, Sequence[Row]]":
    """Read everything, ask the nodes, and examine; what cannot be read cannot be checked.

    Returns:
        The verdict, and the rows of the receipt that was examined.
    """
    from liuhen.adapters.clock import SystemClock
    from liuhen.cli.file_progress import FileProgress
    from liuhen.cli.input_file import digest_file, read_file
    from liuhen.cli.policy_file import default_place, find_policy
    from liuhen.core.errors import Unavailable
    from liuhen.core.examine import Beside, examine, question
    from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt

    try:
        receipt = parse_receipt(read_file(receipt_file, MAX_RECEIPT_BYTES))
        policy = find_policy(policy_file)
        if policy is None:
            return _could_not_check("no-policy", place=str(default_place())), ()
        with FileProgress.of(files) as progress:
            digests = tuple(digest_file(file, progress) for file in files)
    except Unavailable as error:
        return _could_not_check(error.code, detail=str(error)), ()
    reports = ask_nodes(nodes, question(receipt, policy))
    beside = Beside(SystemClock().now(), tuple(reports), block_hashes, digests)
    return examine(receipt, policy, beside), receipt.told


def _parse_block_hash(text: str) -> bytes:
    match = _BLOCK_HASH.fullmatch(text)
    if match is None:
        raise typer.BadParameter("must be 0x and 64 hex digits", param_hint="--block-hash")
    return bytes.fromhex(match[1])


def _could_not_check(reason: str, **facts: "JsonValue") -> "Verdict":
    from liuhen.core.verdict import Outcome, Verdict

    return Verdict(Outcome.COULD_NOT_CHECK, reason, facts=facts)


class _Answer:
    """Prints the answer in the form that was asked for."""

    def __init__(
        self, receipt: Path, files: Sequence[Path], *, json: bool, quiet: bool, language: Language
    ) -> None:
        self._inputs: dict[str, JsonValue] = {
            "receipt": str(receipt),
            "files": [str(file) for file in files],
        }
        self._json, self._quiet, self._language = json, quiet, language

    def verdict(self, verdict: "Verdict", rows: "Sequence[Row]", *, explain: bool) -> None:
        from liuhen.cli import talk
        from liuhen.cli.report import Report

        if self._quiet:
            return
        if self._json:
            talk.say_json({**verdict.to_json(), **self._inputs})
            return
        for line in Report(verdict, self._language, rows).lines(explain=explain):
            talk.say(*line)

    def malformed(self, error: "Malformed") -> None:
        """Print what the verdict table calls malformed: there was nothing to examine."""
        from liuhen.cli import words
        from liuhen.cli.malformed import say_malformed

        if not self._quiet:
            inputs = self._inputs if self._json else None
            say_malformed(error, words.MALFORMED, self._language, inputs)
