"""Evaluation replay: the totals of a report, computed again from the locked sheets.

Points for the price are lowest price over price, times the weight. Points of the seats are averaged
factor by factor, and the averages added up. Every figure that a report publishes is rounded half up
to the places that the method states, and the total is the sum of rounded figures, as the report
adds them. All of it is decimal arithmetic.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from liuhen.domain.evaluation_method import Average, Kind, Method

Points = Mapping[str, Decimal]
"""Points by factor."""

Sheet = Mapping[str, Points]
"""Points by bid."""

_PRECISION = 60


@dataclass(frozen=True, slots=True)
class BidScore:
    """What one bid came to.

    Attributes:
        bid: Its code.
        price: Its price.
        price_score: Points for the price; None where the method gives none.
        quality_average: Averaged points of the seats; None where the method gives none.
        total: The sum; None where the method compares prices alone.
        rank: From 1; equal bids have one rank.
    """

    bid: str
    price: Decimal
    price_score: Decimal | None
    quality_average: Decimal | None
    total: Decimal | None
    rank: int


def score_bids(
    method: Method,
    prices: Mapping[str, Decimal],
    sheets: Mapping[str, Sheet],
    rejected: Collection[str] = (),
) -> Sequence[BidScore]:
    """Compute what every bid came to, best first.

    Args:
        method: The method of the tender document.
        prices: Price of each bid that was opened, above 0.
        sheets: The locked sheet of each seat.
        rejected: Bids that the committee rejected; they leave the comparison.

    Raises:
        ValueError: A sheet lacks points for a bid and factor, or a price is not above 0.
    """
    bids = {bid: price for bid, price in prices.items() if bid not in rejected}
    if any(price <= 0 for price in bids.values()):
        raise ValueError("a price is above 0")
    if not bids:
        return []
    with localcontext() as context:
        context.prec = _PRECISION
        if method.kind is Kind.LOWEST_PRICE:
            return _ranked([(bid, price, None, None, None) for bid, price in bids.items()])
        lowest = min(bids.values())
        scored = []
        for bid, price in bids.items():
            points = _rounded(lowest / price * method.price_weight, method)
            quality = _rounded(
                sum((_average(method, sheets, bid, f.name) for f in method.factors), Decimal(0)),
                method,
            )
            scored.append((bid, price, points, quality, points + quality))
        return _ranked(scored)


_Scored = tuple[str, Decimal, Decimal | None, Decimal | None, Decimal | None]


def _ranked(scored: Sequence[_Scored]) -> Sequence[BidScore]:
    """Rank by total, of equal ones by price; prices alone where there is no total."""
    keys = {each[0]: (-each[4] if each[4] is not None else Decimal(0), each[1]) for each in scored}
    ordered = sorted(scored, key=lambda each: (*keys[each[0]], each[0]))
    ranks = {each[0]: sum(key < keys[each[0]] for key in keys.values()) + 1 for each in scored}
    return [BidScore(*each, rank=ranks[each[0]]) for each in ordered]


def _average(method: Method, sheets: Mapping[str, Sheet], bid: str, factor: str) -> Decimal:
    given = []
    for seat, sheet in sheets.items():
        points = sheet.get(bid, {}).get(factor)
        if points is None:
            raise ValueError(f"the sheet of {seat} has no points of {bid} for {factor}")
        given.append(points)
    if not given:
        raise ValueError("there are no sheets")
    if method.average is Average.TRIMMED_MEAN and len(given) > 2:
        given = sorted(given)[1:-1]
    return sum(given, Decimal(0)) / len(given)


def _rounded(value: Decimal, method: Method) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-method.places), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Outlier:
    """Points that lie far from those of the other seats.

    Attributes:
        seat: The seat.
        bid: The bid.
        factor: The factor.
        points: What it gave.
        median: The middle of what all seats gave.
    """

    seat: str
    bid: str
    factor: str
    points: Decimal
    median: Decimal


def find_outliers(method: Method, sheets: Mapping[str, Sheet]) -> list[Outlier]:
    """Return points beyond three median deviations and a fifth of the most points.

    Both, so that neither seats that agree closely nor a factor of few points make noise. It is a
    question to ask and proves nothing.
    """
    found = []
    for factor in method.factors:
        for bid in sorted({bid for sheet in sheets.values() for bid in sheet}):
            given = {
                seat: points
                for seat, sheet in sheets.items()
                if (points := sheet.get(bid, {}).get(factor.name)) is not None
            }
            if len(given) < 3:
                continue
            middle = _median(list(given.values()))
            spread = _median([abs(points - middle) for points in given.values()])
            limit = max(3 * spread, factor.most / 5)
            found += [
                Outlier(seat, bid, factor.name, points, middle)
                for seat, points in sorted(given.items())
                if abs(points - middle) > limit
            ]
    return found


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
