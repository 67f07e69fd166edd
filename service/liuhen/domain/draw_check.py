"""Checking a draw: run it again from the records of its case, and compare."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from liuhen.core.verdict import Outcome
from liuhen.domain.draw import (
    ACCEPTED,
    SEED_BYTES,
    Call,
    Condition,
    Expert,
    draw_key,
    next_call,
    pool_digest,
    seed_commitment,
)
from liuhen.domain.incoming import Incoming
from liuhen.domain.reading import (
    Members,
    get_list,
    get_members,
    get_text,
    get_texts,
    get_whole,
)


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """One record of a draw.

    Attributes:
        record: The record.
        after_block: Number of the newest final block when it was entered; None where not known.
    """

    record: Incoming
    after_block: int | None = None


@dataclass(frozen=True, slots=True)
class DrawVerdict:
    """What a check came to.

    Attributes:
        outcome: match, waiting (not revealed yet), different, not found, could not check.
        reasons: (Chinese, English), what differs or lacks.
        calls: How many calls were run again.
    """

    outcome: Outcome
    reasons: tuple[tuple[str, str], ...] = ()
    calls: int = 0


@dataclass(slots=True)
class _Draw:
    """What the records say of one draw."""

    committed: DrawRecord
    calls: list[Call] = field(default_factory=list)
    block: Members = field(default_factory=dict)
    committee: list[str] = field(default_factory=list)
    revealed: Members | None = None


def check_draw(
    case: str, records: Sequence[DrawRecord], block_hashes: Mapping[int, bytes]
) -> DrawVerdict:
    """Run the newest draw of a case again.

    Args:
        case: Case code; the seeds are bound to it.
        records: All records of type expert_draw, in their order.
        block_hashes: Hashes of blocks that somebody vouches for, by number.
    """
    draw = _read(records)
    if draw is None:
        return _verdict(Outcome.NOT_FOUND, "没有专家抽取的承诺记录", "no draw was committed to")
    if draw.revealed is None:
        return _verdict(Outcome.WAITING, "种子尚未公开", "the seeds are not revealed yet")
    wrong = list(_contradictions(case, draw))
    if wrong:
        return DrawVerdict(Outcome.DIFFERENT, tuple(wrong))
    named = get_members(draw.committed.record.data, "block")
    number = get_whole(named, "number")
    block_hash = None if number is None else block_hashes.get(number)
    if block_hash is None:
        zh, en = f"区块{number}的哈希未经核实", f"nobody vouches for the hash of block {number}"
        return _verdict(Outcome.COULD_NOT_CHECK, zh, en)
    told = get_text(draw.block, "hash")
    if told is not None and told.removeprefix("0x") != block_hash.hex():
        zh, en = f"区块{number}的哈希不是记录中所写的", f"block {number} has another hash"
        return _verdict(Outcome.DIFFERENT, zh, en)
    wrong = list(_run_again(draw, block_hash))
    outcome = Outcome.DIFFERENT if wrong else Outcome.MATCH
    return DrawVerdict(outcome, tuple(wrong), len(draw.calls))


def _verdict(outcome: Outcome, zh: str, en: str) -> DrawVerdict:
    return DrawVerdict(outcome, ((zh, en),))


def _read(records: Sequence[DrawRecord]) -> _Draw | None:
    draw: _Draw | None = None
    for each in records:
        data, action = each.record.data, get_text(each.record.data, "action") or "committed"
        if action == "committed":
            draw = _Draw(each)
        elif draw is not None:
            draw.calls += [
                Call(
                    get_text(call, "expert_token") or "",
                    get_text(call, "major") or "",
                    get_text(call, "result") == ACCEPTED,
                )
                for call in get_list(data, "calls")
            ]
            draw.block = get_members(data, "block") or draw.block
            tokens = [get_text(s, "expert_token") for s in get_list(data, "committee") if _drawn(s)]
            draw.committee = [t for t in tokens if t is not None] or draw.committee
            if action == "revealed":
                draw.revealed = data
    return draw


def _drawn(seat: Members) -> bool:
    """Return whether a seat was filled by the draw; the purchaser names his own people."""
    return get_text(seat, "source") is not None


def _contradictions(case: str, draw: _Draw) -> Iterator[tuple[str, str]]:
    """Name what the records contradict each other in, before anything is run again."""
    data, revealed = draw.committed.record.data, draw.revealed or {}
    pool = _pool(revealed)
    try:
        digest = pool_digest(pool).hex()
    except ValueError:
        yield "专家库中有重复的代号", "two experts of the pool have one token"
        return
    if digest != get_text(data, "pool_sha256"):
        yield "公开的专家库与承诺的摘要不符", "the pool revealed is not the one committed to"
    seeds = _seeds(revealed)
    promised = {
        get_text(each, "party") or "": get_text(each, "commitment")
        for each in get_list(data, "seed_commitments")
    }
    if len(promised) < 2:
        yield "承诺种子的少于两方", "fewer than two parties committed to seeds"
    for party, commitment in promised.items():
        seed = seeds.get(party)
        if seed is None:
            yield (
                f"“{party}”没有公开种子，抽取无效",
                f"{party!r} withholds its seed: the draw is void",
            )
        elif seed_commitment(case, party, seed).hex() != commitment:
            yield (
                f"“{party}”公开的种子与承诺不符",
                f"the seed of {party!r} is not the one committed to",
            )
    for party in seeds.keys() - promised.keys():
        yield f"“{party}”没有承诺过种子", f"{party!r} never committed to a seed"
    number, before = get_whole(get_members(data, "block"), "number"), draw.committed.after_block
    if number is not None and before is not None and number <= before:
        zh = f"承诺时区块{number}已存在"
        yield zh, f"block {number} was there when the draw was committed to"


def _run_again(draw: _Draw, block_hash: bytes) -> Iterator[tuple[str, str]]:
    data, revealed = draw.committed.record.data, draw.revealed or {}
    pool, recused = _pool(revealed), set(get_texts(data, "recusal_units"))
    conditions = [
        Condition(get_text(each, "major") or "", get_whole(each, "count") or 0)
        for each in get_list(data, "conditions")
    ]
    key = draw_key(dict(data), _seeds(revealed), block_hash)
    done: list[Call] = []
    for position, call in enumerate(draw.calls, 1):
        wanted = next_call(key, pool, conditions, recused, done)
        if wanted is None:
            zh = f"第{position}次通知时名额已满"
            yield zh, f"call {position} came when every place was filled"
            return
        if (wanted.token, wanted.major) != (call.token, call.major):
            zh = f"第{position}次应通知“{wanted.token}”（{wanted.major}），实际通知“{call.token}”"
            yield zh, f"call {position} is due to {wanted.token!r}, and went to {call.token!r}"
            return
        done.append(call)
    left = next_call(key, pool, conditions, recused, done)
    if left is not None and left.token is not None:
        yield f"名额未满（{left.major}）", f"a place is not filled ({left.major})"
    accepted = sorted(call.token for call in done if call.is_accepted)
    if draw.committee and sorted(draw.committee) != accepted:
        yield "评标委员会成员与抽取结果不符", "the committee is not who was drawn"


def _pool(revealed: Members) -> list[Expert]:
    return [
        Expert(
            get_text(each, "token") or "",
            tuple(get_texts(each, "majors")),
            get_text(each, "unit") or "",
        )
        for each in get_list(revealed, "pool")
    ]


def _seeds(revealed: Members) -> dict[str, bytes]:
    """Return the seeds that were revealed; what is no seed counts as withheld."""
    found: dict[str, bytes] = {}
    for each in get_list(revealed, "seeds"):
        party, text = get_text(each, "party"), get_text(each, "seed")
        try:
            seed = bytes.fromhex(text or "")
        except ValueError:
            continue
        if party is not None and len(seed) == SEED_BYTES:
            found[party] = seed
    return found
