"""The records of a draw, read into what `draw_check` runs again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from liuhen.domain.draw import ACCEPTED, SEED_BYTES, Call, Condition, Expert, Terms
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import Members, get_list, get_members, get_text, get_texts, get_whole


class BlockName(NamedTuple):
    """A block by its place; its hash is what a draw waits for.

    Attributes:
        chain_id: EIP-155 chain id.
        number: Height, from 0.
    """

    chain_id: int
    number: int


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """One record of a draw.

    Attributes:
        record: The record.
        after_block: The newest final block when it was entered; None where not known.
        anchored_in: The block in which the chain has a head over it; None where not known.
    """

    record: Incoming
    after_block: BlockName | None = None
    anchored_in: BlockName | None = None


@dataclass(slots=True)
class Draw:
    """What the records say of one draw.

    Attributes:
        committed: The record that committed to it.
        number: Which draw of the case it is, from 1.
        refused: Parties that withheld their seed in an earlier one.
        calls: All calls in their order.
        block: The block as the draw names it, with its hash.
        committee: Tokens of those of the committee that were drawn, as listed last.
        revealed: Data of the record that revealed it; None while there is none.
        wrong: What the records contradict each other in already when they are read.
        rounds: Positions of calls, and tokens of those to be replaced, as they came.
    """

    committed: DrawRecord
    number: int
    refused: frozenset[str]
    calls: list[Call] = field(default_factory=list)
    block: Members = field(default_factory=dict)
    committee: list[str] | None = None
    revealed: Members | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)
    rounds: list[int | str] = field(default_factory=list)

    @property
    def data(self) -> Members:
        """What was committed to."""
        return self.committed.record.data

    @property
    def named_block(self) -> BlockName | None:
        """The block whose hash is mixed in; None where the commitment names none."""
        block = get_members(self.data, "block")
        chain_id, number = get_whole(block, "chain_id"), get_whole(block, "number")
        return None if chain_id is None or number is None else BlockName(chain_id, number)

    def steps(self) -> "Sequence[Call | str]":
        """Return calls and, where somebody is to be replaced, his token, in their order."""
        return [self.calls[each] if isinstance(each, int) else each for each in self.rounds]


def read_draw(records: Sequence[DrawRecord]) -> Draw | None:
    """Return the newest draw of a case; None where none was committed to.

    Args:
        records: All records of type expert_draw, in their order.
    """
    draw: Draw | None = None
    for each in records:
        data = each.record.data
        action = get_text(data, "action") or "committed"
        if action == "committed":
            refused = frozenset(get_texts(data, "withheld_by"))
            draw = Draw(
                each,
                1 if draw is None else draw.number + 1,
                refused if draw is None else draw.refused | refused,
            )
        elif draw is not None:
            _go_on(draw, action, data)
    return draw


def _go_on(draw: Draw, action: str, data: Members) -> None:
    draw.rounds += [get_text(each, "expert_token") or "" for each in get_list(data, "replaced")]
    for told, call in zip(get_list(data, "calls"), calls_of(data), strict=True):
        draw.rounds.append(len(draw.calls))
        draw.calls.append(call)
        order = get_whole(told, "order")
        if order not in (None, len(draw.calls)):
            zh = f"第{len(draw.calls)}次通知的序号写为{order}"
            draw.wrong.append((zh, f"call {len(draw.calls)} is numbered {order}"))
    draw.block = get_members(data, "block") or draw.block
    listed = [
        token
        for seat in get_list(data, "committee")
        if get_text(seat, "source") is not None  # the purchaser names his own people
        and (token := get_text(seat, "expert_token")) is not None
    ]
    draw.committee = listed or draw.committee
    if action == "revealed":
        draw.revealed = data


def terms_of(committed: Members) -> Terms:
    """Return what a draw is held to, from the data of the record that committed to it."""
    return Terms(
        [
            Condition(get_text(each, "major") or "", get_whole(each, "count") or 0)
            for each in get_list(committed, "conditions")
        ],
        frozenset(get_texts(committed, "recusal_units")),
        frozenset(get_texts(committed, "recusal_tokens")),
    )


def calls_of(members: Members) -> list[Call]:
    """Return the calls that a record tells of."""
    return [
        Call(
            get_text(call, "expert_token") or "",
            get_text(call, "major") or "",
            get_text(call, "result") == ACCEPTED,
        )
        for call in get_list(members, "calls")
    ]


def pool_of(members: Members) -> list[Expert]:
    """Return the pool that lies open in a record, or in a file of a pool."""
    return [
        Expert(
            get_text(each, "token") or "",
            tuple(get_texts(each, "majors")),
            get_text(each, "unit") or "",
        )
        for each in get_list(members, "pool")
    ]


def seeds_of(members: Members) -> dict[str, bytes]:
    """Return the seeds that lie open in a record; what is no seed counts as withheld."""
    found: dict[str, bytes] = {}
    for each in get_list(members, "seeds"):
        party, seed = get_text(each, "party"), seed_of(get_text(each, "seed"))
        if party is not None and seed is not None:
            found[party] = seed
    return found


def seed_of(text: str | None) -> bytes | None:
    """Return the 32 bytes that 64 hex digits stand for."""
    try:
        seed = bytes.fromhex(text or "")
    except ValueError:
        return None
    return seed if len(seed) == SEED_BYTES else None
