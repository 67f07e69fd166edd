"""History of other systems in a case, and records of our own: where one ends, the other begins.

History is held to no order, and anybody who may send records may call them imported. So it must not
move what is known of a case that lives here: its stage opens what is sealed. A case that holds
history alone is public and never sealed; with the first record of our own it lives here, takes no
history any more, and goes on from what history told. Two things are excepted. A project that is
registered here begins anew, whatever was imported under its code before. And what is secret until a
stage does not come into a case that history alone has brought to that stage.

`live_from` in the facts says that a case lives here, and how far history had brought it by then.
"""

from collections.abc import Mapping
from typing import Final

from liuhen.domain.catalogue import CATALOGUE, finding, project, task
from liuhen.domain.facts import Facts, stage_of
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import get_whole
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.stage import STAGE_LABELS, Stage

INTO_LIVE = Rule(
    "history-in-live-case",
    "案卷已有本系统登记的记录，不得再导入历史记录；请用另一案卷编号",
    "the case has records of its own and takes no imported history: import it under another code",
)
AFTER_HISTORY = Rule(
    "secret-after-history",
    "导入的历史已到“{stage}”，其后不得再登记应保密到该阶段的记录；请先在本系统登记项目",
    "by imported history the case has come to {stage_en!r}, and what is secret until then does not"
    " follow: register the project here first",
    Basis(
        "招标投标法第22、44条；87号令第28、66条", "Tendering Law art. 22, 44; Order 87 art. 28, 66"
    ),
)

_LIVE_FROM: Final = "live_from"
_BESIDE: Final = frozenset({"access_event", "verification_event"})
"""Types that are logged of a case, whatever it is, and belong to nobody's process."""
_OF_EVALUATION: Final = frozenset(
    {"expert_draw", "seat_assignment", "score_sheet", "clarification", "evaluation_report"}
    | {"media_manifest"}
)
_SECRET_UNTIL: Final[Mapping[str, Stage]] = {
    **dict.fromkeys(_OF_EVALUATION, Stage.RESULT),
    **{name: Stage.OPENED for name, kind in CATALOGUE.items() if kind.counts_before_opening},
}
_SUPERVISED: Final = (finding.NAME, task.NAME)


def secret_until(name: str) -> Stage | None:
    """Return until which stage records of a type are secret; None for those that are not so."""
    return _SECRET_UNTIL.get(name)


def is_live(facts: Facts) -> bool:
    """Return whether a case has records of our own, and not history alone."""
    return _LIVE_FROM in facts


def check_origin(facts: Facts, record: Incoming) -> None:
    """Check that a record, imported or not, may follow what a case holds of the other kind.

    Args:
        facts: Of the case.
        record: The record.

    Raises:
        RecordRefused: It may not.
    """
    if record.is_imported:
        if is_live(facts):
            raise INTO_LIVE.broken("/case")
        return
    until, come = _SECRET_UNTIL.get(record.type), _come_by_history(facts)
    if until is not None and come >= until:
        zh, en = STAGE_LABELS[Stage(come)]
        raise AFTER_HISTORY.broken("/case", stage=zh, stage_en=en)


def begun(facts: Facts, record: Incoming) -> Facts:
    """Return the facts that a record builds on: with one of our own, the case lives here."""
    if is_live(facts) or record.is_imported or not _is_of_a_process(record):
        return facts
    if record.type == project.NAME and project.LIFE.action_of(record.data) == "registered":
        kept = {name: facts[name] for name in _SUPERVISED if name in facts}
        return {**kept, _LIVE_FROM: 0}
    return {**facts, _LIVE_FROM: _come_by_history(facts)}


def _is_of_a_process(record: Incoming) -> bool:
    kind = CATALOGUE.get(record.type)
    return kind is not None and not kind.any_data and record.type not in _BESIDE


def _come_by_history(facts: Facts) -> int:
    """Return how far history alone has brought a case; one that has ended is open altogether."""
    if is_live(facts):
        return get_whole(facts, _LIVE_FROM) or 0
    return int(Stage.ARCHIVE) if project.has_ended(facts) else int(stage_of(facts) or 0)
