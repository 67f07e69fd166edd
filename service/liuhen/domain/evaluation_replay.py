"""The replay of an evaluation from the records of its case, compared with the report.

Figure by figure the answer is equal, differs, or cannot tell: the report may not state a figure,
and a field may be erased or not shown.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from liuhen.core.verdict import Outcome
from liuhen.domain.evaluation import BidScore, Sheet, score_bids
from liuhen.domain.evaluation_method import Kind, Method, method_of
from liuhen.domain.evaluation_outlier import Outlier, find_outliers
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import (
    Members,
    get_decimal,
    get_list,
    get_members,
    get_text,
    get_texts,
    get_whole,
)

Pair = tuple[str, str]
"""A sentence in Chinese and in English."""


class Agreement(StrEnum):
    """Whether a figure of the report is what the sheets make."""

    EQUAL = "equal"
    DIFFERS = "differs"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the report, and what the sheets make of it.

    Attributes:
        bid: The bid; None for figures of the whole report.
        name: Member of the report, or of a row of its summary.
        reported: What the report says; None where it says nothing.
        computed: What the sheets make; None where that cannot be told, or there should be none.
        agreement: How the two compare.
    """

    bid: str | None
    name: str
    reported: str | None
    computed: str | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class PointChange:
    """Points that a later sheet changed; None where there were none.

    Attributes:
        bid: The bid.
        factor: The factor.
        before: As they were locked first.
        after: As they are now.
    """

    bid: str
    factor: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class LateChange:
    """A sheet that took the place of a locked one.

    Attributes:
        seat: The seat.
        record: Number of the new sheet.
        replaces: Number of the sheet before it.
        reason: Its reason, of the closed list; None where it states none.
        after_report: Whether the report was signed before.
        points: What it changed.
    """

    seat: str
    record: str
    replaces: str
    reason: str | None
    after_report: bool
    points: Sequence[PointChange] = ()


@dataclass(frozen=True, slots=True)
class EvaluationReplay:
    """What a replay came to.

    Attributes:
        outcome: match, different, waiting (no report yet), or could not check.
        missing: What it would take, where something could not be told.
        scores: What every bid came to, best first.
        figures: The figures of the report, compared.
        outliers: Points to ask about.
        late_changes: Sheets that took the place of locked ones.
    """

    outcome: Outcome
    missing: Sequence[Pair] = ()
    scores: Sequence[BidScore] = ()
    figures: Sequence[Figure] = ()
    outliers: Sequence[Outlier] = ()
    late_changes: Sequence[LateChange] = ()

    @property
    def differences(self) -> list[Figure]:
        """The figures that differ."""
        return [each for each in self.figures if each.agreement is Agreement.DIFFERS]


def replay_evaluation(records: Sequence[Incoming]) -> EvaluationReplay:
    """Compute the totals of a case again.

    Args:
        records: Its records, in their order; those of other types are passed over.
    """
    method, prices = _method(records), _prices(records)
    sheets, changes = _sheets(records)
    report = _report(records)
    data: Members = {} if report is None else report.data
    missing = list(_missing(method, prices, sheets, _seats(records)))
    if method is None:
        outcome = Outcome.WAITING if report is None else Outcome.COULD_NOT_CHECK
        return EvaluationReplay(outcome, missing, late_changes=changes)
    rejected = {get_text(each, "bid_id") or "" for each in get_list(data, "rejected")}
    complete = {} if _seats(records) - sheets.keys() else sheets
    scores = score_bids(method, prices, complete, rejected)
    figures = [] if report is None else list(_compare(method, scores, rejected, data))
    if report is None:
        missing.append(("尚无评标报告", "there is no evaluation report yet"))
    return EvaluationReplay(
        Outcome.WAITING if report is None else _outcome(method, figures),
        missing,
        scores,
        figures,
        find_outliers(method, sheets),
        changes,
    )


def _outcome(method: Method, figures: Sequence[Figure]) -> Outcome:
    if any(each.agreement is Agreement.DIFFERS for each in figures):
        return Outcome.DIFFERENT
    # Shares of a total may be left out of a report; the total and the rank may not.
    needed = {"rank", "total"} if method.kind is Kind.COMPREHENSIVE else {"rank"}
    settled = {each.name for each in figures if each.agreement is Agreement.EQUAL}
    unsettled = {each.name for each in figures if each.agreement is Agreement.CANNOT_TELL}
    is_settled = needed <= settled and not needed & unsettled
    return Outcome.MATCH if is_settled else Outcome.COULD_NOT_CHECK


def _missing(
    method: Method | None,
    prices: Mapping[str, Decimal | None],
    sheets: Mapping[str, Sheet],
    seats: Iterable[str],
) -> Iterator[Pair]:
    if method is None:
        yield "招标文件没有结构化的评审办法", "no tender document states a structured method"
        return
    if not prices:
        yield "开标记录没有投标", "no record of the opening names bids"
    for bid in sorted(bid for bid, price in prices.items() if price is None):
        yield f"投标{bid}的报价不明", f"the price of {bid} is not known"
    if not sheets and method.factors:
        yield "没有锁定的打分表", "there are no locked score sheets"
    for seat in sorted(set(seats) - sheets.keys()) if sheets else ():
        yield f"席位{seat}没有锁定的打分表", f"there is no locked score sheet from seat {seat}"
    for seat, sheet in sorted(sheets.items()):
        for bid in sorted(prices):
            names = [f.name for f in method.factors if sheet.get(bid, {}).get(f.name) is None]
            if names:
                zh = f"席位{seat}对投标{bid}没有{'、'.join(names)}的得分"
                yield zh, f"seat {seat} has no points of {bid} for {', '.join(names)}"


