"""Draw of experts (专家抽取): committed to before, revealed after; see `domain/draw.py`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from liuhen.domain.catalogue.project import has_ended
from liuhen.domain.facts import (
    Facts,
    RuleContext,
    regime_of,
    section_of,
    stage_of,
    with_section,
)
from liuhen.domain.field import choice, code, digest, group, groups, text, texts, whole
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import (
    BEIJING,
    Members,
    get_list,
    get_members,
    get_moment,
    get_text,
    get_texts,
    get_whole,
)
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.regime import Regime
from liuhen.domain.rule import Basis, Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED, sight
from liuhen.domain.stage import Stage
from liuhen.domain.working_day import working_days_before

NAME = "expert_draw"

ACTIONS = {
    "committed": ("承诺", "committed"),
    "drawn": ("抽取", "drawn"),
    "called": ("通知", "called"),
    "redrawn": ("补抽", "redrawn"),
    "revealed": ("公开", "revealed"),
}
LIFE = LifeCycle(
    {
        "committed": Step({None, "committed", "drawn", "revealed"}, "committed"),
        "drawn": Step({"committed"}, "drawn"),
        "called": Step({"drawn"}, "drawn"),
        "redrawn": Step({"drawn"}, "drawn"),
        "revealed": Step({"drawn"}, "revealed"),
    },
    ACTIONS,
)
RESULTS = {
    "accepted": ("参加", "takes part"),
    "declined": ("不参加", "declines"),
    "unreached": ("未接通", "not reached"),
}
_DRAW = Basis(
    "招标投标法第37条；招标投标法实施条例第46条；87号令第48条",
    "Tendering Law art. 37; Tendering Regulations art. 46; Order 87 art. 48",
)
NOT_COMMITTED = Rule(
    "draw-not-committed",
    "抽取前没有承诺：专家库、条件、回避单位、各方种子",
    "nothing was committed to before the draw: pool, conditions, recusals, seeds",
    is_lack=True,
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
TWICE = Rule(
    "draw-named-twice",
    "“{name}”重复出现：每方只承诺一个种子，每个专业只列一次，每名专家只通知一次",
    "{name!r} is there twice: a party has one seed, a major one line, an expert one call",
)
WITHHELD = Rule(
    "draw-seed-withheld",
    "“{party}”曾拒绝公开种子，不得再参与抽取",
    "{party!r} withheld a seed before, and takes no part in a draw any more",
)
BEFORE_COMMITMENT = Rule(
    "draw-before-commitment",
    "抽取时间（{at}）早于承诺时间（{committed}）",
    "the draw ({at}) is dated before its commitment ({committed})",
)
RECUSED = Rule(
    "draw-recused-expert",
    "应当回避的专家不得进入评标委员会",
    "an expert who must recuse himself takes no part",
    Basis(
        "招标投标法第37条；政府采购法第12条；实施条例第46条",
        "Tendering Law art. 37; Government Procurement Law art. 12; Tendering Regulations art. 46",
    ),
)
COMPOSITION = Rule(
    "draw-committee-share",
    "评标委员会成员应为单数，专家不少于三分之二（共{members}人，专家{experts}人）",
    "a committee has an odd number of members, two thirds of them experts: {experts} of {members}",
    Basis("招标投标法第37条；87号令第47条", "Tendering Law art. 37; Order 87 art. 47"),
)
REVEALED_EARLY = Rule(
    "draw-revealed-early",
    "结果公布前评标委员会名单保密，不得公开抽取",
    "who evaluates is secret until the result is published: no draw is revealed before",
    Basis("招标投标法第37条；87号令第66条", "Tendering Law art. 37; Order 87 art. 66"),
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
ABANDONED = Rule(
    "draw-abandoned",
    "抽取承诺后未抽取即重新承诺，且未指明何方拒绝公开种子：区块产生后，抽取结果可能已为人所知",
    "a draw was begun anew without having been held, and nobody is named who withheld a seed: once"
    " the block was there, what would come of it may have been known",
)
DRAWN_LATE = Rule(
    "draw-after-evaluation",
    "评标委员会应在评标开始前抽取（抽取{drawn}，评分{scored}）",
    "a committee is drawn before the evaluation begins: drawn {drawn}, first points {scored}",
    _DRAW,
)
AFTER_OPENING = Rule(
    "draw-after-opening",
    "评标委员会一般应于开标前确定（抽取{drawn}，开标{opened}）",
    "a committee is drawn before the opening as a rule: drawn {drawn}, opened {opened}",
    Basis(
        "评标委员会和评标方法暂行规定第8条",
        "Provisions on Evaluation Committees and Methods art. 8",
    ),
)
DRAWN_EARLY = Rule(
    "draw-too-early",
    "抽取不得早于评审活动开始前{days}个工作日（抽取{drawn}，开标{opened}）",
    "a draw is no more than {days} working days before the evaluation: {drawn}, opened {opened}",
    Basis("财库〔2016〕198号", "Ministry of Finance, Caiku [2016] No. 198"),
)
MOST_DAYS_BEFORE = 2
LEAST_PARTIES = 2


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, action, section = record.data, LIFE.action_of(record.data), section_of(facts, NAME)
    state = get_text(section, "state")
    if state is None and action != "committed":
        raise NOT_COMMITTED.broken("/data/action")
    LIFE.check(state, action)
    is_again = action == "redrawn" or (action == "committed" and state is not None)
    if is_again and get_text(data, "reason") is None:
        raise AGAIN.broken("/data/reason")
    if action != "redrawn" and get_list(data, "replaced"):
        raise AGAIN.broken("/data/replaced")
    if action == "committed":
        _admit_commitment(section, data, context)
    elif action == "revealed":
        stage = stage_of(facts)
        if stage is not None and stage < Stage.RESULT and not has_ended(facts):
            raise REVEALED_EARLY.broken("/data/action")
    else:
        _admit_calls(facts, record, context)


def _admit_commitment(section: Members, data: Members, context: RuleContext) -> None:
    parties = _texts_of(data, "seed_commitments", "party")
    majors = _texts_of(data, "conditions", "major")
    has_block = get_whole(get_members(data, "block"), "number") is not None
    has_pool = get_text(data, "pool_sha256") is not None
    if not (has_pool and has_block and majors and len(parties) >= LEAST_PARTIES):
        raise INCOMPLETE.broken("/data")
    for name in _twice(parties):
        raise TWICE.broken("/data/seed_commitments", name=name)
    for name in _twice(majors):
        raise TWICE.broken("/data/conditions", name=name)
    refused = {*get_texts(section, "withheld_by"), *_marks(get_texts(data, "withheld_by"), context)}
    for party in parties:
        if context.mark(party) in refused:
            raise WITHHELD.broken("/data/seed_commitments", party=party)


def _admit_calls(facts: Facts, record: Incoming, context: RuleContext) -> None:
    data, section = record.data, section_of(facts, NAME)
    committed = get_moment(section, "committed_at")
    if committed is not None and record.at < committed:
        at, before = record.at.isoformat(), committed.isoformat()
        raise BEFORE_COMMITMENT.broken("/occurred_at", at=at, committed=before)
    called, before_now = _texts_of(data, "calls", "expert_token"), get_texts(section, "called")
    for token in called:
        if context.mark(token) in before_now:
            raise TWICE.broken("/data/calls", name=token)
    for token in _twice(called):
        raise TWICE.broken("/data/calls", name=token)
    recused = get_texts(section, "recused")
    for name, tokens in (
        ("calls", called),
        ("committee", _texts_of(data, "committee", "expert_token")),
    ):
        if any(context.mark(token) in recused for token in tokens):
            raise RECUSED.broken(f"/data/{name}")
    seats = get_list(data, "committee")
    experts = sum(get_text(seat, "source") is not None for seat in seats)
    is_bent = len(seats) % 2 == 0 or 3 * experts < 2 * len(seats)
    if seats and is_bent and regime_of(facts) is not Regime.OTHER:
        raise COMPOSITION.broken("/data/committee", members=len(seats), experts=experts)


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    section, action, data = dict(section_of(facts, NAME)), LIFE.action_of(record.data), record.data
    section["state"] = LIFE.after(get_text(section, "state"), action)
    if action == "committed":
        section[f"{action}_at"] = record.at.isoformat()
        section["recused"] = [*_marks(get_texts(data, "recusal_tokens"), context)]
        section["called"] = []
        refused = {*get_texts(section, "withheld_by")}
        refused |= {*_marks(get_texts(data, "withheld_by"), context)}
        section["withheld_by"] = [*sorted(refused)]
        return with_section(facts, NAME, section)
    section.setdefault(f"{action}_at", record.at.isoformat())
    called = _marks(_texts_of(data, "calls", "expert_token"), context)
    section["called"] = [*get_texts(section, "called"), *called]
    return with_section(facts, NAME, section)


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    draws = case.of_type(NAME)
    if not draws and case.of_type("evaluation_report"):
        yield NO_DRAW.missed()
    today = case.as_of.astimezone(BEIJING).date()
    published = [r for r in case.of_type("award_notice") if r.day < today]
    if not draws:
        return
    if all(LIFE.action_of(draw.data) != "committed" for draw in draws):
        yield NOT_COMMITTED.missed(draws[0].record_id)
    before: str | None = None
    for draw in draws:
        is_again = before == LIFE.action_of(draw.data) == "committed"
        if is_again and not get_texts(draw.data, "withheld_by"):
            yield ABANDONED.missed(draw.record_id, "/data/withheld_by")
        before = LIFE.action_of(draw.data)
    revealed = get_text(section_of(case.facts, NAME), "state") == "revealed"
    if published and not revealed:
        yield NOT_REVEALED.missed()
    drawn = [draw for draw in draws if LIFE.action_of(draw.data) == "drawn"]
    if drawn:
        yield from _review_time(case, drawn[0])


def _review_time(case: ReviewedCase, drawn: Incoming) -> Iterator[Shortfall]:
    scored = min((sheet.at for sheet in case.of_type("score_sheet")), default=None)
    if scored is not None and drawn.at > scored:
        at, points = drawn.at.isoformat(), scored.isoformat()
        yield DRAWN_LATE.missed(drawn.record_id, drawn=at, scored=points)
    opening = min((opening.at for opening in case.of_type("opening_record")), default=None)
    if opening is None:
        return
    regime = regime_of(case.facts)
    if regime is Regime.ZB and drawn.at > opening:
        at, then = drawn.at.isoformat(), opening.isoformat()
        yield AFTER_OPENING.missed(drawn.record_id, drawn=at, opened=then)
    if regime is not Regime.ZC:
        return
    opened = opening.astimezone(BEIJING).date()
    first = working_days_before(case.context.calendar, opened, MOST_DAYS_BEFORE).day
    if drawn.day < first:
        yield DRAWN_EARLY.missed(
            drawn.record_id, days=MOST_DAYS_BEFORE, drawn=drawn.day, opened=opened
        )


def _texts_of(data: Members, group_name: str, name: str) -> list[str]:
    found = (get_text(each, name) for each in get_list(data, group_name))
    return [each for each in found if each is not None]


def _marks(names: Sequence[str], context: RuleContext) -> list[str]:
    return [context.mark(each) for each in names]


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


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
            ACTIONS,
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
        texts("recusal_tokens", "回避专家", "recused experts", sight=FROM_RESULT_RESTRICTED),
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
            most=1_000,
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "replaced",
            "被替换的专家",
            "experts who are replaced",
            text("expert_token", "专家代号", "token of the expert", required=True),
            text("note", "说明", "note"),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "committee",
            "评标委员会",
            "committee",
            code("seat", "席位", "seat"),
            text("major", "专业", "major"),
            text("source", "抽取的专家库", "library, of who was drawn"),
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
        texts(
            "withheld_by",
            "未公开种子的一方",
            "parties that withheld a seed",
            sight=FROM_RESULT_RESTRICTED,
        ),
        texts("witnesses", "见证人", "witnesses", sight=FROM_RESULT_RESTRICTED),
        text("reason", "理由", "reason", sight=FROM_RESULT_RESTRICTED),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
