"""Checking a draw from receipts: what they show run again, and what they lack named.

Where a part is hidden or not there, nothing is run: half a draw would look like a false one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from liuhen.app.case_of_receipts import case_of_receipts
from liuhen.cli.case_from_service import left_out
from liuhen.cli.draw_receipts import TYPE, DrawReceipt, draw_receipts, hash_by_nodes
from liuhen.core.errors import Unavailable
from liuhen.core.policy import TrustPolicy
from liuhen.core.receipt import Receipt
from liuhen.core.verdict import Outcome
from liuhen.domain.case_chain import LACKING, check_chain, in_order
from liuhen.domain.draw_check import DrawVerdict, Sentence, check_draw
from liuhen.domain.draw_record import BlockName, DrawRecord, read_draw

if TYPE_CHECKING:
    from liuhen.adapters.rpc import RpcNode
    from liuhen.client.case_receipts import CaseReceipts

Checked = tuple[DrawVerdict, list[DrawReceipt]]
"""The answer, and the receipts it was read from."""

_WORST_FIRST = (Outcome.DIFFERENT, Outcome.COULD_NOT_CHECK, Outcome.NOT_FOUND, Outcome.WAITING)
NOT_EXAMINED = ("回执未经核验", "the receipts were not examined")


def no_policy() -> DrawVerdict:
    """Return the answer where there is nothing to examine receipts by."""
    zh = "没有信任策略，无法核验回执（--policy，或用 --unverified 不作核验）"
    en = "there is no trust policy to examine the receipts by (--policy; or --unverified)"
    return DrawVerdict(Outcome.COULD_NOT_CHECK, ((zh, en),))


def check_receipts(
    case: str,
    given: Sequence[Receipt],
    policy: TrustPolicy | None,
    nodes: "Sequence[RpcNode]",
    vouched: bytes | None,
) -> Checked:
    """Check a draw from receipts that somebody chose; that none is left out is not looked at.

    Args:
        case: Case code.
        given: Receipts, of which those of the draw count.
        policy: What they are examined by; None: they are taken as they are.
        nodes: Nodes of the chain.
        vouched: Hash of the block that the draw waited for, of which the caller is sure.
    """
    receipts = draw_receipts(case, given, policy, nodes)
    return _judged(case, receipts, (), policy, nodes, vouched), receipts


def check_case(
    case: str,
    told: "CaseReceipts",
    policy: TrustPolicy | None,
    nodes: "Sequence[RpcNode]",
    vouched: bytes | None,
) -> Checked:
    """Check a draw from what a service gives of a case, other arguments as before.

    The service may lie. So the receipts of the draw are examined, and all records of the case up to
    the last of them are held against each other by number and link: none can be left out.
    """
    given = [each.receipt for each in told.receipts]
    receipts = draw_receipts(case, given, policy, nodes)
    numbers = [each.number for each in receipts if each.number is not None]
    entries = in_order(case_of_receipts(given, case))
    last = max(numbers, default=None)
    if last is not None:
        entries = [each for each in entries if (each.record.case_seq or 0) <= last]
    missing = (*_withheld(told), *left_out(entries))
    verdict = _judged(case, receipts, missing, policy, nodes, vouched)
    wrong = tuple(
        (found.zh, found.en) for found in check_chain(case, entries) if found.rule not in LACKING
    )
    if wrong:
        verdict = replace(verdict, outcome=Outcome.DIFFERENT, reasons=(*verdict.reasons, *wrong))
    if last is not None:
        zh = f"不能证明第{last}号记录之后没有新的抽取"
        en = f"that no new draw follows record {last} of the case is not shown"
        verdict = replace(verdict, notes=(*verdict.notes, (zh, en)))
    return verdict, receipts


def _withheld(told: "CaseReceipts") -> Iterator[Sentence]:
    count = sum(each.type == TYPE for each in told.withheld)
    if count:
        zh = f"服务未向您的身份提供{count}份抽取记录"
        yield zh, f"the service withholds {count} records of the draw from who you read as"


def _judged(
    case: str,
    receipts: Sequence[DrawReceipt],
    missing: Sequence[Sentence],
    policy: TrustPolicy | None,
    nodes: "Sequence[RpcNode]",
    vouched: bytes | None,
) -> DrawVerdict:
    missing = (*missing, *_hidden(receipts))
    records = [each.record for each in receipts if each.record is not None]
    notes: tuple[Sentence, ...] = () if policy is not None else (NOT_EXAMINED,)
    if missing:
        verdict = DrawVerdict(Outcome.COULD_NOT_CHECK, tuple(missing))
    else:
        hashes, doubts = _hashes(records, nodes, policy, vouched)
        verdict, notes = check_draw(case, records, hashes), (*doubts, *notes)
    return _with_receipts(replace(verdict, notes=(*verdict.notes, *notes)), receipts)


def _hidden(receipts: Sequence[DrawReceipt]) -> Iterator[Sentence]:
    for each in receipts:
        if each.record is None:
            zh = f"回执{each.record_id}：有内容未披露"
            yield zh, f"the receipt {each.record_id} hides a part of its record"


def _hashes(
    records: Sequence[DrawRecord],
    nodes: "Sequence[RpcNode]",
    policy: TrustPolicy | None,
    vouched: bytes | None,
) -> tuple[dict[BlockName, bytes], list[Sentence]]:
    """Return the hash of the block that the draw waited for, and why it is not known."""
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


def _with_receipts(verdict: DrawVerdict, receipts: Sequence[DrawReceipt]) -> DrawVerdict:
    """Return the worst of the draw and of the receipts it was read from."""
    reasons, outcome = list(verdict.reasons), verdict.outcome
    for each in receipts:
        found = each.outcome or Outcome.MATCH
        if found is not Outcome.MATCH:
            zh = f"回执{each.record_id}：{each.reason}"
            reasons.append((zh, f"the receipt {each.record_id}: {found} ({each.reason})"))
        outcome = min(outcome, found, key=_rank)
    return replace(verdict, outcome=outcome, reasons=tuple(reasons))


def _rank(outcome: Outcome) -> int:
    return _WORST_FIRST.index(outcome) if outcome in _WORST_FIRST else len(_WORST_FIRST)
