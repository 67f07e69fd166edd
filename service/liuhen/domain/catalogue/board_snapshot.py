"""Snapshot of the board (看板快照): the counts of a day, and a digest of the rows behind them."""

from liuhen.domain.field import code, day, digest, group, whole
from liuhen.domain.record_type import RecordType
from liuhen.domain.sight import PUBLIC, RESTRICTED

TYPE = RecordType(
    name="board_snapshot",
    zh="看板快照",
    en="Snapshot of the board",
    fields=(
        day("as_of", "截止日期", "as of", required=True, sight=PUBLIC),
        code("rule_version", "规则版本", "version of the rules", required=True, sight=PUBLIC),
        code("kind", "台账", "findings or tasks", sight=PUBLIC),
        whole("tree_size", "日志大小", "size of the log", sight=PUBLIC),
        group(
            "counts",
            "数量",
            "counts",
            whole("red", "红色", "red", required=True),
            whole("yellow", "黄色", "yellow", required=True),
            whole("blue", "蓝色", "blue", required=True),
            whole("closed", "已销号", "closed", required=True),
            required=True,
            sight=PUBLIC,
        ),
        digest("digest", "明细摘要", "SHA-256 of the rows", sight=RESTRICTED),
    ),
)
