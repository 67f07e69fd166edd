"""Checking a draw: run it again from the records of its case, and compare."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from liuhen.core.verdict import Outcome
from liuhen.domain.draw import Call, draw_key, next_call, pool_digest, seed_commitment
from liuhen.domain.draw_record import (
    BlockName,
    Draw,
    DrawRecord,
    pool_of,
    read_draw,
    seed_of,
    seeds_of,
    terms_of,
)
from liuhen.domain.reading import get_list, get_text, get_whole

Sentence = tuple[str, str]
"""In Chinese and in English."""


@dataclass(frozen=True, slots=True)
class DrawVerdict:
    """What a check came to.

    Attributes:
        outcome: match, waiting (not revealed yet), different, not found, could not check.
        reasons: What differs or lacks.
        notes: What a reader should know besides.
        calls: How many calls were run again.
    """

    outcome: Outcome
    reasons: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()
    calls: int = 0


def check_draw(
    case: str, records: Sequence[DrawRecord], block_hashes: Mapping[BlockName, bytes]
) -> DrawVerdict:
    """Run the newest draw of a case again.

    Args:
        case: Case code; the seeds are bound to it.
        records: All records of type expert_draw, in their order.
        block_hashes: Hashes of blocks that somebody vouches for.
    """
    draw = read_draw(records)
    if draw is None:
        return _verdict(Outcome.NOT_FOUND, "没有专家抽取的承诺记录", "no draw was committed to")
    return replace(_judge(case, draw, block_hashes), notes=tuple(_notes(draw)))


def _judge(case: str, draw: Draw, block_hashes: Mapping[BlockName, bytes]) -> DrawVerdict:
    if unknown := list(_unknown(draw)):
        return DrawVerdict(Outcome.COULD_NOT_CHECK, tuple(unknown))
    wrong = [*draw.wrong, *_wrong_commitment(draw)]
    if draw.revealed is not None:
        wrong += [*_wrong_pool(draw), *_wrong_seeds(case, draw)]
    if wrong:
        return DrawVerdict(Outcome.DIFFERENT, tuple(wrong))
    if draw.revealed is None:
        return _verdict(Outcome.WAITING, "种子尚未公开", "the seeds are not revealed yet")
    named = draw.named_block
    assert named is not None  # see _unknown
    return _compare(draw, named, block_hashes.get(named))


def _compare(draw: Draw, named: BlockName, known: bytes | None) -> DrawVerdict:
    """Run a draw again whose pool and seeds are those committed to.

    Args:
        draw: The draw.
        named: The block it waited for.
        known: Hash of that block; None where nobody vouches for one.
    """
    told = seed_of((get_text(draw.block, "hash") or "").removeprefix("0x"))
    if known is not None and told not in (None, known):
        zh = f"区块{named.number}的哈希不是记录中所写的"
        return _verdict(Outcome.DIFFERENT, zh, f"block {named.number} has another hash")
    block_hash = known or told
    # A draw that does not follow even from the hash it names is wrong whatever the true hash is.
    if block_hash is not None and (wrong := tuple(_run_again(draw, block_hash))):
        return DrawVerdict(Outcome.DIFFERENT, wrong, calls=len(draw.calls))
    if known is None:
        zh = f"区块{named.number}的哈希未经核实"
        en = f"nobody vouches for the hash of block {named.number}"
        return _verdict(Outcome.COULD_NOT_CHECK, zh, en)
    if _is_anchored_late(draw, named):
        zh = f"无法证明承诺早于区块{named.number}：其上链锚定不早于该区块"
        en = f"that the commitment came before block {named.number} is not shown: it is anchored"
        return _verdict(Outcome.COULD_NOT_CHECK, zh, f"{en} no earlier")
    return DrawVerdict(Outcome.MATCH, calls=len(draw.calls))


def _verdict(outcome: Outcome, zh: str, en: str) -> DrawVerdict:
    return DrawVerdict(outcome, ((zh, en),))


def _is_anchored_late(draw: Draw, named: BlockName) -> bool:
    anchored = draw.committed.anchored_in
    return anchored is not None and (
        anchored.chain_id != named.chain_id or anchored.number >= named.number
    )


def _notes(draw: Draw) -> Iterator[Sentence]:
    if draw.number > 1:
        yield f"本案卷的第{draw.number}次抽取", f"this is draw number {draw.number} of the case"
    if draw.refused:
        names = sorted(draw.refused)
        yield f"曾拒绝公开种子：{'、'.join(names)}", f"withheld a seed before: {', '.join(names)}"
    if draw.committed.anchored_in is None:
        en = "that the commitment came before the block rests on the log's word"
        yield (
            "承诺早于区块，仅以日志所记为据；锚定的回执可证明",
            f"{en}; an anchored receipt proves it",
        )
    if draw.calls and draw.committee is None:
        yield "记录中没有评标委员会名单可供比对", "no record lists the committee to compare with"


def _unknown(draw: Draw) -> Iterator[Sentence]:
    """Name what was left out, or erased, without which nothing can be run again."""
    lacking = [
        name
        for name in ("pool_sha256", "conditions", "seed_commitments")
        if draw.data.get(name) is None
    ]
    lacking += [] if draw.named_block is not None else ["block"]
    if draw.revealed is not None:
        lacking += [name for name in ("pool", "seeds") if draw.revealed.get(name) is None]
    for name in lacking:
        yield f"记录中没有“{name}”", f"the records do not tell {name!r}"


def _wrong_commitment(draw: Draw) -> Iterator[Sentence]:
    """Name what makes a commitment none."""
    parties = [get_text(each, "party") or "" for each in get_list(draw.data, "seed_commitments")]
    if len(parties) < 2:
        yield "承诺种子的少于两方", "fewer than two parties committed to seeds"
    for party in _twice(parties):
        yield f"“{party}”承诺了两次", f"{party!r} committed to two seeds"
    for party in sorted(draw.refused.intersection(parties)):
        yield (
            f"“{party}”曾拒绝公开种子，不得再参与",
            f"{party!r} withheld a seed before, and takes no part any more",
        )
    conditions = terms_of(draw.data).conditions
    if not conditions or any(each.count < 1 for each in conditions):
        yield "抽取条件未写明人数", "the conditions ask for nobody"
    for major in _twice([each.major for each in conditions]):
        yield f"专业“{major}”列了两次", f"the major {major!r} is there twice"
    named, before = draw.named_block, draw.committed.after_block
    if named is None:
        return
    if before is not None and before.chain_id == named.chain_id and before.number >= named.number:
        zh = f"承诺时区块{named.number}已存在"
        yield zh, f"block {named.number} was there when the draw was committed to"
    told = (get_whole(draw.block, "chain_id"), get_whole(draw.block, "number"))
    if told not in ((None, None), named):
        zh = f"抽取使用了另一个区块（{told[1]}，应为{named.number}）"
        yield zh, f"another block was used: {told[1]}, not {named.number}"


def _twice(names: Sequence[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _wrong_pool(draw: Draw) -> Iterator[Sentence]:
    try:
        digest = pool_digest(pool_of(draw.revealed or {})).hex()
    except ValueError:
        yield "专家库中有重复的代号", "two experts of the pool have one token"
        return
    if digest != get_text(draw.data, "pool_sha256"):
        yield "公开的专家库与承诺的摘要不符", "the pool revealed is not the one committed to"


def _wrong_seeds(case: str, draw: Draw) -> Iterator[Sentence]:
    seeds = seeds_of(draw.revealed or {})
    promised = {
        get_text(each, "party") or "": get_text(each, "commitment")
        for each in get_list(draw.data, "seed_commitments")
    }
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
    for party in sorted(seeds.keys() - promised.keys()):
        yield f"“{party}”没有承诺过种子", f"{party!r} never committed to a seed"


def _run_again(draw: Draw, block_hash: bytes) -> Iterator[Sentence]:
    pool, terms = pool_of(draw.revealed or {}), terms_of(draw.data)
    key = draw_key(dict(draw.data), seeds_of(draw.revealed or {}), block_hash)
    done: list[Call] = []
    position = 0
    for step in draw.steps():
        if isinstance(step, str):
            if not any(call.token == step and call.is_accepted for call in done):
                yield f"被替换的“{step}”并未参加", f"{step!r} is replaced, and never took part"
                return
            done = [replace(c, is_accepted=c.is_accepted and c.token != step) for c in done]
            continue
        position += 1
        wanted = next_call(key, pool, terms, done)
        if wanted is None:
            zh = f"第{position}次通知时名额已满"
            yield zh, f"call {position} came when every place was filled"
            return
        if (wanted.token, wanted.major) != (step.token, step.major):
            zh = f"第{position}次应通知“{wanted.token}”（{wanted.major}），实际通知“{step.token}”"
            yield zh, f"call {position} is due to {wanted.token!r}, and went to {step.token!r}"
            return
        done.append(step)
    left = next_call(key, pool, terms, done)
    if left is not None:
        nobody = left.token is None
        why = ("，库中已无人可抽", ", and the pool has nobody left") if nobody else ("", "")
        yield f"名额未满（{left.major}）{why[0]}", f"a place is not filled ({left.major}){why[1]}"
    accepted = sorted(call.token for call in done if call.is_accepted)
    if draw.committee is not None and sorted(draw.committee) != accepted:
        yield "评标委员会成员与抽取结果不符", "the committee is not who was drawn"
