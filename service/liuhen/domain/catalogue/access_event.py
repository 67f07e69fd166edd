"""Access to a record (查阅留痕): who read what is restricted, once a reader, case and hour."""

from liuhen.domain.field import choice, code, text
from liuhen.domain.record_type import RecordType
from liuhen.domain.role import Role
from liuhen.domain.sight import RESTRICTED

_ROLES = {
    Role.OPERATOR: ("交易中心经办", "operator"),
    Role.WITNESS: ("见证员", "witness"),
    Role.PURCHASER: ("采购人或代理机构", "purchaser"),
    Role.BIDDER: ("投标人", "bidder"),
    Role.EVALUATOR: ("评审专家", "evaluator"),
    Role.SUPERVISOR: ("监督部门", "supervisor"),
    Role.DISCIPLINE: ("派驻纪检组", "discipline group"),
    Role.INSPECTOR: ("监督检查小组", "inspector"),
    Role.AUDITOR: ("审计人员", "auditor"),
    Role.COMPLAINANT: ("质疑投诉人", "complainant"),
    Role.PUBLIC: ("社会公众", "public"),
    Role.INTEGRATOR: ("对接系统", "integrator"),
}

_BOARDS = {
    "finding": ("问题", "findings"),
    "task": ("督办事项", "supervised tasks"),
    "tolerant_acceptance": ("容缺受理", "tolerant acceptances"),
}

TYPE = RecordType(
    name="access_event",
    zh="查阅留痕",
    en="Access to a record",
    fields=(
        text("reader", "查阅人", "reader", required=True, sight=RESTRICTED),
        choice(
            "role", "角色", "role", {str(r): label for r, label in _ROLES.items()}, sight=RESTRICTED
        ),
        code("of_case", "案卷", "case", sight=RESTRICTED),
        choice("of_board", "台账或看板", "board or ledger", _BOARDS, sight=RESTRICTED),
        text("ground", "理由", "ground", sight=RESTRICTED),
        text("hour", "时段", "hour", sight=RESTRICTED),
    ),
)
