"""Supervision finding (监督检查问题): from its discovery to its closing, one record a step."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from liuhen.domain.field import choice, code, day, money, text
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rectification import check_step, learn_step, review_steps
from liuhen.domain.rectification_field import RECTIFICATION_FIELDS
from liuhen.domain.rule import Shortfall
from liuhen.domain.sight import RESTRICTED

NAME: Final = "finding"

CATEGORIES: Final = {
    "business": ("业务运行", "business"),
    "conduct": ("作风纪律", "conduct and discipline"),
    "service": ("服务效能", "service"),
}
REQUIREMENTS: Final = {
    "immediate": ("即知即改", "at once"),
    "timed": ("限期整改", "by a day"),
}


def _review(case: ReviewedCase) -> Iterable[Shortfall]:
    return review_steps(NAME, case)


TYPE = RecordType(
    name=NAME,
    zh="监督检查问题",
    en="Supervision finding",
    fields=(
        *RECTIFICATION_FIELDS,
        code("finding_no", "问题编号", "number", kept=True, sight=RESTRICTED),
        choice("category", "类别", "category", CATEGORIES, kept=True, sight=RESTRICTED),
        text("summary", "问题描述", "summary", sight=RESTRICTED),
        text("detail", "详情", "detail", sight=RESTRICTED),
        money("amount", "涉及金额", "amount", sight=RESTRICTED),
        text("legal_basis", "依据", "legal basis", sight=RESTRICTED),
        day("found_on", "发现日期", "found on", kept=True, sight=RESTRICTED),
        text("found_by", "发现人", "found by", sight=RESTRICTED),
        choice(
            "source",
            "来源",
            "source",
            {
                "inspection": ("监督检查", "inspection"),
                "audit": ("审计", "audit"),
                "complaint": ("投诉举报", "complaint"),
                "indicator": ("风险指标", "indicator"),
                "discipline": ("派驻纪检组", "discipline group"),
                "media": ("媒体", "media"),
                "import": ("历史导入", "imported"),
            },
            sight=RESTRICTED,
        ),
        code("project", "项目案卷", "project", sight=RESTRICTED),
        text("department", "责任部门", "department", sight=RESTRICTED),
        text("person_token", "责任人代号", "token of the person", sight=RESTRICTED),
        choice("requirement", "整改要求", "requirement", REQUIREMENTS, sight=RESTRICTED),
    ),
    admit=partial(check_step, NAME),
    apply=partial(learn_step, NAME),
    review=_review,
)