def _method(records: Sequence[Incoming]) -> Method | None:
    found = [method_of(record.data) for record in records if record.type == "tender_document"]
    return next((method for method in reversed(found) if method is not None), None)


def _prices(records: Sequence[Incoming]) -> dict[str, Decimal | None]:
    """Return the prices read out; what could not be decrypted was not opened."""
    return {
        bid: get_decimal(get_members(each, "price"), "amount")
        for record in records
        if record.type == "opening_record"
        for each in get_list(record.data, "bids")
        if (bid := get_text(each, "bid_id")) is not None
        and get_text(each, "result") != "not_decrypted"
    }


def _seats(records: Sequence[Incoming]) -> set[str]:
    """Return the seats that were assigned."""
    told = (get_list(r.data, "seats") for r in records if r.type == "seat_assignment")
    named = (get_text(each, "seat") for seats in told for each in seats)
    return {seat for seat in named if seat is not None}


def _sheets(records: Sequence[Incoming]) -> tuple[dict[str, Sheet], list[LateChange]]:
    """Return the newest locked sheet of each seat, and the changes that led to them."""
    sheets: dict[str, Sheet] = {}
    numbers: dict[str, str] = {}
    changes: list[LateChange] = []
    reported = False
    for record in records:
        reported = reported or (record.type == "evaluation_report" and _is_signed(record))
        is_locked = get_text(record.data, "action") in (None, "locked")
        seat = get_text(record.data, "seat")
        if record.type != "score_sheet" or not is_locked or seat is None:
            continue
        sheet: Sheet = {
            get_text(each, "bid_id") or "": _points(get_members(each, "points"))
            for each in get_list(record.data, "scores")
        }
        if seat in sheets:
            reason = get_text(record.data, "change_reason")
            points = list(_point_changes(sheets[seat], sheet))
            place = (seat, record.record_id, numbers[seat])
            changes.append(LateChange(*place, reason, reported, points))
        sheets[seat], numbers[seat] = sheet, record.record_id
    return sheets, changes


def _point_changes(before: Sheet, after: Sheet) -> Iterator[PointChange]:
    for bid in sorted(before.keys() | after.keys()):
        old, new = before.get(bid, {}), after.get(bid, {})
        for factor in sorted(old.keys() | new.keys()):
            if old.get(factor) != new.get(factor):
                yield PointChange(bid, factor, old.get(factor), new.get(factor))


def _points(told: Members) -> dict[str, Decimal]:
    read = {factor: get_decimal(told, factor) for factor in told}
    return {factor: points for factor, points in read.items() if points is not None}


def _report(records: Sequence[Incoming]) -> Incoming | None:
    signed = [r for r in records if r.type == "evaluation_report" and _is_signed(r)]
    return signed[-1] if signed else None


def _is_signed(report: Incoming) -> bool:
    return get_text(report.data, "action") != "draft"


# Comparing

_NAMES = {
    Kind.COMPREHENSIVE: ("price", "price_score", "quality_average", "total"),
    Kind.LOWEST_PRICE: ("price", "evaluated_price"),
}


def _compare(
    method: Method, scores: Sequence[BidScore], rejected: set[str], report: Members
) -> Iterator[Figure]:
    rows = list(get_list(report, "summary"))
    by_bid = {score.bid: score for score in scores}
    told = [get_text(row, "bid_id") or "" for row in rows]
    for score in scores:
        if score.bid not in told:
            yield Figure(score.bid, "bid_id", None, score.bid, Agreement.DIFFERS)
    for bid, row in zip(told, rows, strict=True):
        if bid in by_bid and told.count(bid) == 1:
            yield from _compare_row(method, by_bid[bid], row)
        elif bid not in rejected or get_whole(row, "rank") is not None:
            yield Figure(bid, "bid_id", bid, None, Agreement.DIFFERS)
    yield from _compare_whole(scores, report)


def _compare_row(method: Method, score: BidScore, row: Members) -> Iterator[Figure]:
    for name in _NAMES[method.kind]:
        computed, reported = getattr(score, name), get_decimal(row, name)
        yield _figure(score.bid, name, reported, computed)
    yield _figure(score.bid, "rank", get_whole(row, "rank"), score.rank)


def _compare_whole(scores: Sequence[BidScore], report: Members) -> Iterator[Figure]:
    baseline = get_decimal(report, "baseline_price")
    prices = [score.price for score in scores if score.price is not None]
    if baseline is not None:
        lowest = min(prices) if prices and len(prices) == len(scores) else None
        yield _figure(None, "baseline_price", baseline, lowest)
    candidates = list(get_texts(report, "candidates"))
    if candidates:
        yield _compare_candidates(candidates, scores)


def _compare_candidates(candidates: list[str], scores: Sequence[BidScore]) -> Figure:
    """Compare whom the report recommends; bids of one rank may stand in any order."""
    ranks = {score.bid: score.rank for score in scores}
    best = [score.bid for score in scores][: len(candidates)]
    if None in ranks.values():
        agreement, computed = Agreement.CANNOT_TELL, None
    else:
        same = [ranks.get(bid) for bid in candidates] == [ranks[bid] for bid in best]
        is_equal = same and len(set(candidates)) == len(candidates)
        agreement = Agreement.EQUAL if is_equal else Agreement.DIFFERS
        computed = ", ".join(best)
    return Figure(None, "candidates", ", ".join(candidates), computed, agreement)


def _figure(
    bid: str | None, name: str, reported: Decimal | int | None, computed: Decimal | int | None
) -> Figure:
    agreement = Agreement.EQUAL if reported == computed else Agreement.DIFFERS
    if reported is None or computed is None:
        agreement = Agreement.CANNOT_TELL
    return Figure(bid, name, _told(reported), _told(computed), agreement)


def _told(value: Decimal | int | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)
