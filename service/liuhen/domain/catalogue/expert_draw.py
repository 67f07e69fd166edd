"""Draw of experts (专家抽取): committed to before, revealed after; see `domain/draw.py`."""

from collections.abc import Iterator

from liuhen.domain.facts import Facts, RuleContext, section_of, with_section
from liuhen.domain.field import choice, code, digest, group, groups, text, texts, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import BEIJING, get_list, get_members, get_text, get_whole
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED, sight

NAME = "expert_draw"

LIFE = LifeCycle(
    {
        "committed": Step({None, "committed", "drawn"}, "committed"),
        "drawn": Step({"committed"}, "drawn"),
        "called": Step({"drawn"}, "drawn"),
        "redrawn": Step({"drawn"}, "drawn"),
        "revealed": Step({"drawn"}, "revealed"),
    }
)
RESULTS = {
    "accepted": ("参加", "takes part"),
    "declined": ("不参加", "declines"),
    "unreached": ("未接通", "not reached"),
}
_DRAW = Basis(
    "招标投标法第37条；实施条例第46条；87号令第48条", "Tendering Law art. 37; Order 87 art. 48"
)
NOT_COMMITTED = Rule(
    "draw-not-committed",
    "抽取前没有承诺：专家库、条件、回避单位、各方种子",
    "nothing was committed to before the draw: pool, conditions, recusals, seeds",
)
INCOMPLETE = Rule(
    "draw-commitment-incomplete",
    "抽取承诺须写明专家库摘要、条件、两方以上种子承诺和区块号",
    "a draw commits to the pool's digest, conditions, two seeds at least, and a block number",
)
AGAIN = Rule(
    "draw-again-reason",
    "重新抽取须说明理由",
    "a draw is begun or continued anew for a reason",
    Basis("招标投标法实施条例第46、48条", "Tendering Regulations art. 46, 48"),
)
NO_DRAW = Rule(
    "draw-missing",
    "已评标，但没有专家抽取的存证",
    "bids were evaluated and no draw of experts was entered",
    _DRAW,
)
NOT_REVEALED = Rule(
    "draw-not-revealed",
    "结果公布后应公开种子和专家库，以供复核",
    "after the result the seeds and the pool are revealed, so that the draw can be run again",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    data, action = record.data, LIFE.action_of(record.data)
    state = get_text(section_of(facts, NAME), "state")
    if state is None and action != "committed":
        raise NOT_COMMITTED.broken("/data/action")
    LIFE.check(state, action)
    if action == "committed":
        whole_block = get_whole(get_members(data, "block"), "number") is not None
        seeds = len(get_list(data, "seed_commitments")) >= 2
        if not (
            get_text(data, "pool_sha256") and get_list(data, "conditions") and seeds and whole_block
        ):
            raise INCOMPLETE.broken("/data")
    is_again = action == "redrawn" or (action == "committed" and state is not None)
    if is_again and get_text(data, "reason") is None:
        raise AGAIN.broken("/data/reason")


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    section.setdefault(f"{action}_at", record.at.isoformat())
    return with_section(facts, NAME, section)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    draws = case.of_type(NAME)
    if not draws and case.of_type("evaluation_report"):
        yield NO_DRAW.missed()
    today = case.as_of.astimezone(BEIJING).date()
    published = [r for r in case.of_type("award_notice") if r.day < today]
    revealed = get_text(section_of(case.facts, NAME), "state") == "revealed"
    if draws and published and not revealed:
        yield NOT_REVEALED.missed()


_NAMES = sight("SSSSRRRR", zc="SSSSPPPP")

TYPE = RecordType(
    name=NAME,
    zh="专家抽取",
    en="Draw of experts",
    counts_elements=True,  # how many were drawn or had to recuse tells who they can be
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            {
                "committed": ("承诺", "committed"),
                "drawn": ("抽取", "drawn"),
                "called": ("通知", "called"),
                "redrawn": ("补抽", "redrawn"),
                "revealed": ("公开", "revealed"),
            },
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        text("library", "专家库", "library", sight=FROM_RESULT_RESTRICTED),
        text("pool_version", "专家库版本", "version of the pool", sight=FROM_RESULT_RESTRICTED),
        digest("pool_sha256", "专家库摘要", "SHA-256 of the pool", sight=FROM_RESULT_RESTRICTED),
        whole("pool_size", "专家库人数", "size of the pool", sight=FROM_RESULT_RESTRICTED),
        groups(
            "conditions",
            "抽取条件",
            "conditions",
            text("major", "专业", "major", required=True),
            whole("count", "人数", "number", required=True),
            sight=FROM_RESULT_RESTRICTED,
        ),
        texts("recusal_units", "回避单位", "recused units", sight=FROM_RESULT_RESTRICTED),
        groups(
            "seed_commitments",
            "种子承诺",
            "seed commitments",
            text("party", "承诺方", "party", required=True),
            digest("commitment", "承诺值", "commitment", required=True),
            sight=FROM_RESULT_RESTRICTED,
        ),
        group(
            "block",
            "区块",
            "block",
            whole("chain_id", "链标识", "chain id"),
            whole("number", "区块号", "number"),
            text("hash", "区块哈希", "hash"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "calls",
            "通知记录",
            "calls",
            whole("order", "顺序", "order"),
            text("expert_token", "专家代号", "token of the expert", required=True),
            text("major", "专业", "major"),
            choice("result", "结果", "result", RESULTS, required=True),
            text("note", "说明", "note"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "committee",
            "评标委员会",
            "committee",
            code("seat", "席位", "seat"),
            text("major", "专业", "major"),
            text("source", "来源", "source"),
            text("site", "场所", "site"),
            text("station_no", "工位号", "station"),
            text("expert_token", "专家代号", "token of the expert", sight=_NAMES),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "seeds",
            "种子",
            "seeds",
            text("party", "承诺方", "party", required=True),
            digest("seed", "种子", "seed", required=True),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "pool",
            "专家库",
            "pool",
            text("token", "专家代号", "token", required=True),
            texts("majors", "专业", "majors"),
            text("unit", "单位", "unit"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        texts("witnesses", "见证人", "witnesses", sight=FROM_RESULT_RESTRICTED),
        text("reason", "理由", "reason", sight=FROM_RESULT_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
