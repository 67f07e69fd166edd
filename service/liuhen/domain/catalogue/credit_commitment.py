"""Credit commitment (信用承诺): a promise instead of a paper, and whether it was kept."""

from collections.abc import Iterator

from liuhen.domain.catalogue.project import has_ended
from liuhen.domain.facts import (
    NO_FACTS,
    Facts,
    RuleContext,
    section_of,
    stage_of,
    with_member,
)
from liuhen.domain.field import choice, code, digest, group, moment, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import Members, get_text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import OWN_THEN_RESTRICTED
from liuhen.domain.stage import Stage

NAME = "credit_commitment"

ACTIONS = {
    "given": ("作出承诺", "given"),
    "kept": ("已履行", "kept"),
    "broken": ("违反承诺", "broken"),
    "repaired": ("信用修复", "repaired"),
}
LIFE = LifeCycle(
    {
        "given": Step({None, "given", "kept", "broken", "repaired"}, "given"),
        "kept": Step({"given"}, "kept"),
        "broken": Step({"given", "kept"}, "broken"),
        "repaired": Step({"broken"}, "repaired"),
    },
    ACTIONS,
)
SCOPES = {"credit": ("信用承诺", "credit"), "qualification": ("资格条件承诺", "qualification")}
BEFORE_OPENING = Rule(
    "commitment-before-opening",
    "开标前只登记作出的承诺，履行、违反和修复在开标后登记",
    "before the opening commitments are given; whether they were kept is entered later",
    Basis("招标投标法第22条", "Tendering Law art. 22"),
)
OUT_OF_STEP = Rule(
    "commitment-out-of-step",
    "该供应商的承诺不能进行“{action_zh}”",
    "the commitment of this supplier does not take the step {action!r}",
)
"""Its state is not named: that a supplier gave one tells of a bid."""
BROKEN = Rule(
    "commitment-broken",
    "供应商违反信用承诺，尚未修复",
    "a supplier broke its commitment and has not made up for it",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    action, stage = LIFE.action_of(record.data), stage_of(facts)
    is_sealed = stage is not None and stage < Stage.OPENED and not has_ended(facts)
    if action != "given" and is_sealed:
        raise BEFORE_OPENING.broken("/data/action")
    section = section_of(facts, NAME)
    if action not in LIFE.allowed(get_text(section, _key(section, record, context))):
        raise OUT_OF_STEP.broken("/data/action", action=action, action_zh=LIFE.action_zh(action))


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    section = section_of(facts, NAME)
    key = _key(section, record, context)
    state = LIFE.after(get_text(section, key), LIFE.action_of(record.data))
    return with_member(facts, NAME, **{key: state})


def _key(section: Members, record: Incoming, context: RuleContext) -> str:
    """Return which commitment a record is about: a supplier gives one a scope.

    A later step that names no scope is about the supplier's only commitment, where there is one.
    """
    supplier = context.mark_of(get_text(record.data, "supplier_id")) or "-"
    scope = get_text(record.data, "scope")
    if scope in SCOPES:
        return f"{supplier} {scope}"
    given = [key for key in section if key.startswith(f"{supplier} ")]
    return given[0] if len(given) == 1 else f"{supplier} -"


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    facts, newest = NO_FACTS, dict[str, Incoming]()
    for record in case.of_type(NAME):
        newest[_key(section_of(facts, NAME), record, case.context)] = record
        facts = _apply(facts, record, case.context)
    for record in newest.values():
        if LIFE.action_of(record.data) == "broken":
            yield BROKEN.missed(record.record_id, "/data/action")


TYPE = RecordType(
    name=NAME,
    zh="信用承诺",
    en="Credit commitment",
    counts_before_opening=True,
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        code("supplier_id", "供应商代码", "supplier", required=True, sight=OWN_THEN_RESTRICTED),
        text("supplier_name", "供应商名称", "name of the supplier", sight=OWN_THEN_RESTRICTED),
        choice(
            "scope",
            "承诺范围",
            "scope",
            SCOPES,
            kept=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        text("text", "承诺内容", "what is promised", sight=OWN_THEN_RESTRICTED),
        digest(
            "document_sha256",
            "承诺书摘要",
            "SHA-256 of the promise",
            file_digest=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        moment("signed_at", "签署时间", "signed at", sight=OWN_THEN_RESTRICTED),
        group(
            "certificate",
            "签章证书",
            "certificate",
            text("serial", "序列号", "serial number"),
            text("algorithm", "算法", "algorithm"),
            text("issuer", "颁发者", "issuer"),
            sight=OWN_THEN_RESTRICTED,
        ),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
