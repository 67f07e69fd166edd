"""The evaluation method of a tender document, as a typed value: what a replay computes by.

{"name": "综合评分法", "kind": "comprehensive", "price": {"weight": "30", "formula":
 "lowest_over_price"}, "factors": [{"factor": "技术部分", "max": "45"}], "average": "mean",
 "places": 2, "rounding": "half_up", "candidates": 3}
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from liuhen.domain.field import Field, choice, decimal, flag, group, groups, text, whole
from liuhen.domain.reading import (
    Members,
    get_decimal,
    get_flag,
    get_list,
    get_members,
    get_text,
    get_whole,
)
from liuhen.domain.sight import PUBLIC

FULL_MARKS = Decimal(100)
DEFAULT_PLACES = 2
MOST_PLACES = 8
"""As many as a decimal number in a record can have."""
DEFAULT_CANDIDATES = 3


class Kind(StrEnum):
    """How bids are compared."""

    COMPREHENSIVE = "comprehensive"
    """综合评分法 / 综合评估法: points for price and factors are added up."""
    LOWEST_PRICE = "lowest_price"
    """最低评标价法 / 经评审的最低投标价法: the lowest evaluated price wins."""


class Average(StrEnum):
    """How the points of several seats become one number."""

    MEAN = "mean"
    TRIMMED_MEAN = "trimmed_mean"
    """Without the highest and the lowest of each factor."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor that seats give points for.

    Attributes:
        name: As on the score sheets.
        most: Most points.
        is_objective: All seats must give the same.
    """

    name: str
    most: Decimal
    is_objective: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """An evaluation method.

    Attributes:
        kind: How bids are compared.
        price_weight: Most points for the price; 0 where price is not scored.
        factors: What seats give points for.
        average: How their points become one number.
        places: Decimal places of every figure that is published.
        candidates: How many candidates the report may name.
    """

    kind: Kind
    price_weight: Decimal
    factors: tuple[Factor, ...]
    average: Average = Average.MEAN
    places: int = DEFAULT_PLACES
    candidates: int = DEFAULT_CANDIDATES

    @property
    def total(self) -> Decimal:
        """The most points there are."""
        return self.price_weight + sum((each.most for each in self.factors), Decimal(0))


METHOD: Field = group(
    "method",
    "评审办法",
    "evaluation method",
    text("name", "名称", "name"),
    choice(
        "kind",
        "类型",
        "kind",
        {
            "comprehensive": ("综合评分", "points added up"),
            "lowest_price": ("最低评标价", "lowest evaluated price"),
        },
        required=True,
    ),
    group(
        "price",
        "价格分",
        "points for the price",
        decimal("weight", "满分", "most points", required=True),
        choice(
            "formula",
            "计算公式",
            "formula",
            {
                "lowest_over_price": (
                    "最低报价/投标报价×100×权重",
                    "lowest over price, times weight",
                )
            },
        ),
    ),
    groups(
        "factors",
        "评审因素",
        "factors",
        text("factor", "因素", "factor", required=True),
        decimal("max", "满分", "most points", required=True),
        flag("objective", "客观分", "objective"),
    ),
    choice(
        "average",
        "汇总方式",
        "average",
        {
            "mean": ("算术平均", "arithmetic mean"),
            "trimmed_mean": ("去掉最高最低后平均", "mean without highest and lowest"),
        },
    ),
    whole("places", "小数位数", "decimal places"),
    choice("rounding", "舍入", "rounding", {"half_up": ("四舍五入", "half up")}),
    whole("candidates", "候选人数", "number of candidates"),
    kept=True,
    sight=PUBLIC,
)


def method_of(data: Members) -> Method | None:
    """Return the method that a tender document states; None where it states none we can compute.

    Args:
        data: `data` of a record of type tender_document.
    """
    told = get_members(data, METHOD.name)
    try:
        kind = Kind(get_text(told, "kind") or "")
        average = Average(get_text(told, "average") or Average.MEAN)
    except ValueError:
        return None
    factors = tuple(
        Factor(name, most, get_flag(each, "objective") or False)
        for each in get_list(told, "factors")
        if (name := get_text(each, "factor")) is not None
        and (most := get_decimal(each, "max")) is not None
    )
    places, candidates = get_whole(told, "places"), get_whole(told, "candidates")
    return Method(
        kind=kind,
        price_weight=get_decimal(get_members(told, "price"), "weight") or Decimal(0),
        factors=factors,
        average=average,
        places=DEFAULT_PLACES if places is None else min(places, MOST_PLACES),
        candidates=DEFAULT_CANDIDATES if candidates is None else candidates,
    )
