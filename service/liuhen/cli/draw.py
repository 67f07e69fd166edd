"""`liuhen draw`: prepare a draw of experts, run it, and check one that others ran."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from liuhen.cli.chain_nodes import RpcUrls, open_node
from liuhen.cli.draw_making import COMMIT, SEED, SELECT, commit, seed, select
from liuhen.cli.existing import ExistingPolicy, all_there
from liuhen.cli.language import Language, LanguageOption, of_terminal

if TYPE_CHECKING:
    from liuhen.adapters.rpc import RpcNode
    from liuhen.cli.draw_receipts import DrawReceipt
    from liuhen.core.policy import TrustPolicy
    from liuhen.core.receipt import Receipt
    from liuhen.domain.draw_check import DrawVerdict, Sentence
    from liuhen.domain.draw_record import BlockName, DrawRecord

app = typer.Typer(
    help="Draw experts so that anybody can run the draw again, and check such draws.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

CHECK: Final = """Example: liuhen draw check SLZX-2026-0031 --receipts receipts/ --rpc http://127.0.0.1:8545

Run the draw of a case again from its receipts, and compare calls and committee.

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
        list[Path],
        typer.Option(
            help="Receipts of the case: files, or folders with *.receipt.json; may come again.",
            metavar="PATH",
            callback=all_there,
        ),
    ],
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
    from liuhen.cli.draw_making import parse_block_hash
    from liuhen.cli.draw_receipts import receipts_in
    from liuhen.cli.policy_file import find_policy

    vouched = None if block_hash is None else parse_block_hash(block_hash)
    trusted = None if unverified else find_policy(policy)
    with ExitStack() as stack:
        nodes = [stack.enter_context(closing(open_node(url))) for url in rpc or []]
        if trusted is None and not unverified:
            verdict, read = _no_policy(), list["DrawReceipt"]()
        else:
            verdict, read = _check(case, receipts_in(receipts), trusted, nodes, vouched)
    if not quiet:
        _say(case, verdict, read, lang or of_terminal(), json=json)
    raise typer.Exit(exits.OUTCOMES[verdict.outcome])


def _no_policy() -> "DrawVerdict":
    from liuhen.core.verdict import Outcome
    from liuhen.domain.draw_check import DrawVerdict

    zh = "没有信任策略，无法核验回执（--policy，或用 --unverified 不作核验）"
    en = "there is no trust policy to examine the receipts by (--policy; or --unverified)"
    return DrawVerdict(Outcome.COULD_NOT_CHECK, ((zh, en),))


def _check(
    case: str,
    given: "Sequence[Receipt]",
    policy: "TrustPolicy | None",
    nodes: "Sequence[RpcNode]",
    vouched: bytes | None,
) -> "tuple[DrawVerdict, list[DrawReceipt]]":
    from dataclasses import replace

    from liuhen.cli.draw_receipts import draw_receipts
    from liuhen.domain.draw_check import check_draw

    receipts = draw_receipts(case, given, policy, nodes)
    records = [each.record for each in receipts if each.record is not None]
    hashes, doubts = _hashes(records, nodes, policy, vouched)
    verdict = check_draw(case, records, hashes)
    notes = (*verdict.notes, *doubts)
    if policy is None:
        notes += (("回执未经核验", "the receipts were not examined"),)
    return _with_receipts(replace(verdict, notes=notes), receipts), receipts


def _hashes(
    records: "Sequence[DrawRecord]",
    nodes: "Sequence[RpcNode]",
    policy: "TrustPolicy | None",
    vouched: bytes | None,
) -> "tuple[dict[BlockName, bytes], list[Sentence]]":
    """Return the hash of the block that the draw waited for, and why it is not known."""
    from liuhen.cli.draw_receipts import hash_by_nodes
    from liuhen.core.errors import Unavailable
    from liuhen.domain.draw_record import read_draw

    draw = read_draw(records)
    named = None if draw is None else draw.named_block
    if named is None:
        return {}, []
    try:
        told = hash_by_nodes(named, nodes, policy)
    except Unavailable as error:
        return {}, [(f"节点：{error}", f"nodes: {error}")]
    if vouched is not None and told not in (None, vouched):
        return {}, [("节点给出的区块哈希与您给出的不同", "the nodes have another hash than you")]
    known = told or vouched
    return ({} if known is None else {named: known}), []


def _with_receipts(verdict: "DrawVerdict", receipts: "list[DrawReceipt]") -> "DrawVerdict":
    """Return the worst of the draw and of the receipts it was read from."""
    from dataclasses import replace

    from liuhen.core.verdict import Outcome

    order = (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK, Outcome.NOT_FOUND, Outcome.WAITING)
    reasons, outcome = list(verdict.reasons), verdict.outcome
    for each in receipts:
        found = each.outcome or Outcome.MATCH
        if each.record is None:
            found = min(found, Outcome.COULD_NOT_CHECK, key=lambda o: _rank(order, o))
            zh, en = "有内容未披露", "hides a part of its record"
            reasons.append((f"回执{each.record_id}：{zh}", f"the receipt {each.record_id} {en}"))
        elif found is not Outcome.MATCH:
            zh = f"回执{each.record_id}：{each.reason}"
            reasons.append((zh, f"the receipt {each.record_id}: {found} ({each.reason})"))
        outcome = min(outcome, found, key=lambda o: _rank(order, o))
    return replace(verdict, outcome=outcome, reasons=tuple(reasons))


def _rank(order: "tuple[object, ...]", outcome: object) -> int:
    return order.index(outcome) if outcome in order else len(order)


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
