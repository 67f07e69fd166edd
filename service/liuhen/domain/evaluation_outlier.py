"""Points to ask about: far from those of other seats, or unequal where all must give the same.

They are questions and prove nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from liuhen.domain.evaluation import Sheet
from liuhen.domain.evaluation_method import Method

LEAST_SEATS = 3
"""Of two seats nobody can say which one is far away."""


@dataclass(frozen=True, slots=True)
class Outlier:
    """Points of one seat for one factor of one bid.

    Attributes:
        seat: The seat.
        bid: The bid.
        factor: The factor.
        points: What it gave.
        median: The middle of what all seats gave.
        is_objective: The factor is objective, so that all must give the same (87号令第64条).
    """

    seat: str
    bid: str
    factor: str
    points: Decimal
    median: Decimal
    is_objective: bool = False


def find_outliers(method: Method, sheets: Mapping[str, Sheet]) -> list[Outlier]:
    """Return points beyond three median deviations and a fifth of the most points.

    Both, so that neither seats that agree closely nor a factor of few points make noise. Of an
    objective factor whatever differs from the middle is returned.
    """
    found = []
    for factor in method.factors:
        for bid in sorted({bid for sheet in sheets.values() for bid in sheet}):
            given = {
                seat: points
                for seat, sheet in sorted(sheets.items())
                if (points := sheet.get(bid, {}).get(factor.name)) is not None
            }
            if not given:
                continue
            middle = _median(list(given.values()))
            spread = _median([abs(points - middle) for points in given.values()])
            limit = max(3 * spread, factor.most / 5)
            for seat, points in given.items():
                is_far = len(given) >= LEAST_SEATS and abs(points - middle) > limit
                if is_far or (factor.is_objective and points != middle):
                    told = (points, middle, factor.is_objective)
                    found.append(Outlier(seat, bid, factor.name, *told))
    return found


def _median(values: Sequence[Decimal]) -> Decimal:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
