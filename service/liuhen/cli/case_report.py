"""The answers of `liuhen case`, line by line, from their JSON form."""

from collections.abc import Iterator, Mapping
from typing import Any

from liuhen.cli import case_words as say
from liuhen.cli.language import Language
from liuhen.cli.words import Pair
from liuhen.core.verdict import Outcome
from liuhen.domain.case_report import CaseKind, Severity
from liuhen.domain.catalogue.score_sheet import REASONS
from liuhen.domain.evaluation_replay import Agreement
from liuhen.domain.stage import Stage

Told = Mapping[str, Any]
"""A report as JSON: of the service, or made here."""


def check_lines(report: Told, language: Language) -> Iterator[str]:
    """Return the lines of a check: the answer first, then what led to it."""
    yield say.CHECKED[Outcome(report["outcome"])].in_language(language)
    yield f"{report['case']}{_about(report, language)}"
    for each in report["shortfalls"]:
        severity = say.SEVERITIES[Severity(each["severity"])]
        yield _line(severity, each, language)
    for each in report["open"]:
        yield _line(say.OPEN, each, language)
    for each in report["unchecked"]:
        yield _line(say.UNCHECKED, each, language)


def _about(report: Told, language: Language) -> str:
    if report["kind"] is None:
        return ""
    kind = say.KINDS[CaseKind(report["kind"])].in_language(language)
    told = say.COUNT.in_language(language).format(kind=kind, count=report["count"])
    if report["stage"] is not None:
        stage = say.STAGES[Stage[report["stage"].upper()]].in_language(language)
        told += say.STAGE.in_language(language).format(stage=stage)
    return f"  {told}"


def _line(mark: Pair, found: Told, language: Language) -> str:
    text = f"{mark.in_language(language)}  {found[language.value]}"
    if found.get("is_estimate"):
        text += say.ESTIMATE.in_language(language)
    if found.get("rule") is not None:
        text += f" [{found['rule']}]"
    if found["record"] is not None:
        text += f"  {say.RECORD.in_language(language).format(record=found['record'])}"
    return text


def replay_lines(replay: Told, language: Language) -> Iterator[str]:
    """Return the lines of a replay: the answer first, then the figures and what to ask about."""
    yield say.REPLAYED[Outcome(replay["outcome"])].in_language(language)
    for each in replay["missing"]:
        yield f"{say.UNCHECKED.in_language(language)}  {each[language.value]}"
    for each in replay["figures"]:
        mark = say.AGREEMENTS[Agreement(each["agreement"])].in_language(language)
        facts = {
            "bid": each["bid_id"] or "",
            "figure": say.FIGURES[each["figure"]].in_language(language),
            "reported": _shown(each["reported"]),
            "computed": _shown(each["computed"]),
        }
        yield f"{mark}  {say.FIGURE.in_language(language).format_map(facts).lstrip()}"
    for each in replay["outliers"]:
        pair = say.UNEQUAL if each["is_objective"] else say.FAR
        yield pair.in_language(language).format_map(each)
    for each in replay["late_changes"]:
        yield from _change(each, language)


def _change(change: Told, language: Language) -> Iterator[str]:
    labels = REASONS.get(change["reason"] or "")
    reason = say.NO_REASON if labels is None else Pair(*labels)
    facts = {**change, "reason": reason.in_language(language)}
    late = say.AFTER_REPORT.in_language(language) if change["after_report"] else ""
    yield say.CHANGED.in_language(language).format_map(facts) + late
    for each in change["points"]:
        shown = {**each, "before": _shown(each["before"]), "after": _shown(each["after"])}
        yield say.POINTS.in_language(language).format_map(shown)


def _shown(value: Any) -> str:  # noqa: ANN401 -- whatever stands in the JSON
    return "—" if value is None else str(value)
