"""Fields that findings and supervised tasks have in common."""

from typing import Final

from liuhen.domain.field import Field, choice, day, digest, groups, text, texts, whole
from liuhen.domain.sight import RESTRICTED

ACTIONS: Final = {
    "opened": ("立案", "opened"),
    "notified": ("已交办", "notified"),
    "acknowledged": ("已签收", "acknowledged"),
    "rectifying": ("整改中", "being rectified"),
    "submitted": ("已报送", "submitted"),
    "verified": ("核查通过", "verified"),
    "returned": ("退回", "returned"),
    "closed": ("销号", "closed"),
    "reopened": ("复发", "reopened"),
    "withdrawn": ("撤销", "withdrawn"),
    "extended": ("延期", "extended"),
    "transferred": ("移送", "transferred"),
}
"""Steps, and so states, with their labels."""

RESULTS: Final = {
    "completely": ("已整改到位", "completely"),
    "partly": ("部分整改", "in part"),
    "none": ("未整改", "not at all"),
}

RECTIFICATION_FIELDS: tuple[Field, ...] = (
    choice("action", "步骤", "step", ACTIONS, kept=True, sight=RESTRICTED),
    day("due_on", "整改期限", "due on", kept=True, sight=RESTRICTED),
    whole(
        "due_working_days", "整改期限（工作日）", "due in working days", kept=True, sight=RESTRICTED
    ),
    day("new_due_on", "延期至", "new due day", kept=True, sight=RESTRICTED),
    text("approver", "批准人", "approved by", sight=RESTRICTED),
    text("reason", "理由", "reason", sight=RESTRICTED),
    texts("measures", "整改措施", "measures", sight=RESTRICTED),
    groups(
        "evidence",
        "证据材料",
        "evidence",
        text("name", "名称", "name"),
        digest("sha256", "摘要", "SHA-256", file_digest=True),
        sight=RESTRICTED,
    ),
    choice("result", "整改结果", "result", RESULTS, kept=True, sight=RESTRICTED),
    text("verifier", "核查人", "verified by", sight=RESTRICTED),
    text("to", "移送至", "handed over to", sight=RESTRICTED),
)
