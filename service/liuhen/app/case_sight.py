"""Who may see what of a check: before the opening nobody learns how many records a case has.

A check counts records, names seats and bids, and says what is missing: each of these would tell of
bids that are still sealed. So while a project is open for bids there is no check, whoever asks.
Afterwards those who supervise and audit see all of it; everybody sees whether the chain is whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from liuhen.app.check_case import StoredCase
from liuhen.core.errors import NotYet, Unknown
from liuhen.domain.case_chain import CHAIN_RULES
from liuhen.domain.case_report import CaseReport, Unchecked, Weighed
from liuhen.domain.role import Role
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import may_see, visibility

SEES_ALL: Final = frozenset({Role.SUPERVISOR, Role.DISCIPLINE, Role.INSPECTOR, Role.AUDITOR})
"""Those who may see all records of a case, once its bids are opened."""

SEALED: Final = Unchecked(
    "sealed",
    "开标前不得透露投标情况，因此不作案卷检查（招标投标法第22条；87号令第28条）",
    "before the opening nothing is told that could tell of bids, so nothing is checked"
    " (Tendering Law art. 22; Order 87 art. 28)",
)
RESTRICTED: Final = Unchecked(
    "restricted",
    "规则、时间和缺失步骤的检查仅对有权人员显示",
    "what the rules, the times and missing steps come to is shown to those with a role",
)


def shown_report(stored: StoredCase, report: CaseReport, role: Role) -> CaseReport:
    """Return what of a report may be shown.

    Args:
        stored: The case that was checked.
        report: What the check came to.
        role: As what somebody asks.

    Raises:
        Unknown: It is no project, so that nothing of it is for everybody.
    """
    if report.is_sealed:
        return CaseReport(report.case, report.as_of, unchecked=(SEALED,))
    types = {each.record.record_id: each.record.type for each in stored.entries}
    report = _without_numbers(report, types, role)
    if role in SEES_ALL:
        return report
    if report.stage is None or report.stage < Stage.OPENED:
        raise no_case(report.case)
    chain = [each for each in report.shortfalls if each.shortfall.rule in CHAIN_RULES]
    return replace(report, shortfalls=chain, open=(), unchecked=(RESTRICTED,))


def _without_numbers(report: CaseReport, types: Mapping[str, str], role: Role) -> CaseReport:
    """Leave out the numbers of records of which a role may not see every field.

    Whoever has a number reads the whole record: a sheet, say, while the evaluation goes on.
    """

    def told(record: str | None) -> str | None:
        name = types.get(record or "")
        if name is None:
            return None
        level = visibility(report.regime, name, ("record_id",), report.stage, role)
        return record if may_see(level, role, owns=False) else None

    def blank(found: Sequence[Weighed]) -> list[Weighed]:
        return [
            replace(each, shortfall=replace(each.shortfall, record=told(each.shortfall.record)))
            for each in found
        ]

    return replace(
        report,
        shortfalls=blank(report.shortfalls),
        open=blank(report.open),
        unchecked=[replace(each, record=told(each.record)) for each in report.unchecked],
    )


def check_result_is_public(stage: Stage | None) -> None:
    """Check that the evaluation of a case may be looked at.

    Raises:
        NotYet: Its result is not published.
    """
    if stage is None or stage < Stage.RESULT:
        raise NotYet("the evaluation is secret until the result is published")


def no_case(case: str) -> Unknown:
    """Return the error of a case that there is not, or that is not to be known."""
    return Unknown(f"this log has no case {case[:64]!r}")
