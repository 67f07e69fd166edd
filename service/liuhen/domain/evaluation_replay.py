"""The replay of an evaluation from the records of its case, compared with the report."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from liuhen.core.verdict import Outcome
from liuhen.domain.evaluation import (
    BidScore,
    Outlier,
    Sheet,
    find_outliers,
    score_bids,
)
from liuhen.domain.evaluation_method import Method, method_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import (
    Members,
    get_decimal,
    get_list,
    get_members,
    get_text,
    get_whole,
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of the report that is not what the sheets make.

    Attributes:
        bid: The bid.
        figure: Member of the report's summary.
        reported: What the report says; None where it says nothing.
        computed: What the sheets make.
    """

    bid: str
    figure: str
    reported: str | None
    computed: str | None


@dataclass(frozen=True, slots=True)
class LateChange:
    """A sheet that took the place of a locked one.

    Attributes:
        seat: The seat.
        record: Number of the new sheet.
        reason: Its reason, of the closed list; None where it states none.
        after_report: Whether the report was signed before.
    """

    seat: str
    record: str
    reason: str | None
    after_report: bool


@dataclass(frozen=True, slots=True)
class EvaluationReplay:
    """What a replay came to.

    Attributes:
        outcome: match, different, waiting (no report yet), or could not check.
        missing: (Chinese, English), what it would take, where it could not be checked.
        scores: What every bid came to, best first.
        differences: Figures of the report that are others.
        outliers: Points far from those of other seats.
        late_changes: Sheets that took the place of locked ones.
    """

    outcome: Outcome
    missing: tuple[tuple[str, str], ...] = ()
    scores: Sequence[BidScore] = ()
    differences: Sequence[Difference] = ()
    outliers: Sequence[Outlier] = ()
    late_changes: Sequence[LateChange] = ()


def replay_evaluation(records: Sequence[Incoming]) -> EvaluationReplay:
    """Compute the totals of a case again.

    Args:
        records: Its records, in their order; those of other types are passed over.
    """
    method = _method(records)
    prices = _prices(records)
    sheets, changes = _sheets(records)
    report = _report(records)
    if report is None:
        none = ("尚无评标报告", "there is no evaluation report yet")
        return EvaluationReplay(Outcome.WAITING, (none,), late_changes=changes)
    missing = tuple(_missing(method, prices, sheets))
    if missing or method is None:
        return EvaluationReplay(Outcome.COULD_NOT_CHECK, missing, late_changes=changes)
    rejected = {get_text(each, "bid_id") or "" for each in get_list(report.data, "rejected")}
    try:
        scores = score_bids(method, prices, sheets, rejected)
    except ValueError as error:
        told = (f"打分表不完整：{error}", str(error))
        return EvaluationReplay(Outcome.COULD_NOT_CHECK, (told,), late_changes=changes)
    differences = list(_compare(scores, report.data))
    return EvaluationReplay(
        Outcome.DIFFERENT if differences else Outcome.MATCH,
        (),
        scores,
        differences,
        find_outliers(method, sheets),
        changes,
    )


def _missing(
    method: Method | None, prices: dict[str, Decimal], sheets: dict[str, Sheet]
) -> Iterator[tuple[str, str]]:
    if method is None:
        yield "招标文件没有结构化的评审办法", "no tender document states a structured method"
    if not prices:
        yield "开标记录没有报价", "no record of the opening states prices"
    if not sheets:
        yield "没有锁定的打分表", "there are no locked score sheets"


def _method(records: Sequence[Incoming]) -> Method | None:
    found = [method_of(record.data) for record in records if record.type == "tender_document"]
    return next((method for method in reversed(found) if method is not None), None)


def _prices(records: Sequence[Incoming]) -> dict[str, Decimal]:
    return {
        bid: amount
        for record in records
        if record.type == "opening_record"
        for each in get_list(record.data, "bids")
        if (bid := get_text(each, "bid_id")) is not None
        and (amount := get_decimal(get_members(each, "price"), "amount")) is not None
    }


def _sheets(records: Sequence[Incoming]) -> tuple[dict[str, Sheet], list[LateChange]]:
    """Return the newest locked sheet of each seat, and the changes that led to them."""
    sheets: dict[str, Sheet] = {}
    changes: list[LateChange] = []
    reported = False
    for record in records:
        reported = reported or (record.type == "evaluation_report" and _is_signed(record))
        is_locked = get_text(record.data, "action") in (None, "locked")
        seat = get_text(record.data, "seat")
        if record.type != "score_sheet" or not is_locked or seat is None:
            continue
        if seat in sheets:
            reason = get_text(record.data, "change_reason")
            changes.append(LateChange(seat, record.record_id, reason, reported))
        sheets[seat] = {
            get_text(each, "bid_id") or "": _points(get_members(each, "points"))
            for each in get_list(record.data, "scores")
        }
    return sheets, changes


def _points(told: Members) -> dict[str, Decimal]:
    read = {factor: get_decimal(told, factor) for factor in told}
    return {factor: points for factor, points in read.items() if points is not None}


def _report(records: Sequence[Incoming]) -> Incoming | None:
    signed = [r for r in records if r.type == "evaluation_report" and _is_signed(r)]
    return signed[-1] if signed else None


def _is_signed(report: Incoming) -> bool:
    return get_text(report.data, "action") != "draft"


def _compare(scores: Sequence[BidScore], report: Members) -> Iterator[Difference]:
    summary = {get_text(each, "bid_id") or "": each for each in get_list(report, "summary")}
    for score in scores:
        told = summary.pop(score.bid, None)
        if told is None:
            yield Difference(score.bid, "bid_id", None, score.bid)
            continue
        for figure in ("price", "price_score", "quality_average", "total"):
            computed, reported = getattr(score, figure), get_decimal(told, figure)
            if computed is not None and reported != computed:
                yield Difference(score.bid, figure, get_text(told, figure), str(computed))
        rank = get_whole(told, "rank")
        if rank is not None and rank != score.rank:
            yield Difference(score.bid, "rank", str(rank), str(score.rank))
    for bid in summary:
        yield Difference(bid, "bid_id", bid, None)
