"""Evaluation: what bids come to by a method, from locked sheets and opened prices.

Points for the price are lowest price over price, times the weight. Points of the seats are averaged
factor by factor, and the averages added up. Every figure that a report publishes is rounded half up
to the places that the method states, and the total is the sum of rounded figures, as the report
adds them. All of it is decimal arithmetic with one division a figure: two would each leave
something out at the sixtieth digit, and a tie that is rounded up could fall below itself.

Where the lowest evaluated price wins, the seats' points are the percent by which deviations raise
a price (标价比较表, 评标委员会和评标方法暂行规定第31、32条): evaluated price = price x (100 + the
sum of the averages) / 100. A method without factors compares the prices as they were read out.

What is not known is None, for the bid it lacks at; ranks are then not known at all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from liuhen.domain.evaluation_method import Average, Kind, Method

Points = Mapping[str, Decimal]
"""Points by factor."""

Sheet = Mapping[str, Points]
"""Points by bid."""

_PRECISION = 80
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class BidScore:
    """What one bid came to.

    Attributes:
        bid: Its code.
        price: Its price.
        price_score: Points for the price.
        quality_average: Averaged points of the seats.
        total: The sum.
        evaluated_price: The price with what deviations add; only where the lowest one wins.
        rank: From 1; equal bids have one rank.
    """

    bid: str
    price: Decimal | None
    price_score: Decimal | None = None
    quality_average: Decimal | None = None
    total: Decimal | None = None
    evaluated_price: Decimal | None = None
    rank: int | None = None


def score_bids(
    method: Method,
    prices: Mapping[str, Decimal | None],
    sheets: Mapping[str, Sheet],
    rejected: Collection[str] = (),
) -> Sequence[BidScore]:
    """Compute what every bid came to, best first; those whose rank is not known by their code.

    Args:
        method: The method of the tender document.
        prices: Price of each bid that was opened; None where it is not known.
        sheets: The locked sheet of each seat.
        rejected: Bids that the committee rejected; they leave the comparison.
    """
    bids = {bid: price for bid, price in prices.items() if bid not in rejected}
    with localcontext() as context:
        context.prec = _PRECISION
        by_points = method.kind is Kind.COMPREHENSIVE
        score = _by_points if by_points else _by_price
        return _ranked([score(method, bids, sheets, bid) for bid in bids])


def _by_points(
    method: Method,
    prices: Mapping[str, Decimal | None],
    sheets: Mapping[str, Sheet],
    bid: str,
) -> BidScore:
    quality = _average(method, sheets, bid)
    points = _price_score(method, prices, prices[bid])
    total = None if quality is None or points is None else points + quality
    return BidScore(bid, prices[bid], points, quality, total)


def _price_score(
    method: Method, prices: Mapping[str, Decimal | None], price: Decimal | None
) -> Decimal | None:
    known = [each for each in prices.values() if each is not None and each > 0]
    if price is None or len(known) < len(prices):
        return None
    return _rounded(min(known) * method.price_weight / price, method)


def _by_price(
    method: Method,
    prices: Mapping[str, Decimal | None],
    sheets: Mapping[str, Sheet],
    bid: str,
) -> BidScore:
    price = prices[bid]
    if price is None or price <= 0:
        return BidScore(bid, price)
    if not method.factors:
        return BidScore(bid, price, evaluated_price=price)
    raised, seats = _sum(method, sheets, bid)
    if raised is None:
        return BidScore(bid, price)
    evaluated = price * (_HUNDRED * seats + raised) / (_HUNDRED * seats)
    return BidScore(bid, price, evaluated_price=_rounded(evaluated, method))


def _ranked(scores: Sequence[BidScore]) -> Sequence[BidScore]:
    """Rank by total, of equal ones by price; by the evaluated price where that decides."""
    keys = [_key(each) for each in scores]
    known = [key for key in keys if key is not None]
    if len(known) < len(keys):
        return sorted(scores, key=lambda each: each.bid)
    ranks = [1 + sum(other < key for other in known) for key in known]
    ranked = [replace(each, rank=rank) for each, rank in zip(scores, ranks, strict=True)]
    return sorted(ranked, key=lambda each: (each.rank or 0, each.bid))


def _key(score: BidScore) -> tuple[Decimal, Decimal] | None:
    if score.evaluated_price is not None:
        return score.evaluated_price, Decimal(0)
    if score.total is None or score.price is None:
        return None
    return -score.total, score.price


def _average(method: Method, sheets: Mapping[str, Sheet], bid: str) -> Decimal | None:
    total, seats = _sum(method, sheets, bid)
    return None if total is None else _rounded(total / seats, method)


def _sum(method: Method, sheets: Mapping[str, Sheet], bid: str) -> tuple[Decimal | None, int]:
    """Return the sum of the points that count, and of how many seats; None where some lack."""
    total, seats = Decimal(0), len(sheets)
    trims = method.average is Average.TRIMMED_MEAN and seats > 2
    for factor in method.factors:
        given = [sheet.get(bid, {}).get(factor.name) for sheet in sheets.values()]
        points = sorted(each for each in given if each is not None)
        if len(points) < seats or not points:
            return None, seats
        total += sum(points[1:-1] if trims else points, Decimal(0))
    return (total, seats - 2 if trims else seats) if seats else (None, 0)


def _rounded(value: Decimal, method: Method) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-method.places), ROUND_HALF_UP)
