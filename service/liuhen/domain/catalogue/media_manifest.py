"""List of recordings (音视频清单): the segments of a recording by digest, and where it has gaps."""

from collections.abc import Iterator

from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.field import choice, digest, groups, moment, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, get_list, get_text, get_whole
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED

NAME = "media_manifest"

ACTIONS = {"complete": ("录制完成", "complete"), "open": ("录制中", "open")}
LIFE = LifeCycle(
    {
        "complete": Step({None, "open"}, "complete"),
        "open": Step({None, "open"}, "open"),
    },
    ACTIONS,
)
_FULL = Basis(
    "87号令第39条；公共资源交易平台管理暂行办法第17条",
    "Order 87 art. 39; Trading Platform Measures art. 17",
)
GAP = Rule(
    "recording-gap",
    "录音录像中断：{start} 至 {end}",
    "the recording has a gap from {start} to {end}",
    _FULL,
)
COUNT = Rule(
    "recording-count",
    "清单写明{told}个片段，实际列出{actual}个",
    "the list states {told} segments and names {actual}",
)
NOT_COMPLETE = Rule(
    "recording-not-complete",
    "{step_zh}录音录像清单未完成",
    "the list of recordings of the {step} was never completed",
    _FULL,
    is_lack=True,
)
NONE = Rule(
    "recording-missing",
    "没有{step_zh}全程录音录像的存证",
    "no recording of the {step} was entered",
    _FULL,
)
_STEPS = {"opening": ("开标", "opening_record"), "evaluation": ("评标", "evaluation_report")}


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    key = _key(record, context)
    LIFE.check(get_text(section_of(facts, NAME), key), LIFE.action_of(record.data))
    told, listed = get_whole(record.data, "segment_count"), get_list(record.data, "segments")
    if told is not None and listed and told != len(listed):
        raise COUNT.broken("/data/segment_count", told=told, actual=len(listed))


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    key = _key(record, context)
    section = dict(section_of(facts, NAME))
    section[key] = LIFE.after(get_text(section, key), LIFE.action_of(record.data))
    return with_section(facts, NAME, section)


def _key(record: Incoming, context: RuleContext) -> str:
    site = context.mark_of(get_text(record.data, "site"))
    step = get_text(record.data, "step")
    return f"{step if step in _STEPS else '-'} {site or '-'}"


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    found = case.of_type(NAME)
    for record in found:
        for position, gap in enumerate(get_list(record.data, "gaps")):
            start, end = get_text(gap, "from") or "?", get_text(gap, "to") or "?"
            yield GAP.missed(record.record_id, f"/data/gaps/{position}", start=start, end=end)
    newest = {_key(record, case.context): record for record in found}
    for record in newest.values():
        step = get_text(record.data, "step") or ""
        if LIFE.action_of(record.data) == "open" and step in _STEPS:
            step_zh, needs = _STEPS[step]
            if case.of_type(needs):
                yield NOT_COMPLETE.missed(record.record_id, step=step, step_zh=step_zh)
    recorded = {get_text(record.data, "step") for record in found}
    for step, (step_zh, needs) in _STEPS.items():
        days = [record.day for record in case.of_type(needs)]
        if days and step not in recorded and case.as_of.astimezone(BEIJING).date() > days[0]:
            yield NONE.missed(step=step, step_zh=step_zh)


TYPE = RecordType(
    name=NAME,
    zh="音视频清单",
    en="List of recordings",
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        choice(
            "step",
            "环节",
            "step recorded",
            {"opening": ("开标", "opening"), "evaluation": ("评标", "evaluation")},
            required=True,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        text("site", "场所", "site", sight=FROM_RESULT_RESTRICTED),
        groups(
            "segments",
            "片段",
            "segments",
            text("name", "文件名", "name"),
            digest("sha256", "摘要", "SHA-256", required=True, file_digest=True),
            moment("from", "开始", "from"),
            moment("to", "结束", "to"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "gaps",
            "中断",
            "gaps",
            moment("from", "开始", "from"),
            moment("to", "结束", "to"),
            text("reason", "原因", "reason"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        whole("segment_count", "片段数", "number of segments", sight=FROM_RESULT_RESTRICTED),
        digest(
            "manifest_sha256",
            "清单摘要",
            "SHA-256 of the list",
            file_digest=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
