"""Closing of a case (案卷归档): states how many records the file has, and ends it.

Afterwards only what may always come is taken: reads, checks, complaints and their suspensions,
findings, measures, and the opening of the file anew.
"""

from liuhen.domain.catalogue.project import has_ended
from liuhen.domain.facts import Facts, RuleContext, advanced, section_of, stage_of, with_member
from liuhen.domain.field import choice, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import get_text, get_whole
from liuhen.domain.record_type import RecordType
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.sight import FROM_OPENING, RESTRICTED
from liuhen.domain.stage import Stage

NAME = "case_closing"

ACTIONS = {"closed": ("归档", "closed"), "reopened": ("重新启封", "opened again")}
LIFE = LifeCycle(
    {"closed": Step({None, "open"}, "closed"), "reopened": Step({"closed"}, "open")}, ACTIONS
)

AFTER_CLOSING = frozenset(
    {
        *("access_event", "verification_event", "complaint", "suspension", "finding"),
        *("accountability", NAME),
    }
)
COUNT = Rule(
    "closing-count",
    "归档须写明此前的记录数，应为{actual}，现写为{told}",
    "a closing states how many records came before: {actual}, here {told}",
    Basis("政府采购法第42条", "Procurement Law art. 42"),
)
CLOSED = Rule(
    "case-closed",
    "案卷已归档，需先说明理由重新启封",
    "the case is closed: it is opened again, with a reason, before more is added",
)
BEFORE_OPENING = Rule(
    "closing-before-opening",
    "开标前不得归档：记录数此时须保密",
    "a case is not closed before the opening: how many records it has is secret until then",
    Basis("招标投标法第22条", "Tendering Law art. 22"),
)
REASON = Rule("reopening-reason", "重新启封须说明理由", "a case is opened again for a reason")


def check_not_closed(facts: Facts, record: Incoming) -> None:
    """Check that the case of a record still takes its type.

    Raises:
        RecordRefused: The case is closed.
    """
    is_closed = get_text(section_of(facts, NAME), "state") == "closed"
    if is_closed and record.type not in AFTER_CLOSING:
        raise CLOSED.broken("/case")


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    action, told = LIFE.action_of(record.data), get_whole(record.data, "count")
    LIFE.check(get_text(section_of(facts, NAME), "state"), action)
    stage = stage_of(facts)
    if stage is not None and stage < Stage.OPENED and not has_ended(facts):
        raise BEFORE_OPENING.broken("/type")
    if action == "closed" and told != record.case_seq:
        raise COUNT.broken(
            "/data/count", actual=record.case_seq, told="—" if told is None else told
        )
    if action == "reopened" and get_text(record.data, "reason") is None:
        raise REASON.broken("/data/reason")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    state = get_text(section_of(facts, NAME), "state")
    action = LIFE.action_of(record.data)
    told = with_member(facts, NAME, state=LIFE.after(state, action))
    has_project = stage_of(facts) is not None
    return advanced(told, Stage.ARCHIVE) if action == "closed" and has_project else told


TYPE = RecordType(
    name=NAME,
    zh="案卷归档",
    en="Closing of a case",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=FROM_OPENING,
        ),
        whole("count", "此前的记录数", "records before it", kept=True, sight=RESTRICTED),
        text("reason", "理由", "reason", sight=RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
)
