"""What objection, challenge and complaint have in common: the matters in dispute."""

from liuhen.domain.facts import Facts, advanced, section_of, stage_of
from liuhen.domain.field import choice, code, codes, day, groups, text, texts
from liuhen.domain.life_cycle import LifeCycle, Step
from liuhen.domain.reading import Members, get_list, get_members, get_text, get_texts
from liuhen.domain.sight import RESTRICTED, sight
from liuhen.domain.stage import Stage

PROTECTED = sight("O")
"""Who objects or complains is nobody's business but the authority's."""

DISPUTE_ACTIONS = {
    "filed": ("提出", "filed"),
    "answered": ("已答复", "answered"),
    "withdrawn": ("撤回", "withdrawn"),
}
DISPUTE_LIFE = LifeCycle(
    {
        "filed": Step({None}, "filed"),
        "answered": Step({"filed"}, "answered"),
        "withdrawn": Step({"filed"}, "withdrawn"),
    },
    DISPUTE_ACTIONS,
)
"""The life of an objection or a challenge."""

DISPUTE_ACTION = choice(
    "action",
    "步骤",
    "step",
    DISPUTE_ACTIONS,
    kept=True,
    sight=RESTRICTED,
)
"""The step of an objection or a challenge."""

DISPUTE_FIELDS = (
    text("party", "提出人", "who raises it", sight=PROTECTED),
    groups(
        "matters",
        "事项",
        "matters",
        code("matter", "事项编号", "matter", required=True, kept=True),
        text("text", "内容", "what it is"),
        most=200,
        sight=RESTRICTED,
    ),
    texts("evidence", "证据", "evidence", sight=RESTRICTED),
    day("known_on", "知道或应当知道之日", "known on", kept=True, sight=RESTRICTED),
    text("answer", "答复", "answer", sight=RESTRICTED),
    day("answered_on", "答复日期", "answered on", kept=True, sight=RESTRICTED),
    codes("related", "相关编号", "related numbers", sight=RESTRICTED),
)
"""Fields of objections and challenges."""


def matters_of(data: Members) -> list[str]:
    """Return the codes of the matters that a record names, as objects or as mere codes."""
    named = [get_text(each, "matter") for each in get_list(data, "matters")]
    return [each for each in named if each is not None] or list(get_texts(data, "matters"))


def waiting(facts: Facts, name: str) -> list[str]:
    """Return the numbers of objections or challenges that wait for their answers.

    Args:
        facts: Of the case.
        name: Which: their record type.
    """
    section = section_of(facts, name)
    return [n for n in section if get_text(get_members(section, n), "state") == "filed"]


def in_dispute(facts: Facts) -> Facts:
    """Return the facts with the project in dispute, if its result is published."""
    stage = stage_of(facts)
    return advanced(facts, Stage.DISPUTE) if stage is not None and stage >= Stage.RESULT else facts
