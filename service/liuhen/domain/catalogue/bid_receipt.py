"""Bid receipt (投标回执): a sealed bid came in, was replaced, or was withdrawn."""

from collections.abc import Mapping

from liuhen.core.canonical import JsonObject, JsonValue
from liuhen.domain.catalogue.project import check_running
from liuhen.domain.catalogue.tender_document import deadline_of
from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.field import choice, code, digest, flag, moment, text, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, Members, get_members, get_text
from liuhen.domain.record_type import RecordType, Replacement
from liuhen.domain.rule import Basis, Rule
from liuhen.domain.sight import OWN_THEN_RESTRICTED

NAME = "bid_receipt"

ACTIONS = {
    "received": ("收到", "received"),
    "replaced": ("替换", "replaced"),
    "withdrawn": ("撤回", "withdrawn"),
}
LIFE = LifeCycle(
    {
        "received": Step({None, "withdrawn"}, "received"),
        "replaced": Step({"received"}, "received"),
        "withdrawn": Step({"received"}, "withdrawn"),
    },
    ACTIONS,
)
LATE = Rule(
    "bid-late",
    "投标截止时间（{deadline}）后送达的投标文件应当拒收",
    "a bid that comes after the deadline ({deadline}) is refused",
    Basis(
        "招标投标法第28条；招标投标法实施条例第36条；87号令第33条",
        "Tendering Law art. 28; Tendering Regulations art. 36; Order 87 art. 33",
    ),
)
TOO_LATE_TO_CHANGE = Rule(
    "bid-change-late",
    "投标截止时间（{deadline}）后不得补充、修改或撤回投标文件",
    "after the deadline ({deadline}) no bid is replaced or withdrawn",
    Basis("招标投标法第29条；87号令第34条", "Tendering Law art. 29; Order 87 art. 34"),
)
AFTER_OPENING = Rule(
    "bid-after-opening",
    "已开标，不得再登记投标回执（所称时间{at}）",
    "bids were opened: no receipt is entered any more, whatever its time ({at})",
    Basis("招标投标法第28、36条；87号令第33条", "Tendering Law art. 28, 36; Order 87 art. 33"),
)
OF_ANOTHER = Rule(
    "bid-of-another",
    "该供应商没有编号为“{bid}”的投标",
    "this supplier has no bid {bid!r}",
)
"""The same whether there is no such bid or it is another's: who asks does not learn which."""
CODE_TAKEN = Rule(
    "bid-code-taken",
    "投标编号“{bid}”已使用，编号应随机生成",
    "the bid code {bid!r} was given out before; codes are random",
)
RECEIPT_TAKEN = Rule(
    "receipt-number-taken",
    "回执号“{number}”已使用",
    "the receipt number {number!r} was given out before",
)
UNKNOWN_RECEIPT = Rule(
    "replaces-unknown",
    "被替换的回执“{number}”不是该投标的当前回执",
    "{number!r} is not the present receipt of this bid",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, section = record.data, section_of(facts, NAME)
    action = LIFE.action_of(data)
    number, bid = get_text(data, "receipt_no") or "", get_text(data, "bid_id") or ""
    deadline = deadline_of(facts)
    check_running(facts, record)
    if deadline is not None and record.at > deadline:
        rule = LATE if action == "received" else TOO_LATE_TO_CHANGE
        field = "/occurred_at"
        raise rule.broken(field, deadline=deadline.astimezone(BEIJING).isoformat())
    if _is_opened(facts):
        raise AFTER_OPENING.broken("/type", at=record.at.astimezone(BEIJING).isoformat())
    before = get_members(get_members(section, "bids"), bid)
    supplier = get_text(before, "supplier")
    own = supplier is None or supplier == context.mark_of(get_text(data, "supplier_id"))
    if action != "received" and not (own and before):
        raise OF_ANOTHER.broken("/data/bid_id", bid=bid)
    if not own:
        raise CODE_TAKEN.broken("/data/bid_id", bid=bid)
    LIFE.check(get_text(before, "state"), action)
    if number in get_members(section, "receipts"):
        raise RECEIPT_TAKEN.broken("/data/receipt_no", number=number)
    replaces = get_text(data, "replaces")
    if replaces is not None and replaces != get_text(before, "receipt"):
        raise UNKNOWN_RECEIPT.broken("/data/replaces", number=replaces)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    data, section = record.data, section_of(facts, NAME)
    number, bid = get_text(data, "receipt_no"), get_text(data, "bid_id")
    if number is None or bid is None:
        return facts
    bids: dict[str, JsonValue] = dict(get_members(section, "bids"))
    before = get_members(bids, bid)
    bids[bid] = {
        "state": LIFE.after(get_text(before, "state"), LIFE.action_of(data)),
        "supplier": context.mark_of(get_text(data, "supplier_id")),
        "receipt": number,
        "ciphertext": context.mark_of(get_text(data, "ciphertext_sha256")),
    }
    receipts = {**get_members(section, "receipts"), number: bid}
    return with_section(facts, NAME, {"bids": bids, "receipts": receipts})


def _is_opened(facts: Facts) -> bool:
    return bool(section_of(facts, "opening_record"))


def _replace(facts: Facts, record: Incoming, context: RuleContext) -> Replacement | None:
    """A bid that comes late leaves a record: it came, when, and why it was not taken."""
    del context
    deadline = deadline_of(facts)
    is_late = deadline is not None and record.at > deadline
    is_bid = LIFE.action_of(record.data) in ("received", "replaced")
    if not (is_late or _is_opened(facts)) or not is_bid:
        return None
    data: JsonObject = {
        "reason": "投标截止时间后送达" if is_late else "开标后补录",
        "received_at": record.at.isoformat(),
    }
    if deadline is not None:
        data["deadline"] = deadline.isoformat()
    for name in ("bid_id", "supplier_id", "ciphertext_sha256"):
        value = record.data.get(name)
        if value is not None:
            data[name] = value
    return Replacement("bid_rejection", data)


def valid_bids(facts: Facts) -> Mapping[str, Members]:
    """Return the bids that were neither withdrawn nor refused, by their codes.

    Each has `supplier` and `ciphertext` as marks, and the number of its receipt.
    """
    bids = get_members(section_of(facts, NAME), "bids")
    every = {bid: get_members(bids, bid) for bid in bids}
    return {bid: told for bid, told in every.items() if get_text(told, "state") == "received"}


TYPE = RecordType(
    name=NAME,
    zh="投标回执",
    en="Bid receipt",
    counts_before_opening=True,
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        code(
            "receipt_no",
            "回执号",
            "receipt number",
            required=True,
            kept=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        code("bid_id", "投标编号", "bid", required=True, kept=True, sight=OWN_THEN_RESTRICTED),
        code("supplier_id", "供应商代码", "supplier", required=True, sight=OWN_THEN_RESTRICTED),
        text("supplier_name", "供应商名称", "name of the supplier", sight=OWN_THEN_RESTRICTED),
        digest(
            "ciphertext_sha256",
            "密文摘要",
            "SHA-256 of the sealed bid",
            file_digest=True,
            sight=OWN_THEN_RESTRICTED,
        ),
        whole(
            "ciphertext_bytes", "密文字节数", "bytes of the sealed bid", sight=OWN_THEN_RESTRICTED
        ),
        flag("sealed", "已加密", "sealed", sight=OWN_THEN_RESTRICTED),
        code(
            "replaces", "替换的回执号", "receipt it replaces", kept=True, sight=OWN_THEN_RESTRICTED
        ),
        moment("received_at", "收到时间", "received at", sight=OWN_THEN_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    replace=_replace,
)
