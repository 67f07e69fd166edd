"""`liuhen draw`: prepare a draw of experts, run it, and check one that others ran."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import RpcUrls, open_node
from liuhen.cli.draw_making import COMMIT, SEED, SELECT, commit, seed, select
from liuhen.cli.existing import ExistingPolicy, all_there
from liuhen.cli.language import Language, LanguageOption, of_terminal
from liuhen.cli.operator_key import (
    GroundOption,
    OperatorKeyIfAny,
    PartyOption,
    ReaderOption,
    RoleOption,
)

if TYPE_CHECKING:
    from liuhen.cli.draw_receipts import DrawReceipt
    from liuhen.client import KeyHolder
    from liuhen.client.case_receipts import CaseReceipts
    from liuhen.domain.draw_check import DrawVerdict

app = typer.Typer(
    help="Draw experts so that anybody can run the draw again, and check such draws.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CHECK: Final = """Example: liuhen draw check SLZX-2026-0031 --receipts receipts/ --rpc http://127.0.0.1:8545

Run the draw of a case again from its receipts, and compare calls and committee.

The receipts come from files, or from a service: --url and --operator-key, with a role that may see
the records. A service is not believed: what it leaves out is missed, and named.

Each receipt is examined as `liuhen verify` does; with --unverified it is taken as it is. The hash
of the block that the draw waited for comes from the nodes, or from whoever vouches for it.

Exit codes: 0 match, 3 different, 4 waiting (not revealed, not anchored), 5 not found, 6 could not
check, 7 malformed.
"""

app.command("seed", help=SEED, short_help="Make a party's seed and its commitment.")(seed)
app.command("commit", help=COMMIT, short_help="Make the record that commits to a draw.")(commit)
app.command("select", help=SELECT, short_help="Tell who is called, in which order.")(select)


@app.command("check", help=CHECK, short_help="Run a draw again, and compare.")
def check(
    case: Annotated[str, typer.Argument(help="Case code.", metavar="CASE")],
    receipts: Annotated[
        list[Path] | None,
        typer.Option(
            help="Receipts of the case: files, or folders with *.receipt.json; may come again.",
            metavar="PATH",
            callback=all_there,
        ),
    ] = None,
    policy: ExistingPolicy = None,
    rpc: RpcUrls = None,
    block_hash: Annotated[
        str | None,
        typer.Option(
            help="Hash of the block that the draw waited for, 0x and 64 digits: you vouch for it.",
            metavar="HASH",
        ),
    ] = None,
    *,
    url: Annotated[
        str | None,
        typer.Option(
            help="Service to fetch the receipts from, where none are named.",
            envvar="LIUHEN_URL",
            metavar="URL",
        ),
    ] = None,
    log: Annotated[
        str | None, typer.Option(help="Name of the log; else the default one.", metavar="NAME")
    ] = None,
    key: OperatorKeyIfAny = None,
    role: RoleOption = None,
    reader: ReaderOption = None,
    party: PartyOption = None,
    ground: GroundOption = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Take the receipts as they are.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Print nothing: only the exit code.")
    ] = False,
    lang: LanguageOption = None,
) -> None:
    """Check, answer, and exit with the code of the answer."""
    from liuhen.cli import exits
    from liuhen.cli.draw_checking import check_case, check_receipts, no_policy
    from liuhen.cli.draw_making import parse_block_hash
    from liuhen.cli.draw_receipts import receipts_in
    from liuhen.cli.operator_key import key_holder_if_any
    from liuhen.cli.policy_file import find_policy

    vouched = None if block_hash is None else parse_block_hash(block_hash)
    holder = None if receipts else key_holder_if_any(key, role, reader, party, ground)
    trusted = None if unverified else find_policy(policy)
    with ExitStack() as stack:
        nodes = [stack.enter_context(closing(open_node(each))) for each in rpc or []]
        if trusted is None and not unverified:
            verdict, read = no_policy(), list["DrawReceipt"]()
        elif receipts:
            given = receipts_in(receipts)
            verdict, read = check_receipts(case, given, trusted, nodes, vouched)
        else:
            told = _fetch(url, case, holder, log)
            verdict, read = check_case(case, told, trusted, nodes, vouched)
    if not quiet:
        _say(case, verdict, read, lang or of_terminal(), json=json)
    raise typer.Exit(exits.OUTCOMES[verdict.outcome])


def _fetch(
    url: str | None, case: str, holder: "KeyHolder | None", log: str | None
) -> "CaseReceipts":
    from liuhen.cli.service_url import connect

    if url is None:
        raise typer.BadParameter("name receipts, or a service", param_hint="--receipts")
    with connect(url) as service:
        return service.cases.receipts(case, holder=holder, log_name=log)


def _say(
    case: str,
    verdict: "DrawVerdict",
    receipts: "list[DrawReceipt]",
    language: Language,
    *,
    json: bool,
) -> None:
    from liuhen.cli import talk

    if json:
        talk.say_json(
            {
                "schema": "audit-draw/v1",
                "case": case,
                "outcome": str(verdict.outcome),
                "calls": verdict.calls,
                "reasons": [{"zh": zh, "en": en} for zh, en in verdict.reasons],
                "notes": [{"zh": zh, "en": en} for zh, en in verdict.notes],
                "receipts": [each.to_json() for each in receipts],
            }
        )
        return
    is_zh = language is Language.ZH
    title = _TITLES[verdict.outcome][0 if is_zh else 1]
    talk.say(title.format(calls=verdict.calls), "bold")
    for sentence in verdict.reasons:
        talk.say(f"  {sentence[0 if is_zh else 1]}")
    for sentence in verdict.notes:
        talk.say(f"{'说明：' if is_zh else 'note: '}{sentence[0 if is_zh else 1]}")


_TITLES: Final = {
    "match": (
        "一致。抽取按记录重新运行，{calls}次通知与评标委员会均相符。",
        "Match. Run again from its records, the draw makes these {calls} calls and this committee.",
    ),
    "waiting": ("尚待公开或锚定。目前没有不符之处。", "Waiting. Nothing differs so far."),
    "different": ("不一致。抽取与记录不符。", "Different. The draw does not follow."),
    "not_found": ("未找到这一案卷的抽取记录。", "Not found. There is no draw of this case here."),
    "could_not_check": (
        "暂时无法核验。这不表示抽取有问题。",
        "We could not check. This does not mean that anything is wrong.",
    ),
}
