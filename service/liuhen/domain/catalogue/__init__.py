"""The catalogue of record types: what may be submitted, and what people call it.

A type is one module here that makes a `TYPE`, and one line below. A type that is not in the
catalogue is refused rather than stored: a typing error in a name would otherwise hide a record from
everybody who looks for its type. What no type fits is `generic`.
"""

from liuhen.core.canonical import JsonValue
from liuhen.core.detached import DETACHED, check_detached_data
from liuhen.core.errors import MalformedRecord, RecordRefused
from liuhen.domain.catalogue import (
    acceptance,
    access_event,
    accountability,
    award_letter,
    award_notice,
    bid_receipt,
    bid_rejection,
    board_snapshot,
    candidate_publicity,
    case_closing,
    challenge,
    clarification,
    complaint,
    contract,
    credit_commitment,
    detached,
    evaluation_report,
    expert_draw,
    finding,
    generic,
    media_manifest,
    objection,
    opening_record,
    project,
    publication,
    score_sheet,
    seat_assignment,
    site_supervision,
    suspension,
    task,
    tender_document,
    tolerant_acceptance,
    verification_event,
)
from liuhen.domain.record_type import RecordType

GENERIC = "generic"
LOG_OPENED = "log.opened"
LOG_KEYS = "log.keys"
LOG_ERASURE = "log.erasure"
RESERVED_PREFIX = "log."

_TYPES = (
    RecordType(name=LOG_OPENED, zh="日志启用", en="Opening of the log", any_data=True),
    RecordType(name=LOG_KEYS, zh="日志密钥更换", en="Change of log keys", any_data=True),
    RecordType(name=LOG_ERASURE, zh="字段删除", en="Erasure of a field", any_data=True),
    generic.TYPE,
    detached.TYPE,
    project.TYPE,
    tolerant_acceptance.TYPE,
    credit_commitment.TYPE,
    tender_document.TYPE,
    publication.TYPE,
    bid_receipt.TYPE,
    bid_rejection.TYPE,
    expert_draw.TYPE,
    seat_assignment.TYPE,
    opening_record.TYPE,
    score_sheet.TYPE,
    clarification.TYPE,
    evaluation_report.TYPE,
    media_manifest.TYPE,
    candidate_publicity.TYPE,
    award_notice.TYPE,
    award_letter.TYPE,
    contract.TYPE,
    acceptance.TYPE,
    objection.TYPE,
    challenge.TYPE,
    complaint.TYPE,
    suspension.TYPE,
    site_supervision.TYPE,
    finding.TYPE,
    task.TYPE,
    board_snapshot.TYPE,
    accountability.TYPE,
    access_event.TYPE,
    verification_event.TYPE,
    case_closing.TYPE,
)
CATALOGUE = {record_type.name: record_type for record_type in _TYPES}
COUNTED_TYPES = tuple(each.name for each in _TYPES if each.counts_before_opening)
PADDED_TYPES = frozenset(each.name for each in _TYPES if each.counts_elements)


def check_submittable(name: str) -> RecordType:
    """Return the type of this name, if anybody may submit records of it.

    Raises:
        RecordRefused: The type is unknown, or the service's own.
    """
    if name.startswith(RESERVED_PREFIX):
        raise RecordRefused(
            "/type",
            f"types beginning with {RESERVED_PREFIX} are the service's own",
            rule_zh=f"以“{RESERVED_PREFIX}”开头的记录类型仅供本服务使用",
        )
    record_type = CATALOGUE.get(name)
    if record_type is None:
        raise RecordRefused(
            "/type",
            f"there is no record type {name[:80]!r}; use {GENERIC!r} and say in `data` what it is",
            rule_zh=f"没有记录类型“{name[:80]}”；请用“{GENERIC}”，并在data中写明内容",
        )
    return record_type


def check_countable(record_type: RecordType, *, is_imported: bool) -> None:
    """Check that a record of a type whose number is secret may enter a log without slots.

    History of another system may: its bids were opened long ago.

    Raises:
        RecordRefused: It may not.
    """
    if record_type.counts_before_opening and not is_imported:
        raise RecordRefused(
            "/type",
            f"the number of {record_type.name!r} records is secret before the opening, so they"
            " enter only through slots, which this log does not have; its operator may take them"
            " all the same with LIUHEN_BIDS_WITHOUT_SLOTS",
            rule_zh=f"“{record_type.zh}”的数量在开标前须保密，只能经定时批次登记，本日志未启用；"
            "运营方可设置LIUHEN_BIDS_WITHOUT_SLOTS仍予接收",
        )


def file_digests(name: str, data: JsonValue) -> list[bytes]:
    """Return the digests of files that a record of this type is looked up by besides its own."""
    record_type = CATALOGUE.get(name)
    return [] if record_type is None else record_type.table.file_digests(data)


def is_kept(name: str, path: tuple[str | int, ...]) -> bool:
    """Return whether rules rest on a field of `data`, so that it cannot be erased.

    Args:
        name: Record type.
        path: Path of a field in `data`.
    """
    record_type = CATALOGUE.get(name)
    return record_type is not None and record_type.table.is_kept(path)


def check_data(name: str, data: JsonValue) -> None:
    """Check what a record of this type must hold, where its type says so.

    Raises:
        RecordRefused: It holds something else; names the member and the rule.
    """
    if name != DETACHED:
        CATALOGUE[name].check_data(data)
        return
    try:
        check_detached_data(data)
    except MalformedRecord as error:
        rule = f"{error.rule}: a record of type {DETACHED!r} holds a commitment and nothing else"
        rule_zh = f"“{DETACHED}”类记录只含承诺值，不得有其他内容：{error.rule}"
        raise RecordRefused(error.field, rule, rule_zh=rule_zh) from error
