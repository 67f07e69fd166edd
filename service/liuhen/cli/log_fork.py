"""`liuhen log report`: prove a fork in the contract, so that everybody can see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import AnyRpcUrl
from liuhen.cli.costs import DryRun, tell_cost
from liuhen.cli.language import Language, LanguageOption, of_terminal
from liuhen.cli.log_place import LogName, PolicyFile, open_source

if TYPE_CHECKING:
    from liuhen.adapters.chain.owner_calls import Call
    from liuhen.adapters.signing.secp256k1 import DigestKey
    from liuhen.cli.words import Pair
    from liuhen.client.fork_report import DoubleSign, Fork, Nothing
    from liuhen.client.log_source import LogSource
    from liuhen.core.canonical import JsonValue
    from liuhen.core.policy import TrustPolicy
    from liuhen.wiring.owner_account import OwnerAccount

SCHEMA: Final = "audit-log-report/v1"
_NOTE_BYTES: Final = 2**20
_DRY_RUN_KEY: Final = b"\x01" * 32
"""Any key: a dry run only needs some account to ask as."""

REPORT: Final = """Example: liuhen log report note --rpc http://127.0.0.1:8545 --key me.key \
--log-url https://log.example/logs/jyg

Mark a log whose signer has signed two histories: by one signed checkpoint that the anchored history
contradicts, or by two of one size. Anybody may; KEY pays, and nothing is sent that the contract
would refuse. The files of the log are needed where no head of the note's size is anchored.

Exit codes: 0 reported, or marked before; 2 wrong usage; 4 the note is larger than what is anchored;
5 the notes prove nothing; 6 could not be reported; 7 malformed.
"""


def report(
    note: Annotated[
        Path, typer.Argument(help="Signed checkpoint.", dir_okay=False, metavar="NOTE")
    ],
    other: Annotated[
        Path | None,
        typer.Argument(help="Another of the same size.", dir_okay=False, metavar="OTHER-NOTE"),
    ] = None,
    policy: PolicyFile = None,
    rpc: AnyRpcUrl = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            help="Key of the account that pays: NAME.key (64 hex digits), NAME.keystore.json with"
            " NAME.password, or NAME.toml (pkcs11). A dry run needs none.",
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    log_url: Annotated[
        str | None,
        typer.Option(help="Where the log's files are.", metavar="URL|DIR"),
    ] = None,
    log: LogName = None,
    dry_run: DryRun = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    lang: LanguageOption = None,
) -> None:
    """Compare, explain, and report."""
    from contextlib import ExitStack

    from liuhen.cli.service_extra import service_extra

    if not rpc:
        raise typer.BadParameter("name a node of the chain", param_hint="--rpc")
    if key is None and not dry_run:
        raise typer.BadParameter("name the key of the account that pays", param_hint="--key")
    answer = _Answer(json=json, language=lang or of_terminal())
    with service_extra(), answer.failures(), ExitStack() as stack:
        from liuhen.wiring.owner_account import open_account

        trusted = _policy(policy)
        account = open_account(
            trusted, rpc, _key(key), lambda cost: tell_cost(cost, answer.language)
        )
        source = None if log_url is None else stack.enter_context(open_source(log_url, log))
        notes = [_read(each) for each in (note, other) if each is not None]
        proof = _compare(notes, trusted, account, source)
        _report(answer, account, proof, dry_run=dry_run)


class _Answer:
    """Prints what was found, for a person or as JSON, and ends with the exit code."""

    def __init__(self, *, json: bool, language: Language) -> None:
        self._json, self.language = json, language
        self.facts: dict[str, JsonValue] = {}

    def say(self, pair: "Pair") -> None:
        """Print a sentence, unless JSON is wanted."""
        from liuhen.cli import talk

        if not self._json:
            talk.say(pair.in_language(self.language).format_map(self.facts))

    def end(self, outcome: str, reason: str, pair: "Pair", code: int) -> None:
        """Print the last sentence, or the object."""
        from liuhen.cli import talk

        self.say(pair)
        if "detail" in self.facts and not self._json:
            talk.say(str(self.facts["detail"]))
        if self._json:
            facts: dict[str, JsonValue] = dict(self.facts)
            talk.say_json({"schema": SCHEMA, "outcome": outcome, "reason": reason, "facts": facts})
        raise typer.Exit(code)

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Answer with what went wrong."""
        from liuhen.adapters.chain.refusal import ContractRefused
        from liuhen.cli import exits, fork_words
        from liuhen.core.errors import AuditError

        try:
            yield
        except ContractRefused as error:
            self.facts |= {"detail": str(error), "error": error.error or "?"}
            self.end("could-not-report", error.code, fork_words.REFUSED, exits.of_error(error))
        except AuditError as error:
            code = exits.of_error(error)
            malformed = code == exits.MALFORMED
            pair = fork_words.MALFORMED if malformed else fork_words.COULD_NOT
            self.facts["detail"] = str(error)
            self.end("malformed" if malformed else "could-not-report", error.code, pair, code)


