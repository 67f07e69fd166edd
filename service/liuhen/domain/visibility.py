"""Who may see what of a record: a pure function of regime, type, field, stage and role.

A field of `data` says itself what the law says of it, stage by stage (`sight.py`); the members of
the envelope are in `envelope_sight.py`; here stands what a role makes of it. What nobody decided is
secret: an unknown type, an unknown field, a member that its type does not know.

Where regime or stage are not known, no law opens anything: whoever oversees sees what is sealed at
no stage at all, a party its own, and nobody else sees anything.
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from liuhen.domain.catalogue import CATALOGUE
from liuhen.domain.envelope_sight import envelope_sight
from liuhen.domain.field import Field
from liuhen.domain.record_type import RecordType
from liuhen.domain.regime import Regime
from liuhen.domain.role import Role
from liuhen.domain.sight import LETTERS as OPENNESS
from liuhen.domain.sight import SECRET, Sight, sight
from liuhen.domain.stage import Stage


class Level(StrEnum):
    """How something stands to readers of one role."""

    PUBLIC = "public"
    OWN = "own"
    RESTRICTED = "restricted"
    SECRET = "secret"  # noqa: S105 -- a level, and no password


SUPERVISING = frozenset(
    {"finding", "task", "accountability", "site_supervision", "board_snapshot", "access_event"}
    | {"verification_event"}
)
"""Types of supervision itself."""
DISPUTES = frozenset({"objection", "challenge", "complaint"})

_OVERSEERS = frozenset({Role.SUPERVISOR, Role.DISCIPLINE, Role.AUDITOR})
_AUTHORITY = frozenset({Role.SUPERVISOR, Role.DISCIPLINE})
_PARTIES = frozenset({Role.BIDDER, Role.COMPLAINANT})
_INSPECTED = frozenset({"finding", "task", "site_supervision", "board_snapshot"})
_NOT_OPERATORS = frozenset({"accountability", "access_event", "verification_event"}) | DISPUTES
_NOT_PARTIES = (
    frozenset({"score_sheet", "expert_draw", "seat_assignment", "media_manifest"}) | SUPERVISING
)
_OWN_RESULT = frozenset({"bid_id", "supplier_name", "price", "total", "rank", "reason", "basis"})
"""87号令第69条: a bidder that lost is told its own points and rank, or why it was rejected."""

_PUBLISHED_SCORES = frozenset(
    {("score_sheet", name) for name in ("action", "seat", "scores")}
    | {("evaluation_report", "rejected")}
)
_SCORES = sight("SSSSRPPP")
"""Where a place publishes single seats' scores and why bids were rejected."""


def may_see(level: Level, role: Role, *, owns: bool) -> bool:
    """Return whether somebody may see what has this level for their role.

    Args:
        level: From `visibility`, for the same role.
        role: As what they read.
        owns: Whether it is their own.
    """
    if level is Level.RESTRICTED:
        return role is not Role.PUBLIC
    return level is Level.PUBLIC or (level is Level.OWN and owns and role is not Role.PUBLIC)


def visibility(
    regime: Regime | None,
    type: str,  # noqa: A002 -- the word of the record
    field: tuple[str | int, ...],
    stage: Stage | None,
    role: Role,
    *,
    publishes_seat_scores: bool = False,
) -> Level:
    """Return how a field stands to readers of a role.

    Args:
        regime: Of the case's project.
        type: Record type.
        field: Path in the record: `("data", "scores", 0, "bid_id")`, `("submitter", "person")`.
        stage: How far the case's project has come by now.
        role: As what somebody reads.
        publishes_seat_scores: Whether the place publishes them.
    """
    names = tuple(step for step in field if isinstance(step, str))
    return _level(regime, type, names, stage, role, publishes_seat_scores)


@lru_cache(maxsize=2**16)
def _level(
    regime: Regime | None,
    name: str,
    field: tuple[str, ...],
    stage: Stage | None,
    role: Role,
    publishes: bool,  # noqa: FBT001 -- a key of the cache
) -> Level:
    record_type = CATALOGUE.get(name)
    if record_type is None:
        return Level.SECRET
    letter = letter_at(sight_of(record_type, field, publishes_seat_scores=publishes), regime, stage)
    return _for_role(letter, regime, name, field, stage, role)


def letter_at(seen: Sight, regime: Regime | None, stage: Stage | None) -> str:
    """Return the letter of a sight; the strictest one where regime or stage are not known."""
    if stage is not None and regime is Regime.ZB:
        return seen.zb[stage - 1]
    if stage is not None and regime is Regime.ZC:
        return seen.zc[stage - 1]
    return max("R", _strictest(seen.zb + seen.zc), key=OPENNESS.index)


def sight_of(
    record_type: RecordType, field: tuple[str, ...], *, publishes_seat_scores: bool = False
) -> Sight:
    """Return who may see a field when, before a role is asked for; SECRET where nobody decided."""
    if field[:1] != ("data",):
        return envelope_sight(record_type, field)
    if publishes_seat_scores and (record_type.name, *field[1:2]) in _PUBLISHED_SCORES:
        return _SCORES
    return _field_sight(tuple(record_type.table.by_name.values()), field[1:])


def _field_sight(fields: Iterable[Field], names: tuple[str, ...]) -> Sight:
    found, seen = None, SECRET
    for name in names:
        found = next((each for each in fields if each.name == name), None)
        if found is None:
            return SECRET
        seen, fields = found.sight or seen, found.fields
    return SECRET if found is None else seen


def _strictest(letters: str) -> str:
    return max(letters, key=OPENNESS.index)


def _for_role(
    letter: str,
    regime: Regime | None,
    name: str,
    field: tuple[str, ...],
    stage: Stage | None,
    role: Role,
) -> Level:
    if letter == "P":
        return Level.PUBLIC
    if letter in "SX" or role in (Role.PUBLIC, Role.WITNESS):
        return Level.SECRET
    if role is Role.INTEGRATOR or (role is Role.EVALUATOR and name == "score_sheet"):
        return Level.OWN
    if role in _PARTIES:
        return Level.OWN if _may_own(regime, name, field) else Level.SECRET
    if letter == "O":  # whom a complaint protects, it protects from everybody but the authority
        return Level.RESTRICTED if name in DISPUTES and role in _AUTHORITY else Level.SECRET
    return Level.RESTRICTED if _is_told(name, stage, role) else Level.SECRET


def _may_own(regime: Regime | None, name: str, field: tuple[str, ...]) -> bool:
    """Return whether a party may see something of its own at all."""
    if name == "evaluation_report":
        is_told = regime is Regime.ZC and field[:2] in (("data", "summary"), ("data", "rejected"))
        return is_told and (len(field) == 2 or field[2] in _OWN_RESULT)
    return name not in _NOT_PARTIES


def _is_told(name: str, stage: Stage | None, role: Role) -> bool:
    """Return whether a role sees what is restricted, of a type and at a stage."""
    if role in _OVERSEERS:
        return True
    if role is Role.INSPECTOR:
        return name in _INSPECTED
    if role is Role.OPERATOR:
        return name not in _NOT_OPERATORS
    is_open = stage is not None and stage >= Stage.OPENED
    return role is Role.PURCHASER and is_open and name not in SUPERVISING
