"""Seat assignment (工位卡位): who sits where, at which sites, decided before and revealed after."""

from collections.abc import Iterator, Sequence

from liuhen.domain.facts import Facts, RuleContext, advanced, section_of, with_section
from liuhen.domain.field import choice, code, digest, groups, text
from liuhen.domain.incoming import Incoming
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import get_list, get_text, get_texts
from liuhen.domain.record_type import RecordType, ReviewedCase
from liuhen.domain.rule import Rule, Shortfall
from liuhen.domain.sight import FROM_RESULT_RESTRICTED
from liuhen.domain.stage import Stage

NAME = "seat_assignment"

ACTIONS = {"committed": ("承诺", "committed"), "revealed": ("公开", "revealed")}
LIFE = LifeCycle(
    {
        "committed": Step({None, "committed"}, "committed"),
        "revealed": Step({None, "committed", "revealed"}, "revealed"),
    },
    ACTIONS,
)
AFTER_SCORING = Rule(
    "seats-after-scoring",
    "评委已提交打分，不得再安排工位",
    "seats are assigned before the first sheet comes in",
)
CHANGED = Rule(
    "seats-changed-after-scoring",
    "已开始打分，公开的席位须与安排的一致，现缺少或增加：{seats}",
    "once there are points the seats stay those that were assigned; here differ {seats}",
)
SEAT_TWICE = Rule("seat-twice", "席位“{seat}”重复", "the seat {seat!r} is assigned twice")
NOT_COMMITTED = Rule(
    "seats-not-committed",
    "工位安排未在评标前存证承诺",
    "the assignment of seats was not committed to before the evaluation",
)
MAIN_SITE = Rule(
    "seats-main-site",
    "远程异地评标须有且只有一个主场，现为{number}个",
    "an evaluation at several sites has one main site, here {number}",
)
NO_SUCH_SITE = Rule(
    "seat-unknown-site",
    "评标场所中没有“{site}”",
    "there is no site {site!r} in this evaluation",
)


def _admit(facts: Facts, record: Incoming, context: RuleContext) -> None:
    del context
    section, action = section_of(facts, NAME), LIFE.action_of(record.data)
    LIFE.check(get_text(section, "state"), action)
    if action == "committed" and section_of(facts, "score_sheet"):
        raise AFTER_SCORING.broken("/data/action")
    sites = get_list(record.data, "sites")
    mains = sum(get_text(each, "role") == "main" for each in sites)
    if len(sites) > 1 and mains != 1:
        raise MAIN_SITE.broken("/data/sites", number=mains)
    known = {get_text(each, "site") for each in sites}
    seen: set[str] = set()
    for position, each in enumerate(get_list(record.data, "seats")):
        seat = get_text(each, "seat") or ""
        if seat in seen:
            raise SEAT_TWICE.broken(f"/data/seats/{position}/seat", seat=seat)
        seen.add(seat)
        site = get_text(each, "site")
        if known and site is not None and site not in known:
            raise NO_SUCH_SITE.broken(f"/data/seats/{position}/site", site=site)
    differing = seen.symmetric_difference(seats_of(facts)) if seen and seats_of(facts) else ()
    if differing and section_of(facts, "score_sheet"):
        raise CHANGED.broken("/data/seats", seats=", ".join(sorted(differing)))


def _apply(facts: Facts, record: Incoming, context: RuleContext) -> Facts:
    del context
    section, action = dict(section_of(facts, NAME)), LIFE.action_of(record.data)
    section["state"] = LIFE.after(get_text(section, "state"), action)
    seats = [get_text(each, "seat") for each in get_list(record.data, "seats")]
    if seats:
        section["seats"] = [*sorted({seat for seat in seats if seat is not None})]
    if action == "committed":
        section["was_committed"] = True
    told = with_section(facts, NAME, section)
    return advanced(told, Stage.EVALUATION) if section_of(facts, "opening_record") else told


def _review(case: ReviewedCase) -> Iterator[Shortfall]:
    section = section_of(case.facts, NAME)
    if section and section.get("was_committed") is not True:
        yield NOT_COMMITTED.missed()


def seats_of(facts: Facts) -> Sequence[str]:
    """Return the seats that are to score, sorted; none while they are not known."""
    return get_texts(section_of(facts, NAME), "seats")


TYPE = RecordType(
    name=NAME,
    zh="工位卡位",
    en="Seat assignment",
    counts_elements=True,  # its length tells how many experts share a room
    fields=(
        choice(
            "action",
            "步骤",
            "step",
            ACTIONS,
            kept=True,
            sight=FROM_RESULT_RESTRICTED,
        ),
        digest("commitment", "承诺值", "commitment", sight=FROM_RESULT_RESTRICTED),
        groups(
            "sites",
            "评标场所",
            "sites",
            text("site", "场所", "site", required=True),
            choice(
                "role",
                "主副场",
                "role",
                {"main": ("主场", "main site"), "secondary": ("副场", "secondary site")},
            ),
            sight=FROM_RESULT_RESTRICTED,
        ),
        groups(
            "seats",
            "席位",
            "seats",
            code("seat", "席位", "seat", required=True, kept=True),
            text("site", "场所", "site"),
            text("station_no", "工位号", "station"),
            text("major", "专业", "field of expertise"),
            text("expert_token", "专家代号", "token of the expert"),
            sight=FROM_RESULT_RESTRICTED,
        ),
    ),
    admit=_admit,
    apply=_apply,
    review=_review,
)