def _compare(
    notes: list[str], policy: "TrustPolicy", account: "OwnerAccount", source: "LogSource | None"
) -> "Fork | DoubleSign | Nothing":
    """Return what the notes prove."""
    from liuhen.client.fork_report import (
        Nothing,
        compare_notes,
        compare_with_history,
        read_signed,
    )

    signers = account.calls.signers()
    heads = [read_signed(note, policy, signers) for note in notes]
    for head in heads:
        if isinstance(head, Nothing):
            return head
    one, *others = [head for head in heads if not isinstance(head, Nothing)]
    if others:
        return compare_notes(one, others[0])
    anchored = account.calls.latest()
    return compare_with_history(one, anchored, account.calls.root_at(one.head.size), source)


def _report(
    answer: _Answer, account: "OwnerAccount", proof: "Fork | DoubleSign | Nothing", *, dry_run: bool
) -> None:
    from liuhen.cli import exits, fork_words
    from liuhen.client.fork_report import Fork, Nothing

    if isinstance(proof, Nothing):
        waiting = proof is Nothing.NOT_ANCHORED
        outcome, code = ("waiting", exits.WAITING) if waiting else ("nothing", exits.NOT_FOUND)
        answer.end(outcome, str(proof), fork_words.NOTHING[proof], code)
        return
    call = _call(account, proof)
    one = proof.signed if isinstance(proof, Fork) else proof.one
    other = proof.true_root if isinstance(proof, Fork) else proof.other.head.root
    answer.facts |= {"size": one.head.size, "signer": "0x" + one.signer.hex()}
    answer.facts |= {"root": "0x" + one.head.root.hex(), "other_root": "0x" + other.hex()}
    reason = "fork" if isinstance(proof, Fork) else "double-sign"
    answer.say(fork_words.FORK if isinstance(proof, Fork) else fork_words.DOUBLE)
    mark = account.calls.mark()
    if mark is not None:
        answer.facts["marked_size"] = mark.size
        answer.end("already-marked", reason, fork_words.ALREADY, exits.MATCH)
    if dry_run:
        account.tell(call)
        answer.end("not-sent", reason, fork_words.NOT_SENT, exits.MATCH)
    account.send(call, lambda at: account.calls.mark(at) is not None)
    answer.end("reported", reason, fork_words.REPORTED, exits.MATCH)


def _call(account: "OwnerAccount", proof: "Fork | DoubleSign") -> "Call":
    from liuhen.adapters.chain.owner_calls import SignedHead
    from liuhen.client.fork_report import Fork

    calls = account.calls
    if isinstance(proof, Fork):
        signed = SignedHead(proof.signed.head, proof.signed.signature)
        return calls.report_fork(signed, proof.true_root, proof.proof, proof.anchored_size)
    one, other = (SignedHead(each.head, each.signature) for each in (proof.one, proof.other))
    return calls.report_double_sign(one, other)


def _policy(named: Path | None) -> "TrustPolicy":
    from liuhen.cli.policy_file import default_place, find_policy
    from liuhen.core.errors import Unavailable

    policy = find_policy(named)
    if policy is None:
        raise Unavailable(
            f"there is no trust policy: name it with --policy, or at {default_place()}"
        )
    return policy


def _key(path: Path | None) -> "DigestKey":
    from liuhen.adapters.signing.local_key import LocalKey
    from liuhen.wiring.signers import open_key_file

    return LocalKey(_DRY_RUN_KEY) if path is None else open_key_file(path)


def _read(path: Path) -> str:
    from liuhen.cli.input_file import read_file
    from liuhen.core.errors import MalformedNote

    try:
        return read_file(path, _NOTE_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MalformedNote(f"{path} is not UTF-8") from error
