"""What must come before a complaint, and by when it is raised.

In ZC a challenge comes first and its answer period ends; in ZB an objection, for documents,
opening and result. A complaint does not go beyond the matters of either.
"""

from datetime import date

from liuhen.domain.catalogue.challenge import answer_due, challenged_matters, is_waiting
from liuhen.domain.catalogue.objection import TARGETS, objected_matters, objection_days
from liuhen.domain.complaint_period import complaint_due
from liuhen.domain.deadline import deadline_on, due_day
from liuhen.domain.dispute import matters_of
from liuhen.domain.facts import Facts, RuleContext, regime_of, section_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_day, get_text
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule

OUTSIDE = Rule(
    "complaint-outside-challenge",
    "投诉事项“{matter}”超出已质疑（异议）事项的范围",
    "the matter {matter!r} goes beyond what was challenged",
    Basis(
        "政府采购法实施条例第55条；招标投标法实施条例第60条",
        "Procurement Regulations art. 55; Tendering Regulations art. 60",
    ),
)
NOT_CHALLENGED = Rule(
    "complaint-without-challenge",
    "投诉前应先提出质疑（异议）{which_zh}",
    "a complaint follows a challenge or an objection{which}",
    Basis(
        "政府采购法第55条；招标投标法实施条例第60条",
        "Procurement Law art. 55; Tendering Regulations art. 60",
    ),
)
TOO_LATE = Rule(
    "complaint-too-late",
    "投诉最迟应于{due}提出",
    "a complaint is raised by {due}",
    Basis(
        "政府采购法第55条；招标投标法实施条例第60条",
        "Procurement Law art. 55; Tendering Regulations art. 60",
    ),
)
TOO_EARLY = Rule(
    "complaint-too-early",
    "质疑答复期（至{due}）未满且未答复，不得投诉",
    "the challenge is not answered yet and may be until {due}: no complaint before",
    Basis("政府采购法第55条；94号令第17条", "Procurement Law art. 55; Order 94 art. 17"),
)


def is_spoken(record: Incoming) -> bool:
    """Return whether somebody only tells of something, by telephone or in person."""
    return get_text(record.data, "channel") in ("phone", "visit")


def check_matters(facts: Facts, record: Incoming, about: str | None) -> None:
    """Check that every matter was challenged or objected to before.

    Args:
        facts: Of the case.
        record: The complaint, or what supplements it.
        about: Number of the challenge or objection, now or when the complaint was filed.

    Raises:
        RecordRefused: One was not.
    """
    if about is None:
        return
    allowed = challenged_matters(facts, about)
    if allowed is None:
        allowed = objected_matters(facts, about)
    knows_some = section_of(facts, "challenge") or section_of(facts, "objection")
    if allowed is None and (knows_some or section_of(facts, "project")):
        which, which_zh = f": there is no {about!r}", f"：没有编号“{about}”"
        raise NOT_CHALLENGED.broken("/data/about", which=which, which_zh=which_zh)
    for position, matter in enumerate(matters_of(record.data)):
        if allowed is not None and matter not in allowed:
            raise OUTSIDE.broken(f"/data/matters/{position}", matter=matter)


def check_names_challenge(facts: Facts, record: Incoming) -> None:
    """Check that a complaint names a challenge or an objection, where the law wants one before it.

    Who telephones or comes in tells of something and files nothing; in ZB, what is not about
    documents, opening or result needs no objection (条例 60).

    Raises:
        RecordRefused: It names none.
    """
    if is_spoken(record) or get_text(record.data, "about") is not None:
        return
    regime, target = regime_of(facts), get_text(record.data, "target")
    if regime is Regime.ZC or (regime is Regime.ZB and target in TARGETS):
        raise NOT_CHALLENGED.broken("/data/about", which=", and names it", which_zh="并写明其编号")


def check_time(facts: Facts, record: Incoming, context: RuleContext) -> None:
    """Check that a complaint comes neither too early nor too late, where the days are known.

    Raises:
        RecordRefused: It does.
    """
    about = get_text(record.data, "about") or ""
    ends = answer_due(facts, about, context.calendar)
    if ends is not None and is_waiting(facts, about) and record.day <= ends:
        raise TOO_EARLY.broken("/occurred_at", due=ends)
    if ends is not None:
        due: date | None = due_day(deadline_on("ZC-COMPLAINT", ends), ends, context.calendar).day
    else:
        due = _due_in_tendering(facts, record, about, context)
    if due is not None and record.day > due:
        raise TOO_LATE.broken("/occurred_at", due=due)


def _due_in_tendering(
    facts: Facts, record: Incoming, about: str, context: RuleContext
) -> date | None:
    """Return the last day of a complaint of ZB; None where it is not known."""
    said = get_day(record.data, "known_on")
    known, filed, answered = objection_days(facts, about)
    if filed is not None:
        return complaint_due(known or said, filed, answered, context.calendar).day
    if regime_of(facts) is not Regime.ZB or said is None:
        return None
    return due_day(deadline_on("ZB-COMPLAINT", said), said, context.calendar).day
