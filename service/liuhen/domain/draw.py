r"""The draw of experts: nobody chooses it, and anybody can run it again.

Before the draw a record commits to the pool, the conditions, who must recuse himself, a seed of
each of several parties (hidden behind its hash), and the number of a block that is not mined yet.
The block's hash and the seeds, which the parties then open to each other, make the key; the key
puts the pool in order, and experts are called in that order until the places are filled.

    seed commitment = H("audit-log/draw-seed/v1\0" ‖ case ‖ \0 ‖ party ‖ \0 ‖ seed)
    key  = H("audit-log/draw-key/v1\0" ‖ H(canonical data of the committed record) ‖ seeds ‖ block)
    rank = H("audit-log/draw-rank/v1\0" ‖ key ‖ u64 length of major ‖ major ‖ token)
    pool digest = SHA-256 of the canonical list of {majors, token, unit}, by token

H is SHA-256; seeds have 32 bytes and stand in ascending bytes of their parties' names; texts are
UTF-8, and are sorted by their bytes. For each condition, in its order, the experts of that major
who are not recused, neither by unit nor by token, are called by ascending rank; nobody is called
twice. A major with nobody left is passed over, and its places stay open.

Whoever opens his seed last can still withhold it, once he knows what the others would give. He
cannot choose by that, only refuse: the draw is then void, he is named, and it is begun anew without
a seed of his. So every party can refuse once. `docs/draw.md` has all of it, with an example.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from liuhen.core.canonical import JsonValue, canonical

SEED_BYTES = 32
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Expert:
    """One expert of a pool.

    Attributes:
        token: Stands for the person.
        majors: Fields of expertise.
        unit: Where he works; empty where that is not told.
    """

    token: str
    majors: tuple[str, ...]
    unit: str = ""

    def to_json(self) -> dict[str, JsonValue]:
        """Return the members that the pool's digest covers."""
        return {"majors": [*sorted(self.majors)], "token": self.token, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Condition:
    """How many experts of a major are wanted."""

    major: str
    count: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a draw is held to, fixed before it.

    Attributes:
        conditions: How many of which major, in the order of calling.
        recused_units: Units whose people are not called.
        recused_tokens: Experts who are not called.
    """

    conditions: Sequence[Condition]
    recused_units: Collection[str] = ()
    recused_tokens: Collection[str] = ()

    def admits(self, expert: Expert, major: str) -> bool:
        """Return whether an expert may be called for a major."""
        is_recused = expert.token in self.recused_tokens or (
            expert.unit != "" and expert.unit in self.recused_units
        )
        return major in expert.majors and not is_recused


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        token: Who was called.
        major: For which place.
        is_accepted: Whether the expert takes part.
    """

    token: str
    major: str
    is_accepted: bool


def pool_digest(pool: Sequence[Expert]) -> bytes:
    """Return the digest of a pool, whatever its order.

    Raises:
        ValueError: Two experts have one token.
    """
    if len({expert.token for expert in pool}) != len(pool):
        raise ValueError("two experts have one token")
    listed: list[JsonValue] = [each.to_json() for each in sorted(pool, key=lambda e: e.token)]
    return hashlib.sha256(canonical(listed)).digest()


def seed_commitment(case: str, party: str, seed: bytes) -> bytes:
    """Return the hash behind which a party hides its seed.

    Raises:
        ValueError: The seed has not 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    text = case.encode() + b"\0" + party.encode() + b"\0"
    return hashlib.sha256(b"audit-log/draw-seed/v1\0" + text + seed).digest()


def draw_key(committed: JsonValue, seeds: Mapping[str, bytes], block_hash: bytes) -> bytes:
    """Return the key of a draw.

    Args:
        committed: `data` of the record that committed to the draw.
        seeds: Of each party, 32 bytes each.
        block_hash: Of the block that was named, 32 bytes.
    """
    ordered = b"".join(seeds[party] for party in sorted(seeds, key=str.encode))
    told = hashlib.sha256(canonical(committed)).digest()
    parts = b"audit-log/draw-key/v1\0" + told + ordered + block_hash
    return hashlib.sha256(parts).digest()


def rank(key: bytes, major: str, token: str) -> bytes:
    """Return the rank of an expert for a major; the lowest is called first."""
    name = major.encode()
    length = len(name).to_bytes(8, "big")
    text = b"audit-log/draw-rank/v1\0" + key + length + name + token.encode()
    return hashlib.sha256(text).digest()


def calling_order(key: bytes, pool: Sequence[Expert], terms: Terms, major: str) -> list[str]:
    """Return the tokens of those who may be called for a major, in the order of calling."""
    eligible = [expert.token for expert in pool if terms.admits(expert, major)]
    return sorted(eligible, key=lambda token: rank(key, major, token))


@dataclass(frozen=True, slots=True)
class NextCall:
    """What is to be done next in a draw.

    Attributes:
        token: Who is to be called; None where places are open and nobody is left for them.
        major: For which place.
    """

    token: str | None
    major: str


def next_call(
    key: bytes, pool: Sequence[Expert], terms: Terms, calls: Sequence[Call]
) -> NextCall | None:
    """Return whom to call after these calls; None when every place is filled."""
    called, open_place = {call.token for call in calls}, None
    for condition in terms.conditions:
        taken = sum(c.is_accepted and c.major == condition.major for c in calls)
        if taken >= condition.count:
            continue
        for token in calling_order(key, pool, terms, condition.major):
            if token not in called:
                return NextCall(token, condition.major)
        open_place = open_place or NextCall(None, condition.major)
    return open_place
