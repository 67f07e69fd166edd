"""`liuhen log`: watch a log as a third party does, copy it, follow its keys, report its forks."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import RpcUrls, ask_nodes, open_node
from liuhen.cli.language import LanguageOption
from liuhen.cli.log_answer import LogAnswer
from liuhen.cli.log_fork import REPORT, report
from liuhen.cli.log_owner import CLOSE, OWN, close, own
from liuhen.cli.log_place import LogName, Place, PolicyFile, default_state, open_source

if TYPE_CHECKING:
    from liuhen.client.log_check import LogReport
    from liuhen.core.canonical import JsonValue
    from liuhen.core.chain_view import ChainQuestion, NodeReport
    from liuhen.core.policy import TrustPolicy

app = typer.Typer(
    help="Check, copy and follow a log, trusting nobody; report a fork; end a log.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CHECK: Final = """Example: liuhen log check https://log.example --log jyg --rpc http://127.0.0.1:8545

Read a whole log and check everything: signatures, every entry and tile, the heads seen before, the
contract. What was seen is remembered, so that the log cannot fork between two looks.

Exit codes: 0 match, 3 different, 6 could not check, 7 malformed.
"""

COPY: Final = """Example: liuhen log copy https://log.example/logs/jyg copy

Copy a log's files into a folder, in the layout of c2sp.org/tlog-tiles, and check each before it is
written. Run it again to bring the copy up to date: full tiles are not fetched twice.
"""

KEYS: Final = """Example: liuhen log keys https://log.example/logs/jyg --write policy.json

Prove which keys a log had, from a key of the trust policy, backward and forward, and print them.
"""

app.command("report", help=REPORT, short_help="Mark a forked log in the contract.")(report)
app.command("close", help=CLOSE, short_help="End a log.")(close)
app.command("own", help=OWN, short_help="Hand a log over to another owner.")(own)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing: only the exit code.")]


@app.command("check", help=CHECK, short_help="Read a whole log and check everything.")
def check(
    place: Place,
    log: LogName = None,
    policy: PolicyFile = None,
    rpc: RpcUrls = None,
    state: Annotated[
        Path | None,
        typer.Option(
            help="File with the heads seen before; else one a log in the user's state folder.",
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
    lang: LanguageOption = None,
) -> None:
    """Look at a log, answer, remember, and exit with the code of the answer."""
    from liuhen.cli import exits
    from liuhen.cli.log_memory_file import keep_evidence, remember

    answer = LogAnswer(json=json, quiet=quiet, language=lang)
    trusted = _policy(policy, answer)
    memory_file = state or default_state(trusted.origin)
    report = answer.reading(lambda: _look(place, log, trusted, rpc or [], memory_file, quiet=quiet))
    evidence = keep_evidence(report.fork, memory_file)
    answer.report(report, evidence)
    if report.memory is not None:
        remember(memory_file, report.memory)
    raise typer.Exit(exits.OUTCOMES[report.outcome])


@app.command("copy", help=COPY, short_help="Copy a log's files, checking each.")
def copy(
    place: Place,
    folder: Annotated[
        Path, typer.Argument(help="Folder of the copy.", metavar="DIR", file_okay=False)
    ],
    log: LogName = None,
    policy: PolicyFile = None,
    json: Json = False,
    quiet: Quiet = False,
    lang: LanguageOption = None,
) -> None:
    """Bring a copy up to date."""
    from liuhen.cli.progress import Progress
    from liuhen.client.log_copy import copy_log

    answer = LogAnswer(json=json, quiet=quiet, language=lang)
    trusted = _policy(policy, answer)
    progress = Progress(quiet=quiet)
    with open_source(place, log) as source:
        try:
            copied = answer.reading(lambda: copy_log(source, folder, trusted, progress))
        finally:
            progress.end()
    facts: dict[str, JsonValue] = {
        "size": copied.head.size,
        "root": copied.head.root.hex(),
        "fetched": copied.fetched,
        "kept": copied.kept,
        "folder": str(folder),
    }
    answer.copied(facts)


@app.command("keys", help=KEYS, short_help="Prove which keys a log had.")
def keys(
    place: Place,
    log: LogName = None,
    policy: PolicyFile = None,
    write: Annotated[
        Path | None,
        typer.Option(
            help="Write the trust policy with the proven keys and sizes to this file.",
            dir_okay=False,
            metavar="FILE",
        ),
    ] = None,
    json: Json = False,
    lang: LanguageOption = None,
) -> None:
    """Verify the chain of key histories, print the keys, extend the policy if asked to."""
    from liuhen.cli import log_words
    from liuhen.cli.output_file import write_file
    from liuhen.client.log_keys import read_key_histories
    from liuhen.core.canonical import canonical
    from liuhen.core.key_history import extend_policy, verify_histories

    answer = LogAnswer(json=json, quiet=False, language=lang)
    trusted = _policy(policy, answer)
    with open_source(place, log) as source:
        newest = answer.reading(lambda: verify_histories(read_key_histories(source), trusted))
    answer.keys(newest)
    if write is None:
        return
    extended = extend_policy(trusted, newest)
    if write.exists() and extended == trusted and _same(write, trusted):
        answer.told(log_words.POLICY_SAME)
        return
    write_file(write, canonical(extended.to_json()) + b"\n")
    answer.told(log_words.POLICY_WRITTEN, place=write)


def _same(file: Path, policy: "TrustPolicy") -> bool:
    """Return whether a file holds this very policy, however it is laid out."""
    from liuhen.cli.policy_file import find_policy
    from liuhen.core.errors import AuditError

    try:
        return find_policy(file) == policy
    except AuditError:
        return False


def _policy(named: Path | None, answer: LogAnswer) -> "TrustPolicy":
    """Read the policy; without one nothing can be checked."""
    from liuhen.cli import exits
    from liuhen.cli.policy_file import default_place, find_policy

    policy = answer.reading(lambda: find_policy(named))
    if policy is None:
        answer.no_policy(default_place())
        raise typer.Exit(exits.COULD_NOT_CHECK)
    return policy


def _look(
    place: str,
    name: str | None,
    policy: "TrustPolicy",
    urls: Sequence[str],
    memory_file: Path,
    *,
    quiet: bool,
) -> "LogReport":
    from contextlib import ExitStack, closing

    from liuhen.adapters.clock import SystemClock
    from liuhen.cli.log_memory_file import recall
    from liuhen.cli.progress import Progress
    from liuhen.client.log_check import check_log

    memory = recall(memory_file, policy.origin)
    seen_at = SystemClock().now().isoformat(timespec="seconds").replace("+00:00", "Z")
    progress = Progress(quiet=quiet)
    with ExitStack() as stack:
        nodes = [stack.enter_context(closing(open_node(url))) for url in urls]

        def ask(question: "ChainQuestion") -> "Sequence[NodeReport]":
            return ask_nodes(nodes, question)

        source = stack.enter_context(open_source(place, name))
        try:
            return check_log(source, policy, memory, seen_at, ask=ask, progress=progress)
        finally:
            progress.end()
