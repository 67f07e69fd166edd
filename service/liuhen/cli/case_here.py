"""What `liuhen case` does on this machine: checks and replays over receipts."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from liuhen.app.case_of_receipts import case_of_receipts
from liuhen.cli import case_words, talk
from liuhen.cli.case_from_service import CaseFromService, take_case
from liuhen.cli.chain_nodes import open_node
from liuhen.cli.existing import STDIN, files_of
from liuhen.cli.input_file import read_file
from liuhen.cli.language import Language, of_terminal
from liuhen.cli.policy_file import find_policy
from liuhen.core.errors import Unknown
from liuhen.core.receipt import MAX_RECEIPT_BYTES, parse_receipt
from liuhen.domain.case_chain import CaseEntry, in_order
from liuhen.domain.case_report import CaseReport
from liuhen.domain.evaluation_replay import EvaluationReplay, replay_evaluation

if TYPE_CHECKING:
    from liuhen.client.case_receipts import CaseReceipts


def entries_of(case: str, paths: Sequence[Path], lang: Language | None) -> list[CaseEntry]:
    """Return the records of a case among receipt files.

    Raises:
        Unknown: There is none.
    """
    files = files_of(paths, recursive=True, but=STDIN)
    receipts = (parse_receipt(read_file(file, MAX_RECEIPT_BYTES)) for file in files)
    entries = case_of_receipts(receipts, case)
    if not entries:
        raise Unknown(f"none of the receipts is of the case {case[:64]!r}")
    told = case_words.FROM_RECEIPTS.in_language(lang or of_terminal())
    talk.warn(told.format(count=len(entries), given=len(files)))
    return entries


def take_here(
    case: str,
    told: "CaseReceipts",
    policy: Path | None,
    rpc: Sequence[str] | None,
    *,
    until: str | None = None,
) -> CaseFromService:
    """Return the records that a service gave of a case; arguments as for `take_case`.

    Raises:
        Unknown: It gave nothing at all.
    """
    if not told.receipts and not told.withheld:
        raise Unknown(f"the service gives nothing of the case {case[:64]!r}")
    with ExitStack() as stack:
        nodes = [stack.enter_context(closing(open_node(url))) for url in rpc or []]
        return take_case(case, told, find_policy(policy), nodes, until=until)


def check_here(
    case: str, entries: Sequence[CaseEntry], as_of: datetime | None, late_after: float | None
) -> CaseReport:
    """Check a case on this machine."""
    from liuhen.cli.service_extra import service_extra
    from liuhen.domain.case_check import check_case
    from liuhen.domain.case_time import limits_of
    from liuhen.domain.facts import RuleContext

    with service_extra():
        from liuhen.adapters.china_calendar import ChinaCalendar
        from liuhen.adapters.clock import SystemClock

        # Nothing is compared with the marks of a log here, so texts may stand for themselves.
        context = RuleContext(ChinaCalendar(), lambda text: text)
        now = as_of or SystemClock().now()
        return check_case(case, entries, context, now, limits=limits_of(late_after))


def replay_here(entries: Sequence[CaseEntry]) -> EvaluationReplay:
    """Compute an evaluation again on this machine."""
    return replay_evaluation([entry.record for entry in in_order(entries)])
