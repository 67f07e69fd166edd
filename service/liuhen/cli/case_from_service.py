"""The records of a case from a service that may be lying, with what of them is not certain.

The newest receipt that matches by the trust policy vouches for every record before it: each names
the commitment of the one before. What has no receipt is missing here, whether it was left out or is
withheld from the reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from liuhen.app.case_of_receipts import case_of_receipts
from liuhen.core.verdict import Outcome
from liuhen.domain.case_chain import LACKING, CaseEntry, check_chain, in_order
from liuhen.domain.case_report import CaseReport, Unchecked
from liuhen.domain.evaluation_replay import EvaluationReplay

if TYPE_CHECKING:
    from liuhen.adapters.rpc import RpcNode
    from liuhen.client.case_receipts import CaseReceipts
    from liuhen.core.policy import TrustPolicy
    from liuhen.core.receipt import Receipt

Sentence = tuple[str, str]
"""In Chinese and in English."""

REPORT = "evaluation_report"
"""The last record that a replay needs."""


@dataclass(frozen=True, slots=True)
class CaseFromService:
    """What a service gave of a case.

    Attributes:
        entries: Its records, in order.
        lacking: What is not there, without which no answer is fair.
        doubts: What is there, and nothing vouches for.
    """

    entries: Sequence[CaseEntry]
    lacking: Sequence[Sentence]
    doubts: Sequence[Sentence]

    def report(self, report: CaseReport) -> CaseReport:
        """Return a check of the case as far as it is certain."""
        codes = [("records-missing", each) for each in self.lacking]
        codes += [("receipts-not-confirmed", each) for each in self.doubts]
        added = [Unchecked(code, zh, en) for code, (zh, en) in codes]
        if self.lacking:  # a rule that rests on what is not there would be broken here alone
            return replace(report, shortfalls=(), open=(), unchecked=added)
        return replace(report, unchecked=[*report.unchecked, *added])

    def replay(self, replay: EvaluationReplay) -> EvaluationReplay:
        """Return a replay of the evaluation as far as it is certain."""
        uncertain = (*self.lacking, *self.doubts)
        if not uncertain:
            return replay
        return EvaluationReplay(Outcome.COULD_NOT_CHECK, uncertain)


def take_case(
    case: str,
    told: "CaseReceipts",
    policy: "TrustPolicy | None",
    nodes: "Sequence[RpcNode]",
    *,
    until: str | None = None,
) -> CaseFromService:
    """Read what a service gave of a case.

    Args:
        case: Case code.
        told: What the service gave.
        policy: What receipts are examined by; without it nothing vouches for them.
        nodes: Nodes of the chain.
        until: Only up to the last record of this type; None: all.
    """
    receipts = [each.receipt for each in told.receipts]
    pairs = [(entry, each) for each in receipts for entry in case_of_receipts([each], case)]
    by_commitment = {entry.commitment: each for entry, each in pairs}
    entries = _until(in_order([entry for entry, _ in pairs]), until)
    links = [(each.zh, each.en) for each in check_chain(case, entries) if each.rule not in LACKING]
    doubts = [] if until is None else links  # the check of a case names them itself
    doubts += _doubts([by_commitment[each.commitment] for each in entries], policy, nodes)
    lacking = [*left_out(entries)]
    if told.withheld and not any(each.record.type == until for each in entries):
        count = len(told.withheld)
        zh = f"服务未向您的身份提供{count}份记录"
        lacking.append((zh, f"the service withholds {count} records from who you read as"))
    return CaseFromService(entries, lacking, doubts)


def left_out(entries: Sequence[CaseEntry]) -> Iterator[Sentence]:
    """Name the numbers of a case up to its last record here of which there is none.

    Args:
        entries: Records in order.
    """
    before = -1
    for entry in entries:
        number = entry.record.case_seq
        if number is None:
            zh = f"记录{entry.record.record_id}未披露其在案卷中的编号"
            yield zh, f"the record {entry.record.record_id} hides its number in the case"
            continue
        if number > before + 1:
            numbers = f"{before + 1}" if number == before + 2 else f"{before + 1}–{number - 1}"
            zh = f"服务没有给出案卷第{numbers}号记录的回执"
            yield zh, f"the service gives no receipt of record {numbers} of the case"
        before = number


def _until(entries: list[CaseEntry], kind: str | None) -> list[CaseEntry]:
    of_kind = [at for at, each in enumerate(entries) if each.record.type == kind]
    return entries[: of_kind[-1] + 1] if of_kind else entries


def _doubts(
    receipts: "Sequence[Receipt]", policy: "TrustPolicy | None", nodes: "Sequence[RpcNode]"
) -> list[Sentence]:
    """Name the receipts after the newest that matches."""
    from liuhen.adapters.clock import SystemClock
    from liuhen.cli.chain_nodes import ask_nodes
    from liuhen.core.examine import Beside, examine, question
    from liuhen.core.shown import ShownRecord

    if policy is None:
        en = "there is no trust policy to examine the receipts by (--policy)"
        return [("没有信任策略，无法核验回执（--policy）", en)]
    found: list[Sentence] = []
    for receipt in reversed(receipts):
        reports = tuple(ask_nodes(nodes, question(receipt, policy)))
        verdict = examine(receipt, policy, Beside(SystemClock().now(), reports))
        if verdict.outcome is Outcome.MATCH:
            break
        number = ShownRecord.of(receipt.rows).record_id
        zh = f"回执{number}：{verdict.reason}"
        found.append((zh, f"the receipt {number}: {verdict.outcome} ({verdict.reason})"))
    return found[::-1]
