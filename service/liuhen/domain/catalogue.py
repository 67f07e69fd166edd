"""The catalogue of record types: what may be submitted, and what people call it.

A type is a name and nothing else here; its fields, states and deadlines belong to the modules of
the single types. A type that is not in the catalogue is refused rather than stored: a typing
error in a name would otherwise hide a record from everybody who looks for its type.
"""

from dataclasses import dataclass

from liuhen.core.canonical import JsonValue
from liuhen.core.detached import DETACHED, check_detached_data
from liuhen.core.errors import MalformedRecord, RecordRefused

GENERIC = "generic"
LOG_OPENED = "log.opened"
LOG_KEYS = "log.keys"
LOG_ERASURE = "log.erasure"
RESERVED_PREFIX = "log."


@dataclass(frozen=True, slots=True)
class RecordType:
    """One type of record.

    Attributes:
        name: As in the record's `type`.
        zh: Name in Chinese.
        en: Name in English.
        counts_before_opening: Its very number is secret before the opening, so it may enter the
            log only through a slot (evidence §5).
        counts_elements: How many elements it has is secret too, so its commitment is padded, and
            its disclosures do not name what they hide (evidence §2).
    """

    name: str
    zh: str
    en: str
    counts_before_opening: bool = False
    counts_elements: bool = False


_TYPES = (
    RecordType(GENERIC, "一般记录", "Generic record"),
    RecordType(DETACHED, "内容自存的记录", "Record whose content stays with its submitter"),
    RecordType(LOG_OPENED, "日志启用", "Opening of the log"),
    RecordType(LOG_KEYS, "日志密钥更换", "Change of log keys"),
    RecordType(LOG_ERASURE, "字段删除", "Erasure of a field"),
    RecordType("project", "项目登记", "Project registration"),
    RecordType("tolerant_acceptance", "容缺受理", "Acceptance with missing papers"),
    RecordType("credit_commitment", "信用承诺", "Credit commitment", counts_before_opening=True),
    RecordType("tender_document", "招标文件", "Tender document"),
    RecordType("publication", "公告公示", "Publication"),
    RecordType("bid_receipt", "投标回执", "Bid receipt", counts_before_opening=True),
    # How many were drawn, refused or had to recuse themselves tells who they can be.
    RecordType("expert_draw", "专家抽取", "Draw of experts", counts_elements=True),
    # The secret map of seats: its length tells how many experts and projects share a room.
    RecordType("seat_assignment", "工位卡位", "Seat assignment", counts_elements=True),
    RecordType("opening_record", "开标记录", "Record of the opening"),
    RecordType("score_sheet", "个人打分表", "Score sheet"),
    RecordType("clarification", "澄清说明", "Clarification"),
    RecordType("evaluation_report", "评标报告", "Evaluation report"),
    RecordType("media_manifest", "音视频清单", "List of recordings"),
    RecordType("candidate_publicity", "中标候选人公示", "Publication of the candidates"),
    RecordType("award_notice", "中标结果公告", "Award notice"),
    RecordType("award_letter", "中标通知书", "Award letter"),
    RecordType("contract", "合同", "Contract"),
    RecordType("acceptance", "验收", "Acceptance of the works"),
    RecordType("objection", "异议", "Objection"),
    RecordType("challenge", "质疑", "Challenge"),
    RecordType("complaint", "投诉", "Complaint"),
    RecordType("suspension", "暂停", "Suspension"),
    RecordType("site_supervision", "现场监督", "Supervision on site"),
    RecordType("finding", "监督检查问题", "Supervision finding"),
    RecordType("task", "督办任务", "Supervised task"),
    RecordType("board_snapshot", "看板快照", "Snapshot of the board"),
    RecordType("accountability", "问责处理", "Accountability measure"),
    RecordType("access_event", "查阅留痕", "Access to a record"),
    RecordType("verification_event", "核验记录", "Verification of a record"),
)
CATALOGUE = {record_type.name: record_type for record_type in _TYPES}
PADDED_TYPES = frozenset(each.name for each in _TYPES if each.counts_elements)


def check_submittable(name: str) -> None:
    """Check that anybody may submit a record of this type.

    Raises:
        RecordRefused: The type is unknown, the service's own, or may enter only through slots.
    """
    if name.startswith(RESERVED_PREFIX):
        raise RecordRefused(
            "/type", f"types beginning with {RESERVED_PREFIX} are the service's own"
        )
    record_type = CATALOGUE.get(name)
    if record_type is None:
        raise RecordRefused(
            "/type",
            f"there is no record type {name[:80]!r}; use {GENERIC!r} and say in `data` what it is",
        )
    if record_type.counts_before_opening:
        raise RecordRefused(
            "/type",
            f"the number of {name!r} records is secret before the opening, so they enter only"
            f" through slots, which this log does not have; once opened, use {GENERIC!r}",
        )


def check_data(name: str, data: JsonValue) -> None:
    """Check what a record of this type must hold, where its type says so.

    Raises:
        RecordRefused: It holds something else; names the member and the rule.
    """
    if name != DETACHED:
        return
    try:
        check_detached_data(data)
    except MalformedRecord as error:
        rule = f"{error.rule}: a record of type {DETACHED!r} holds a commitment and nothing else"
        raise RecordRefused(error.field, rule) from error
