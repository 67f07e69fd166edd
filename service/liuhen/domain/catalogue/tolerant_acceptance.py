"""Acceptance with missing papers (容缺受理): what is missing, promised by when, and supplied."""

from collections.abc import Iterator

from liuhen.domain.facts import Facts, RuleContext, section_of, with_member
from liuhen.domain.field import choice, day, digest, flag, text, texts
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, day_of, get_day, get_flag, get_text, get_texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Rule, Shortfall
from liuhen.domain.sight import PUBLIC, RESTRICTED

NAME = "tolerant_acceptance"

ACTIONS = {
    "accepted": ("容缺受理", "accepted"),
    "supplied": ("已补正", "supplied"),
    "expired": ("逾期未补", "expired"),
    "terminated": ("终止受理", "terminated"),
}
LIFE = LifeCycle(
    {
        "accepted": Step({None, "supplied", "expired", "terminated"}, "open"),
        "supplied": Step({"open", "expired"}, "supplied"),
        "expired": Step({"open"}, "expired"),
        "terminated": Step({"open", "expired"}, "terminated"),
    },
    ACTIONS,
)
BAD_CREDIT = Rule(
    "tolerance-bad-credit",
    "信用不良的申请人不适用容缺受理",
    "who has bad credit is not accepted with missing papers",
)
SUPPLY_BY = Rule(
    "tolerance-supply-by",
    "容缺受理须写明补正期限",
    "an acceptance with missing papers says by when they are supplied",
)
NO_LIST = Rule(
    "tolerance-without-list",
    "容缺受理未列明缺少的材料",
    "an acceptance with missing papers does not say which are missing",
)
NO_PROMISE = Rule(
    "tolerance-without-promise",
    "容缺受理没有书面承诺",
    "an acceptance with missing papers has no written promise to supply them",
)
NOT_SUPPLIED = Rule(
    "tolerance-not-supplied",
    "容缺材料最迟应于{day}补正，至今未补正",
    "the missing papers were to be supplied by {day} and were not",
)
SUPPLIED_LATE = Rule(
    "tolerance-supplied-late",
    "容缺材料最迟应于{day}补正，实际于{actual}补正",
    "the missing papers were to be supplied by {day} and were on {actual}",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    action = LIFE.action_of(record.data)
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    if action == "accepted" and get_flag(record.data, "bad_credit"):
        raise BAD_CREDIT.broken("/data/bad_credit")
    if action == "accepted" and get_day(record.data, "supply_by") is None:
        raise SUPPLY_BY.broken("/data/supply_by")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    action = LIFE.action_of(record.data)
    before = section_of(facts, NAME)
    due = get_day(record.data if action == "accepted" else before, "supply_by")
    state = LIFE.after(get_text(before, "state"), action)
    by = None if due is None else due.isoformat()
    return with_member(facts, NAME, state=state, supply_by=by)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    due = None
    for record in case.of_type(NAME):
        action = LIFE.action_of(record.data)
        if action == "accepted":
            due = get_day(record.data, "supply_by")
            if not get_texts(record.data, "missing"):
                yield NO_LIST.missed(record.record_id, "/data/missing")
            if get_text(record.data, "commitment_sha256") is None:
                yield NO_PROMISE.missed(record.record_id, "/data/commitment_sha256")
        supplied = get_day(record.data, "supplied_on") or record.day
        if action == "supplied" and due is not None and supplied > due:
            yield SUPPLIED_LATE.missed(record.record_id, day=due, actual=supplied)
    section = section_of(case.facts, NAME)
    due = day_of(get_text(section, "supply_by"))
    is_open = get_text(section, "state") in ("open", "expired")
    if is_open and due is not None and case.as_of.astimezone(BEIJING).date() > due:
        yield NOT_SUPPLIED.missed(day=due)


TYPE = RecordType(
    name=NAME,
    zh="容缺受理",
    en="Acceptance with missing papers",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=PUBLIC,
        ),
        texts("missing", "缺少的材料", "missing papers", sight=RESTRICTED),
        digest(
            "commitment_sha256",
            "承诺书摘要",
            "SHA-256 of the promise",
            file_digest=True,
            sight=RESTRICTED,
        ),
        day("supply_by", "补正期限", "to be supplied by", kept=True, sight=RESTRICTED),
        day("supplied_on", "补正日期", "supplied on", kept=True, sight=RESTRICTED),
        text("approved_by", "批准人", "approved by", sight=RESTRICTED),
        flag("bad_credit", "信用不良", "bad credit", sight=RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
