"""Supervised task (督办任务): who leads it, by when, and how it was closed. As for a finding."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from liuhen.domain.field import code, text, texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rectification import check_step, learn_step, review_steps
from liuhen.domain.rectification_field import RECTIFICATION_FIELDS
from liuhen.domain.rule import Shortfall
from liuhen.domain.sight import RESTRICTED

NAME: Final = "task"


def _review(case: ReviewedCase) -> Iterable[Shortfall]:
    return review_steps(NAME, case)


TYPE = RecordType(
    name=NAME,
    zh="督办任务",
    en="Supervised task",
    fields=(
        *RECTIFICATION_FIELDS,
        code("task_no", "任务编号", "number", kept=True, sight=RESTRICTED),
        text("title", "任务名称", "title", sight=RESTRICTED),
        text("lead", "牵头领导", "lead", sight=RESTRICTED),
        text("department", "责任部门", "department", sight=RESTRICTED),
        texts("departments", "配合部门", "departments that help", sight=RESTRICTED),
        text("progress", "进展", "progress", sight=RESTRICTED),
    ),
    admit=partial(check_step, NAME),
    apply=partial(learn_step, NAME),
    review=_review,
)
