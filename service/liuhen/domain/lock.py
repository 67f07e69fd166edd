"""Locks: why something of a record is not shown, by which law, and what will open it.

As eForms do it (BT-195 to BT-198): which field, a code, a sentence, and when. A lock is made from
the type and never from the record: that a field has a value, or how many, is not told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.field import Field
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.stage import Stage
from liuhen.domain.visibility import DISPUTES, SUPERVISING, may_see, visibility

UNTIL_OPENING = Rule(
    "sealed-until-opening",
    "开标前不得透露投标人的名称、数量和投标内容",
    "before the opening neither names nor number of bidders nor bids are told",
    Basis(
        "招标投标法第22条；电子招标投标办法第21、27条；87号令第28条",
        "Tendering Law art. 22; Order 20 art. 21, 27; Order 87 art. 28",
    ),
)
COMMITTEE = Rule(
    "committee-until-result",
    "评标委员会成员名单在中标结果确定前保密",
    "the members of the committee are secret until the result",
    Basis(
        "招标投标法第37条；87号令第47条",
        "Tendering Law art. 37; Order 87 art. 47",
    ),
)
EVALUATION = Rule(
    "evaluation-confidential",
    "评审和比较情况不得透露",
    "how bids were examined and compared is confidential",
    Basis("招标投标法第44条；87号令第66条", "Tendering Law art. 44; Order 87 art. 66"),
)
COMPLAINANT = Rule(
    "complainant-protected",
    "质疑投诉材料可能涉及商业秘密，仅限当事人和监督部门查阅，处理决定另行公布",
    "what is objected to may hold business secrets: it is for the parties and the supervisor;"
    " decisions are published",
    Basis(
        "招标投标法实施条例第62条；政府采购法第53条",
        "Tendering Regulations art. 62; Procurement Law art. 53",
    ),
)
SUPERVISION = Rule(
    "supervision-internal",
    "监督检查资料限监督人员查阅",
    "papers of supervision are for those who supervise",
)
NOT_RELEASED = Rule(
    "not-released", "未列入公开范围，默认不公开", "nothing releases this, so it is not shown"
)
_BY_TYPE = {
    "bid_receipt": UNTIL_OPENING,
    "bid_rejection": UNTIL_OPENING,
    "credit_commitment": UNTIL_OPENING,
    "opening_record": UNTIL_OPENING,
    "expert_draw": COMMITTEE,
    "seat_assignment": COMMITTEE,
    "award_notice": COMMITTEE,
    "score_sheet": EVALUATION,
    "clarification": EVALUATION,
    "evaluation_report": EVALUATION,
    "media_manifest": EVALUATION,
    **dict.fromkeys(DISPUTES, COMPLAINANT),
    **dict.fromkeys(SUPERVISING, SUPERVISION),
}
_OWN_BASIS = {
    (UNTIL_OPENING.code, Regime.ZB): Basis(
        "招标投标法第22条；电子招标投标办法第21、27条",
        "Tendering Law art. 22; Order 20 art. 21, 27",
    ),
    (UNTIL_OPENING.code, Regime.ZC): Basis("87号令第28条", "Order 87 art. 28"),
    (COMMITTEE.code, Regime.ZB): Basis("招标投标法第37条", "Tendering Law art. 37"),
    (COMMITTEE.code, Regime.ZC): Basis("87号令第47条", "Order 87 art. 47"),
    (EVALUATION.code, Regime.ZB): Basis("招标投标法第44条", "Tendering Law art. 44"),
    (EVALUATION.code, Regime.ZC): Basis("87号令第66条", "Order 87 art. 66"),
    (COMPLAINANT.code, Regime.ZB): Basis(
        "招标投标法实施条例第62条", "Tendering Regulations art. 62"
    ),
    (COMPLAINANT.code, Regime.ZC): Basis("政府采购法第53条", "Procurement Law art. 53"),
}
"""What a lock cites where it is known which law holds; else it cites both."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Fields of a type that are not shown to somebody, for one reason and until one stage.

    Attributes:
        rule: Why, with its legal basis.
        opens: From which stage on somebody of this role sees them; None: at no stage.
        fields: They, each by its path in the type, without positions.
    """

    rule: Rule
    opens: Stage | None
    fields: tuple[tuple[str, ...], ...]


@lru_cache(maxsize=2**13)
def locks_of(
    regime: Regime | None,
    type: str,  # noqa: A002 -- the word of the record
    stage: Stage | None,
    role: Role,
    *,
    owns: bool,
    publishes_seat_scores: bool = False,
) -> tuple[Lock, ...]:
    """Return what of a type's `data` somebody is not shown."""

    def sees(path: tuple[str, ...], at: Stage | None) -> bool:
        level = visibility(
            regime, type, path, at, role, publishes_seat_scores=publishes_seat_scores
        )
        return may_see(level, role, owns=owns)

    record_type = CATALOGUE.get(type)
    if record_type is None or record_type.any_data:
        return (Lock(NOT_RELEASED, None, (("data",),)),)
    grouped: dict[Stage | None, list[tuple[str, ...]]] = {}
    for path in _paths(record_type.fields):
        if not sees(path, stage):
            opening = None
            if stage is not None:
                opening = next((at for at in Stage if at > stage and sees(path, at)), None)
            grouped.setdefault(opening, []).append(path)
    rule = _rule_of(type, regime)
    ordered = sorted(grouped.items(), key=lambda each: each[0] or len(Stage) + 1)
    return tuple(Lock(rule, opening, tuple(paths)) for opening, paths in ordered)


def _rule_of(name: str, regime: Regime | None) -> Rule:
    rule = _BY_TYPE.get(name, NOT_RELEASED)
    if regime is None:
        return rule
    return replace(rule, basis=_OWN_BASIS.get((rule.code, regime), rule.basis))


def _paths(
    fields: Iterable[Field], before: tuple[str, ...] = ("data",)
) -> Iterator[tuple[str, ...]]:
    """Return the paths of fields that hold values: objects and lists of them by their members."""
    for field in fields:
        path = (*before, field.name)
        if field.fields:
            yield from _paths(field.fields, path)
        else:
            yield path
